"""Lays an action's input out as one tool's arguments, and reads the arguments of a call back into the groups."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkspan.connectors.names import nearest
from linkspan.connectors.tool_schema import ToolInput
from linkspan.doors.mcp.visit import ParamStyle
from linkspan.doors.porch.account import ACCOUNT_HEADER
from linkspan.doors.porch.inputs import ALLOW_DUPLICATE, DRY_RUN, IDEMPOTENCY_KEY, key_of
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Account

GROUPS = ("path", "query", "body", "headers")
_GROUPS = frozenset(GROUPS)
_PREFIXED = re.compile(r"(path|query|body|headers)_(.+)")
# Arguments that are said of the call itself, in every style.
_OF_THE_CALL = frozenset({ALLOW_DUPLICATE, IDEMPOTENCY_KEY, DRY_RUN})

Groups = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Arguments:
    """The groups of a call, and what was said of the call itself."""

    groups: Groups
    allow_duplicate: bool
    idempotency_key: str | None
    dry_run: bool


def schema_of(wanted: ToolInput, style: ParamStyle) -> dict[str, object]:
    """The tool's input schema: an object without `$ref` or combinations at its root, as the client packages need it."""
    if style is ParamStyle.NESTED:
        properties: dict[str, object] = {
            group: _object(inside, wanted.required.get(group, ())) for group, inside in wanted.properties.items()
        }
        return _object(properties, tuple(wanted.required))
    places = places_of(wanted, style)
    properties = {name: wanted.properties[group][inner] for name, (group, inner) in places.items()}
    required = [name for name, (group, inner) in places.items() if inner in wanted.required.get(group, ())]
    return _object(properties, tuple(required))


def places_of(wanted: ToolInput, style: ParamStyle) -> Mapping[str, tuple[str, str]]:
    """For the flat styles: argument → (group, name). `flat_smart` puts the group's name before a name only if two groups have it."""
    pairs = [(group, name) for group, inside in wanted.properties.items() for name in inside]
    names = [name for _, name in pairs]
    smart = style is ParamStyle.FLAT_SMART
    return {(name if smart and names.count(name) == 1 else f"{group}_{name}"): (group, name) for group, name in pairs}


def read_arguments(arguments: Mapping[str, object], wanted: ToolInput, style: ParamStyle) -> Arguments:
    """The groups that a call's arguments mean. Raises InvalidInputError with every argument that has no place."""
    if style is ParamStyle.NESTED and _GROUPS.issuperset(arguments) and all(map(_is_object, arguments.values())):
        # What nearly every call is, read at once: groups, and nothing said of the call itself.
        plain: Groups = {name: group for name, group in arguments.items() if isinstance(group, dict)}
        return Arguments(plain, allow_duplicate=False, idempotency_key=key_of(None, plain), dry_run=False)
    own = {name: value for name, value in arguments.items() if name not in _OF_THE_CALL}
    flags = {name: arguments.get(name, False) for name in (ALLOW_DUPLICATE, DRY_RUN)}
    mistakes = [Mistake(name, "must be true or false") for name, flag in flags.items() if not isinstance(flag, bool)]
    groups: Groups = {}
    nested = style is ParamStyle.NESTED
    places = {} if nested else places_of(wanted, style)
    for name, value in own.items():
        group, inner = _place(name, places, nested=nested)
        if group is None:
            known = GROUPS if nested else places
            mistakes.append(Mistake(name, "is no argument of this tool", nearest(name, known)))
        elif inner is not None:
            groups.setdefault(group, {})[inner] = value
        elif isinstance(value, dict):
            groups.setdefault(group, {}).update(value)
        elif value is not None:
            mistakes.append(Mistake(name, "must be an object"))
    if mistakes:
        raise InvalidInputError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
    key = key_of(None, {IDEMPOTENCY_KEY: arguments.get(IDEMPOTENCY_KEY), **groups})
    return Arguments(groups, flags[ALLOW_DUPLICATE] is True, key, flags[DRY_RUN] is True)


def _is_object(value: object) -> bool:
    return type(value) is dict


def with_account(wanted: ToolInput, accounts: Sequence[Account]) -> ToolInput:
    """The input with the choice of the account, which must be made where there are several."""
    choice = {
        "type": "string",
        "enum": [account.id for account in accounts],
        "description": "; ".join(f"{account.id}: {account_label(account)}" for account in accounts),
    }
    headers: Mapping[str, Mapping[str, object]] = {ACCOUNT_HEADER: choice, **wanted.properties.get("headers", {})}
    return ToolInput(
        {**wanted.properties, "headers": headers},
        {**wanted.required, "headers": (ACCOUNT_HEADER, *wanted.required.get("headers", ()))},
    )


def account_label(account: Account) -> str:
    """What people call an account: its label, or owner and company."""
    company = account.fields.get("company_name")
    told = account.label or account.owner.name
    return f"{told} ({company})" if company else told


def _place(name: str, places: Mapping[str, tuple[str, str]], *, nested: bool) -> tuple[str | None, str | None]:
    """Group and name of an argument; a whole group by its own name is understood in every style (no name then)."""
    if name in GROUPS and name not in places:
        return name, None
    if name in places:
        return places[name]
    if not nested and name.lower() == ACCOUNT_HEADER:
        # `with_account` puts it into a tool's schema where there is a choice; in this style its name stands alone.
        return "headers", name
    found = None if nested else _PREFIXED.fullmatch(name)
    return (found.group(1), found.group(2)) if found else (None, None)


def _object(properties: Mapping[str, object], required: tuple[str, ...]) -> dict[str, object]:
    schema: dict[str, object] = {"type": "object", "properties": dict(properties)}
    if required:
        schema["required"] = list(required)
    return schema
