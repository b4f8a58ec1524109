"""How new things are named: random ids of the forms that wire clients accept."""

import os
import secrets
import string
from datetime import datetime

from linkspan.model import Secret
from linkspan.storage.run_order import PREFIX, moment36

_ALPHANUMERIC = string.ascii_letters + string.digits
_LOWER = string.digits + string.ascii_lowercase
_PAIRS = [first + second for first in _LOWER for second in _LOWER]
# Nine digits in base 36 are left for the milliseconds: enough until the year 5188.
_RUN_RANDOM = 36**11
_HALF = 36**6
_SAFE_INTEGER = 2**53


def new_account_id() -> str:
    """An opaque account id of 20 characters [A-Za-z0-9]."""
    return _random(_ALPHANUMERIC, 20)


def new_number() -> int:
    """An id for clients that keep numbers as doubles: at least 1, below 2**53."""
    return secrets.randbelow(_SAFE_INTEGER - 1) + 1


def new_key_id() -> str:
    """The public id of an API key."""
    return "key_" + _random(_LOWER, 16)


def new_key_text(region: str) -> Secret:
    """The text of an API key, `v1.{region}.` and 256 random bits as 43 characters."""
    return Secret(f"v1.{region}.{secrets.token_urlsafe(32)}")


def new_token() -> Secret:
    """256 random bits as 43 characters: session tokens, OAuth states, browser bindings."""
    return Secret(secrets.token_urlsafe(32))


def new_client_id() -> str:
    """The id of an MCP client that registers here."""
    return "mcp_client_" + _random(_LOWER, 24)


def new_permit_id() -> str:
    """The id of a permit."""
    return "permit_" + _random(_LOWER, 20)


def new_attempt_id() -> str:
    """The id of one try to link an account."""
    return "link_" + _random(_LOWER, 20)


def new_person_id() -> str:
    """The id of a person who signs in at the console."""
    return "person_" + _random(_LOWER, 20)


def new_passkey_id() -> str:
    """The id of a passkey."""
    return "passkey_" + _random(_LOWER, 20)


def new_webhook_id() -> str:
    """The id of a webhook."""
    return "wh_" + _random(_LOWER, 20)


def new_watch_id() -> str:
    """The id of a watch."""
    return "watch_" + _random(_LOWER, 20)


def new_feedback_id() -> str:
    """The id of one piece of feedback."""
    return "feedback_" + _random(_LOWER, 20)


def new_run_id(started_at: datetime) -> str:
    """`run_` and 20 characters [a-z0-9], of which the first nine order runs by their start in milliseconds."""
    milliseconds = int(started_at.timestamp() * 1000)
    # In two parts, for arithmetic beyond 64 bits costs several times more.
    return f"{PREFIX}{moment36(milliseconds)}{_random36(int.from_bytes(os.urandom(8)) % _RUN_RANDOM)}"


def new_project_id(name: str) -> str:
    """A readable project id: the name's letters and digits, a hyphen and four digits, such as `default-4821`."""
    words = "".join(letter if letter in _LOWER else "-" for letter in name.lower()).strip("-")
    slug = "-".join(part for part in words.split("-") if part)[:40] or "project"
    return f"{slug}-{secrets.randbelow(9000) + 1000}"


def _random36(number: int) -> str:
    """Eleven digits 0-9 and a-z, filled up with zeros; two at a time, and in halves that fit into a machine word, for the hot path."""
    high, low = divmod(number, _HALF)
    return (
        f"{_LOWER[high // 1679616]}{_PAIRS[high // 1296 % 1296]}{_PAIRS[high % 1296]}"
        f"{_PAIRS[low // 1679616]}{_PAIRS[low // 1296 % 1296]}{_PAIRS[low % 1296]}"
    )


def _random(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(length))
