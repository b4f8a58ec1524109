"""Parses the text of a $filter into a frozen syntax tree; what the service then refuses is decided in condition.py."""

from dataclasses import dataclass
from typing import Final, Literal

from linkspan.simulator.odata.lexer import Token, syntax_error, tokenize

LiteralKind = Literal["string", "guid", "datetime", "date", "number", "boolean", "null", "member"]

_RELATIONAL: Final = frozenset({"gt", "ge", "lt", "le"})
_EQUALITY: Final = frozenset({"eq", "ne"})
_ARITHMETIC: Final = frozenset({"add", "sub", "mul", "div", "divby", "mod"})
_RESERVED: Final = _RELATIONAL | _EQUALITY | _ARITHMETIC | {"and", "or", "not", "in"}
_CONSTANTS: Final[dict[str, LiteralKind]] = {"true": "boolean", "false": "boolean", "null": "null"}
_DEEPEST: Final = 60


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the record, or a path over a navigation such as ``currency/code``."""

    path: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; `text` is its content without quotes, not yet converted."""

    kind: LiteralKind
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to its arguments."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and an operator: and, or, a comparison, or arithmetic."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Negation:
    """``not`` of an operand."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Membership:
    """``operand in (a, b)``."""

    operand: "Node"
    members: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Quantifier:
    """``path/any(x: ...)`` or ``path/all(x: ...)``; the body is parsed and kept, though the service ignores it."""

    path: str
    name: str
    body: "Node | None"


Node = Property | Constant | Call | Binary | Negation | Membership | Quantifier


def parse_filter(text: str) -> Node:
    """Return the tree of `text`; raises a 400 fault where it is not a filter."""
    parser = _Parser(text)
    tree = parser.disjunction()
    parser.expect("end")
    return tree


class _Parser:
    """A cursor over the tokens; one method per precedence level, loosest first."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._next = 0
        self._depth = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def _accept(self, kind: str, text: str | None = None) -> bool:
        if self._token.kind == kind and (text is None or self._token.text == text):
            self._next += 1
            return True
        return False

    def _fail(self) -> Exception:
        return syntax_error(self._token.place, self._text)

    def expect(self, kind: str, text: str | None = None) -> None:
        """Step over the named token or fail at it."""
        if self._token.kind != kind or (text is not None and self._token.text != text):
            raise self._fail()
        self._next = min(self._next + 1, len(self._tokens) - 1)

    def disjunction(self) -> Node:
        """Operands joined by ``or``."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._fail()
        node = self._conjunction()
        while self._accept("name", "or"):
            node = Binary("or", node, self._conjunction())
        self._depth -= 1
        return node

    def _conjunction(self) -> Node:
        node = self._equality()
        while self._accept("name", "and"):
            node = Binary("and", node, self._equality())
        return node

    def _equality(self) -> Node:
        node = self._relation()
        while self._token.kind == "name" and self._token.text in _EQUALITY:
            operator = self._take().text
            node = Binary(operator, node, self._relation())
        return node

    def _relation(self) -> Node:
        node = self._arithmetic()
        while self._token.kind == "name" and self._token.text in _RELATIONAL:
            operator = self._take().text
            node = Binary(operator, node, self._arithmetic())
        return node

    def _arithmetic(self) -> Node:
        node = self._unary()
        while self._token.kind == "name" and self._token.text in _ARITHMETIC:
            operator = self._take().text
            node = Binary(operator, node, self._unary())
        return node

    def _unary(self) -> Node:
        if self._token.kind == "name" and self._token.text == "not":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise self._fail()
            self._take()
            negation = Negation(self._unary())
            self._depth -= 1
            return negation
        operand = self._operand()
        if self._accept("name", "in"):
            self.expect("mark", "(")
            return Membership(operand, self._arguments())
        return operand

    def _operand(self) -> Node:
        token = self._token
        if token.kind == "mark" and token.text == "(":
            self._take()
            node = self.disjunction()
            self.expect("mark", ")")
            return node
        if token.kind == "name" and token.text not in _RESERVED:
            return self._named()
        if token.kind in {"guid", "datetime", "date", "number", "string", "member"}:
            return _constant(self._take())
        raise self._fail()

    def _named(self) -> Node:
        name = self._take().text
        if name in _CONSTANTS:
            return Constant(_CONSTANTS[name], name)
        if self._accept("mark", "("):
            return Call(name, self._arguments())
        path = name
        while self._accept("mark", "/"):
            step = self._take()
            if step.kind != "name":
                self._next -= 1
                raise self._fail()
            if step.text in {"any", "all"} and self._accept("mark", "("):
                return self._quantifier(path, step.text)
            path = f"{path}/{step.text}"
        return Property(path)

    def _arguments(self) -> tuple[Node, ...]:
        """Read the operands up to and over the closing parenthesis."""
        if self._accept("mark", ")"):
            return ()
        arguments = [self.disjunction()]
        while self._accept("mark", ","):
            arguments.append(self.disjunction())
        self.expect("mark", ")")
        return tuple(arguments)

    def _quantifier(self, path: str, name: str) -> Node:
        if self._accept("mark", ")"):
            return Quantifier(path, name, None)
        self.expect("name")
        self.expect("mark", ":")
        body = self.disjunction()
        self.expect("mark", ")")
        return Quantifier(path, name, body)


def _constant(token: Token) -> Constant:
    match token.kind:
        case "string":
            return Constant("string", token.text[1:-1].replace("''", "'"))
        case "member":
            return Constant("member", token.text[token.text.index("'") + 1 : -1].replace("''", "'"))
        case "guid":
            return Constant("guid", token.text)
        case "datetime":
            return Constant("datetime", token.text)
        case "date":
            return Constant("date", token.text)
        case _:
            return Constant("number", token.text)
