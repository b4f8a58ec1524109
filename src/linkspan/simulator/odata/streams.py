"""Media streams: the bytes of pictures, attached files and printed documents, read and written at their own address."""

import base64
import binascii

import msgspec

from linkspan.simulator.books.table import Record
from linkspan.simulator.contract import Field
from linkspan.simulator.faults import bad_request, invalid_token, read_only_control
from linkspan.simulator.odata.exchange import Answer, Ask
from linkspan.simulator.odata.matching import check_match
from linkspan.simulator.odata.navigation import Navigator

_BYTES_TYPE = "application/octet-stream"


class _Wrapped(msgspec.Struct, forbid_unknown_fields=True):
    """How a JSON request carries the bytes of a stream: in base64."""

    value: str


def read_stream(ask: Ask, navigator: Navigator, record: Record) -> Answer:
    """Return the bytes of the stream that the address names; an empty one has no content."""
    field = ask.address.field
    data = (
        ask.desk.shelf.read_content(navigator.company, ask.address.last.entity, record, field)
        if field is not None
        else b""
    )
    return Answer(200, data, _BYTES_TYPE) if data else Answer(204, content_type=None)


def write_stream(ask: Ask, field: Field) -> Answer:
    """Replace the bytes of a stream; raises 400 without If-Match and for streams that are made by the service."""
    last = ask.address.last
    if field.read_only or "update" not in last.entity.verbs:
        raise read_only_control(field.name)
    if ask.if_match is None:
        raise invalid_token()
    navigator = Navigator(ask.desk, ask.company(), ask.level)
    record = navigator.one(last, navigator.owner(ask.address.steps))
    check_match(ask, navigator, last, record)
    with ask.world.transaction():
        ask.desk.shelf.write_content(navigator.company, last.entity, record, field=field, data=_bytes(ask))
    return Answer(204, content_type=None)


def _bytes(ask: Ask) -> bytes:
    """Return the bytes sent: as they are, or from the JSON wrapping that batches use."""
    kind = ask.incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return ask.body
    try:
        return base64.b64decode(msgspec.json.decode(ask.body, type=_Wrapped).value, validate=True)
    except (msgspec.DecodeError, binascii.Error) as error:
        raise bad_request(
            "The content of a stream in JSON must be an object with its bytes in base64 as value."
        ) from error
