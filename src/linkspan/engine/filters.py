"""Reads `query.filter`: OData text passes through, an object of simple conditions becomes OData with every literal quoted right."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkspan.connectors.contract import Contract, Entity, FieldType
from linkspan.connectors.names import nearest
from linkspan.engine.values import Literal, Reader, kind_of, literal_of, reader_of
from linkspan.errors import Mistake

# A longer text would not fit into the URL that gateways accept.
LONGEST_FILTER = 6000
MOST_CHOICES = 100

_COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_TEXT_FUNCTIONS = frozenset({"contains", "startswith", "endswith"})
_EQUALITY = frozenset({"eq", "ne", "in"})
_OPERATORS: Mapping[FieldType, frozenset[str]] = {
    FieldType.STRING: _COMPARISONS | _TEXT_FUNCTIONS | {"in"},
    FieldType.BOOLEAN: _EQUALITY,
    FieldType.GUID: _EQUALITY,
    FieldType.ENUM: _EQUALITY,
    FieldType.STREAM: frozenset(),
}


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    read: Reader
    literal: Literal
    operators: frozenset[str]

    def conditions(self, value: object, where: str, mistakes: list[Mistake]) -> list[str]:
        """The OData conditions of one field: a value means `eq`, a list any of its values, an object names operators."""
        if isinstance(value, list):
            return [self._any_of(value, where, mistakes)]
        if not isinstance(value, dict):
            return [self._one("eq", value, where, mistakes)]
        if not value:
            mistakes.append(Mistake(where, "must name an operator such as eq"))
        return [
            self._operation(operator, operand, f"{where}.{operator[:40]}", mistakes)
            for operator, operand in value.items()
        ]

    def _operation(self, operator: str, operand: object, where: str, mistakes: list[Mistake]) -> str:
        if operator not in self.operators:
            known = ", ".join(sorted(self.operators)) or "none"
            mistakes.append(
                Mistake(where, f"is not an operator for this field ({known})", nearest(operator[:40], self.operators))
            )
            return ""
        if operator == "in":
            return self._any_of(operand, where, mistakes)
        return self._one(operator, operand, where, mistakes)

    def _one(self, operator: str, value: object, where: str, mistakes: list[Mistake]) -> str:
        before = len(mistakes)
        read = self.read(value, where, mistakes)
        if len(mistakes) > before:
            return ""
        literal = self.literal(read)
        return (
            f"{operator}({self.name},{literal})" if operator in _TEXT_FUNCTIONS else f"{self.name} {operator} {literal}"
        )

    def _any_of(self, values: object, where: str, mistakes: list[Mistake]) -> str:
        if not isinstance(values, list) or not 1 <= len(values) <= MOST_CHOICES:
            mistakes.append(Mistake(where, f"must be a list of 1 to {MOST_CHOICES} values"))
            return ""
        # The provider allows `or` only on one and the same field, and knows no `in` in schema 2.0.
        parts = [self._one("eq", value, f"{where}[{index}]", mistakes) for index, value in enumerate(values)]
        return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"


def filter_reader(entity: Entity, contract: Contract, enum_literals: str) -> Reader:
    """The reader of an entity's filters, with enums written as `enum_literals` names; it gives OData text, or None for an object without conditions."""
    columns = {
        name: _Column(
            name,
            reader_of(field, contract),
            literal_of(field, contract, enum_literals),
            _OPERATORS.get(field.type, _COMPARISONS | {"in"}),
        )
        for name, field in entity.fields.items()
        if field.type is not FieldType.STREAM
    }

    def read(value: object, where: str, mistakes: list[Mistake]) -> object:
        if isinstance(value, dict):
            text = " and ".join(_conditions(value, where, mistakes))
        elif type(value) is str:
            text = value.strip()
            if not text:
                mistakes.append(Mistake(where, "must not be empty; leave it out to get all"))
        else:
            mistakes.append(
                Mistake(where, f'must be OData text, or an object such as {{"number": "10000"}}, not {kind_of(value)}')
            )
            return None
        if len(text) > LONGEST_FILTER:
            mistakes.append(
                Mistake(where, f"has {len(text)} characters, more than the {LONGEST_FILTER} that fit into a request")
            )
        return text or None

    def _conditions(conditions: Mapping[str, object], where: str, mistakes: list[Mistake]) -> list[str]:
        parts: list[str] = []
        for name, value in conditions.items():
            column = columns.get(name)
            if column is None:
                mistakes.append(
                    Mistake(
                        f"{where}.{name[:100]}",
                        f"is not a field of {entity.label.lower()}",
                        nearest(name[:100], columns),
                    )
                )
            else:
                parts += column.conditions(value, f"{where}.{name}", mistakes)
        return parts

    return read
