"""Reads a token endpoint's answer: tokens, their lifetime, and what an ID token says."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linkspan.errors import ProviderAnswerError
from linkspan.model import Secret
from linkspan.providerauth.endpoints import OAuthApp
from linkspan.providerauth.refusals import json_object
from linkspan.transport.protocol import Inbound

_DEFAULT_LIFETIME = 3600
_LONGEST_LIFETIME = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """Fresh tokens. `refresh_token` of a refresh is the old one if the provider sent no new one; an application's token has none.

    `id_claims`: what the ID token says, if one was asked for; it came straight from the provider, so its signature adds nothing
    (OpenID Connect Core 3.1.3.7).
    """

    access_token: Secret
    refresh_token: Secret | None
    scope: str
    obtained_at: datetime
    expires_at: datetime
    id_claims: Mapping[str, object] = field(default_factory=dict)


def read_tokens(inbound: Inbound, app: OAuthApp, *, old: Secret | None, now: datetime) -> TokenAnswer:
    """The tokens of an answer; `old` is the refresh token that was sent. Raises ProviderAnswerError."""
    body = json_object(inbound.body)
    access, refresh, scope = body.get("access_token"), body.get("refresh_token"), body.get("scope")
    if not isinstance(access, str) or not access:
        raise ProviderAnswerError("The provider's token answer holds no access token.")
    return TokenAnswer(
        access_token=Secret(access),
        refresh_token=Secret(refresh) if isinstance(refresh, str) and refresh else old,
        obtained_at=now,
        scope=scope if isinstance(scope, str) else app.separator.join(app.scopes),
        expires_at=now + timedelta(seconds=_lifetime(body.get("expires_in"))),
        id_claims=_claims(body.get("id_token"), app.client_id),
    )


def _claims(token: object, client_id: str) -> dict[str, object]:
    """What an ID token says, if it is for this application."""
    parts = token.split(".") if isinstance(token, str) else []
    if len(parts) != 3:  # noqa: PLR2004  header, claims, signature
        return {}
    try:
        claims = json_object(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if claims.get("aud") == client_id else {}


def _lifetime(value: object) -> int:
    """Seconds that a token lives: a number or, from older endpoints, its text. Anything odd counts as an hour."""
    try:
        seconds = int(value) if isinstance(value, int | float | str) else _DEFAULT_LIFETIME
    except (ValueError, OverflowError):
        seconds = _DEFAULT_LIFETIME
    return min(max(seconds, 0), _LONGEST_LIFETIME)
