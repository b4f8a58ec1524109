"""From the link page to the provider's sign-in: fields checked, tenant resolved, state and PKCE made."""

import re
from collections.abc import Mapping
from datetime import timedelta

from linkspan.connectors.action import AccountField, Connector
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import LinkAttempt, Profile, Secret
from linkspan.providerauth.endpoints import OAuthApp, endpoints_of, tenant_field
from linkspan.providerauth.oauth import authorize_url
from linkspan.providerauth.pkce import challenge_of, new_verifier
from linkspan.providerauth.scopes import scopes_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_account_id, new_attempt_id, new_token
from linkspan.usecases.link_log import LinkRun, link_run
from linkspan.usecases.link_views import SessionView
from linkspan.usecases.open_session import asked_before, open_session

ATTEMPT_MINUTES = 15


async def start_linking(hall: Hall, token: Secret, fields: Mapping[str, str], browser: Secret) -> str:
    """The provider's address to send the browser to.

    `fields`: what the page asked, by name; `browser`: a random value that the door keeps in this browser's cookie, so that only
    this browser can finish. Raises InvalidInputError, TenantNotFoundError, ProviderUnavailableError before any redirect, and
    what `open_session` raises.
    """
    view = await open_session(hall, token)
    async with link_run(hall, view.session, quiet=True) as run:
        values = check_fields(view.connector, fields)
        values = await resolve_tenant(hall, view, values, run)
        return await _authorize(hall, view, values, browser)


def check_fields(connector: Connector, given: Mapping[str, str]) -> dict[str, str]:
    """What the page asked before the sign-in, trimmed. Raises InvalidInputError with every mistake."""
    values, mistakes = {}, []
    for field in asked_before(connector):
        value = given.get(field.name, "").strip()
        values[field.name] = value
        if (mistake := _mistake(field, value)) is not None:
            mistakes.append(mistake)
    if mistakes:
        raise InvalidInputError(mistakes=mistakes, next_step="Correct the marked fields and go on.")
    return values


async def resolve_tenant(hall: Hall, view: SessionView, values: Mapping[str, str], run: LinkRun) -> dict[str, str]:
    """The values with the provider's own id in place of a tenant's domain name. Raises TenantNotFoundError."""
    method = view.connector.auth_methods[view.profile.auth_method]
    name = tenant_field(method)
    if method.discovery_url is None or name is None or name not in values:
        return dict(values)
    endpoints = endpoints_of(view.connector, view.profile, values)
    return {**values, name: await hall.oauth.resolve_tenant(endpoints, values[name], run)}


async def oauth_app(hall: Hall, connector: Connector, profile: Profile, values: Mapping[str, str]) -> OAuthApp:
    """The profile as an OAuth client of the provider, for the tenant in `values`. The redirect URI comes from the settings only."""
    method = connector.auth_methods[profile.auth_method]
    return OAuthApp(
        client_id=profile.client_id,
        secret=await hall.tokens.client_secret(profile),
        endpoints=endpoints_of(connector, profile, values),
        scopes=scopes_of(connector, profile),
        separator=method.scope_separator,
        redirect_uri=redirect_uri(hall, connector.key),
        client_auth=method.client_auth,
        sign_in_parameters=method.sign_in_parameters,
    )


def redirect_uri(hall: Hall, connector_key: str) -> str:
    """Where the provider sends the browser back to: the guide shows the same text."""
    return f"{hall.settings.base_url}/connect/oauth2/{connector_key}/callback"


async def _authorize(hall: Hall, view: SessionView, values: Mapping[str, str], browser: Secret) -> str:
    attempt_id, state, verifier = new_attempt_id(), new_token(), new_verifier()
    session, now = view.session, hall.clock()
    sealed = await hall.vault.seal(session.project_id, f"link:{attempt_id}", "verifier", verifier)
    app = await oauth_app(hall, view.connector, view.profile, values)
    await hall.links.start(
        LinkAttempt(
            id=attempt_id,
            project_id=session.project_id,
            session_id=session.id,
            account_id=session.account_id or new_account_id(),
            fields=values,
            verifier=sealed,
            created_at=now,
            expires_at=now + timedelta(minutes=ATTEMPT_MINUTES),
            browser_digest=hall.vault.digest("link-browser", browser),
        ),
        state_digest=hall.vault.digest("link-state", state),
    )
    return authorize_url(app, state=state, challenge=challenge_of(verifier))


def _mistake(field: AccountField, value: str) -> Mistake | None:
    if not value:
        return Mistake(field.name, f"{field.label} is needed")
    if field.pattern is not None and re.fullmatch(field.pattern, value) is None:
        example = f", such as {field.example}" if field.example else ""
        return Mistake(field.name, f"this is not a {field.label.lower()}{example}")
    return None
