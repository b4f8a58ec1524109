"""The key pairs that sign the directory's tokens: the present one, and old ones that are still published."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jws, jwt
from joserfc.jwk import RSAKey

from linkspan.simulator.clock import Clock

_VALID_FROM: Final = datetime(2020, 1, 1, tzinfo=UTC)
_VALID_TO: Final = datetime(2120, 1, 1, tzinfo=UTC)


def base64url(data: bytes) -> str:
    """Return `data` in URL-safe Base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


class SigningKey:
    """An RSA key of 2048 bits with a self-signed certificate, as published at the JWKS address."""

    @cached_property
    def _private(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def _certificate(self) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "accounts.simulator.example")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_VALID_FROM)
            .not_valid_after(_VALID_TO)
        )
        return builder.sign(self._private, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    @cached_property
    def kid(self) -> str:
        """The key id: the certificate's SHA-1 thumbprint, as Entra has it."""
        return base64url(hashlib.sha1(self._certificate, usedforsecurity=False).digest())

    @cached_property
    def _signer(self) -> RSAKey:
        pem = self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return RSAKey.import_key(pem)

    def sign(self, claims: dict[str, object]) -> str:
        """Return `claims` as a compact RS256 JSON Web Token."""
        return jwt.encode({"alg": "RS256", "kid": self.kid, "x5t": self.kid}, claims, self._signer)

    def verify(self, token: str) -> dict[str, object]:
        """Return the claims of a token that this key signed.

        Raises joserfc.errors.JoseError or ValueError for anything else; times and audience are the caller's to check.
        """
        return jwt.decode(token, self._signer, algorithms=["RS256"]).claims

    def jwk(self, issuer: str) -> dict[str, object]:
        """Return the public key as an entry of the JWKS, with its `issuer`."""
        numbers = self._private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": base64url(numbers.n.to_bytes(256, "big")),
            "e": base64url(numbers.e.to_bytes(3, "big")),
            "x5c": [base64.b64encode(self._certificate).decode("ascii")],
            "issuer": issuer,
        }


class KeyRing:
    """The present signing key and its predecessors, each published until its moment comes."""

    def __init__(self, clock: Clock) -> None:
        """Start with one key; `clock` tells when old ones go."""
        self._clock = clock
        self._present = SigningKey()
        self._old: list[tuple[SigningKey, datetime]] = []

    @property
    def kid(self) -> str:
        """The id of the key that signs now."""
        return self._present.kid

    def rotate(self, overlap: timedelta) -> str:
        """Sign with a new key from now on; the old one stays published for `overlap`. Return the new key's id."""
        self._old = [*self._kept(), (self._present, self._clock.now() + overlap)]
        self._present = SigningKey()
        return self._present.kid

    def forget_old(self) -> None:
        """Take all old keys out of publication."""
        self._old = []

    def sign(self, claims: dict[str, object]) -> str:
        """Return `claims` as a compact RS256 JSON Web Token of the present key."""
        return self._present.sign(claims)

    def verify(self, token: str) -> tuple[str, dict[str, object]]:
        """Return (key id, claims) of a token that a published key signed; raises as `SigningKey.verify` does."""
        kid = jws.extract_compact(token.encode()).headers().get("kid")
        for key in self._published():
            if key.kid == kid:
                return key.kid, key.verify(token)
        raise ValueError("No published key has this id.")

    def is_published(self, kid: str) -> bool:
        """Tell whether clients can still find this key."""
        return any(key.kid == kid for key in self._published())

    def jwks(self, issuer: str) -> dict[str, object]:
        """Return the JSON Web Key Set, the present key first."""
        return {"keys": [key.jwk(issuer) for key in self._published()]}

    def _kept(self) -> list[tuple[SigningKey, datetime]]:
        now = self._clock.now()
        return [(key, ends) for key, ends in self._old if ends > now]

    def _published(self) -> list[SigningKey]:
        return [self._present, *(key for key, _ in reversed(self._kept()))]
