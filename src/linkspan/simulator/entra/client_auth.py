"""How an application proves itself at the token endpoint: secret in the body, Basic, or a signed assertion."""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime
from typing import Final
from urllib.parse import unquote_plus
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from linkspan.simulator.entra.directory import AppRegistration
from linkspan.simulator.entra.errors import EntraError, entra_error
from linkspan.simulator.entra.keys import base64url
from linkspan.simulator.entra.tokens import ClientStrength

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SKEW_SECONDS: Final = 300
_LONGEST_SECONDS: Final = 600


class _AssertionRegistry(jws.JWSRegistry):
    """Lets a header be long: msal sends the whole certificate in it (x5c)."""

    max_header_length = 16_384
    max_payload_length = 16_384


def read_basic(header: str | None) -> dict[str, str]:
    """Return client_id and client_secret of a Basic authorization header, or nothing.

    Both are form-encoded before Base64 (RFC 6749 §2.3.1). Raises EntraError 9002313 for a malformed header.
    """
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        text = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as mistake:
        raise entra_error(9002313, reason="the Authorization header is not Basic") from mistake
    client_id, colon, secret = text.partition(":")
    if not colon:
        raise entra_error(9002313, reason="the Authorization header is not Basic")
    return {"client_id": unquote_plus(client_id), "client_secret": unquote_plus(secret)}


def prove_client(
    app: AppRegistration, form: dict[str, str], *, audiences: frozenset[str], now: datetime
) -> ClientStrength:
    """Check what the application sent to prove itself and return how strong that is.

    Raises EntraError 700025 (public client with a proof), 7000218 (no proof), 7000215, 7000222 (wrong or expired
    secret), 700021, 700023, 700024, 700027 (assertion). `audiences` are the accepted audiences of an assertion.
    """
    secret, assertion = form.get("client_secret"), form.get("client_assertion")
    if app.public:
        if secret or assertion:
            raise entra_error(700025)
        return "0"
    if assertion:
        _check_assertion(app, form, audiences=audiences, now=now)
        return "2"
    if not secret:
        raise entra_error(7000218)
    _check_secret(app, secret, now)
    return "1"


def _check_secret(app: AppRegistration, sent: str, now: datetime) -> None:
    matching = [known for known in app.secrets if hmac.compare_digest(known.value.encode(), sent.encode())]
    if not matching:
        raise entra_error(7000215, client_id=app.client_id)
    if all(known.expires is not None and known.expires <= now for known in matching):
        raise entra_error(7000222, client_id=app.client_id)


def _check_assertion(app: AppRegistration, form: dict[str, str], *, audiences: frozenset[str], now: datetime) -> None:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise entra_error(9002313, reason=f"client_assertion_type must be {ASSERTION_TYPE}")
    claims = _verified_claims(app, form["client_assertion"], now)
    if not _same_id(claims.get("iss"), app.client_id) or not _same_id(claims.get("sub"), app.client_id):
        raise entra_error(700021)
    audience = claims.get("aud")
    if audience not in audiences:
        raise entra_error(700023)
    moment = now.timestamp()
    begins, ends = claims.get("nbf", moment), claims.get("exp")
    if not isinstance(ends, int | float) or not isinstance(begins, int | float):
        raise entra_error(700024)
    if moment >= ends + _SKEW_SECONDS or moment < begins - _SKEW_SECONDS:
        raise entra_error(700024)
    if ends > moment + _LONGEST_SECONDS + _SKEW_SECONDS:
        raise entra_error(700024)


def _same_id(claim: object, client_id: UUID) -> bool:
    return isinstance(claim, str) and claim.lower() == str(client_id)


def _verified_claims(app: AppRegistration, assertion: str, now: datetime) -> dict[str, object]:
    header = _unverified_header(assertion)
    named = {str(header[name]).rstrip("=") for name in ("x5t#S256", "x5t", "kid") if name in header}
    for certificate in app.certificates:
        thumbprints, key, expires = _read_certificate(certificate)
        if named & thumbprints and expires <= now:
            raise _bad_signature("The key used is expired")
        if named & thumbprints:
            try:
                return jwt.decode(assertion, key, registry=_AssertionRegistry(algorithms=["PS256", "RS256"])).claims
            except (JoseError, ValueError) as mistake:
                raise _bad_signature(
                    "The key was found, but use of the key to verify the signature failed"
                ) from mistake
    raise _bad_signature("The key was not found")


def _bad_signature(reason: str) -> EntraError:
    return entra_error(700027, reason=reason)


def _unverified_header(assertion: str) -> dict[str, object]:
    part = assertion.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError as mistake:
        raise entra_error(9002313, reason="client_assertion is not a JSON Web Token") from mistake
    if not isinstance(header, dict):
        raise entra_error(9002313, reason="client_assertion is not a JSON Web Token")
    return header


def _read_certificate(pem: str) -> tuple[set[str], RSAKey, datetime]:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    der = certificate.public_bytes(serialization.Encoding.DER)
    sha1 = hashlib.sha1(der, usedforsecurity=False).digest()
    thumbprints = {base64url(sha1), sha1.hex().upper(), base64url(certificate.fingerprint(hashes.SHA256()))}
    public = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return thumbprints, RSAKey.import_key(public), certificate.not_valid_after_utc
