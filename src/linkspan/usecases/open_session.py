"""The hosted link page opens: whose link it is, and what it asks."""

from linkspan.errors import ConnectSessionExpiredError, ProfileDisabledError
from linkspan.model import ConnectSession, Profile, Secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_fields import asked_before
from linkspan.usecases.link_tenant import with_known_tenant
from linkspan.usecases.link_views import SessionView
from linkspan.usecases.read_profiles import find_profile


async def open_session(hall: Hall, token: Secret) -> SessionView:
    """The session that the token permits. Raises ConnectSessionExpiredError (unknown, over or used) and ProfileDisabledError."""
    session = await hall.sessions.find(hall.vault.digest("connect-session", token))
    if session is None:
        raise ConnectSessionExpiredError("This link is not known here; it may have been replaced by a newer one.")
    profile = await check_session(hall, session)
    account = await hall.accounts.read(session.project_id, session.account_id) if session.account_id else None
    connector = hall.catalog.connectors[session.connector]
    fields = asked_before(connector)
    known = with_known_tenant(connector, profile, account.fields if account else {})
    values = {name: value for name, value in known.items() if name in {field.name for field in fields}}
    return SessionView(session, connector, profile, fields, values, account)


async def check_session(hall: Hall, session: ConnectSession) -> Profile:
    """The profile that a session links through. Raises ConnectSessionExpiredError and ProfileDisabledError."""
    if session.expires_at <= hall.clock():
        raise ConnectSessionExpiredError("This link has expired.")
    return await usable_profile(hall, session)


async def usable_profile(hall: Hall, session: ConnectSession) -> Profile:
    """As `check_session`, for a linking under way: the session may run out while its person is at the provider."""
    if session.used_at is not None:
        raise ConnectSessionExpiredError("This link was used already: its account is linked.")
    profile = await find_profile(hall, session.project_id, session.profile_id)
    if not profile.enabled:
        raise ProfileDisabledError(
            "The connector profile is switched off, so that no account can be linked through it."
        )
    return profile
