"""Filters as objects become OData with the right literals; text passes through."""

import pytest
from engine_plans import RECORD, Decimal, call_of, mistakes_of
from hypothesis import given
from hypothesis import strategies as st
from odata_query.grammar import ODataLexer, ODataParser


def odata(given_filter: object, action: str = "list_customers") -> object:
    path = {"journal_id": RECORD} if action == "list_journal_lines" else {}
    return call_of(action, path=path, query={"filter": given_filter}).query["filter"]


@pytest.mark.parametrize(
    ("given_filter", "text"),
    [
        ("  startswith(number,'1') ", "startswith(number,'1')"),
        ({}, None),
        ({"number": "10000"}, "number eq '10000'"),
        ({"displayName": "O'Neil"}, "displayName eq 'O''Neil'"),
        ({"type": "Person"}, "type eq 'Person'"),
        ({"blocked": ""}, "blocked eq '_x0020_'"),
        ({"currencyId": RECORD.upper()}, f"currencyId eq {RECORD}"),
        ({"taxLiable": True}, "taxLiable eq true"),
        ({"creditLimit": {"gt": "0.10", "le": 100}}, "creditLimit gt 0.10 and creditLimit le 100"),
        ({"creditLimit": Decimal("0.00000010")}, "creditLimit eq 0.00000010"),
        (
            {"lastModifiedDateTime": {"ge": "2026-01-31T08:00:00.123Z"}},
            "lastModifiedDateTime ge 2026-01-31T08:00:00.123Z",
        ),
        ({"number": ["1", "2"]}, "(number eq '1' or number eq '2')"),
        ({"number": {"in": ["1"]}, "city": {"ne": ""}}, "number eq '1' and city ne ''"),
        (
            {"displayName": {"contains": "as", "endswith": "x"}},
            "contains(displayName,'as') and endswith(displayName,'x')",
        ),
    ],
)
def test_filters(given_filter: object, text: str | None) -> None:
    assert text == odata(given_filter)


def test_dates_and_whole_numbers() -> None:
    assert "postingDate lt 2026-10-31 and lineNumber eq 10000" == odata(
        {"postingDate": {"lt": "2026-10-31"}, "lineNumber": 10000}, "list_journal_lines"
    )


@pytest.mark.parametrize(
    ("given_filter", "where", "nearest"),
    [
        ({"numer": "1"}, "query.filter.numer", "number"),
        ({"number": 5}, "query.filter.number", None),
        ({"number": None}, "query.filter.number", None),
        ({"number": {"equals": "1"}}, "query.filter.number.equals", None),
        ({"number": {"startwith": "1"}}, "query.filter.number.startwith", "startswith"),
        ({"number": {}}, "query.filter.number", None),
        ({"number": []}, "query.filter.number", None),
        ({"number": ["1", 2]}, "query.filter.number[1]", None),
        ({"number": {"in": "1"}}, "query.filter.number.in", None),
        ({"creditLimit": "abc"}, "query.filter.creditLimit", None),
        ({"creditLimit": {"contains": "1"}}, "query.filter.creditLimit.contains", None),
        ({"type": {"gt": "Person"}}, "query.filter.type.gt", None),
        ({"type": "Persn"}, "query.filter.type", "Person"),
        ({"currencyId": "x' or 1 eq 1"}, "query.filter.currencyId", None),
    ],
)
def test_wrong_filters(given_filter: object, where: str, nearest: str | None) -> None:
    assert [(where, nearest)] == [
        (found[0], found[2]) for found in mistakes_of("list_customers", query={"filter": given_filter})
    ]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=100))
def test_no_text_breaks_out_of_its_literal(value: str) -> None:
    parsed = ODataParser().parse(ODataLexer().tokenize(str(odata({"addressLine1": value}))))

    assert ("addressLine1", value) == (parsed.left.name, parsed.right.val)
