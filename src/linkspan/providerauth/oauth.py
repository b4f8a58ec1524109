"""The OAuth 2.0 client: authorize address, code and refresh exchanges, tenant discovery (RFC 6749, 7636; Entra v2)."""

import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote_plus, urlencode, urlsplit, urlunsplit

from linkspan.errors import (
    ClientSecretWrongError,
    OfflineAccessMissingError,
    ProviderAnswerError,
    ProviderUnavailableError,
    TenantNotFoundError,
)
from linkspan.model import Secret, Step
from linkspan.providerauth.endpoints import Endpoints, OAuthApp
from linkspan.providerauth.ports import StepSink
from linkspan.providerauth.refusals import Refusal, json_object, refusal_of
from linkspan.transport.protocol import Inbound, Outbound, Transport, TransportError

_SECONDS = 30.0
_MOST_BYTES = 1_000_000
_DEFAULT_LIFETIME = 3600
_LONGEST_LIFETIME = 30 * 24 * 3600
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """Fresh tokens. `refresh_token` of a refresh is the old one if the provider sent no new one."""

    access_token: Secret
    refresh_token: Secret
    scope: str
    obtained_at: datetime
    expires_at: datetime


class RefreshRefused(Exception):  # noqa: N818  not a failure of ours: an answer that the token life cycle understands
    """The provider answered a refresh with an OAuth error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


def authorize_url(app: OAuthApp, *, state: Secret, challenge: str) -> str:
    """The address of the provider's sign-in page for a code with PKCE S256."""
    query = {
        "client_id": app.client_id,
        "response_type": "code",
        "redirect_uri": app.redirect_uri,
        "scope": app.separator.join(app.scopes),
        "state": state.reveal(),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **app.sign_in_parameters,
    }
    return f"{app.endpoints.authorize_url}?{urlencode(query)}"


class OAuthClient:
    """Talks to the provider's token endpoint and discovery document. Every request becomes a step; no secret does."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime], *, timeout: float = _SECONDS) -> None:
        self._transport, self._clock, self._timeout = transport, clock, timeout

    async def redeem(self, app: OAuthApp, *, code: Secret, verifier: Secret, steps: StepSink) -> TokenAnswer:
        """Exchange a sign-in code.

        Raises the LinkingError that the refusal means, OfflineAccessMissingError for an answer without refresh token,
        ProviderUnavailableError (no answer; the code may be used up) and ProviderAnswerError.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code.reveal(),
            "redirect_uri": app.redirect_uri,
            "code_verifier": verifier.reveal(),
            "scope": app.separator.join(app.scopes),
        }
        try:
            inbound = await self._post(app, form, steps)
        except TransportError as error:
            msg = f"The provider did not answer the sign-in code ({error.kind})."
            raise ProviderUnavailableError(msg, next_step="Start again from the link page.") from error
        if inbound.status != HTTPStatus.OK:
            raise refusal_of(inbound, app.endpoints.token_url).error()
        return self._answer(inbound, app, old=None)

    async def refresh(self, app: OAuthApp, *, refresh_token: Secret, steps: StepSink) -> TokenAnswer:
        """Exchange a refresh token, with the scopes (Entra wants them on each refresh).

        Raises RefreshRefused, TransportError (no answer) and ProviderAnswerError.
        """
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token.reveal(),
            "scope": app.separator.join(app.scopes),
        }
        inbound = await self._post(app, form, steps)
        if inbound.status != HTTPStatus.OK:
            raise RefreshRefused(refusal_of(inbound, app.endpoints.token_url))
        return self._answer(inbound, app, old=refresh_token)

    async def resolve_tenant(self, endpoints: Endpoints, tenant: str, steps: StepSink) -> str:
        """The GUID of a tenant given as GUID or domain name, from the issuer of its discovery document.

        Raises TenantNotFoundError and ProviderUnavailableError.
        """
        url = endpoints.discovery_url or ""
        request = Outbound(
            "GET", url, {"accept": "application/json"}, None, self._timeout, endpoints.allowed, _MOST_BYTES
        )
        try:
            inbound = await self._send(request, steps)
        except TransportError as error:
            msg = f"The provider's sign-in service did not answer ({error.kind})."
            raise ProviderUnavailableError(msg) from error
        if inbound.status >= HTTPStatus.INTERNAL_SERVER_ERROR or inbound.status == HTTPStatus.TOO_MANY_REQUESTS:
            msg = f"The provider's sign-in service answered {inbound.status}."
            raise ProviderUnavailableError(msg)
        issuer = json_object(inbound.body).get("issuer") if inbound.status == HTTPStatus.OK else None
        found = _GUID.search(urlsplit(issuer).path) if isinstance(issuer, str) else None
        if found is None:
            refused = refusal_of(inbound, shown(url)).answer if inbound.status != HTTPStatus.OK else None
            msg = f"There is no Entra tenant {tenant[:100]!r}."
            raise TenantNotFoundError(msg, provider=refused)
        return found.group().lower()

    async def _post(self, app: OAuthApp, form: Mapping[str, str], steps: StepSink) -> Inbound:
        if app.secret is None:
            raise ClientSecretWrongError("The connector profile has no client secret.")
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        if app.client_auth == "client_secret_basic":
            headers["authorization"] = basic(app.client_id, app.secret)
            body = urlencode(form).encode()
        else:
            body = urlencode({"client_id": app.client_id, "client_secret": app.secret.reveal(), **form}).encode()
        endpoints = app.endpoints
        return await self._send(
            Outbound("POST", endpoints.token_url, headers, body, self._timeout, endpoints.allowed, _MOST_BYTES), steps
        )

    async def _send(self, request: Outbound, steps: StepSink) -> Inbound:
        started_at, tick = self._clock(), time.perf_counter()
        status, request_id, failure = None, None, None
        try:
            inbound = await self._transport.send(request)
            status, request_id = inbound.status, inbound.headers.get("x-ms-request-id")
        except TransportError as error:
            status, failure = error.status, f"{error.kind}: {error.detail}"
            raise
        else:
            return inbound
        finally:
            duration = (time.perf_counter() - tick) * 1000
            steps.add(Step(0, request.method, shown(request.url), status, duration, started_at, request_id, failure))

    def _answer(self, inbound: Inbound, app: OAuthApp, *, old: Secret | None) -> TokenAnswer:
        body = json_object(inbound.body)
        access, refresh = body.get("access_token"), body.get("refresh_token")
        if not isinstance(access, str) or not access:
            raise ProviderAnswerError("The provider's token answer holds no access token.")
        kept = Secret(refresh) if isinstance(refresh, str) and refresh else old
        if kept is None:
            raise OfflineAccessMissingError
        now = self._clock()
        scope = body.get("scope")
        return TokenAnswer(
            access_token=Secret(access),
            refresh_token=kept,
            obtained_at=now,
            scope=scope if isinstance(scope, str) else app.separator.join(app.scopes),
            expires_at=now + timedelta(seconds=_lifetime(body.get("expires_in"))),
        )


def basic(client_id: str, secret: Secret) -> str:
    """HTTP Basic with both parts form-encoded first (RFC 6749 §2.3.1)."""
    return "Basic " + b64encode(f"{quote_plus(client_id)}:{quote_plus(secret.reveal())}".encode()).decode()


def shown(url: str) -> str:
    """An address as a log may show it: without query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _lifetime(value: object) -> int:
    """Seconds that a token lives: a number or, from older endpoints, its text. Anything odd counts as an hour."""
    try:
        seconds = int(value) if isinstance(value, int | float | str) else _DEFAULT_LIFETIME
    except (ValueError, OverflowError):
        seconds = _DEFAULT_LIFETIME
    return min(max(seconds, 0), _LONGEST_LIFETIME)
