"""JSON in and out with every number's digits kept: the only JSON reader and writer of the doors and the engine."""

import decimal
import re
from decimal import Decimal
from typing import TypeVar

import msgspec

T = TypeVar("T")

# A number beyond these bounds is no business amount but an attempt to make us print a billion zeros. Trapping Inexact
# makes the context refuse what it would have to round.
_EXACT = decimal.Context(
    prec=400,
    Emax=400,
    Emin=-400,
    traps=[decimal.Inexact, decimal.Overflow, decimal.Underflow, decimal.Subnormal, decimal.InvalidOperation],
)
_DECODER = msgspec.json.Decoder(float_hook=_EXACT.create_decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
# Four times faster than looking for two bytes strings: each of them costs as much as the whole encoding.
_EXPONENT = re.compile(rb"E[-+]")


def decoder_of(form: type[T]) -> msgspec.json.Decoder[T]:
    """A decoder of one form, which reads numbers as `parse` does. Its `decode` raises ValueError, RecursionError or ArithmeticError."""
    return msgspec.json.Decoder(form, float_hook=_EXACT.create_decimal)


def parse(text: bytes) -> object:
    """Read JSON: a number with a fraction or an exponent becomes a Decimal of exactly its digits, any other an int.

    Raises ValueError for malformed text, nesting too deep, or a number of more than 400 digits.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        msg = "JSON is nested too deeply"
        raise ValueError(msg) from None
    except ArithmeticError:
        msg = "JSON holds a number of more than 400 digits"
        raise ValueError(msg) from None


def dump(value: object) -> bytes:
    """Write JSON; a Decimal keeps its digits and gets no exponent (`0.00000010`, never `1.0E-7`)."""
    text = _ENCODER.encode(value)
    if _EXPONENT.search(text):
        # str(Decimal) uses exponents for very small numbers; the words above may also just be part of a text.
        return _ENCODER.encode(_without_exponents(msgspec.to_builtins(value, builtin_types=(Decimal,))))
    return text


def plain(number: Decimal) -> str:
    """The digits of a decimal without exponent, as they came."""
    return format(number, "f")


def _without_exponents(value: object) -> object:
    if isinstance(value, Decimal):
        return msgspec.Raw(plain(value).encode())
    if isinstance(value, dict):
        return {key: _without_exponents(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_exponents(item) for item in value]
    return value
