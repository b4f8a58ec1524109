"""Decides which filters the service takes, and turns the tree of a taken one into a test over records."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from linkspan.simulator.contract import Contract, Entity, Field
from linkspan.simulator.faults import (
    bad_request,
    distinct_fields_or,
    filter_error,
    filter_not_supported,
    unknown_query_property,
)
from linkspan.simulator.odata.al_filter import al_filter, has_signs, wildcard_pattern
from linkspan.simulator.odata.filter import Binary, Call, Constant, Node, Property, Quantifier, parse_filter
from linkspan.simulator.odata.literals import EDM_TYPES, empty_value, enum_member, read_date, read_datetime, read_guid

Record = Mapping[str, object]
Test = Callable[[Record], bool]
Reader = Callable[[Record], object]

_KINDS: Final = {"eq": "Equal", "ne": "NotEqual", "gt": "GreaterThan", "ge": "GreaterThanOrEqual",
                 "lt": "LessThan", "le": "LessThanOrEqual"}  # fmt: skip
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip
_MIRRORED: Final = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_TEXT_TESTS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": operator.contains,
}
_TEXT_CHANGES: Final[Mapping[str, Callable[[str], str]]] = {"tolower": str.lower, "toupper": str.upper}
_UNSUPPORTED_CALLS: Final = frozenset({
    "length", "indexof", "trim", "concat", "year", "month", "day", "hour", "minute", "second", "date", "time", "round",
    "floor", "ceiling", "now", "fractionalseconds", "totaloffsetminutes", "mindatetime", "maxdatetime", "cast", "isof",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """A bound filter.

    `fields` are the properties it mentions; `equals` those it fixes to one value on every record that passes;
    `limits` are other comparisons that hold for all of them: property, operator, value.
    """

    holds: Test
    fields: frozenset[str] = frozenset()
    equals: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    limits: tuple[tuple[str, str, object], ...] = ()


def bind_filter(text: str, entity: Entity, contract: Contract, *, signs: bool = False) -> Condition:
    """Return the test that a $filter stands for on `entity`; with `signs` a text after eq or ne may be an AL filter.

    Raises 400 for a syntax error, an unknown property or a type that does not fit, and 501 for a form that schema
    version 2.0 does not take: OR over distinct fields, not, in, arithmetic, a function inside a function. Quantifiers
    (any, all) are ignored, as the service ignores them.
    """
    bound = _Binder(entity, contract, signs=signs).bind(parse_filter(text))
    return bound if bound is not None else Condition(lambda _record: True)


class _Binder:
    """Binds the nodes of one filter to the fields of one entity."""

    def __init__(self, entity: Entity, contract: Contract, *, signs: bool) -> None:
        self._entity = entity
        self._signs = signs
        self._contract = contract

    def bind(self, node: Node) -> Condition | None:
        """Return the test of `node`, or None for a node that the service ignores."""
        match node:
            case Binary(operator="and" | "or"):
                return self._joined(node)
            case Binary(operator=name) if name in _COMPARE:
                return self._comparison(node)
            case Call():
                return self._text_test(node)
            case Quantifier():
                return None
            case _:
                raise filter_not_supported()

    def _joined(self, node: Binary) -> Condition | None:
        bound = [self.bind(operand) for operand in _operands(node)]
        kept = [part for part in bound if part is not None]
        if len(kept) < len(bound) and len(kept) <= 1:
            return kept[0] if kept else None
        tests = [part.holds for part in kept]
        fields = frozenset[str]().union(*(part.fields for part in kept))
        if node.operator == "and":
            equals = MappingProxyType({name: value for part in kept for name, value in part.equals.items()})
            limits = tuple(limit for part in kept for limit in part.limits)
            return Condition(lambda record: all(test(record) for test in tests), fields, equals, limits)
        if len(fields) > 1:
            raise distinct_fields_or()
        return Condition(lambda record: any(test(record) for test in tests), fields)

    def _comparison(self, node: Binary) -> Condition:
        name, left, right = node.operator, node.left, node.right
        if isinstance(left, Constant):
            name, left, right = _MIRRORED[name], right, left
        if not isinstance(right, Constant):
            raise filter_not_supported()
        match left:
            case Property(path):
                return self._field_comparison(name, self._field(path), right)
            case Call(name=function) if function in _TEXT_TESTS:
                return self._truth_comparison(name, left, right)
            case Call():
                return self._changed_text_comparison(name, left, right)
            case _:
                raise filter_not_supported()

    def _field_comparison(self, name: str, field: Field, constant: Constant) -> Condition:
        value = self._value(field, constant, name)
        fields = frozenset({field.name})
        if isinstance(value, str) and field.type == "string" and name in {"eq", "ne"} and self._is_pattern(value):
            return Condition(_pattern_test(field.name, value, wanted=name == "eq", signs=self._signs), fields)
        compare, key = _COMPARE[name], field.name
        if field.enum is not None and name not in {"eq", "ne"}:
            ranks = {wire: rank for rank, wire in enumerate(self._contract.enums[field.enum])}
            rank = ranks[str(value)]
            return Condition(lambda record: compare(ranks[str(record[key])], rank), fields)
        if name == "eq":
            return Condition(lambda record: record[key] == value, fields, MappingProxyType({key: value}))
        return Condition(lambda record: compare(record[key], value), fields, limits=((key, name, value),))

    def _is_pattern(self, text: str) -> bool:
        return has_signs(text) if self._signs else _has_wildcard(text)

    def _truth_comparison(self, name: str, call: Call, constant: Constant) -> Condition:
        """A text test compared with true or false."""
        if constant.kind != "boolean" or name not in {"eq", "ne"}:
            raise _incompatible("Edm.Boolean", constant, name)
        bound = self._text_test(call)
        test = bound.holds
        wanted = (constant.text == "true") == (name == "eq")
        return Condition(lambda record: test(record) is wanted, bound.fields)

    def _changed_text_comparison(self, name: str, call: Call, constant: Constant) -> Condition:
        """tolower, toupper or substring of a text property compared with a text."""
        read, key = self._changed_text(call)
        if constant.kind not in {"string", "null"}:
            raise _incompatible("Edm.String", constant, name)
        value, compare = ("" if constant.kind == "null" else constant.text), _COMPARE[name]
        return Condition(lambda record: compare(read(record), value), frozenset({key}))

    def _changed_text(self, call: Call) -> tuple[Reader, str]:
        if call.name == "substring":
            return self._substring(call)
        change = _TEXT_CHANGES.get(call.name)
        if change is None:
            raise _refused_call(call.name)
        if len(call.arguments) != 1:
            raise _wrong_arguments(call.name)
        key = self._text_argument(call.arguments[0])
        return (lambda record: change(str(record[key]))), key

    def _substring(self, call: Call) -> tuple[Reader, str]:
        if len(call.arguments) not in {2, 3}:
            raise _wrong_arguments(call.name)
        key = self._text_argument(call.arguments[0])
        bounds = [_whole_number(argument, call.name) for argument in call.arguments[1:]]
        start = bounds[0]
        end = start + bounds[1] if len(bounds) > 1 else None
        return (lambda record: str(record[key])[start:end]), key

    def _text_test(self, call: Call) -> Condition:
        test = _TEXT_TESTS.get(call.name)
        if test is None:
            raise _refused_call(call.name)
        if len(call.arguments) != 2:  # noqa: PLR2004 - every text test takes a property and a text
            raise _wrong_arguments(call.name)
        subject, sample = call.arguments
        key = self._text_argument(subject)
        if not isinstance(sample, Constant):
            raise filter_not_supported()
        if sample.kind != "string":
            raise _wrong_arguments(call.name)
        text = sample.text.upper() if self._entity.fields[key].upper_cased else sample.text
        return Condition(lambda record: test(str(record[key]), text), frozenset({key}))

    def _text_argument(self, node: Node) -> str:
        """Return the name of the text property that `node` is."""
        if not isinstance(node, Property):
            raise filter_not_supported()
        field = self._field(node.path)
        if field.type != "string":
            raise filter_not_supported()
        return field.name

    def _field(self, path: str) -> Field:
        first, *rest = path.split("/")
        field = self._entity.fields.get(first)
        if field is not None and not rest:
            return field
        if first in self._entity.links and rest:
            raise filter_not_supported()
        raise unknown_query_property(first, f"{self._contract.namespace}.{self._entity.name}")

    def _value(self, field: Field, constant: Constant, name: str) -> object:
        if constant.kind == "null" and field.type != "stream":
            return empty_value(field, self._contract)
        if field.enum is not None:
            return self._member(field.enum, constant, name)
        read = _READERS.get((field.type, constant.kind))
        if read is None:
            raise _incompatible(EDM_TYPES[field.type], constant, name)
        try:
            value = read(constant.text)
        except ValueError as error:
            message = f"Unrecognized '{EDM_TYPES[field.type]}' literal '{constant.text}'."
            raise bad_request(message) from error
        return value.upper() if field.upper_cased and isinstance(value, str) else value

    def _member(self, enum: str, constant: Constant, name: str) -> str:
        if constant.kind not in {"string", "member"}:
            raise _incompatible(f"{self._contract.namespace}.{enum}", constant, name)
        member = enum_member(enum, constant.text, self._contract)
        if member is None:
            options = ",".join(self._contract.enums[enum].values())
            message = f"'{constant.text}' is not an option. The existing options are: {options}"
            raise filter_error(message)
        return member


def _operands(node: Binary) -> list[Node]:
    """Return all operands of a chain of one operator, which may be thousands long, in their order."""
    operator_name, operands = node.operator, []
    rest: Node = node
    while isinstance(rest, Binary) and rest.operator == operator_name:
        operands.append(rest.right)
        rest = rest.left
    return [rest, *reversed(operands)]


def _number(text: str) -> Decimal:
    return Decimal(text.rstrip("mMlLdDfF"))


_READERS: Final[Mapping[tuple[str, str], Callable[[str], object]]] = {
    ("string", "string"): str,
    ("guid", "guid"): read_guid,
    ("decimal", "number"): _number,
    ("int32", "number"): _number,
    ("int64", "number"): _number,
    ("boolean", "boolean"): "true".__eq__,
    ("date", "date"): read_date,
    ("datetime", "datetime"): read_datetime,
    ("datetime", "date"): lambda text: read_datetime(f"{text}T00:00:00Z"),
}
_CONSTANT_TYPES: Final = {"string": "Edm.String", "guid": "Edm.Guid", "datetime": "Edm.DateTimeOffset",
                          "date": "Edm.Date", "number": "Edm.Decimal", "boolean": "Edm.Boolean",
                          "null": "<null>", "member": "Edm.String"}  # fmt: skip


def _has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text


def _pattern_test(key: str, text: str, *, wanted: bool, signs: bool) -> Test:
    if signs:
        passes = al_filter(text)
        return lambda record: passes(str(record[key])) is wanted
    pattern = re.compile(wildcard_pattern(text), re.DOTALL)
    return lambda record: (pattern.fullmatch(str(record[key])) is not None) is wanted


def _whole_number(node: Node, function: str) -> int:
    if not isinstance(node, Constant):
        raise filter_not_supported()
    if node.kind != "number" or not node.text.isdecimal():
        raise _wrong_arguments(function)
    return int(node.text)


def _refused_call(name: str) -> Exception:
    if name in _UNSUPPORTED_CALLS or name in _TEXT_CHANGES or name == "substring":
        return filter_not_supported()
    return bad_request(f"An unknown function with name '{name}' was found.")


def _wrong_arguments(name: str) -> Exception:
    return bad_request(f"No function signature for the function with name '{name}' matches the specified arguments.")


def _incompatible(expected: str, constant: Constant, name: str) -> Exception:
    return bad_request(
        "A binary operator with incompatible types was detected. "
        f"Found operand types '{expected}' and '{_CONSTANT_TYPES[constant.kind]}' for operator kind '{_KINDS[name]}'."
    )
