"""Proof Key for Code Exchange (RFC 7636), method S256."""

import base64
import hashlib
import secrets

from linkspan.model import Secret


def new_verifier() -> Secret:
    """A code verifier: 43 characters, 256 random bits."""
    return Secret(secrets.token_urlsafe(32))


def challenge_of(verifier: Secret) -> str:
    """The S256 code challenge of a verifier."""
    digest = hashlib.sha256(verifier.reveal().encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
