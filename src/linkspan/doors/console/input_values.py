"""Between a form's texts and a call's groups: what is entered in each place becomes JSON, and JSON that fits becomes texts again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from linkspan.connectors.action import JsonSchema
from linkspan.engine import json_text
from linkspan.errors import InvalidInputError, Mistake

Schema = JsonSchema
KINDS = ("text", "guid", "date", "moment", "whole", "amount", "choice", "asked", "json", "record", "rows")
"""`asked`: text, or JSON where it begins like it; `record` and `rows` hold further inputs."""
MOST_ROWS = 40
_ROW = re.compile(r"([^\[]+)\[([0-9]{1,4})\](.*)", re.DOTALL)
_WHOLE = re.compile(r"-?[0-9]{1,30}")
_OF_TYPE = {"boolean": "choice", "number": "amount", "integer": "whole"}
_FORMATS = {"uuid": "guid", "date": "date", "date-time": "moment"}


class NotOnFormError(ValueError):
    """A call says something that the form's controls cannot say, such as null or an empty text."""


def properties_of(schema: Schema) -> Mapping[str, Schema]:
    """The inputs inside an object's schema."""
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def inner(schema: Schema) -> Schema:
    """The schema of a value that may be null, without the null."""
    options = schema.get("anyOf")
    if isinstance(options, list):
        real = [one for one in options if one != {"type": "null"}]
        if len(real) == 1 and isinstance(real[0], dict):
            return real[0]
    return schema


def kind_of(schema: Schema) -> str:
    """How an input is entered, one of KINDS; the schema is one that `inner` gave."""
    declared, items, options = schema.get("type"), schema.get("items"), schema.get("anyOf")
    kind = _OF_TYPE.get(declared, "json") if isinstance(declared, str) else "json"
    if "enum" in schema:
        kind = "choice"
    elif declared == ["number", "string"]:
        kind = "amount"
    elif declared == "string":
        kind = _FORMATS.get(str(schema.get("format")), "text")
    elif declared == "object" and properties_of(schema):
        kind = "record"
    elif declared == "array" and isinstance(items, dict) and properties_of(items):
        kind = "rows"
    elif isinstance(options, list) and any(isinstance(one, dict) and one.get("type") == "string" for one in options):
        kind = "asked"
    return kind


def options_of(schema: Schema) -> list[tuple[str, str]]:
    """The choices of an input as (JSON text, text for people)."""
    if kind_of(schema) != "choice":
        return []
    values = schema.get("enum")
    listed = values if isinstance(values, list) else [True, False]
    return [(json_text.dump(one).decode(), _shown(one)) for one in listed]


def indexes_of(name: str, values: Mapping[str, str]) -> list[int]:
    """Which rows of a list a form holds, in order. Raises InvalidInputError for more than a form may have."""
    place = re.compile(re.escape(name) + r"\[([0-9]{1,4})\]")
    found = sorted({int(hit[1]) for each in values if (hit := place.match(each))})
    if len(found) > MOST_ROWS:
        raise InvalidInputError(mistakes=[Mistake(name, f"has more than {MOST_ROWS} rows: use JSON")])
    return found


def compacted(values: Mapping[str, str]) -> dict[str, str]:
    """The same texts without rows in which nothing was entered; the others move up, as the call has them."""
    rows: dict[str, set[int]] = {}
    for place, text in values.items():
        if text and (hit := _ROW.match(place)):
            rows.setdefault(hit[1], set()).add(int(hit[2]))
    found: dict[str, str] = {}
    for place, text in values.items():
        hit = _ROW.match(place)
        if hit is None:
            found[place] = text
        elif int(hit[2]) in rows.get(hit[1], ()):
            found[f"{hit[1]}[{sorted(rows[hit[1]]).index(int(hit[2]))}]{hit[3]}"] = text
    return found


@dataclass(slots=True)
class Reading:
    """Reads a form's texts into groups; `mistakes` gathers what cannot be read, `seen` the places that the schema has."""

    values: Mapping[str, str]
    mistakes: list[Mistake] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def record(self, name: str, schema: Schema) -> dict[str, object]:
        """An object of what was entered below a place; inputs left empty are left out."""
        found: dict[str, object] = {}
        for label, given in properties_of(schema).items():
            value = self._value(f"{name}.{label}" if name else label, inner(given))
            if value is not None:
                found[label] = value
        return found

    def _value(self, place: str, schema: Schema) -> object:
        kind = kind_of(schema)
        if kind == "record":
            return self.record(place, schema) or None
        if kind == "rows":
            items = schema["items"]
            inside: Schema = items if isinstance(items, dict) else {}
            rows = [self.record(f"{place}[{index}]", inside) for index in indexes_of(place, self.values)]
            return [row for row in rows if row] or None
        self.seen.add(place)
        text = self.values.get(place, "")
        return self._leaf(place, kind, schema, text) if text else None

    def _leaf(self, place: str, kind: str, schema: Schema, text: str) -> object:
        if kind == "choice":
            known = any(text == value for value, _ in options_of(schema))
            return json_text.parse(text.encode()) if known else text
        if kind == "whole":
            return int(text) if _WHOLE.fullmatch(text) else text
        if kind == "json" or (kind == "asked" and text[0] in "{["):
            try:
                return json_text.parse(text.encode())
            except ValueError as error:
                self.mistakes.append(Mistake(place, f"is not JSON: {error}"))
        # An amount stays the text it is: every digit of it counts.
        return text


def read_values(schema: Schema, values: Mapping[str, str]) -> tuple[dict[str, object], list[Mistake]]:
    """The groups that a form's texts (place → text) mean, and what cannot be read. Raises InvalidInputError for too many rows."""
    reading = Reading(values)
    payload = reading.record("", schema)
    unknown = [place for place, text in values.items() if text and place not in reading.seen]
    reading.mistakes += [Mistake(place[:100], "is not an input of this action") for place in unknown[:20]]
    return payload, reading.mistakes


def values_of(schema: Schema, payload: Mapping[str, object]) -> dict[str, str]:
    """The texts that a form shows for a call's groups. Raises NotOnFormError where reading them would not give the same call."""
    values = _record_texts("", schema, payload)
    again, mistakes = read_values(schema, values)
    if mistakes or _record_texts("", schema, again) != values:
        raise NotOnFormError
    return values


def _record_texts(name: str, schema: Schema, given: object) -> dict[str, str]:
    known = properties_of(schema)
    if not isinstance(given, Mapping) or not known.keys() >= given.keys():
        raise NotOnFormError
    found: dict[str, str] = {}
    for label, value in given.items():
        found |= _texts(f"{name}.{label}" if name else label, inner(known[label]), value)
    return found


def _texts(place: str, schema: Schema, value: object) -> dict[str, str]:
    kind = kind_of(schema)
    if kind == "record":
        # An empty group says nothing; an empty record inside one does.
        if not value and "." in place:
            raise NotOnFormError
        return _record_texts(place, schema, value)
    if kind == "rows":
        items = schema["items"]
        if not isinstance(value, list) or not 0 < len(value) <= MOST_ROWS or not all(value):
            raise NotOnFormError
        found: dict[str, str] = {}
        for index, row in enumerate(value):
            found |= _record_texts(f"{place}[{index}]", items if isinstance(items, dict) else {}, row)
        return found
    return {place: _text(kind, value)}


def _text(kind: str, value: object) -> str:
    """What a control shows for a value."""
    if kind in {"choice", "json"} or (kind == "asked" and isinstance(value, dict | list)):
        return json_text.dump(value).decode()
    if kind in {"whole", "amount"} and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return json_text.plain(value) if isinstance(value, Decimal) else str(value)
    if isinstance(value, str) and value and value == value.strip() and not re.search(r"[\r\n\0]", value):
        return value
    raise NotOnFormError


def _shown(value: object) -> str:
    """A choice for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if str(value).strip() else "(empty)"
