"""A connect session: short-lived permission to link or relink one account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from linkspan.errors import ConnectSessionExpiredError, InvalidInputError, Mistake, NotFoundError, ProfileDisabledError
from linkspan.model import Account, Caller, ConnectSession, KeyScope, Owner, Profile, Secret
from linkspan.settings import is_loopback
from linkspan.transport.pinned_client import host_of
from linkspan.usecases.access import require
from linkspan.usecases.change_account import KINDS
from linkspan.usecases.create_profile import find_connector
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_number, new_token
from linkspan.usecases.read_accounts import find_account
from linkspan.usecases.read_profiles import default_profile, find_profile

DEFAULT_SECONDS = 1800
LONGEST_SECONDS = 30 * 24 * 3600
_LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a new connect session shall be for.

    Name the connector (its default profile is used) or the profile; both only if they belong together. With `account_id` the
    session relinks that account and nothing else. `expires_in` in seconds, 60 to 30 days. `return_url`: the page of the integrator's
    product that the finished (or cancelled) link page leads back to. `read_only`: the account shall only read; relinking does not lift that.
    """

    owner: Owner
    connector: str | None = None
    profile_id: str | None = None
    account_id: str | None = None
    expires_in: int = DEFAULT_SECONDS
    multiple: bool = False
    label: str | None = None
    kind: str = "production"
    metadata: Mapping[str, object] = field(default_factory=dict)
    return_url: str | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session with its token, shown this once, and the address of the hosted link page."""

    session: ConnectSession
    token: Secret
    link_url: str


async def create_connect_session(hall: Hall, caller: Caller, new: NewSession) -> OpenedSession:
    """Open a session. Raises InvalidInputError, NotFoundError (profile, account) and ProfileDisabledError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    _check(new)
    account = await find_account(hall, caller.project_id, new.account_id) if new.account_id else None
    profile = await _profile(hall, caller, new, account)
    if not profile.enabled:
        raise ProfileDisabledError(
            "The connector profile is switched off, so that no account can be linked through it."
        )
    now, token = hall.clock(), new_token()
    session = ConnectSession(
        id=new_number(),
        project_id=caller.project_id,
        profile_id=profile.id,
        connector=profile.connector,
        owner=new.owner,
        created_at=now,
        expires_at=now + timedelta(seconds=new.expires_in),
        account_id=new.account_id,
        multiple=new.multiple,
        label=new.label,
        kind=new.kind,
        metadata=new.metadata,
        return_url=new.return_url,
        read_only=new.read_only,
    )
    await hall.sessions.add(session, hall.vault.digest("connect-session", token))
    return OpenedSession(session, token, f"{hall.settings.base_url}/connect/s/{token.reveal()}")


async def end_connect_session(hall: Hall, caller: Caller, session_id: int) -> ConnectSession:
    """Take a session back: its link no longer opens, and a linking that is under way cannot end. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    session = await hall.sessions.read(caller.project_id, session_id)
    if session is None or not await hall.sessions.remove(caller.project_id, session_id):
        raise NotFoundError("There is no such connect session in this project.")
    return session


async def authenticate_connect_session(hall: Hall, caller: Caller, token: Secret) -> ConnectSession:
    """The caller's session of that token. Raises NotFoundError, and ConnectSessionExpiredError when it is over."""
    require(caller, KeyScope.PLATFORM_READ)
    session = await hall.sessions.find(hall.vault.digest("connect-session", token))
    if session is None or session.project_id != caller.project_id:
        raise NotFoundError("There is no such connect session in this project.")
    if session.expires_at <= hall.clock():
        raise ConnectSessionExpiredError("The connect session has expired.")
    return session


async def _profile(hall: Hall, caller: Caller, new: NewSession, account: Account | None) -> Profile:
    if new.profile_id:
        profile = await find_profile(hall, caller.project_id, new.profile_id)
    elif account is not None:
        profile = await find_profile(hall, caller.project_id, account.profile_id)
    else:
        connector = find_connector(hall, new.connector or "")
        profile = await default_profile(hall, caller.project_id, connector.key)
    mistakes = []
    if new.connector and profile.connector != new.connector:
        mistakes.append(Mistake("connector", f"the profile is for {profile.connector}"))
    if account is not None and account.connector != profile.connector:
        mistakes.append(Mistake("account_id", f"the account belongs to {account.connector}"))
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
    return profile


def _is_page(url: str) -> bool:
    """Whether a browser may be sent there: https, or plain http on this very machine."""
    host = host_of(url)
    return host is not None and len(url) <= _LONGEST_URL and (url.lower().startswith("https:") or is_loopback(host))


def _check(new: NewSession) -> None:
    mistakes = []
    if not new.owner.id.strip():
        mistakes.append(Mistake("origin_owner_id", "is empty"))
    if not new.owner.name.strip():
        mistakes.append(Mistake("origin_owner_name", "is empty"))
    if not (new.connector or new.profile_id or new.account_id):
        mistakes.append(Mistake("connector", "name a connector, a profile or an account"))
    if not 60 <= new.expires_in <= LONGEST_SECONDS:  # noqa: PLR2004  a minute, told in NewSession
        mistakes.append(Mistake("expires_in", f"must be between 60 and {LONGEST_SECONDS} seconds"))
    if new.return_url is not None and not _is_page(new.return_url):
        mistakes.append(Mistake("return_url", "must be an https address (http only on this machine)"))
    if new.kind not in KINDS:
        mistakes.append(Mistake("type", "is production or test"))
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
