"""What the tester's form says: the call as controls or as JSON, and the key that makes a write happen once."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from linkspan.connectors.action import Action
from linkspan.connectors.names import nearest
from linkspan.doors.console.call_texts import pretty
from linkspan.doors.console.input_values import NotOnFormError, compacted, indexes_of, read_values, values_of
from linkspan.doors.console.visit import Form
from linkspan.doors.porch.inputs import GROUPS, inputs_of
from linkspan.engine import json_text
from linkspan.engine.call import Inputs
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Verb

DEEDS = ("run", "dry", "row", "json", "form", "again", "texts")
"""What the form's buttons ask for."""
FIRST_PAGE = 20
_KEY = re.compile(r"console-[0-9a-f]{32}")
_LONGEST_CURSOR = 4_000


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it stands. `text`: the call as JSON, None while it is entered in controls (`values`, by place).

    `cursor`: another page of the list is asked for; it is not part of the call that is shown and copied. `note` tells what was done with the form.
    """

    action: Action
    values: Mapping[str, str]
    text: str | None
    inputs: Inputs
    mistakes: tuple[Mistake, ...]
    key: str
    cursor: str = ""
    note: str = ""

    @property
    def asked(self) -> Inputs:
        """The inputs of the run: those of the form, or the next page of its list."""
        if not self.cursor:
            return self.inputs
        query: dict[str, object] = {"cursor": self.cursor}
        if "page_size" in self.inputs.query:
            query["page_size"] = self.inputs.query["page_size"]
        return Inputs(self.inputs.path, query, None, self.inputs.headers)


def deed_of(form: Form) -> str:
    """Which button was pressed, one of DEEDS. Raises InvalidInputError for none of them."""
    names = {name for name, _ in form.pairs}
    deed = "row" if "row" in names else "run" if "cursor" in names else form.get("deed")
    if deed not in DEEDS:
        raise InvalidInputError(mistakes=[Mistake("deed", f"is one of {', '.join(DEEDS)}")])
    return deed


def new_key() -> str:
    """A key for one write from a form that nobody has sent yet."""
    return f"console-{uuid.uuid4().hex}"


def example_of(action: Action) -> dict[str, object]:
    """The action's own example, as groups."""
    return {name: group for name, group in action.example.items() if name in GROUPS}


def fresh(action: Action, payload: Mapping[str, object], *, as_json: bool = False) -> Filled:
    """A form with these groups, as controls if they can say it; a list asks for a short page."""
    groups = dict(payload)
    query = groups.get("query")
    if action.verb is Verb.LIST and not (isinstance(query, Mapping) and query.keys() & {"page_size", "top", "cursor"}):
        groups["query"] = {**(query if isinstance(query, Mapping) else {}), "page_size": FIRST_PAGE}
    blank = Filled(action, {}, None, Inputs(), (), new_key())
    filled = _with_payload(replace(blank, text=pretty(groups)), groups)
    return filled if as_json else _as_form(filled, groups)


def read_filled(action: Action, form: Form) -> Filled:
    """The form as sent, after what its button does to it. Raises InvalidInputError for more rows than a form may have."""
    key = form.get("idempotency_key")
    deed = deed_of(form)
    cursor = form.get("cursor")[:_LONGEST_CURSOR] if action.verb is Verb.LIST else ""
    blank = Filled(action, {}, None, Inputs(), (), key if _KEY.fullmatch(key) else new_key(), cursor)
    if form.get("as") == "json":
        filled = _read_json(blank, form.get("json"))
    else:
        values = {name: value.strip() for name, value in form.pairs if "." in name and name.split(".")[0] in GROUPS}
        filled = _read_controls(blank, values if deed == "row" else compacted(values))
    return _after(filled, deed, form.get("row"))


def _after(filled: Filled, deed: str, row: str) -> Filled:
    if deed == "again":
        return replace(filled, key=new_key(), note="A new form with the same values: running it writes once more.")
    if deed == "row":
        following = max(indexes_of(row, filled.values), default=-1) + 1
        return _read_controls(filled, {**filled.values, f"{row}[{following}].": ""})
    if filled.mistakes:
        return filled
    groups = _groups(filled.inputs)
    if deed == "json":
        return replace(filled, text=pretty(groups), values={})
    return _as_form(filled, groups) if deed == "form" else filled


def _as_form(filled: Filled, groups: Mapping[str, object]) -> Filled:
    try:
        values = values_of(filled.action.input_schema, groups)
    except NotOnFormError:
        return replace(
            filled, note="The form cannot say all of this (an empty text or null, for instance), so it stays JSON."
        )
    return replace(filled, values=values, text=None)


def _read_controls(filled: Filled, values: Mapping[str, str]) -> Filled:
    payload, mistakes = read_values(filled.action.input_schema, values)
    return _with_payload(replace(filled, values=values), payload, mistakes)


def _read_json(filled: Filled, text: str) -> Filled:
    shown = replace(filled, text=text)
    try:
        payload = json_text.parse(text.encode()) if text else {}
    except ValueError as error:
        return replace(shown, mistakes=(Mistake("json", f"is not JSON: {error}"),))
    if not isinstance(payload, dict):
        return replace(shown, mistakes=(Mistake("json", "must be an object of path, query, body and headers"),))
    unknown = [
        Mistake(name[:100], "is not part of a call here", nearest(name[:100], GROUPS))
        for name in payload
        if name not in GROUPS
    ]
    return _with_payload(shown, payload, unknown)


def _with_payload(filled: Filled, payload: Mapping[str, object], mistakes: list[Mistake] | None = None) -> Filled:
    try:
        inputs = inputs_of(payload)
    except InvalidInputError as error:
        return replace(filled, inputs=Inputs(), mistakes=(*(mistakes or ()), *error.mistakes))
    return replace(filled, inputs=inputs, mistakes=tuple(mistakes or ()))


def _groups(inputs: Inputs) -> dict[str, object]:
    given = {"path": inputs.path, "query": inputs.query, "body": inputs.body, "headers": inputs.headers}
    return {name: group for name, group in given.items() if group}
