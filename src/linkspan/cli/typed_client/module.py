"""The text of a typed client: one Python module, the same for the same actions."""

import ast
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from linkspan.cli.typed_client.methods import Method, Methods
from linkspan.cli.typed_client.names import Names, text_literal, type_name
from linkspan.cli.typed_client.prose import docstring
from linkspan.cli.typed_client.types import Types
from linkspan.cli.typed_client.written import LONGEST_LINE, alias, bracketed, odd_keys
from linkspan.connectors.action import Action, Connector
from linkspan.model import Verb

MARK = "# Written by `linkspan sdk generate`"
_IMPORTS = {
    "collections.abc": ("AsyncIterator", "Sequence"),
    "datetime": ("date", "datetime"),
    "decimal": ("Decimal",),
    "typing": ("Final", "Generic", "Literal", "Required", "TypedDict"),
    "linkspan.sdk.typed": (
        "Amount", "Awaited", "Blocking", "Filter", "Listed", "ModeT", "Shape", "TypedAccount", "either", "either_each",
    ),
}  # fmt: skip
_OURS = "linkspan.sdk.typed"
# What the module, and an account of the SDK, have already.
_TAKEN_BY_TYPES = (*(name for names in _IMPORTS.values() for name in names), "ACTIONS", "None", "True", "False")
_TAKEN_BY_METHODS = ("run", "pages", "rows", "stream", "account", "close")


# No repr: asyncio asks for that of a task's result, and it would print every field of the connector.
@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """What a client is written for: the connector, the profile's name, and the actions that it enables."""

    connector: Connector
    profile: str
    actions: Sequence[Action]


def client_text(wanted: Wanted) -> str:
    """The module. It ends with a newline, and its first comment holds the digest of everything behind it."""
    names = Names(*_TAKEN_BY_TYPES)
    blocking = names.free(type_name(wanted.connector.key))
    awaited = names.free(f"Async{blocking}")
    base = names.free(f"{blocking}Actions")
    types = Types(wanted.connector.contract, names)
    methods = Methods(types, Names(*_TAKEN_BY_METHODS), wanted.connector.key)
    methods.name_records(wanted.actions)
    made = [methods.of(action) for action in wanted.actions]
    body = [
        *_actions(wanted.actions), "", *_aliases(types), "", "", *_types(types), "",
        *(line for one in types.made.values() if one.reads for line in one.shape(types.constants)),
        "", "", f"class {base}(TypedAccount[ModeT], Generic[ModeT]):",
        *docstring(f"The actions of {wanted.connector.name} that the profile enables.", "    "),
        *(line for method in made for line in _method(methods, method)),
        "", "", *_client(blocking, base, "Blocking", "for a `Linkspan`: methods wait for their result, iterators are plain ones."),
        "", "", *_client(awaited, base, "Awaited", "for an `AsyncLinkspan`: methods are awaited, iterators are asynchronous."),
    ]  # fmt: skip
    body = [*_imports("\n".join(body)), "", *body]
    text = "\n".join([*_about(wanted, blocking), *body]) + "\n"
    return f"{MARK}, digest {digest_of(text)}\n{text}"


def digest_of(text: str) -> str:
    """What tells whether anybody has changed a file since it was written."""
    return hashlib.sha256(text.encode()).hexdigest()


def action_digest(action: Action) -> str:
    """What tells whether an action is still as a client knows it."""
    told = json.dumps([action.description, action.input_schema, action.output_schema], sort_keys=True, default=list)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _about(wanted: Wanted, name: str) -> list[str]:
    text = (
        f"Typed client of the connector profile {wanted.profile!r} for {wanted.connector.name}: {len(wanted.actions)} actions.\n\n"
        f"`{name}(client)` gives an account of a `linkspan.sdk.Linkspan` these methods, `Async{name}(client)` one of an `AsyncLinkspan`. "
        "Amounts are Decimals. Everything that a record lacks was not selected, or is not there."
    )
    return [*docstring(text, ""), ""]


def _actions(actions: Sequence[Action]) -> list[str]:
    lines = [f"    {text_literal(action.id)}: {text_literal(action_digest(action))}," for action in actions]
    about = (
        '"""The actions as they were when this client was written; `linkspan sdk generate --check` compares them."""'
    )
    return ["ACTIONS: Final = {", *lines, "}", about]


def _imports(body: str) -> list[str]:
    """What the body uses, and no more."""
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    lines: list[str] = []
    for module, names in _IMPORTS.items():
        needed = [name for name in names if name in used]
        start = [""] if module == _OURS else []
        longest = 0 if module == _OURS else LONGEST_LINE
        lines += [*start, *bracketed(f"from {module} import (", needed, ")", longest=longest)] if needed else []
    return [re.sub(r"import \((.*)\)$", r"import \1", line) for line in lines]


def _aliases(types: Types) -> list[str]:
    return [line for name, choices in types.aliases.items() for line in alias(name, choices)]


def _types(types: Types) -> list[str]:
    """Every TypedDict behind those that it holds or stands on."""
    lines: list[str] = []
    told: set[str] = set()
    bases = {name: members for members, name in types.odd.items()}
    for one in types.made.values():
        if one.base and one.base not in told:
            told.add(one.base)
            lines += [*odd_keys(one.base, bases[one.base]), "", ""]
        lines += [*one.lines(), "", ""]
    return lines[:-1]


def _method(methods: Methods, method: Method) -> list[str]:
    lines = ["", *method.lines()]
    if method.action.verb is Verb.LIST and method.shape:
        lines += ["", *method.each(methods.each_name(method))]
    return lines


def _client(name: str, base: str, mode: str, about: str) -> list[str]:
    return [f"class {name}({base}[{mode}]):", *docstring(f"The client {about}", "    ")]
