"""Cuts the text of a $filter into tokens."""

import re
from dataclasses import dataclass
from typing import Final

from linkspan.simulator.faults import bad_request

_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<guid>[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![\w-]))
  | (?P<datetime>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})(?!\w))
  | (?P<date>\d{4}-\d{2}-\d{2}(?![\w-]))
  | (?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[mMlLdDfF]?(?!\w))
  | (?P<string>'(?:[^']|'')*')
  | (?P<member>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+'(?:[^']|'')*')
  | (?P<name>\$?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
  | (?P<mark>[(),:/])
    """,
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a filter: its kind (guid, datetime, date, number, string, member, name, mark, end) and place."""

    kind: str
    text: str
    place: int


def tokenize(text: str) -> list[Token]:
    """Return the tokens of `text`, closed by one of kind ``end``; raises a 400 fault at a stray character."""
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise syntax_error(place, text)
        if found.lastgroup != "space":
            tokens.append(Token(found.lastgroup, found.group(), place))
        place = found.end()
    tokens.append(Token("end", "", place))
    return tokens


def syntax_error(place: int, text: str) -> Exception:
    """Return the 400 fault for text that is not a filter; `place` counts characters from zero."""
    return bad_request(f"Syntax error at position {place} in '{text}'.")
