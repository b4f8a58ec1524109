"""$filter of directory objects: the plain operators, and those that Graph serves only as an advanced query."""

from collections.abc import Callable, Mapping
from typing import Final

from linkspan.simulator.faults import BcFault
from linkspan.simulator.graph.faults import unreadable, unsupported
from linkspan.simulator.graph.objects import Row
from linkspan.simulator.odata.filter import Binary, Call, Constant, Membership, Negation, Node, Property, parse_filter

Condition = Callable[[Row], bool]

_COMPARED: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "ge": lambda left, right: left >= right,
    "le": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "lt": lambda left, right: left < right,
}


def read_condition(text: str, known: Mapping[str, object], *, advanced: bool) -> Condition:
    """The condition in `text` over the properties `known`. Raises the 400 faults for what Graph cannot read or does not serve.

    `advanced`: the request has `$count=true` and `ConsistencyLevel: eventual`, which `ne`, `not` and `endswith` need
    (advanced query capabilities on directory objects).
    """
    try:
        tree = parse_filter(text)
    except BcFault as fault:
        message = f"The filter cannot be read: {fault.message}"
        raise unreadable(message) from fault
    return _Reader(known, advanced=advanced).read(tree)


class _Reader:
    def __init__(self, known: Mapping[str, object], *, advanced: bool) -> None:
        self._known = known
        self._advanced = advanced

    def read(self, node: Node) -> Condition:
        match node:
            case Binary(operator, left, right) if operator in {"and", "or"}:
                one, other = self.read(left), self.read(right)
                return (
                    (lambda row: one(row) and other(row)) if operator == "and" else (lambda row: one(row) or other(row))
                )
            case Binary(operator, left, right):
                return self._comparison(operator, self._property(left), _value(right))
            case Negation(operand):
                self._need_advanced("not")
                denied = self.read(operand)
                return lambda row: not denied(row)
            case Membership(operand, members):
                name, values = self._property(operand), [_folded(_value(one)) for one in members]
                return lambda row: _folded(row.get(name)) in values
            case Call(name, (subject, argument)):
                return self._call(name, self._property(subject), str(_value(argument)).lower())
            case _:
                raise unsupported("This filter is not served for directory objects.")

    def _comparison(self, operator: str, name: str, value: object) -> Condition:
        wanted = _folded(value)
        if operator == "eq":
            return lambda row: _folded(row.get(name)) == wanted
        if operator == "ne":
            self._need_advanced("ne")
            return lambda row: _folded(row.get(name)) != wanted
        compare = _COMPARED.get(operator)
        if compare is None or not isinstance(wanted, str):
            raise unsupported(f"The operator '{operator}' is not served for '{name}'.")
        return lambda row: row.get(name) is not None and compare(str(_folded(row.get(name))), wanted)

    def _call(self, function: str, name: str, text: str) -> Condition:
        if function.lower() == "startswith":
            return lambda row: str(row.get(name) or "").lower().startswith(text)
        if function.lower() == "endswith":
            self._need_advanced("endswith")
            return lambda row: str(row.get(name) or "").lower().endswith(text)
        raise unsupported(f"The function '{function}' is not served for directory objects.")

    def _property(self, node: Node) -> str:
        if not isinstance(node, Property) or node.path not in self._known:
            raise unreadable("The filter names a property that the type does not have.")
        return node.path

    def _need_advanced(self, what: str) -> None:
        if not self._advanced:
            raise unsupported(f"'{what}' needs $count=true and the header ConsistencyLevel: eventual.")


def _value(node: Node) -> object:
    if not isinstance(node, Constant):
        raise unsupported("A property is compared with a literal only.")
    if node.kind == "null":
        return None
    return node.text == "true" if node.kind == "boolean" else node.text


def _folded(value: object) -> object:
    """The directory compares texts without regard to capitals."""
    return value.lower() if isinstance(value, str) else value
