"""What a secret looks like when it is seen: short pieces of it, as it stands, URL-encoded, escaped for JSON or HTML, and in Base64.

A piece is long enough to belong to nothing else, and short enough to be found where the secret was cut off.
"""

import base64
import html
import json
import re
from urllib.parse import quote

PIECE = 20
_SOURCE = 15
"""Bytes whose Base64 has the length of a piece."""
_SIGNED = re.compile(r"eyJ[\w-]+\.[\w-]+\.([\w-]{40,})")


def windows(secret: str | bytes, *, whole: bool = False) -> set[bytes]:
    """The pieces to search for; `whole`: nothing less than the whole text counts."""
    if isinstance(secret, bytes):
        return {secret[: PIECE - 4], secret.hex().encode()[:PIECE], *_base64(secret)}
    found: set[bytes] = set()
    for text in _telling(secret):
        for shown in {text, quote(text, safe=""), json.dumps(text)[1:-1], html.escape(text)}:
            found |= {shown.encode()} if whole else _pieces(shown.encode())
        found |= _base64(text.encode(), len(text) if whole else _SOURCE)
    return found


def _telling(secret: str) -> list[str]:
    """The parts that no other text shares: a token's signature, lines from inside a key file, else the whole."""
    signed = _SIGNED.fullmatch(secret)
    if signed:
        return [signed[1]]
    if "-----BEGIN" not in secret:
        return [secret]
    # The first and the last lines of a key tell its kind.
    lines = [line for line in secret.splitlines() if len(line) > PIECE and not line.startswith("-----")]
    return lines[2:-1] if len(lines) > 4 else lines


def _pieces(text: bytes) -> set[bytes]:
    middle = (len(text) - PIECE) // 2
    return {text} if len(text) <= PIECE else {text[:PIECE], text[middle : middle + PIECE], text[-PIECE:]}


def _base64(source: bytes, most: int = _SOURCE) -> set[bytes]:
    """Pieces of the Base64 of any text that holds the source: its bytes may begin at each of three places of a group."""
    found = set()
    middle = max(0, (len(source) - most - 2) // 6 * 3)
    for shift in range(3):
        part = source[middle + shift :][:most]
        part = part[: len(part) // 3 * 3]
        if len(part) >= 9:
            standard = base64.b64encode(part)
            found |= {standard, standard.translate(bytes.maketrans(b"+/", b"-_")), quote(standard, safe="").encode()}
    return found
