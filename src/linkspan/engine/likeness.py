"""Whether a record of the provider is the one that a write would have made: value by value, as the provider may have normalised them."""

import enum
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from linkspan.connectors.contract import Contract, Entity, Field, FieldType
from linkspan.engine.call import Call

_BLANK = ("", "0001-01-01", "00000000-0000-0000-0000-000000000000", "_x0020_")


class Likeness(enum.Enum):
    """How alike a record and a write are."""

    EQUAL = "every value that was sent"
    NEAR = "too alike to be called another"
    OTHER = "another record"


def likeness(record: Mapping[str, object], call: Call) -> Likeness:
    """Compare a record with a call's body. A field that tells records apart (`told_apart_by`, `identified_by`) decides alone."""
    action, body = call.action, call.body or {}
    apart = {*action.told_apart_by, *action.identified_by} & body.keys()
    different = [name for name in body if not _same(record, name, body[name], action.entity, action.contract)]
    if not different:
        return Likeness.EQUAL
    if not apart.isdisjoint(different):
        return Likeness.OTHER
    return Likeness.NEAR if apart or len(different) * 2 <= len(body) else Likeness.OTHER


def same_text(one: object, other: object) -> bool:
    """Texts without regard to capitals and outer spaces, as ids are compared."""
    return isinstance(one, str) and isinstance(other, str) and one.strip().casefold() == other.strip().casefold()


def _same(record: Mapping[str, object], name: str, sent: object, entity: Entity, contract: Contract) -> bool:
    found, field = record.get(name), entity.fields.get(name)
    if field is None:
        link = entity.links.get(name)
        return link is not None and _same_below(found, sent, contract.entities[link.entity], contract)
    if _blank(sent) or _blank(found):
        return _blank(sent) and _blank(found)
    return _same_value(found, sent, field)


def _same_value(found: object, sent: object, field: Field) -> bool:
    if isinstance(sent, bool) or isinstance(found, bool):
        return found is sent
    if isinstance(sent, int | Decimal):
        return isinstance(found, int | Decimal) and Decimal(found) == Decimal(sent)
    if field.type is FieldType.DATETIME:
        return _moment(found) == _moment(sent) is not None
    if field.type is FieldType.STRING and not field.upper_cased:
        return isinstance(found, str) and isinstance(sent, str) and found.strip() == sent.strip()
    return same_text(found, sent)


def _same_below(found: object, sent: object, entity: Entity, contract: Contract) -> bool:
    """Lists of records, in whatever order: each that was sent has one of its own."""
    sent_rows = [row for row in (sent if isinstance(sent, list) else [sent]) if isinstance(row, dict)]
    left = [row for row in (found if isinstance(found, list) else [found]) if isinstance(row, dict)]
    if len(left) != len(sent_rows):
        return False
    for row in sent_rows:
        match = next(
            (each for each in left if all(_same(each, name, row[name], entity, contract) for name in row)), None
        )
        if match is None:
            return False
        left.remove(match)
    return True


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip() in _BLANK)


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
