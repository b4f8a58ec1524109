"""The simulator's $filter against an independent opinion: the same texts, trees and rows as odata-query."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault
from linkspan.simulator.odata.condition import bind_filter
from linkspan.simulator.odata.filter import Binary, Call, Constant, Node, Property, parse_filter

CONTRACT = load_contract()
ORDER = CONTRACT.entities["salesOrder"]
FIRST_ID = UUID("2dee6b6d-0000-4000-8000-000000000001")
OTHER_ID = UUID("2dee6b6d-0000-4000-8000-000000000002")

WORDS = ["number", "email", "'x'", "1", "2.5", "eq", "gt", "and", "or", "(", ")", "contains(email,'x')", "true", "null"]
CLAUSES = {
    "shipToName": ["eq 'Holm'", "ne 'Holm'", "gt 'Holm'", "le 'Vik''s'", "eq ''"],
    "discountAmount": ["eq 0.1", "ne 2", "gt 0.1", "ge 0.30", "lt -1", "le 12345678901234567890.12"],
    "postingDate": ["eq 2026-02-03", "gt 2026-01-31", "le 1999-12-31"],
    "lastModifiedDateTime": ["ge 2026-02-03T10:00:00Z", "lt 2026-02-03T10:00:00.5Z", "ne 2026-02-03T11:00:00+01:00"],
    "partialShipping": ["eq true", "ne true", "eq false"],
    "id": [f"eq {FIRST_ID}", f"ne {FIRST_ID}", f"eq {OTHER_ID}"],
}
CALLS = ["startswith(shipToName,'Ho')", "endswith(shipToName,'m')", "contains(shipToName,'''')",
         "tolower(shipToName) eq 'holm'", "toupper(shipToName) ne 'HOLM'", "substring(shipToName,1,2) eq 'ol'"]  # fmt: skip


@st.composite
def one_field(draw: st.DrawFn) -> str:
    """A condition on a single field, with or and parentheses."""
    name = draw(st.sampled_from(sorted(CLAUSES)))
    parts = [f"{name} {clause}" for clause in CLAUSES[name]]
    if name == "shipToName":
        parts += CALLS
    chosen = draw(st.lists(st.sampled_from(parts), min_size=1, max_size=3))
    joined = chosen[0]
    for part in chosen[1:]:
        joined = draw(st.sampled_from([f"{joined} or {part}", f"{joined} and {part}", f"({part}) or ({joined})"]))
    return f"({joined})"


FILTERS = st.lists(one_field(), min_size=1, max_size=3).map(" and ".join)
ROWS = st.fixed_dictionaries(
    {
        "shipToName": st.sampled_from(["", "Holm", "holm", "Vik's", "Holmm"]),
        "discountAmount": st.sampled_from([Decimal("0.1"), Decimal("0.10"), Decimal("0.3"), Decimal(2), Decimal(-7)]),
        "postingDate": st.sampled_from([date(1, 1, 1), date(2026, 2, 3), date(2026, 2, 4)]),
        "lastModifiedDateTime": st.sampled_from(
            [datetime(2026, 2, 3, 10, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
        ),
        "partialShipping": st.booleans(),
        "id": st.sampled_from([FIRST_ID, OTHER_ID]),
    }
)
OPERATORS = {"Eq": "eq", "NotEq": "ne", "Lt": "lt", "LtE": "le", "Gt": "gt", "GtE": "ge", "And": "and", "Or": "or"}


def oracle_tree(text: str) -> ast._Node:
    """Return odata-query's tree."""
    tree: ast._Node = ODataParser().parse(ODataLexer().tokenize(text))
    return tree


def translated(node: Any) -> Node:  # noqa: PLR0911 - one branch for each kind of node
    """Return odata-query's tree in our words."""
    match node:
        case ast.BoolOp(op=sign, left=left, right=right) | ast.Compare(comparator=sign, left=left, right=right):
            return Binary(OPERATORS[type(sign).__name__], translated(left), translated(right))
        case ast.Identifier(name=name):
            if name in OPERATORS.values():
                # It tells an operator by the spaces on both sides; an operator without them is a name to it.
                raise ODataException(name)
            return Property(name)
        case ast.Call(func=function, args=arguments):
            return Call(function.name, tuple(translated(argument) for argument in arguments))
        case ast.Null():
            return Constant("null", "null")
        case ast.Boolean(val=text):
            return Constant("boolean", text)
        case ast.Integer(val=text) | ast.Float(val=text):
            return Constant("number", text)
    kinds: dict[str, Any] = {"String": "string", "GUID": "guid", "Date": "date", "DateTime": "datetime"}
    return Constant(kinds[type(node).__name__], node.val)


def oracle_value(node: Any, row: Mapping[str, object]) -> Any:  # noqa: PLR0911 - one branch for each kind of node
    """Work odata-query's tree out on a row, as OData 4.0 says."""
    match node:
        case ast.BoolOp(op=ast.And(), left=left, right=right):
            return oracle_value(left, row) and oracle_value(right, row)
        case ast.BoolOp(left=left, right=right):
            return oracle_value(left, row) or oracle_value(right, row)
        case ast.Compare(comparator=sign, left=left, right=right):
            first, second = oracle_value(left, row), oracle_value(right, row)
            return {"eq": first == second, "ne": first != second, "lt": first < second, "le": first <= second,
                    "gt": first > second, "ge": first >= second}[OPERATORS[type(sign).__name__]]  # fmt: skip
        case ast.Identifier(name=name):
            return row[name]
        case ast.Call(func=function, args=[subject, *rest]):
            text, others = oracle_value(subject, row), [oracle_value(one, row) for one in rest]
            return {
                "startswith": lambda: text.startswith(others[0]),
                "endswith": lambda: text.endswith(others[0]),
                "contains": lambda: others[0] in text,
                "tolower": str(text).lower,
                "toupper": str(text).upper,
                "substring": lambda: text[others[0] : others[0] + others[1]],
            }[function.name]()
        case ast.Float(val=text):
            return Decimal(text)
    return node.py_val


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join))
def test_takes_the_same_texts_as_odata_query(text: str) -> None:
    # A name before empty parentheses is a call to us; odata-query wants no space between them.
    if "( )" in text:
        return
    try:
        expected: Node | None = translated(oracle_tree(text))
    except ODataException:
        expected = None
    try:
        found: Node | None = parse_filter(text)
    except BcFault:
        found = None

    assert expected == found


@given(FILTERS)
def test_builds_the_same_tree_as_odata_query(text: str) -> None:
    assert translated(oracle_tree(text)) == parse_filter(text)


@given(FILTERS, ROWS)
def test_selects_the_same_rows_as_odata_query(text: str, row: dict[str, object]) -> None:
    assert bool(oracle_value(oracle_tree(text), row)) is bind_filter(text, ORDER, CONTRACT).holds(row)
