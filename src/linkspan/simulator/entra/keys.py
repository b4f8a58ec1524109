"""The key pair that signs the directory's tokens, made when first needed."""

import base64
import hashlib
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey

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
