"""Checks an example body against the contract, so that what the documentation shows can be sent."""

import re
from collections.abc import Collection, Mapping

from linkspan.connectors.contract import Contract, Entity, Field, FieldType
from linkspan.connectors.document import Document
from linkspan.connectors.mistakes import unknown_name
from linkspan.connectors.yaml_lines import Path

DECIMAL_PATTERN = r"^-?[0-9]{1,29}(\.[0-9]{1,28})?$"
GUID_PATTERN = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
DATE_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
DATETIME_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,7})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"

_TEXT_FORMS = {
    FieldType.GUID: (GUID_PATTERN, "a GUID"),
    FieldType.DATE: (DATE_PATTERN, "a date such as 2026-10-31"),
    FieldType.DATETIME: (DATETIME_PATTERN, "a time such as 2026-10-31T08:30:00Z"),
}


def check_body(
    document: Document, path: Path, entity: Entity, contract: Contract, nested: Collection[str] = ()
) -> None:
    """Note each part of the example at `path` that the provider would refuse: unknown or read-only fields, wrong values."""
    for name in document.part(path):
        here = (*path, name)
        link = entity.links.get(name)
        field = entity.fields.get(name)
        if link is not None and name in nested and link.entity in contract.entities:
            rows = document.value(here)
            places = [(*here, index) for index in range(len(rows))] if isinstance(rows, list) else [here]
            for place in places:
                check_body(document, place, contract.entities[link.entity], contract)
        elif field is None:
            document.say(here, unknown_name(f"field of {entity.name}", name, [*entity.fields, *nested]))
        elif field.read_only:
            document.say(here, f"remove {name!r}: the contract marks it read-only")
        else:
            remedy = _wrong(field, document.value(here), contract.enums)
            if remedy:
                document.say(here, remedy)


def _wrong(field: Field, value: object, enums: Mapping[str, Mapping[str, str]]) -> str | None:
    """What to write instead of `value`, or None when the field takes it."""
    if field.type is FieldType.BOOLEAN:
        return None if isinstance(value, bool) else "write true or false"
    if field.type in {FieldType.INT32, FieldType.INT64}:
        return None if isinstance(value, int) and not isinstance(value, bool) else "write a whole number"
    if field.type is FieldType.DECIMAL:
        fits = not isinstance(value, bool) and re.match(DECIMAL_PATTERN, str(value))
        return None if fits else "write a number such as 189.90"
    if not isinstance(value, str):
        return f'write text in quotes, such as "{value}"'
    if field.type in _TEXT_FORMS:
        pattern, form = _TEXT_FORMS[field.type]
        return None if re.match(pattern, value) else f"write {form}"
    return _wrong_text(field, value, enums)


def _wrong_text(field: Field, value: str, enums: Mapping[str, Mapping[str, str]]) -> str | None:
    members = enums.get(field.enum or "", {})
    if field.type is FieldType.ENUM and value not in {*members, *members.values()}:
        return unknown_name(f"value of {field.enum}", value, members.values())
    if field.max_length is not None and len(value) > field.max_length:
        return f"write at most {field.max_length} characters"
    return None
