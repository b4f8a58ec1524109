"""What the store keeps sealed by the vault, as the rooms hand it on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SealedCredentials:
    """What proves a profile's application, sealed by the vault for `profile:{id}`: its secret, the one before, a certificate's key."""

    secret: bytes | None = None
    old_secret: bytes | None = None
    certificate_key: bytes | None = None
