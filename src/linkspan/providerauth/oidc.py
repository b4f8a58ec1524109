"""An OpenID provider at which people sign in (OpenID Connect Core and Discovery 1.0): code flow with PKCE, and what its ID token proves."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode, urlsplit

import structlog
from joserfc.jwk import KeySet

from linkspan.errors import ConfigurationError, ProviderUnavailableError, SignInFailedError
from linkspan.model import Secret
from linkspan.providerauth.id_token import Expected, Identity, UnknownKeyError, UntrueTokenError, keys_of, read_id_token
from linkspan.providerauth.oauth import basic
from linkspan.providerauth.pkce import challenge_of
from linkspan.providerauth.refusals import json_object
from linkspan.settings import Settings, is_loopback
from linkspan.transport.egress import origin_of
from linkspan.transport.protocol import Outbound, Transport, TransportError

CALLBACK: Final = "/console/oidc/callback"
_SECONDS: Final = 10.0
_MOST_BYTES: Final = 500_000
_KEPT: Final = 3600.0
# A key that is not known yet may be new; asked again no more often than this.
_KEYS_AGAIN: Final = 5.0
_ASK_AGAIN: Final = 5.0
_LATER: Final = "Try again in a minute, or sign in with your password."
_WELL_KNOWN: Final = "/.well-known/openid-configuration"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ProviderApp:
    """Our application at the provider: without `secret` it is a public client."""

    issuer: str
    discovery_url: str
    client_id: str
    secret: Secret | None
    redirect_uri: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a sign-in is recognised by when the browser comes back, and what the code can be redeemed with."""

    state: Secret
    nonce: str
    verifier: Secret


class OidcProvider:
    """Asks the provider; its discovery document and keys are kept for an hour."""

    def __init__(
        self, app: ProviderApp, transport: Transport, clock: Callable[[], datetime], *, insecure: bool = False
    ) -> None:
        self.app = app
        self._transport, self._clock, self._insecure = transport, clock, insecure
        self._described: tuple[float, Mapping[str, object]] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._away_until = 0.0
        self._asking = asyncio.Lock()

    async def authorize_url(self, question: Question) -> str:
        """The address of the provider's sign-in page. Raises ProviderUnavailableError."""
        query = {
            "client_id": self.app.client_id,
            "response_type": "code",
            "redirect_uri": self.app.redirect_uri,
            "scope": "openid email profile",
            "state": question.state.reveal(),
            "nonce": question.nonce,
            "code_challenge": challenge_of(question.verifier),
            "code_challenge_method": "S256",
        }
        address = await self._endpoint("authorization_endpoint")
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"

    async def redeem(self, code: Secret, question: Question) -> Identity:
        """Who signed in. Raises SignInFailedError when the provider refuses or its token is untrue, ProviderUnavailableError."""
        token = await self._id_token(code, question.verifier)
        expected = Expected(self.app.issuer, self.app.client_id, question.nonce, self._clock())
        try:
            try:
                return read_id_token(token, await self._key_set(), expected)
            except UnknownKeyError:
                return read_id_token(token, await self._key_set(anew=True), expected)
        except UntrueTokenError as error:
            log.warning("sign_in_token_refused", issuer=self.app.issuer, reason=error.reason)
            msg = f"What {self.app.name} said about you could not be trusted, so nobody was signed in."
            raise SignInFailedError(
                msg, next_step="Try again. If it stays, the operator finds the reason in the log."
            ) from None

    async def end_session_url(self, back: str) -> str | None:
        """Where one signs out at the provider itself; None: it has no such page. Raises ProviderUnavailableError."""
        if not isinstance((await self._document()).get("end_session_endpoint"), str):
            return None
        address = await self._endpoint("end_session_endpoint")
        query = urlencode({"client_id": self.app.client_id, "post_logout_redirect_uri": back})
        return f"{address}{'&' if urlsplit(address).query else '?'}{query}"

    async def _id_token(self, code: Secret, verifier: Secret) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code.reveal(),
            "redirect_uri": self.app.redirect_uri,
            "code_verifier": verifier.reveal(),
            "client_id": self.app.client_id,
        }
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        methods = (await self._document()).get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self.app.secret is not None and isinstance(methods, list) and "client_secret_basic" in methods:
            headers["authorization"] = basic(self.app.client_id, self.app.secret)
        elif self.app.secret is not None:
            form["client_secret"] = self.app.secret.reveal()
        status, told = await self._ask(
            "POST", await self._endpoint("token_endpoint"), headers, urlencode(form).encode()
        )
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise self._silent("token_endpoint", f"status {status}")
        token = told.get("id_token")
        if status != HTTPStatus.OK or not isinstance(token, str):
            # Only OAuth's own words: what else a provider says may repeat what was sent.
            log.warning("sign_in_code_refused", issuer=self.app.issuer, status=status, error=_word(told.get("error")))
            raise SignInFailedError(f"{self.app.name} did not take its own code.", next_step="Try again.")
        return token

    async def _document(self) -> Mapping[str, object]:
        # One asks for all who wait; and while the provider is away, nobody who opens the page again and again makes us ask as often.
        async with self._asking:
            if self._described is not None and self._described[0] > time.monotonic():
                return self._described[1]
            if self._away_until > time.monotonic():
                raise self._silent("discovery", "failed a moment ago")
            self._away_until = time.monotonic() + _ASK_AGAIN
            status, told = await self._ask("GET", self.app.discovery_url, {"accept": "application/json"})
            if status != HTTPStatus.OK or told.get("issuer") != self.app.issuer:
                raise self._silent("discovery", f"status {status}, or another issuer than LINKSPAN_OIDC_ISSUER")
            self._described, self._away_until = (time.monotonic() + _KEPT, told), 0.0
            return told

    async def _key_set(self, *, anew: bool = False) -> KeySet:
        now = time.monotonic()
        if self._keys is not None:
            age = now - self._keys[0]
            if age < (_KEYS_AGAIN if anew else _KEPT):
                return self._keys[1]
        status, told = await self._ask("GET", await self._endpoint("jwks_uri"), {"accept": "application/json"})
        keys = keys_of(told) if status == HTTPStatus.OK else None
        if keys is None:
            raise self._silent("jwks_uri", f"status {status}, or no keys")
        self._keys = (now, keys)
        return keys

    async def _endpoint(self, name: str) -> str:
        address = (await self._document()).get(name)
        parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
        local = self._insecure and parts.scheme == "http" and is_loopback(parts.hostname or "")
        if (
            not isinstance(address, str)
            or not parts.hostname
            or parts.fragment
            or not (parts.scheme == "https" or local)
        ):
            raise self._silent(name, "is no https address")
        return address

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> tuple[int, Mapping[str, object]]:
        request = Outbound(method, url, headers, body, _SECONDS, frozenset({origin_of(url)}), _MOST_BYTES)
        try:
            inbound = await self._transport.send(request)
        except TransportError as error:
            raise self._silent(urlsplit(url).path, error.kind) from None
        return inbound.status, json_object(inbound.body)

    def _silent(self, place: str, reason: str) -> ProviderUnavailableError:
        log.warning("sign_in_provider_failed", issuer=self.app.issuer, place=place, reason=reason)
        return ProviderUnavailableError(f"{self.app.name} does not answer as it should.", next_step=_LATER)


def open_provider(settings: Settings, transport: Transport, clock: Callable[[], datetime]) -> OidcProvider | None:
    """The provider that the settings name, if they do. Raises ConfigurationError for a secret file that cannot be read."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    discovery = settings.oidc_discovery_url or settings.oidc_issuer.rstrip("/") + _WELL_KNOWN
    app = ProviderApp(
        settings.oidc_issuer, discovery, settings.oidc_client_id, _secret(settings), settings.base_url + CALLBACK,
        settings.oidc_name,
    )  # fmt: skip
    return OidcProvider(app, transport, clock, insecure=settings.allow_private_addresses)


def _secret(settings: Settings) -> Secret | None:
    if settings.oidc_client_secret is not None:
        return Secret(settings.oidc_client_secret.get_secret_value())
    if settings.oidc_client_secret_file is None:
        return None
    try:
        text = settings.oidc_client_secret_file.read_text().strip()
    except (OSError, UnicodeError):
        text = ""
    if not text:
        raise ConfigurationError(
            f"LINKSPAN_OIDC_CLIENT_SECRET_FILE: {settings.oidc_client_secret_file} cannot be read, or is empty."
        )
    return Secret(text)


def _word(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return text if text.isascii() and text.replace("_", "").isalnum() and len(text) <= 60 else "?"  # noqa: PLR2004 - OAuth's own words are shorter
