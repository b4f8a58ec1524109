"""Reads the query options of an address and binds them to an entity: $filter, $select, $expand, $orderby and the counts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus
from uuid import UUID

from linkspan.simulator.contract import Contract, Entity, Link
from linkspan.simulator.faults import (
    BcFault,
    bad_request,
    invalid_request_url,
    method_not_implemented,
    skip_token_gone,
    unknown_query_property,
)
from linkspan.simulator.odata.condition import Condition, bind_filter
from linkspan.simulator.odata.literals import read_guid

_KNOWN: Final = frozenset({
    "$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$skiptoken", "$schemaversion", "$format",
})  # fmt: skip
_NOT_BUILT: Final = frozenset({"$search", "$apply", "$compute", "$deltatoken"})
_DEEPEST: Final = 30
_FOR_SETS: Final = ("$filter", "$orderby", "$count", "$skip", "$top")
_ORDER: Final = re.compile(r"\s*([A-Za-z_]\w*)(?:\s+(asc|desc))?\s*", re.ASCII)
_EXPANSION: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\((.*)\))?\s*", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Order:
    """One key of $orderby."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """One navigation of $expand, with the options nested in it."""

    link: Link
    target: Entity
    query: "Query"


@dataclass(frozen=True, slots=True)
class Query:
    """What a request wants of the records of one entity; `select` is None for all fields, else in contract order."""

    where: Condition | None = None
    select: tuple[str, ...] | None = None
    expand: tuple[Expansion, ...] = ()
    order: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    after: UUID | None = None


def read_options(raw: str, *, ignored: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the options of a raw query string, decoded (``+`` is a space), without those to be ignored.

    Raises 400 when a system option appears twice or is unknown, and 501 for $search, $apply, $compute and $deltatoken.
    """
    options: dict[str, str] = {}
    for part in raw.split("&"):
        name, _, value = part.partition("=")
        name = unquote_plus(name).strip()
        if not name or name in ignored:
            continue
        if not name.startswith("$"):
            options.setdefault(name, unquote_plus(value))
            continue
        _admit(name, options)
        options[name] = unquote_plus(value)
    return options


def bind_query(
    options: Mapping[str, str], entity: Entity, contract: Contract, *, many: bool, signs: bool = False
) -> Query:
    """Return the options bound to `entity`; `many` says whether the address is a collection.

    With `signs` the texts in $filter may be AL filters.

    Raises 400 for a malformed option or an unknown name, 501 for a filter form that is not supported.
    """
    if not many and any(name in options for name in _FOR_SETS):
        raise bad_request(
            "The requested resource is not a collection. "
            "Query options $filter, $orderby, $count, $skip, and $top can be applied only on collections."
        )
    where = options.get("$filter")
    return Query(
        where=bind_filter(where, entity, contract, signs=signs) if where is not None else None,
        select=_selected(options.get("$select"), entity, contract),
        expand=_expansions(options.get("$expand"), entity, contract),
        order=_orders(options.get("$orderby"), entity, contract),
        top=_count_option(options, "$top"),
        skip=_count_option(options, "$skip") or 0,
        count=_truth_option(options, "$count"),
        after=_token(options.get("$skiptoken")),
    )


def split_outside(text: str, separator: str) -> list[str]:
    """Cut `text` at each `separator` that stands outside quotes and parentheses; raises 400 where they do not pair."""
    parts: list[str] = []
    depth, quoted, start = 0, False, 0
    for place, sign in enumerate(text):
        if sign == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == separator and depth == 0:
            parts.append(text[start:place])
            start = place + 1
        if not 0 <= depth <= _DEEPEST:
            break
    if depth != 0 or quoted:
        raise bad_request(f"Syntax error: the parentheses or quotes in '{text}' do not pair.")
    parts.append(text[start:])
    return parts


def _admit(name: str, options: Mapping[str, str]) -> None:
    if name in _NOT_BUILT:
        raise method_not_implemented(f"The query option '{name}' is not supported.")
    if name not in _KNOWN:
        raise invalid_request_url(f"The query option '{name}' is not a known query option.")
    if name in options:
        raise bad_request(f"Query option '{name}' was specified more than once, but it must be specified at most once.")


def _selected(text: str | None, entity: Entity, contract: Contract) -> tuple[str, ...] | None:
    if text is None:
        return None
    names = {name.strip() for name in text.split(",")} - {""}
    if not names or "*" in names:
        return None
    for name in names:
        if name not in entity.fields and name not in entity.links:
            raise _unknown(name, entity, contract)
    return tuple(name for name in entity.fields if name in names)


def _orders(text: str | None, entity: Entity, contract: Contract) -> tuple[Order, ...]:
    if not text or not text.strip():
        return ()
    orders = []
    for part in split_outside(text, ","):
        found = _ORDER.fullmatch(part)
        if found is None:
            raise _bad_order(part)
        if found[1] not in entity.fields:
            raise _unknown(found[1], entity, contract)
        orders.append(Order(found[1], descending=found[2] == "desc"))
    return tuple(orders)


def _bad_order(part: str) -> BcFault:
    if "(" in part or "/" in part:
        return method_not_implemented("The OData orderby expression is not supported")
    return bad_request(f"Syntax error in the $orderby expression '{part.strip()}'.")


def _expansions(text: str | None, entity: Entity, contract: Contract) -> tuple[Expansion, ...]:
    if not text or not text.strip():
        return ()
    made: dict[str, Expansion] = {}
    for part in split_outside(text, ","):
        found = _EXPANSION.fullmatch(part)
        if found is None:
            raise bad_request(f"Syntax error in the $expand expression '{part.strip()}'.")
        made[found[1]] = _expansion(found[1], found[2], entity, contract)
    return tuple(made.values())


def _expansion(name: str, nested: str | None, entity: Entity, contract: Contract) -> Expansion:
    link = entity.links.get(name) or _set_of_company(name, entity, contract)
    if link is None or link.entity not in contract.entities:
        if name in entity.fields:
            raise bad_request(
                f"Property '{name}' on type '{contract.namespace}.{entity.name}' is not a navigation property or "
                "complex property. Only navigation properties can be expanded."
            )
        raise _unknown(name, entity, contract)
    target = contract.entities[link.entity]
    options: dict[str, str] = {}
    for part in split_outside(nested or "", ";"):
        if not part.strip():
            continue
        key, _, value = part.partition("=")
        _admit(key.strip(), options)
        options[key.strip()] = value.strip()
    return Expansion(link, target, bind_query(options, target, contract, many=link.many))


def _set_of_company(name: str, entity: Entity, contract: Contract) -> Link | None:
    """Return the navigation from a company to one of its sets: $metadata has them all, the contract need not list them."""
    known = contract.by_set.get(name)
    if entity.name != "company" or known is None or known.name == "company":
        return None
    return Link(name, known.name, many=True, contained=True, target_field="", own_field="")


def _unknown(name: str, entity: Entity, contract: Contract) -> BcFault:
    return unknown_query_property(name, f"{contract.namespace}.{entity.name}")


def _count_option(options: Mapping[str, str], name: str) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise bad_request(
            f"Invalid value '{text}' for {name} query option found. "
            f"The {name} query option requires a non-negative integer value."
        )
    return int(text)


def _truth_option(options: Mapping[str, str], name: str) -> bool:
    text = options.get(name, "false")
    if text not in {"true", "false"}:
        raise bad_request(f"Invalid value '{text}' for {name} query option found. Use true or false.")
    return text == "true"


def _token(text: str | None) -> UUID | None:
    if text is None:
        return None
    try:
        return read_guid(text)
    except ValueError as error:
        raise skip_token_gone() from error
