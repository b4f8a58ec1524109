"""JSON with every digit of an amount kept: a number with a fraction is a Decimal, never a float."""

from decimal import Decimal
from typing import TypeVar

import msgspec

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_decoders: dict[object, object] = {}


def dump(value: object) -> bytes:
    """Write JSON; a Decimal becomes its digits, without an exponent."""
    text = _ENCODER.encode(value)
    if b"E-" in text or b"E+" in text:
        return _ENCODER.encode(_plain(msgspec.to_builtins(value, builtin_types=(Decimal,))))
    return text


def parse(text: bytes | str, kind: type[T]) -> T:
    """Read JSON as `kind`. Raises msgspec.DecodeError, a ValueError, if it is something else."""
    decoder = _decoders.get(kind)
    if not isinstance(decoder, msgspec.json.Decoder):
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, float_hook=Decimal)
    read: T = decoder.decode(text)
    return read


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return msgspec.Raw(format(value, "f").encode())
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
