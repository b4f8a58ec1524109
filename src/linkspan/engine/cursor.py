"""Cursors: a list's position, signed and bound to the action and the account that it was given out for."""

import hashlib
import zlib

import msgspec

from linkspan.connectors.action import Action
from linkspan.engine.call import Position, Seal, Target
from linkspan.errors import CursorInvalidError


class _Payload(msgspec.Struct, array_like=True):
    version: int
    bound: str
    tail: str
    path: dict[str, str]
    page_size: int
    page: int
    offset: int
    remaining: int | None


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Payload)
_VERSION = 2
# Language models pay for every character of a cursor. What all cursors of BC have in common need not be in each.
_COMMON = b'"company_id":"companies()/?$filter=$orderby=$expand=$skiptoken=displayName,number,&aid=FIN&$select=id,'
_LONGEST = 100_000


def seal_position(seal: Seal, action: Action, target: Target, position: Position) -> str:
    """The cursor text of a position."""
    payload = _Payload(
        _VERSION, _bound(action, target), position.tail, dict(position.path),
        position.page_size, position.page, position.offset, position.remaining,
    )  # fmt: skip
    return seal.seal(_packed(_ENCODER.encode(payload)))


def open_cursor(seal: Seal, action: Action, target: Target, text: str) -> Position:
    """The position of a cursor. Raises CursorInvalidError when it is forged, or was given out for another action or account."""
    try:
        payload = _DECODER.decode(_unpacked(seal.open(text)))
    except (msgspec.DecodeError, zlib.error):
        raise CursorInvalidError from None
    if payload.version != _VERSION or payload.bound != _bound(action, target):
        raise CursorInvalidError
    return Position(payload.tail, payload.path, payload.page_size, payload.page, payload.offset, payload.remaining)


def _packed(text: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS, zdict=_COMMON)
    return packer.compress(text) + packer.flush()


def _unpacked(packed: bytes) -> bytes:
    """Our own text again; the signature has been checked, so nobody else chose how long it gets."""
    return zlib.decompressobj(wbits=-zlib.MAX_WBITS, zdict=_COMMON).decompress(packed, _LONGEST)


def _bound(action: Action, target: Target) -> str:
    """A short name of what the cursor belongs to; the signature makes it safe."""
    return hashlib.sha256(f"{action.id}\n{target.account_id}\n{target.api_root}".encode()).hexdigest()[:16]
