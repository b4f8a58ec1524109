"""The plainest call of `/actions/rpc`, an action with path inputs and nothing else, read in one go."""

import msgspec

from linkspan.engine import json_text


class PlainCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """`{"action": …, "path": {…}}`."""

    action: str
    path: dict[str, object]


_DECODER = json_text.decoder_of(PlainCall)


def plain_call(text: bytes) -> PlainCall | None:
    """The call; None: it says more, or is wrong, and must be read in parts, which also tells what is wrong."""
    try:
        call = _DECODER.decode(text)
    except (ValueError, RecursionError, ArithmeticError):
        return None
    return call if call.action else None
