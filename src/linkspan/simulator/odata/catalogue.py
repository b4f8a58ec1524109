"""What the service tells of its own API: captions of entities and members, sets that send notifications, API routes."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from linkspan.simulator.books.table import Record
from linkspan.simulator.contract import Contract, Entity, Field
from linkspan.simulator.faults import method_not_implemented, query_syntax, record_not_found, resource_not_found
from linkspan.simulator.odata.exchange import Answer, Desk, Incoming
from linkspan.simulator.odata.options import bind_query, read_options
from linkspan.simulator.odata.paging import LARGEST_PAGE, cut_page
from linkspan.simulator.odata.representation import Body, collection, encode, single
from linkspan.simulator.webhooks.subscription import SUPPORTED

DEFINITIONS: Final = "entityDefinitions"
_ENGLISH: Final = 1033
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENCODED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SEGMENT: Final = re.compile(r"(\w+)(?:\('([^']*)'\))?")
_READS: Final = frozenset({"GET", "HEAD"})
_ROUTES: Final = ("v2.0", "microsoft/runtime/beta")


def _listing(name: str, entity_set: str, *fields: str) -> Entity:
    """Return the entity type of a list of the platform's own, keyed by its first field."""
    return Entity(
        name=name,
        set=entity_set,
        label=name,
        table=name,
        key=fields[:1],
        verbs=frozenset({"read"}),
        parents=(),
        operations=(),
        errors=MappingProxyType({}),
        links=MappingProxyType({}),
        fields=MappingProxyType({one: Field(one, "string", read_only=True) for one in fields}),
    )


_DEFINITION: Final = _listing("entityMetadata", DEFINITIONS, "entityName", "entitySetName")
_RESOURCE: Final = _listing("webhookSupportedResource", "webhookSupportedResources", "resource")
_ROUTE: Final = _listing("apiRoute", "apiRoutes", "route")


def answer_definitions(desk: Desk, incoming: Incoming) -> Answer:
    """Answer ``entityDefinitions``: the captions of every entity, its properties, actions and enum members."""
    contract = desk.contract
    rows: list[Record] = [{"entityName": one.name, "entitySetName": one.set} for one in contract.entities.values()]

    def captions(row: Record) -> Body:
        return _captions(contract.entities[str(row["entityName"])], contract)

    return _answer(_DEFINITION, rows, incoming, desk, more=captions)


def answer_runtime(desk: Desk, incoming: Incoming, custom: Sequence[str] = ()) -> Answer:
    """Answer the runtime API: ``webhookSupportedResources`` and ``apiRoutes``, with or without a company before them."""
    segments = incoming.segments
    if segments and segments[0].startswith("companies("):
        segments = segments[1:]
    found = _SEGMENT.fullmatch(segments[0]) if len(segments) == 1 else None
    if found is None:
        raise resource_not_found(segments[0] if segments else "")
    if found[1] == _RESOURCE.set:
        sets = sorted(SUPPORTED & set(desk.contract.by_set))
        return _answer(_RESOURCE, [{"resource": f"v2.0/{name}"} for name in sets], incoming, desk)
    if found[1] == _ROUTE.set:
        return _answer(_ROUTE, [{"route": name} for name in (*_ROUTES, *custom)], incoming, desk)
    raise resource_not_found(found[1])


def _answer(
    entity: Entity,
    rows: Sequence[Record],
    incoming: Incoming,
    desk: Desk,
    *,
    more: Callable[[Record], Body] = lambda _row: {},
) -> Answer:
    if incoming.method not in _READS:
        raise method_not_implemented("Entity does not support modifying data.")
    key = _key(incoming.segments[-1])
    query = bind_query(read_options(incoming.raw_query), entity, desk.contract, many=key is None)
    names = query.select or tuple(entity.fields)
    address = f"{desk.root}/$metadata#{entity.set}"
    if key is not None:
        row = next((one for one in rows if one[entity.key[0]] == key), None)
        if row is None:
            raise record_not_found(entity.table, key)
        return Answer(200, single(f"{address}/$entity", {**{name: row[name] for name in names}, **more(row)}))
    page = cut_page(rows, query, LARGEST_PAGE, entity=entity, contract=desk.contract)
    bodies = [{**{name: row[name] for name in names}, **more(row)} for row in page.rows]
    total = page.total if query.count else None
    return Answer(200, encode(collection(address, bodies, total=total, following=None)))


def _key(segment: str) -> str | None:
    found = _SEGMENT.fullmatch(segment)
    if found is None:
        raise query_syntax()
    return found[2]


def _captions(entity: Entity, contract: Contract) -> Body:
    enums = sorted({field.enum for field in entity.fields.values() if field.enum is not None})
    return {
        "entityCaptions": _caption(entity.label),
        "entitySetCaptions": _label(entity.set),
        "properties": [{"name": name, "captions": _label(name)} for name in entity.fields],
        "actions": [{"name": name, "captions": _label(name)} for name in entity.operations],
        "enumMembers": [
            {"name": name, "value": wire, "captions": _caption(decoded)}
            for name in enums
            for wire, decoded in contract.enums[name].items()
        ],
    }


@lru_cache(maxsize=8192)
def _words(name: str) -> str:
    """Return a camel-cased name as words, each with a capital: ``displayName`` is Display Name."""
    plain = _ENCODED.sub(lambda found: chr(int(found[1], 16)), name)
    return " ".join(word[:1].upper() + word[1:] for word in _WORD.split(plain))


def _label(name: str) -> list[Body]:
    return _caption(_words(name))


def _caption(text: str) -> list[Body]:
    return [{"languageCode": _ENGLISH, "caption": text}]
