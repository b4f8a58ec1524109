"""What proves a profile's application to its provider: client secrets, or a certificate with its private key."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from joserfc import jwt
from joserfc.jwk import RSAKey

from linkspan.model import Profile, Secret
from linkspan.providerauth.vault import Vault
from linkspan.sealed import SealedCredentials

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LEAST_BITS = 2048
# Entra takes assertions of ten minutes at most; two clocks may differ by a minute without harm.
_ASSERTION_LIFE, _CLOCKS_DIFFER = timedelta(minutes=8), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate (PEM, public) and its private key (PEM)."""

    pem: str
    key: Secret


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets in the order to try them (the newest first), or a certificate."""

    secrets: tuple[Secret, ...] = ()
    certificate: Certificate | None = None

    def __bool__(self) -> bool:
        return bool(self.secrets) or self.certificate is not None


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What may be told of a certificate: `thumbprint` is the SHA-1 in hexadecimal, as Entra's page shows it."""

    thumbprint: str
    subject: str
    begins_at: datetime
    expires_at: datetime


class CertificateWrong(ValueError):  # noqa: N818  what is wrong with it is the message
    """A certificate or key that cannot be used; the message says what is wrong."""


async def open_credentials(vault: Vault, profile: Profile, sealed: SealedCredentials) -> Credentials:
    """The credentials in clear, for one request: nobody keeps them."""
    names = (("client_secret", sealed.secret), ("old_client_secret", sealed.old_secret))
    owner = f"profile:{profile.id}"
    opened = [await vault.open(profile.project_id, owner, name, text) for name, text in names if text is not None]
    if sealed.certificate_key is None or profile.certificate is None:
        return Credentials(tuple(opened))
    key = await vault.open(profile.project_id, owner, "certificate_key", sealed.certificate_key)
    return Credentials(tuple(opened), Certificate(profile.certificate, key))


def client_assertion(client_id: str, certificate: Certificate, *, audience: str, now: datetime) -> str:
    """A JSON Web Token that proves the application for a few minutes: PS256, named by the certificate's SHA-256 (x5t#S256).

    OpenID Connect Core 9 (private_key_jwt), RFC 7515 4.1.8; `audience` is the token endpoint.
    """
    fingerprint = x509.load_pem_x509_certificate(certificate.pem.encode()).fingerprint(hashes.SHA256())
    header = {"alg": "PS256", "typ": "JWT", "x5t#S256": base64.urlsafe_b64encode(fingerprint).rstrip(b"=").decode()}
    begins = now - _CLOCKS_DIFFER
    claims = {
        "aud": audience,
        "iss": client_id,
        "sub": client_id,
        "jti": secrets.token_urlsafe(24),
        "nbf": int(begins.timestamp()),
        "iat": int(begins.timestamp()),
        "exp": int((now + _ASSERTION_LIFE).timestamp()),
    }
    return jwt.encode(header, claims, RSAKey.import_key(certificate.key.reveal()), algorithms=["PS256"])


def certificate_facts(pem: str) -> CertificateFacts:
    """What may be told of a certificate. Raises CertificateWrong."""
    certificate = _load(pem)
    return CertificateFacts(
        thumbprint=certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303  a name that Entra gives it, no protection
        subject=certificate.subject.rfc4514_string(),
        begins_at=certificate.not_valid_before_utc,
        expires_at=certificate.not_valid_after_utc,
    )


def check_certificate(pem: str, key: Secret) -> None:
    """Raise CertificateWrong unless both are RSA in clear PEM, belong together and are strong enough."""
    public = _load(pem).public_key()
    try:
        private = serialization.load_pem_private_key(key.reveal().encode(), password=None)
    except TypeError:
        raise CertificateWrong("the private key has a password; give it without one, it is stored encrypted") from None
    except ValueError:
        raise CertificateWrong("the private key is not one in PEM (-----BEGIN PRIVATE KEY-----)") from None
    if not isinstance(private, RSAPrivateKey) or not isinstance(public, RSAPublicKey):
        raise CertificateWrong("only RSA keys are accepted")
    if private.public_key() != public:
        raise CertificateWrong("the private key belongs to another certificate")
    if public.key_size < LEAST_BITS:
        raise CertificateWrong(f"the key has {public.key_size} bits; at least {LEAST_BITS} are needed")


def _load(pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise CertificateWrong("the certificate is not one in PEM (-----BEGIN CERTIFICATE-----)") from None
