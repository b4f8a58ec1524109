"""Types out of JSON Schemas: a TypedDict for each kind of record and body, and what a record's shape is at run time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkspan.cli.typed_client.names import Names, constant_name, text_literal, type_name
from linkspan.cli.typed_client.written import Made, Member, split_members
from linkspan.connectors.contract import Contract, Entity

Schema = Mapping[str, object]
_PLAIN = {"string": "str", "boolean": "bool", "integer": "int", "null": "None"}
_LONGEST_CHOICE = 60
_MOMENTS = {"date": "str | date", "date-time": "str | datetime"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a schema stands: what its type may be called (best first), and the entity that its links belong to."""

    wishes: tuple[str, ...]
    entity: Entity | None
    reads: bool
    prefix: str = ""


class Types:
    """Every type of a client, each once, those that others hold before them."""

    def __init__(self, contract: Contract, names: Names) -> None:
        self._contract, self.names = contract, names
        self._known: dict[str, str] = {}
        self._constants = Names()
        self._aliases: dict[tuple[str, ...], str] = {}
        self.made: dict[str, Made] = {}
        self.constants: dict[str, str] = {}
        self.odd: dict[tuple[Member, ...], str] = {}

    @property
    def aliases(self) -> Mapping[str, Sequence[str]]:
        """The literals that have a name of their own."""
        return {name: choices for choices, name in self._aliases.items()}

    def alias(self, choices: Sequence[str], *wishes: str) -> str:
        """The name of these literals, the same wherever they stand."""
        name = self._aliases.get(tuple(choices))
        if name is None:
            name = self._aliases[tuple(choices)] = self.names.free(*wishes)
        return name

    def annotation(self, schema: Schema, place: Place) -> str:
        """The type of a value."""
        if "const" in schema:
            return f"Literal[{_literal(schema['const'])}]"
        choices = schema.get("enum")
        if isinstance(choices, list | tuple) and choices and not place.reads:
            return self._choice([_literal(choice) for choice in choices], place)
        options = schema.get("anyOf")
        if isinstance(options, list | tuple):
            return _union([self.annotation(option, place) for option in options])
        kinds = schema.get("type", "string" if choices else None)
        kinds = list(kinds) if isinstance(kinds, list | tuple) else [kinds]
        if "number" in kinds and not place.reads:
            kinds = ["number", *(kind for kind in kinds if kind not in ("number", "string", "integer"))]
        return _union([self._of_kind(str(kind), schema, place) for kind in kinds])

    def _choice(self, choices: Sequence[str], place: Place) -> str:
        whole = f"Literal[{', '.join(choices)}]"
        if len(whole) <= _LONGEST_CHOICE:
            return whole
        return self.alias(choices, *(wish.removeprefix(place.prefix) for wish in place.wishes))

    def _of_kind(self, kind: str, schema: Schema, place: Place) -> str:
        if kind == "number":
            return "Decimal" if place.reads else "Amount"
        if kind == "array":
            items = schema.get("items")
            inner = self.annotation(items, place) if isinstance(items, dict) else "object"
            return f"list[{inner}]" if place.reads else f"Sequence[{inner}]"
        if kind == "object":
            return self.record(schema, place) if schema.get("properties") else "dict[str, object]"
        if kind == "string" and not place.reads:
            return _MOMENTS.get(str(schema.get("format")), "str")
        return _PLAIN.get(kind, "object")

    def record(self, schema: Schema, place: Place) -> str:
        """The TypedDict of an object, made when it is first met."""
        name = self.named(schema, place)
        if name not in self.made:
            made = self._made(name, schema, place)
            self.made[name] = made
            if place.reads:
                self.constants[name] = self._constants.free(constant_name(name))
        return name

    def named(self, schema: Schema, place: Place) -> str:
        """The name of a TypedDict, without making it yet: so records of actions get theirs before records that are only linked."""
        key = json.dumps([place.wishes[0], place.reads, schema], sort_keys=True, default=list)
        name = self._known.get(key)
        if name is None:
            name = self._known[key] = self.names.free(*place.wishes)
        return name

    def _made(self, name: str, schema: Schema, place: Place) -> Made:
        properties, required = schema.get("properties"), schema.get("required")
        inner = properties if isinstance(properties, dict) else {}
        needed = () if place.reads or not isinstance(required, list | tuple) else required
        members, amounts, linked = [], [], {}
        for key, one in inner.items():
            annotation = self.annotation(one, self._below(key, name, place))
            if annotation in ("Decimal", "Decimal | None"):
                amounts.append(key)
            if (kind := _record_in(annotation)) in self.made and place.reads:
                linked[key] = kind
            wanted = f"Required[{annotation}]" if key in needed else annotation
            members.append(Member(key, wanted, str(one.get("description", ""))))
        about = str(schema.get("description") or (place.entity.about if place.entity else "")) or name
        plain, odd = split_members(members)
        if odd and odd not in self.odd:
            self.odd[odd] = self.names.free(
                "Etagged" if [one.name for one in odd] == ["@odata.etag"] else f"{name}Keys"
            )
        return Made(name, about, plain, tuple(amounts), linked, place.reads, self.odd.get(odd))

    def _below(self, key: str, owner: str, place: Place) -> Place:
        """The place of a member: a link's records are called after their own entity."""
        link = place.entity.links.get(key) if place.entity else None
        entity = self._contract.entities.get(link.entity) if link else None
        wish = place.prefix + type_name(entity.name if entity else key)
        return Place((wish, f"{wish}In{owner}"), entity, place.reads, place.prefix)


def _record_in(annotation: str) -> str:
    return annotation.removesuffix(" | None").removeprefix("list[").removesuffix("]")


def _union(parts: Sequence[str]) -> str:
    """The types as one, each once and None behind them."""
    found = dict.fromkeys(parts)
    return " | ".join(sorted(found, key=lambda part: part == "None"))


def _literal(value: object) -> str:
    return text_literal(value) if isinstance(value, str) else repr(value)
