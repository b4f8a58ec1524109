"""The reference of the Python SDK, from its docstrings."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from page import Page, fence, joined, table

from linkspan import sdk
from linkspan.sdk.client import BoundAccount
from linkspan.sdk.resources import Resource

GROUP = ("Reference", "Python SDK")
FILES = {
    "Clients": "clients.md",
    "Parts of a client": "parts.md",
    "Records": "records.md",
    "Tools for agents": "tools.md",
    "Errors": "errors.md",
}

INTRODUCTIONS = {
    "Clients": "`AsyncLinkspan` is awaited, `Linkspan` waits by itself; both have the methods of `BoundAccount` and the [parts](parts.md).",
    "Parts of a client": "Attributes of a client: `client.accounts.list()` lists accounts. A blocking client offers the same methods without `await`.",
    "Records": "What a client answers: frozen records, made from the answers of the [REST API](../rest/index.md).",
    "Tools for agents": "How to use them is told in [Tools for agent frameworks](../toolset.md).",
    "Errors": "What a client raises; each has the facts of the [error reference](../errors.md).",
}


def sdk_pages() -> Iterator[Page]:
    """One page for each kind of public name, and one that lists them all."""
    kinds: dict[str, list[type]] = {kind: [] for kind in FILES}
    for name in sdk.__all__:
        known = getattr(sdk, name)
        kinds[_kind(known)].append(known)
    kinds["Parts of a client"] = sorted(Resource.__subclasses__(), key=lambda part: part.__name__)
    rows = [
        (f"[`{known.__name__}`]({FILES[kind]}#{known.__name__.lower()})", _about(known))
        for kind, found in kinds.items()
        for known in found
    ]
    text = joined(
        "# Python SDK reference",
        "Every public name of `linkspan.sdk`. How to use them is told in [Python SDK](../sdk.md) and [Tools for agent frameworks](../toolset.md).",
        table(("name", "what it is"), rows),
    )
    yield Page("sdk/index.md", "All names", text, GROUP, generated=True)
    for kind, found in kinds.items():
        told = joined(f"# {kind}", INTRODUCTIONS[kind], *map(_class, found))
        yield Page(f"sdk/{FILES[kind]}", kind, told, GROUP, generated=True)


def _kind(known: type) -> str:
    if issubclass(known, BaseException):
        return "Errors"
    if ".toolset" in known.__module__:
        return "Tools for agents"
    return "Clients" if known.__module__.endswith(".client") else "Records"


def _class(known: type) -> str:
    shape = ""
    if is_dataclass(known):
        shape = table(("field", "type"), [(f"`{one.name}`", f"`{_plain(one.type)}`") for one in fields(known)])
    elif not issubclass(known, BaseException):
        shape = fence("python", f"{known.__name__}{_signature(known)}")
    parts = [f"## {known.__name__} {{ #{known.__name__.lower()} }}", _doc(known), shape]
    parts += [_method(known, name, member) for name, member in _members(known)]
    return joined(*parts)


def _members(known: type) -> Iterator[tuple[str, object]]:
    for name, found in inspect.getmembers_static(known):
        member = getattr(found, "__wrapped__", found)
        where = next((one for one in known.__mro__ if name in vars(one)), None)
        ours = where is not None and where.__module__.startswith("linkspan.sdk") and where is not BoundAccount
        own = ours or known is BoundAccount
        if own and not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
            yield name, member
    for name, kind in sorted(getattr(known, "__annotations__", {}).items()):
        if not is_dataclass(known) and not name.startswith("_"):
            yield name, kind


def _method(known: type, name: str, member: object) -> str:
    anchor = f"{{ #{known.__name__.lower()}.{name} }}"
    if inspect.isfunction(member):
        waits = inspect.iscoroutinefunction(member) or inspect.isasyncgenfunction(member)
        word = "async " if waits else ""
        return joined(f"### {name} {anchor}", fence("python", f"{word}{name}{_signature(member)}"), _doc(member))
    kind = f"`{_plain(member)}`" if not isinstance(member, property) else ""
    return joined(f"### {name} {anchor}", kind, _doc(member) if isinstance(member, property) else "")


def _signature(known: object) -> str:
    try:
        text = str(inspect.signature(known))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "(…)"
    return re.sub(r"\(self(, )?", "(", _plain(text))


def _plain(kind: object) -> str:
    text = kind.__name__ if isinstance(kind, type) else str(kind).replace("[~ModeT]", "")
    return re.sub(r"\b(?:linkspan\.sdk|collections\.abc|typing|datetime|decimal|pathlib)\.(?:\w+\.)*(?=\w)", "", text)


def _doc(known: object) -> str:
    return inspect.getdoc(known) or ""


def _about(known: type) -> str:
    return _doc(known).split("\n", 1)[0]
