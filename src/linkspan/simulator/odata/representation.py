"""Writes records as OData JSON: key order of the contract, etags, exact decimals, context addresses."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import orjson

from linkspan.simulator.contract import Entity
from linkspan.simulator.odata.condition import Record
from linkspan.simulator.odata.keys import write_key
from linkspan.simulator.odata.options import Expansion, Query

ETAG: Final = "@odata.etag"
_CONTEXT: Final = "@odata.context"

Body = dict[str, object]
Expander = Callable[[Record, Expansion], tuple[object, int | None]]
"""Returns the value of an expanded navigation (a body, a list of bodies, or None) and the count if it was asked for."""
EtagReader = Callable[[Entity, Record], str]


def encode(body: object) -> bytes:
    """Return `body` as JSON; decimals keep their digits, moments end in Z."""
    return orjson.dumps(body, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def write_moment(moment: datetime) -> str:
    """Return a UTC moment as Edm.DateTimeOffset: Z, and no more decimals than it has."""
    text = moment.isoformat()[:19]
    return f"{text}.{moment.microsecond:06d}".rstrip("0") + "Z" if moment.microsecond else f"{text}Z"


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, datetime):
        return write_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def write_records(
    records: Sequence[Record], entity: Entity, query: Query, *, etag_of: EtagReader, expand: Expander, root: str
) -> list[Body]:
    """Return the bodies of `records` with the fields and navigations that `query` selects."""
    names = [name for name in query.select or entity.fields if entity.fields[name].type != "stream"]
    streams = [name for name in query.select or entity.fields if entity.fields[name].type == "stream"]
    bodies = [{ETAG: etag_of(entity, record), **{name: record[name] for name in names}} for record in records]
    if not streams and not query.expand:
        return bodies
    for record, body in zip(records, bodies, strict=True):
        for name in streams:
            address = f"{root}/{entity.set}({write_key(entity, record)})/{name}"
            body[f"{name}@odata.mediaEditLink"] = address
            body[f"{name}@odata.mediaReadLink"] = address
        for expansion in query.expand:
            value, total = expand(record, expansion)
            if total is not None:
                body[f"{expansion.link.name}@odata.count"] = total
            body[expansion.link.name] = value
    return bodies


def collection(context: str, bodies: Sequence[Body], *, total: int | None, following: str | None) -> Body:
    """Return the document of a page."""
    document: Body = {_CONTEXT: context}
    if total is not None:
        document["@odata.count"] = total
    document["value"] = bodies
    if following is not None:
        document["@odata.nextLink"] = following
    return document


def collection_frame(context: str, *, total: int | None, following: str | None) -> tuple[bytes, bytes]:
    """Return what stands before and behind the records of a page that is already written."""
    head = encode(collection(context, [], total=total, following=None)).removesuffix(b"]}")
    tail = b"]}" if following is None else b'],"@odata.nextLink":' + encode(following) + b"}"
    return head, tail


def plain_text(value: object) -> str:
    """Return a single value as text without JSON around it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return write_moment(value)
    return str(value)


def single(context: str, body: Mapping[str, object]) -> bytes:
    """Return the document of one record."""
    return encode({_CONTEXT: context, **body})


def context_list(query: Query) -> str:
    """Return what stands in parentheses behind the set in a context address: selected fields, expanded navigations."""
    names = list(query.select or ())
    names += [f"{expansion.link.name}({_inner(expansion.query)})" for expansion in query.expand]
    return f"({','.join(names)})" if names else ""


def _inner(query: Query) -> str:
    return context_list(query)[1:-1]
