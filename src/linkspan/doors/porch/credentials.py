"""Reads the API key out of an Authorization header, in every form that clients send it."""

import base64
import binascii

from linkspan.errors import ApiKeyInvalidError, UnauthenticatedError
from linkspan.model import Secret


def read_key(authorization: str | None) -> Secret:
    """The key of `Basic base64(key:)`, `Basic base64(key)`, `Bearer key` or the bare key.

    Raises UnauthenticatedError without a key, ApiKeyInvalidError for a Basic value that cannot be read.
    """
    text = (authorization or "").strip()
    scheme, _, rest = text.partition(" ")
    if scheme.lower() == "basic":
        return Secret(_user_name(rest.strip()))
    if scheme.lower() == "bearer":
        text = rest.strip()
    if not text or " " in text:
        raise UnauthenticatedError
    return Secret(text)


def _user_name(encoded: str) -> str:
    try:
        plain = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        msg = "The Basic value of the Authorization header is not base64 of a key."
        raise ApiKeyInvalidError(msg) from None
    name = plain.partition(":")[0].strip()
    if not name:
        raise UnauthenticatedError
    return name
