"""What an ID token must be to prove who signed in (OpenID Connect Core 1.0, section 3.1.3.7), by the library joserfc."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

# Signatures by a key that the provider alone has: never `none`, never a shared secret.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_SKEW: Final = 60
_LONGEST_SUBJECT: Final = 255
_MOST_BYTES: Final = 64 * 1024
_JUNK: Final = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


class UntrueTokenError(Exception):
    """The token proves nothing; `reason` holds nothing of its content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownKeyError(UntrueTokenError):
    """It may be signed by a key that is newer than those known."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say."""

    issuer: str
    client_id: str
    nonce: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in: `subject` is issuer and subject, and never changes; `email` only where the provider has verified it."""

    subject: str
    email: str | None


def keys_of(document: Mapping[str, object]) -> KeySet | None:
    """The keys that can check signatures; None: there are none. What is not understood is passed over, as JWK (RFC 7517, 5) wants."""
    listed = document.get("keys")
    keys = []
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict) or one.get("kty") not in ("RSA", "EC") or one.get("use", "sig") != "sig":
            continue
        try:
            keys.extend(KeySet.import_key_set({"keys": [one]}).keys)
        except _JUNK:
            continue
    return KeySet(keys) if keys else None


def read_id_token(token: str, keys: KeySet, expected: Expected) -> Identity:
    """Who the token proves to have signed in. Raises UntrueTokenError, UnknownKeyError when newer keys may help."""
    if len(token) > _MOST_BYTES:
        raise UntrueTokenError("too long")
    try:
        claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
    except (BadSignatureError, InvalidKeyIdError):
        raise UnknownKeyError("signed by no known key") from None
    except _JUNK as error:
        # joserfc says with a plain ValueError that no key has the token's `kid`.
        kind = UnknownKeyError if type(error) is ValueError else UntrueTokenError
        raise kind(type(error).__name__) from None
    _check_addressed(claims, expected)
    _check_times(claims, expected.now.timestamp())
    subject, nonce, email = claims.get("sub"), claims.get("nonce"), claims.get("email")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise UntrueTokenError("another nonce")
    if not isinstance(subject, str) or not 1 <= len(subject) <= _LONGEST_SUBJECT:
        raise UntrueTokenError("no subject")
    verified = claims.get("email_verified") is True and isinstance(email, str)
    return Identity(f"{expected.issuer} {subject}", str(email).strip().lower() if verified else None)


def _check_addressed(claims: Mapping[str, object], expected: Expected) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != expected.issuer:
        raise UntrueTokenError("another issuer")
    if expected.client_id not in audiences:
        raise UntrueTokenError("another audience")
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != expected.client_id:
        raise UntrueTokenError("another authorized party")


def _check_times(claims: Mapping[str, object], now: float) -> None:
    expires, issued, begins = (_moment(claims.get(name)) for name in ("exp", "iat", "nbf"))
    if expires is None or expires <= now - _SKEW:
        raise UntrueTokenError("expired, or without an end")
    if issued is None or issued > now + _SKEW or (begins is not None and begins > now + _SKEW):
        raise UntrueTokenError("from the future, or without a beginning")


def _moment(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
