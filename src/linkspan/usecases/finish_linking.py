"""Back from the provider's sign-in: state checked, code redeemed, companies listed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from linkspan.errors import ConnectSessionExpiredError, LinkCancelledError, LinkStateInvalidError, LinkStateUsedError
from linkspan.model import ConnectSession, LinkAttempt, Profile, Secret
from linkspan.providerauth.refusals import authorize_refusal
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_log import LinkRun, link_run
from linkspan.usecases.link_tenant import learn_tenant, with_any_tenant_scopes
from linkspan.usecases.link_views import LinkView
from linkspan.usecases.offer_companies import offer_companies
from linkspan.usecases.open_session import usable_profile
from linkspan.usecases.start_linking import ATTEMPT_MINUTES


async def finish_linking(hall: Hall, connector_key: str, params: Mapping[str, str], browser: Secret | None) -> LinkView:
    """Take the callback's query parameters (`state` and `code`, or `error`) and the value of this browser's cookie.

    Raises LinkStateInvalidError (forged, another browser, too late), LinkStateUsedError, and the LinkingError that the provider's
    refusal means. What can be put right without a new sign-in comes back as the view's `problem`.
    """
    attempt = await hall.links.by_state(hall.vault.digest("link-state", Secret(params.get("state", ""))))
    binding = hall.vault.digest("link-browser", browser) if browser else ""
    if attempt is None:
        raise await _forged(hall, binding)
    session = await hall.sessions.read(attempt.project_id, attempt.session_id)
    if session is None:
        raise LinkStateInvalidError
    async with link_run(hall, session) as run:
        await _claim(hall, attempt, session, connector_key=connector_key, binding=binding)
        run.watched = True
        profile = await usable_profile(hall, session)
        if "error" in params or not params.get("code"):
            raise authorize_refusal(params, hall.tokens.facts(profile, attempt.fields))
        attempt = await _redeem(hall, attempt, profile, Secret(params["code"]), run)
        return await offer_companies(hall, attempt, session, profile, run)


async def _forged(hall: Hall, binding: str) -> LinkStateInvalidError:
    """The error for a state that was never given out, logged where this browser's own linking is, if it has one."""
    error = LinkStateInvalidError()
    latest = await hall.links.latest_of(binding) if binding else None
    session = await hall.sessions.read(latest.project_id, latest.session_id) if latest else None
    if session is not None:
        try:
            async with link_run(hall, session):
                raise error
        except LinkStateInvalidError:
            return error
    return error


async def _claim(
    hall: Hall, attempt: LinkAttempt, session: ConnectSession, *, connector_key: str, binding: str
) -> None:
    """Use the state, once. The order matters: a stranger must not be able to use up somebody else's state."""
    if attempt.browser_digest != binding or session.connector != connector_key:
        raise LinkStateInvalidError("The sign-in was started in another browser.")
    if attempt.used_at is not None:
        raise LinkStateUsedError
    if attempt.cancelled_at is not None:
        raise LinkCancelledError
    if attempt.expires_at <= hall.clock():
        msg = f"The sign-in took longer than {ATTEMPT_MINUTES} minutes."
        raise LinkStateInvalidError(msg)
    if session.used_at is not None:
        raise ConnectSessionExpiredError("This link was used already: its account is linked.")
    if not await hall.links.claim(attempt.project_id, attempt.id, hall.clock()):
        raise LinkStateUsedError


async def _redeem(hall: Hall, attempt: LinkAttempt, profile: Profile, code: Secret, run: LinkRun) -> LinkAttempt:
    """Exchange the code for tokens and keep them, sealed, with the try: the account is touched only when all is known."""
    connector = hall.catalog.connectors[profile.connector]
    owner = f"link:{attempt.id}"
    verifier = await hall.vault.open(attempt.project_id, owner, "verifier", attempt.verifier)
    app = await hall.tokens.app(profile, attempt.fields)
    app = with_any_tenant_scopes(connector, profile, app, attempt.fields)
    answer = await hall.oauth.redeem(app, code=code, verifier=verifier, steps=run)
    refresh = answer.refresh_token
    free = connector.auth_methods[profile.auth_method].any_tenant
    fields = learn_tenant(connector, profile, attempt.fields, answer.id_claims.get(free.claim) if free else None)
    if fields != attempt.fields:
        attempt = await hall.links.keep_fields(attempt, fields)
    signed_in = replace(
        attempt,
        access=await hall.vault.seal(attempt.project_id, owner, "access_token", answer.access_token),
        refresh=await hall.vault.seal(attempt.project_id, owner, "refresh_token", refresh) if refresh else None,
        scope=answer.scope,
        obtained_at=answer.obtained_at,
        token_expires_at=answer.expires_at,
        expires_at=hall.clock() + timedelta(minutes=ATTEMPT_MINUTES),
    )
    await hall.links.keep_tokens(signed_in)
    return signed_in
