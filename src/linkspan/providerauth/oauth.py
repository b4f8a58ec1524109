"""The OAuth 2.0 client: authorize address, code and refresh exchanges, tenant discovery (RFC 6749, 7636; Entra v2)."""

import hashlib
import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote_plus, urlencode, urlsplit, urlunsplit

import msgspec
import structlog

from linkspan.connectors.vocabulary import CERTIFICATE_AUTH
from linkspan.errors import (
    ClientSecretExpiredError,
    ClientSecretWrongError,
    LinkingError,
    OfflineAccessMissingError,
    ProviderAnswer,
    ProviderUnavailableError,
    TenantNotFoundError,
    Who,
)
from linkspan.model import Secret, Step
from linkspan.providerauth.credentials import ASSERTION_TYPE, Certificate, client_assertion
from linkspan.providerauth.endpoints import Endpoints, OAuthApp
from linkspan.providerauth.entra import LINKS, ROWS, code_in
from linkspan.providerauth.ports import StepSink
from linkspan.providerauth.refusals import Refusal, json_object, refusal_of
from linkspan.providerauth.token_answer import TokenAnswer, read_tokens
from linkspan.transport.protocol import Inbound, Outbound, Transport, TransportError

_SECONDS = 30.0
_MOST_BYTES = 1_000_000
_SECRET_FIELDS = frozenset({"client_secret", "client_assertion", "refresh_token", "code", "code_verifier"})
_PUT_LAST = timedelta(minutes=10)
"""How long a refused secret is tried last: a new one may not have reached every server of the provider yet."""
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

log = structlog.get_logger(__name__)


class RefreshRefused(Exception):  # noqa: N818  not a failure of ours: an answer that the token life cycle understands
    """The provider answered a refresh with an OAuth error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


def authorize_url(app: OAuthApp, *, state: Secret, challenge: str, prompt: str | None = None) -> str:
    """The address of the provider's sign-in page for a code with PKCE S256; `prompt` in place of the method's own."""
    query = {
        "client_id": app.client_id,
        "response_type": "code",
        "redirect_uri": app.redirect_uri,
        "scope": app.separator.join(app.scopes),
        "state": state.reveal(),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **app.sign_in_parameters,
        **({"prompt": prompt} if prompt else {}),
    }
    return f"{app.endpoints.authorize_url}?{urlencode(query)}"


class OAuthClient:
    """Talks to the provider's token endpoint and discovery document. Every request becomes a step; no secret does."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime], *, timeout: float = _SECONDS) -> None:
        self._transport, self._clock, self._timeout = transport, clock, timeout
        self._put_last: dict[bytes, datetime] = {}

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
            raise refusal_of(inbound, app.endpoints.token_url, app.facts).error()
        answer = read_tokens(inbound, app, old=None, now=self._clock())
        if answer.refresh_token is None:
            raise OfflineAccessMissingError(who=Who.TENANT_ADMIN, link=app.facts.get("admin_consent_url") or None)
        return answer

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
            raise RefreshRefused(refusal_of(inbound, app.endpoints.token_url, app.facts))
        return read_tokens(inbound, app, old=refresh_token, now=self._clock())

    async def acquire(self, app: OAuthApp, *, steps: StepSink) -> TokenAnswer:
        """A token for the application itself (client credentials, RFC 6749 4.4). Raises as `refresh` does."""
        form = {"grant_type": "client_credentials", "scope": app.separator.join(app.scopes)}
        inbound = await self._post(app, form, steps)
        if inbound.status != HTTPStatus.OK:
            raise RefreshRefused(refusal_of(inbound, app.endpoints.token_url, app.facts))
        return read_tokens(inbound, app, old=None, now=self._clock())

    async def probe(self, app: OAuthApp, steps: StepSink) -> LinkingError | None:
        """Whether the sign-in page takes this application and redirect URI, asked without anybody who signs in.

        The error that the page would show; None if it takes them, or shows something that cannot be read. Raises
        ProviderUnavailableError.
        """
        url = authorize_url(app, state=Secret("probe"), challenge="0" * 43, prompt="none")
        request = Outbound("GET", url, {"accept": "text/html"}, None, self._timeout, app.endpoints.allowed, _MOST_BYTES)
        try:
            inbound = await self._send(request, steps)
        except TransportError as error:
            raise ProviderUnavailableError(f"The provider's sign-in page did not answer ({error.kind}).") from error
        if HTTPStatus.MULTIPLE_CHOICES <= inbound.status < HTTPStatus.BAD_REQUEST:
            return None
        code = code_in(inbound.body.decode("utf-8", "replace"))
        if code is None or code not in ROWS:
            return None
        answer = ProviderAnswer(inbound.status, shown(url), code=f"AADSTS{code}")
        return Refusal(ROWS[code], answer, app.facts).error()

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
            refused = refusal_of(inbound, shown(url), {}).answer if inbound.status != HTTPStatus.OK else None
            msg = f"There is no Entra tenant {tenant[:100]!r}."
            raise TenantNotFoundError(msg, provider=refused, who=Who.PERSON, link=LINKS["overview"])
        return found.group().lower()

    async def _post(self, app: OAuthApp, form: Mapping[str, str], steps: StepSink) -> Inbound:
        """Send a token request. While a secret is rolled over, one that the provider refuses is followed by the other.

        The provider checks a secret before it looks at a code or refresh token, so that nothing is used up by a wrong one.
        """
        first: Inbound | None = None
        for proof in self._proofs(app):
            inbound = await self._send_proved(app, proof, form, steps)
            if inbound.status == HTTPStatus.OK or not _refuses_secret(inbound):
                return inbound
            first = first or inbound
            self._put_last[_digest(app, proof)] = self._clock() + _PUT_LAST
            log.warning("client_secret_refused", client_id=app.client_id, secrets=len(app.credentials.secrets))
        if first is None:
            raise ClientSecretWrongError(
                "The connector profile has neither client secret nor certificate.",
                who=Who.INTEGRATOR,
                link=app.facts.get("secrets"),
            )
        return first

    def _proofs(self, app: OAuthApp) -> list[Secret | Certificate]:
        """What proves the application, in the order to try: a secret that was refused a while ago comes last."""
        if app.client_auth == CERTIFICATE_AUTH:
            return [app.credentials.certificate] if app.credentials.certificate else []
        now = self._clock()
        self._put_last = {key: until for key, until in self._put_last.items() if until > now}
        return sorted(app.credentials.secrets, key=lambda secret: _digest(app, secret) in self._put_last)

    async def _send_proved(
        self, app: OAuthApp, proof: Secret | Certificate, form: Mapping[str, str], steps: StepSink
    ) -> Inbound:
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        endpoints, shape = app.endpoints, {"client_id": app.client_id, **form}
        if isinstance(proof, Certificate):
            signed = client_assertion(app.client_id, proof, audience=endpoints.token_url, now=self._clock())
            shape |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
        elif app.client_auth == "client_secret_basic":
            headers["authorization"], shape = basic(app.client_id, proof), dict(form)
        else:
            shape["client_secret"] = proof.reveal()
        body = urlencode(shape).encode()
        inbound = await self._send(
            Outbound("POST", endpoints.token_url, headers, body, self._timeout, endpoints.allowed, _MOST_BYTES), steps
        )
        if inbound.status == HTTPStatus.OK:
            return inbound
        sent = [value for name, value in shape.items() if name in _SECRET_FIELDS]
        return _without(inbound, [*sent, proof.reveal()] if isinstance(proof, Secret) else sent)

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


def _without(inbound: Inbound, secrets: Iterable[str]) -> Inbound:
    """A refusal without what was sent: a provider that repeats it aloud must not carry it into our errors and logs."""
    body = inbound.body
    for secret in secrets:
        body = body.replace(secret.encode(), b"***")
    return inbound if body == inbound.body else msgspec.structs.replace(inbound, body=body)


def _refuses_secret(inbound: Inbound) -> bool:
    """Whether a refusal is about the secret and nothing else: wrong or expired."""
    if inbound.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    row = refusal_of(inbound, "", {}).row
    return row.linking in (ClientSecretWrongError, ClientSecretExpiredError)


def _digest(app: OAuthApp, proof: Secret | Certificate) -> bytes:
    text = proof.reveal() if isinstance(proof, Secret) else proof.pem
    return hashlib.sha256(f"{app.client_id}|{text}".encode()).digest()


def basic(client_id: str, secret: Secret) -> str:
    """HTTP Basic with both parts form-encoded first (RFC 6749 §2.3.1)."""
    return "Basic " + b64encode(f"{quote_plus(client_id)}:{quote_plus(secret.reveal())}".encode()).decode()


def shown(url: str) -> str:
    """An address as a log may show it: without query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
