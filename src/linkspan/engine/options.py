"""Reads the query options of lists and single reads: select, expand, order_by, top, skip, count, page_size, cursor, all."""

from collections.abc import Callable, Collection, Mapping

from linkspan.connectors.action import Action, Connector
from linkspan.connectors.names import nearest
from linkspan.engine.filters import filter_reader
from linkspan.engine.values import Reader, integer_reader, kind_of, read_boolean, text_reader
from linkspan.errors import Mistake
from linkspan.model import Verb

_MOST_ROWS = 2**31 - 1
_MOST_NAMES = 200
_LONGEST_CURSOR = 16_000
_LONGEST_OPTIONS = 1000

# One entry of a comma list: gives its OData form, or notes the mistake.
Entry = Callable[[str, str, list[Mistake]], str | None]


def option_readers(action: Action, connector: Connector) -> Mapping[str, Reader]:
    """The readers of an action's query options by name."""
    if action.verb is Verb.GET:
        return _record_options(action)
    if action.verb is not Verb.LIST:
        return {}
    return {
        "filter": filter_reader(action.entity, action.contract, connector.enum_literals),
        **_record_options(action),
        "order_by": _list_reader(_order_entry(action.entity.fields)),
        "top": integer_reader(0, _MOST_ROWS),
        "skip": integer_reader(0, _MOST_ROWS),
        "count": read_boolean,
        "page_size": integer_reader(1, connector.limits.max_page),
        "cursor": text_reader(_LONGEST_CURSOR, min_length=1),
        "all": read_boolean,
    }


def _record_options(action: Action) -> dict[str, Reader]:
    fields = action.entity.fields
    return {
        "select": _list_reader(_name_entry(fields, "is not a field of this record")),
        "expand": _list_reader(_expand_entry(action.expand_links)),
    }


def _list_reader(entry: Entry) -> Reader:
    def read(value: object, where: str, mistakes: list[Mistake]) -> object:
        parts = _split(value) if type(value) is str else value
        if not isinstance(parts, list) or len(parts) > _MOST_NAMES:
            mistakes.append(Mistake(where, f"must be a list of names or text with commas, not {kind_of(value)}"))
            return ()
        read: dict[str, None] = {}
        for part in parts:
            if type(part) is not str or not part.strip():
                mistakes.append(
                    Mistake(where, f"holds {kind_of(part)} where a name belongs" if part else "holds an empty name")
                )
            elif (name := entry(part.strip(), where, mistakes)) is not None:
                read[name] = None
        return tuple(read)

    return read


def _split(text: str) -> list[str]:
    """The parts between commas, commas inside parentheses aside: `salesQuoteLines($select=sequence,quantity),currency`."""
    parts, depth, begin = [], 0, 0
    for index, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(text[begin:index])
            begin = index + 1
    return [*parts, text[begin:]]


def _expand_entry(links: Collection[str]) -> Entry:
    """A link's name, or the name with OData options for the linked records in parentheses, which pass through."""
    name_entry = _name_entry(links, "cannot be expanded here")

    def entry(part: str, where: str, mistakes: list[Mistake]) -> str | None:
        name, opening, options = part.partition("(")
        found = name_entry(name.strip(), where, mistakes)
        if opening and (not options.endswith(")") or not options.startswith("$") or len(options) > _LONGEST_OPTIONS):
            mistakes.append(Mistake(where, f"{part[:100]!r} must read like {name.strip()[:100]}($select=id)"))
        return found + opening + options if found else None

    return entry


def _name_entry(known: Collection[str], what: str) -> Entry:
    names = frozenset(known)

    def entry(part: str, where: str, mistakes: list[Mistake]) -> str | None:
        if part in names:
            return part
        mistakes.append(Mistake(where, f"{part[:100]!r} {what}", nearest(part[:100], known)))
        return None

    return entry


def _order_entry(fields: Collection[str]) -> Entry:
    name_entry = _name_entry(fields, "is not a field of this record")

    def entry(part: str, where: str, mistakes: list[Mistake]) -> str | None:
        name, _, direction = part.partition(" ")
        direction = direction.strip().lower()
        if direction not in ("", "asc", "desc"):
            mistakes.append(Mistake(where, f"{part[:100]!r} must end in asc or desc"))
            return None
        found = name_entry(name, where, mistakes)
        return f"{found} desc" if found and direction == "desc" else found

    return entry
