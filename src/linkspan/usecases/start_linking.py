"""From the link page to the provider's sign-in: fields checked, tenant resolved, state and PKCE made.

Where nobody signs in (client credentials), the application's own token is fetched here.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from linkspan.errors import ProviderUnavailableError
from linkspan.model import LinkAttempt, Secret
from linkspan.providerauth.oauth import RefreshRefused, authorize_url
from linkspan.providerauth.pkce import challenge_of, new_verifier
from linkspan.transport.protocol import TransportError
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_account_id, new_attempt_id, new_token
from linkspan.usecases.link_fields import check_fields
from linkspan.usecases.link_log import LinkRun, link_run
from linkspan.usecases.link_tenant import resolve_tenant, with_any_tenant_scopes, with_known_tenant
from linkspan.usecases.link_views import SessionView
from linkspan.usecases.offer_companies import offer_companies
from linkspan.usecases.open_session import open_session

ATTEMPT_MINUTES = 15


async def start_linking(hall: Hall, token: Secret, fields: Mapping[str, str], browser: Secret) -> str:
    """The address to send the browser to: the provider's sign-in, or our own next page where nobody signs in.

    `fields`: what the page asked, by name; `browser`: a random value that the door keeps in this browser's cookie, so that only
    this browser can finish. Raises InvalidInputError, TenantNotFoundError, TenantNotAllowedError, ProviderUnavailableError before any
    redirect, what `open_session` raises, and without a sign-in what a refused application means.
    """
    view = await open_session(hall, token)
    by_application = view.connector.auth_methods[view.profile.auth_method].by_application
    async with link_run(hall, view.session, quiet=not by_application) as run:
        given = with_known_tenant(view.connector, view.profile, fields)
        values = check_fields(view.connector, given, view.profile)
        values = await resolve_tenant(hall, view.connector, view.profile, values, run)
        if by_application:
            return await _link_application(hall, view, values, browser, run)
        return await _authorize(hall, view, values, browser)


async def _authorize(hall: Hall, view: SessionView, values: Mapping[str, str], browser: Secret) -> str:
    state, verifier = new_token(), new_verifier()
    app = await hall.tokens.app(view.profile, values)
    await _begin(hall, view, values, browser, state=state, verifier=verifier)
    app = with_any_tenant_scopes(view.connector, view.profile, app, values)
    return authorize_url(app, state=state, challenge=challenge_of(verifier))


async def _link_application(
    hall: Hall, view: SessionView, values: Mapping[str, str], browser: Secret, run: LinkRun
) -> str:
    """Fetch the application's token, list the companies, and go on as after a sign-in."""
    app = await hall.tokens.app(view.profile, values)
    try:
        answer = await hall.oauth.acquire(app, steps=run)
    except RefreshRefused as refused:
        raise refused.refusal.error() from refused
    except TransportError as error:
        raise ProviderUnavailableError(f"The provider's token service did not answer ({error.kind}).") from error
    attempt = await _begin(hall, view, values, browser, state=new_token(), verifier=new_verifier())
    await hall.links.claim(attempt.project_id, attempt.id, hall.clock())
    attempt = replace(
        attempt,
        access=await hall.vault.seal(attempt.project_id, f"link:{attempt.id}", "access_token", answer.access_token),
        scope=answer.scope,
        obtained_at=answer.obtained_at,
        token_expires_at=answer.expires_at,
    )
    await hall.links.keep_tokens(attempt)
    shown = await offer_companies(hall, attempt, view.session, view.profile, run)
    if shown.problem is not None:
        raise shown.problem
    return f"{hall.settings.base_url}/connect/linking/{attempt.id}"


async def _begin(
    hall: Hall, view: SessionView, values: Mapping[str, str], browser: Secret, *, state: Secret, verifier: Secret
) -> LinkAttempt:
    attempt_id, session, now = new_attempt_id(), view.session, hall.clock()
    attempt = LinkAttempt(
        id=attempt_id,
        project_id=session.project_id,
        session_id=session.id,
        account_id=session.account_id or new_account_id(),
        fields=values,
        verifier=await hall.vault.seal(session.project_id, f"link:{attempt_id}", "verifier", verifier),
        created_at=now,
        expires_at=now + timedelta(minutes=ATTEMPT_MINUTES),
        browser_digest=hall.vault.digest("link-browser", browser),
    )
    await hall.links.start(attempt, state_digest=hall.vault.digest("link-state", state))
    return attempt
