"""What a provider's refusal means: Entra's AADSTS codes and OAuth's error words, read from aadsts.toml.

For the person who links, for the profile's owner, and for a grant that is refreshed.
"""

import enum
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

import msgspec

from linkspan.errors import LinkingError, SignInRefusedError, Who, all_errors


class Blame(enum.Enum):
    """Whose a refusal is when a token is refreshed: what must change before it can succeed.

    GRANT: the user signs in again. PROFILE: the integrator mends the OAuth client; every grant stays good. PASSING: it passes.
    """

    GRANT = "grant"
    PROFILE = "profile"
    PASSING = "passing"


@dataclass(frozen=True, slots=True)
class Row:
    """One refusal: the error of a linking, whose refusal it is on refresh, who must do what, and the page to open.

    `message` and `next_step` stand where the error's own do not fit; `next_step` holds {placeholders} (see remedies.py), `link` names one
    of LINKS.
    """

    linking: type[LinkingError]
    blame: Blame
    reason: str
    who: Who | None = None
    message: str | None = None
    next_step: str | None = None
    link: str | None = None


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """A row as the file has it."""

    error: str
    blame: Blame
    reason: str
    who: Who
    message: str | None = None
    next_step: str | None = None
    link: str | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    links: dict[str, str]
    codes: dict[int, _Entry]
    words: dict[str, _Entry]


def _read() -> _File:
    text = files("linkspan.providerauth").joinpath("aadsts.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File, strict=False)


def _row(entry: _Entry) -> Row:
    kind = _LINKING_ERRORS[entry.error]
    return Row(kind, entry.blame, entry.reason, entry.who, entry.message, entry.next_step, entry.link)


_LINKING_ERRORS = {kind.code: kind for kind in all_errors() if issubclass(kind, LinkingError)}
_FILE = _read()

LINKS: Mapping[str, str] = MappingProxyType(_FILE.links)
"""Pages of the provider by name; {placeholders} as in `next_step`."""

ROWS: Mapping[int, Row] = MappingProxyType({code: _row(entry) for code, entry in _FILE.codes.items()})
"""The table by AADSTS code."""

WORDS: Mapping[str, Row] = MappingProxyType({word: _row(entry) for word, entry in _FILE.words.items()})
"""What OAuth's own error words mean when the code is missing or unknown."""

UNKNOWN = Row(SignInRefusedError, Blame.PASSING, "provider_refused")

# Of several rows with one reason the first one tells what to do.
_BY_REASON = {row.reason: row for row in [*ROWS.values(), *WORDS.values()][::-1]}
_CODE = re.compile(r"AADSTS(\d{4,8})")


def code_in(text: str) -> int | None:
    """The AADSTS code that an error description begins with."""
    found = _CODE.search(text)
    return int(found.group(1)) if found else None


def row_of(error: str, code: int | None) -> Row:
    """The row of a refusal: by its code, or else by OAuth's error word."""
    return ROWS.get(code or 0) or WORDS.get(error) or UNKNOWN


def row_of_reason(reason: str, description: str) -> Row | None:
    """The row behind an account's state reason: by the code that its description quotes, or else by the reason."""
    return ROWS.get(code_in(description) or 0) or _BY_REASON.get(reason)
