"""A form out of an action's JSON schema: its groups with a control for each input, what was entered, and the mistakes beside it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linkspan.connectors.action import Action, JsonSchema
from linkspan.doors.console.input_values import MOST_ROWS, Schema, indexes_of, inner, kind_of, options_of, properties_of
from linkspan.errors import Mistake

_TITLES = {"path": "Which record", "query": "What to answer", "body": "What to write", "headers": "Only if unchanged"}
_AT_ONCE = 12


@dataclass(frozen=True, slots=True)
class Control:
    """One input: `name` is its place in the call (`body.lines[0].quantity`), `kind` one of input_values.KINDS, `options` (value, text) pairs."""

    name: str
    label: str
    kind: str
    about: str
    value: str
    required: bool
    limit: object
    options: Sequence[tuple[str, str]]
    mistakes: Sequence[str]

    @property
    def id(self) -> str:
        """The element's id."""
        return re.sub(r"[^A-Za-z0-9]+", "-", f"in-{self.name}").strip("-")


@dataclass(frozen=True, slots=True)
class Part:
    """A group, a nested record, or a list of records (then `adds` is the list's name): controls shown at once, those behind a fold, parts."""

    name: str
    title: str
    about: str
    first: Sequence[Control]
    more: Sequence[Control]
    parts: Sequence["Part"]
    adds: str = ""

    @property
    def more_open(self) -> bool:
        """Whether something behind the fold must be seen."""
        return any(control.value or control.mistakes for control in self.more)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws parts: from what was entered by place, the mistakes by place, and the places that are worth showing at once."""

    values: Mapping[str, str]
    mistakes: Mapping[str, Sequence[str]]
    early: frozenset[str]

    def group(self, name: str, schema: Schema) -> Part:
        """One of the groups path, query, body, headers."""
        about = " ".join(f"At least one of {', '.join(names)} is needed." for names in _choices(schema))
        return self._record(name, _TITLES.get(name, name), schema, about)

    def _record(self, name: str, title: str, schema: Schema, about: str = "") -> Part:
        controls: list[Control] = []
        parts: list[Part] = []
        needed = _names(schema.get("required"))
        wanted = {*needed, *(each for group in _choices(schema) for each in group)}
        for label, given in properties_of(schema).items():
            place, plain = f"{name}.{label}", inner(given)
            if kind_of(plain) == "record":
                parts.append(self._record(place, label, plain, _about(given)))
            elif kind_of(plain) == "rows":
                parts.append(self._rows(place, label, plain, _about(given)))
            else:
                controls.append(self._control(place, label, given, required=label in needed))
        # A company is rarely chosen: the account has its own.
        shown = len(controls) <= _AT_ONCE and name != "path"
        first = [one for one in controls if shown or one.label in wanted or _bare(one.name) in self.early]
        if not first and not parts and name != "path":
            first = controls[:_AT_ONCE]
        more = [one for one in controls if one not in first]
        return Part(name, title, about, first, more, parts)

    def _rows(self, name: str, label: str, schema: Schema, about: str) -> Part:
        record = schema.get("items")
        inside: Schema = record if isinstance(record, dict) else {}
        rows = [
            self._record(f"{name}[{index}]", f"{label} {index + 1}", inside) for index in indexes_of(name, self.values)
        ]
        return Part(name, label, about, (), (), rows, adds=name if len(rows) < MOST_ROWS else "")

    def _control(self, place: str, label: str, given: Schema, *, required: bool) -> Control:
        plain = inner(given)
        limit = plain.get("maxLength")
        return Control(
            place, label, kind_of(plain), _about(given) or _about(plain), self.values.get(place, ""), required,
            limit, options_of(plain), self.mistakes.get(place, ()),
        )  # fmt: skip


def draw(action: Action, values: Mapping[str, str], mistakes: Iterable[Mistake]) -> list[Part]:
    """The form of an action: a part for each of its groups."""
    beside: dict[str, list[str]] = {}
    for mistake in mistakes:
        hint = f"; did you mean {mistake.nearest}?" if mistake.nearest else ""
        beside.setdefault(mistake.where, []).append(mistake.what + hint)
    drawing = Drawing(values, beside, _early(action))
    return [drawing.group(name, group) for name, group in properties_of(action.input_schema).items()]


def placed(parts: Iterable[Part]) -> dict[str, str]:
    """Place → element id of every control of a form."""
    found: dict[str, str] = {}
    for part in parts:
        found |= {control.name: control.id for control in (*part.first, *part.more)} | placed(part.parts)
    return found


def _early(action: Action) -> frozenset[str]:
    """The places that the action's own example fills, and what most lists are asked with."""
    filled = {
        f"{group}.{name}" for group, inside in action.example.items() if isinstance(inside, dict) for name in inside
    }
    lines = {
        f"{group}.{name}.{field}"
        for group, inside in action.example.items()
        if isinstance(inside, dict)
        for name, rows in inside.items()
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
        for field in row
    }
    return frozenset(filled | lines)


def _bare(place: str) -> str:
    """A place without the numbers of its rows."""
    return re.sub(r"\[\d+\]", "", place)


def _choices(schema: JsonSchema) -> list[list[str]]:
    """Groups of names of which at least one must be there."""
    every = schema.get("allOf")
    found: list[list[str]] = []
    for each in every if isinstance(every, list) else []:
        options = each.get("anyOf", ()) if isinstance(each, dict) else ()
        found.append([name for option in options for name in _names(option.get("required"))])
    return [names for names in found if names]


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


def _about(schema: JsonSchema) -> str:
    about = schema.get("description")
    return about if isinstance(about, str) else ""
