"""A method for each action: what it takes, what it answers, and the call that it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkspan.cli.typed_client.names import Names, method_name, parameter_name, text_literal, type_name
from linkspan.cli.typed_client.prose import docstring
from linkspan.cli.typed_client.types import Place, Schema, Types
from linkspan.cli.typed_client.written import bracketed
from linkspan.connectors.action import Action
from linkspan.model import Verb

# What the method's own result or iterator does, and what a caller of one list has no use for.
_NOT_TAKEN = frozenset({"all"})
_NOT_IN_EACH = frozenset({"count", "cursor"})
_QUERY = {
    "filter": "Filter", "expand": "Sequence[str] | str", "order_by": "Sequence[str] | str", "top": "int", "skip": "int",
    "count": "bool", "page_size": "int", "cursor": "str",
}  # fmt: skip
_CHANGES = {Verb.CREATE: "New", Verb.UPDATE: ""}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `group` and `key` are its place in the call. A parameter that is not required is None by default."""

    name: str
    annotation: str
    required: bool
    group: str
    key: str

    def line(self) -> str:
        """As it stands in the signature."""
        if self.required:
            return f"        {self.name}: {self.annotation},"
        return f"        {self.name}: {self.annotation} | None = None,"


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the client."""

    name: str
    action: Action
    parameters: tuple[Parameter, ...]
    result: str
    shape: str | None
    about: str

    def lines(self) -> list[str]:
        """The method, and for a list the iterator over all of it."""
        lines = self._written(self.name, self.parameters, self.result, "either")
        return [
            *lines,
            f"        return await self.{self._inner()}(",
            *self._call(self.parameters, self.shape),
            "        )",
        ]

    def each(self, name: str) -> list[str]:
        """The iterator over every record of a list."""
        taken = tuple(one for one in self.parameters if one.key not in _NOT_IN_EACH)
        row = self.result.removeprefix("Listed[").removesuffix("]")
        lines = self._written(name, taken, f"AsyncIterator[{row}]", "either_each")
        call = self._call(taken, self.shape)
        return [
            *lines,
            "        rows = self._each(",
            *call,
            "        )",
            "        async for row in rows:",
            "            yield row",
        ]

    def _written(self, name: str, parameters: tuple[Parameter, ...], result: str, mode: str) -> list[str]:
        first = [one.line() for one in parameters if one.required]
        rest = [one.line() for one in parameters if not one.required]
        star = ["        *,"] if rest else []
        about = self.about if mode == "either" else f"Every record, page by page as they are needed.\n\n{self.about}"
        head = [f"    @{mode}", f"    async def {name}("]
        return [*head, "        self,", *first, *star, *rest, f"    ) -> {result}:", *docstring(about, "        ")]

    def _call(self, parameters: tuple[Parameter, ...], shape: str | None) -> list[str]:
        lines = [f"            {text_literal(self.action.id)},", *([f"            {shape},"] if shape else [])]
        groups: dict[str, list[Parameter]] = {}
        for one in parameters:
            groups.setdefault(one.group, []).append(one)
        for group, inside in groups.items():
            if group in ("path", "query", "headers"):
                said = [f"{text_literal(one.key)}: {one.name}" for one in inside]
                lines += bracketed(f"            {group}={{", said, "},")
            else:
                lines += [f"            {one.key}={one.name}," for one in inside]
        return lines

    def _inner(self) -> str:
        if self.action.verb is Verb.LIST:
            return "_listed"
        return "_nothing" if self.result == "None" else "_one_or_none" if self.result.endswith(" | None") else "_one"


class Methods:
    """Makes the methods of a client, with their types."""

    def __init__(self, types: Types, taken: Names, connector: str) -> None:
        self._types, self._taken, self._connector = types, taken, connector
        self._records: dict[str, Schema] = {}

    def of(self, action: Action) -> Method:
        """The method of an action."""
        name = self._taken.free(method_name(action.id, self._connector))
        result, shape = self._result(action)
        about = f"{action.description.strip()}\n\nRaises LinkspanError."
        return Method(name, action, self._parameters(action), result, shape, about)

    def each_name(self, method: Method) -> str:
        """What the iterator of a list is called."""
        return self._taken.free(f"each_{method.name.removeprefix('list_')}")

    def _parameters(self, action: Action) -> tuple[Parameter, ...]:
        names = Names("self", "body", "idempotency_key")
        found: list[Parameter] = []
        for group, schema in _groups(action).items():
            if group == "body":
                found.append(Parameter("body", self._body(action, schema), required=True, group="own", key="body"))
                continue
            needed, inside = _list(schema, "required"), schema.get("properties")
            for key, one in (inside if isinstance(inside, dict) else {}).items():
                if key in _NOT_TAKEN:
                    continue
                name = names.free(parameter_name(key), parameter_name(f"{group}_{key}"))
                annotation = self._said(action, group, key, one)
                found.append(Parameter(name, annotation, required=key in needed, group=group, key=key))
        if action.verb.writes:
            found.append(Parameter("idempotency_key", "str", required=False, group="own", key="idempotency_key"))
        return tuple(found)

    def _said(self, action: Action, group: str, key: str, schema: Schema) -> str:
        if group == "query" and key == "select":
            return f"Sequence[{self._field_names(action, schema)}]"
        if group == "query" and key in _QUERY:
            return _QUERY[key]
        return self._types.annotation(schema, Place((type_name(key),), None, reads=False))

    def _field_names(self, action: Action, schema: Schema) -> str:
        """The alias of the fields that may be selected; every action of an entity has the same."""
        options = _list(schema, "anyOf")
        array = next((one for one in options if isinstance(one, dict) and "items" in one), schema)
        items = array.get("items") if isinstance(array, dict) else None
        choices = _list(items if isinstance(items, dict) else {}, "enum")
        if not choices:
            return "str"
        return self._types.alias(
            [text_literal(str(choice)) for choice in choices], f"{type_name(action.entity.name)}Field"
        )

    def _body(self, action: Action, schema: Schema) -> str:
        entity = type_name(action.entity.name)
        prefix = _CHANGES.get(action.verb, "")
        wish = {Verb.CREATE: f"New{entity}", Verb.UPDATE: f"{entity}Change"}.get(action.verb)
        wishes = (wish or f"{type_name(method_name(action.id, self._connector))}Input",)
        place = Place(wishes, action.entity, reads=False, prefix=prefix)
        return self._types.annotation({**schema, "type": "object"}, place)

    def name_records(self, actions: Sequence[Action]) -> None:
        """Name what the actions answer, before anything that is linked to it: of an entity, the record with the most fields."""
        for action in actions:
            data, place = self._answered(action)
            fields = data.get("properties")
            if isinstance(fields, dict) and len(fields) > len(_fields(self._records.get(place.wishes[0], {}))):
                self._records[place.wishes[0]] = data
        for wish, data in self._records.items():
            self._types.named(data, Place((wish,), None, reads=True))

    def _answered(self, action: Action) -> tuple[Schema, Place]:
        """The schema of the record that an action answers."""
        properties = action.output_schema["properties"]
        data = properties["data"] if isinstance(properties, dict) else {}
        if action.verb is Verb.LIST:
            data = data["items"]
        if action.verb is Verb.ACT:
            wish, entity = f"{type_name(method_name(action.id, self._connector))}Result", None
        else:
            wish, entity = type_name(action.entity.name), action.entity
        # What was just made or changed comes without linked records; its type is that of a record that may have them.
        widest: Schema = self._records.get(wish) or data
        fits = bool(_fields(data)) and _fields(data).keys() <= _fields(widest).keys()
        return ({**widest, "type": data.get("type")} if fits else data), Place((wish,), entity, reads=True)

    def _result(self, action: Action) -> tuple[str, str | None]:
        result = self._types.annotation(*self._answered(action))
        shape = self._types.constants.get(result.removesuffix(" | None"))
        if shape is None:
            return "None", None
        return (f"Listed[{result}]" if action.verb is Verb.LIST else result), shape


def _groups(action: Action) -> Mapping[str, Schema]:
    properties = action.input_schema["properties"]
    return properties if isinstance(properties, dict) else {}


def _fields(schema: Schema) -> Mapping[str, object]:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _list(schema: Schema, name: str) -> list[object]:
    found = schema.get(name)
    return list(found) if isinstance(found, list | tuple) else []
