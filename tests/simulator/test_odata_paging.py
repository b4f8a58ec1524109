"""How query options are read, and how pages are cut so that nothing is lost or seen twice."""

from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault
from linkspan.simulator.odata.exchange import read_preferences
from linkspan.simulator.odata.options import Query, bind_query, read_options
from linkspan.simulator.odata.paging import cut_page, next_link, page_size
from linkspan.simulator.odata.representation import context_list

CONTRACT = load_contract()
CUSTOMER = CONTRACT.entities["customer"]
QUOTE = CONTRACT.entities["salesQuote"]


def query(raw: str) -> Query:
    """Return the options of a raw query string on customers."""
    return bind_query(read_options(raw), CUSTOMER, CONTRACT, many=True)


def rows(count: int) -> list[dict[str, object]]:
    """Return customers in the order of their number; the limits repeat."""
    return [
        {"id": UUID(int=place + 1), "number": f"C{place:05}", "creditLimit": Decimal(place % 3)}
        for place in range(count)
    ]


def walk(raw: str, data: list[dict[str, object]], size: int) -> list[list[object]]:
    """Follow next links to the end; return the numbers page by page."""
    pages = []
    while True:
        asked = query(raw)
        page = cut_page(data, asked, size, entity=CUSTOMER, contract=CONTRACT)
        pages.append([row["number"] for row in page.rows])
        if page.following is None:
            return pages
        raw = urlsplit(next_link("http://bc.test/customers", raw, page)).query


def joined(pages: list[list[object]]) -> list[object]:
    """Return the rows of all pages."""
    return [row for page in pages for row in page]


def test_options_are_decoded() -> None:
    assert {"$filter": "number eq 'A B'", "$top": "5", "company": "My Co"} == read_options(
        "%24filter=number+eq+%27A%20B%27&$top=5&company=My+Co&"
    )


def test_an_option_needs_its_dollar_sign() -> None:
    assert query("").where is query("filter=number eq 'A'").where


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        ("$search=holm", 501, "BadRequest_MethodNotImplemented"),
        ("$apply=x", 501, "BadRequest_MethodNotImplemented"),
        ("$compute=x", 501, "BadRequest_MethodNotImplemented"),
        ("$deltatoken=x", 501, "BadRequest_MethodNotImplemented"),
        ("$colour=x", 400, "BadRequest_InvalidRequestUrl"),
        ("$top=1&$top=2", 400, "BadRequest"),
        ("$top=-1", 400, "BadRequest"),
        ("$skip=x", 400, "BadRequest"),
        ("$count=yes", 400, "BadRequest"),
        ("$select=colour", 400, "BadRequest"),
        ("$orderby=colour", 400, "BadRequest"),
        ("$orderby=number up", 400, "BadRequest"),
        ("$orderby=tolower(number)", 501, "BadRequest_MethodNotImplemented"),
        ("$expand=colour", 400, "BadRequest"),
        ("$expand=agedAccounts", 400, "BadRequest"),
        ("$expand=number", 400, "BadRequest"),
        ("$expand=currency($select=colour)", 400, "BadRequest"),
        ("$expand=currency($top=1)", 400, "BadRequest"),
        ("$expand=currency($select=code", 400, "BadRequest"),
        ("$expand=defaultDimensions($colour=1)", 400, "BadRequest_InvalidRequestUrl"),
        (f"$expand={'currency($expand=' * 40}{')' * 40}", 400, "BadRequest"),
        ("$skiptoken=x", 400, "SkipTokenIsNoLongerValid"),
    ],
)
def test_options_that_are_refused(raw: str, status: int, code: str) -> None:
    with pytest.raises(BcFault) as caught:
        query(raw)

    assert (status, code) == (caught.value.status, caught.value.code)


def test_the_unknown_name_is_told() -> None:
    with pytest.raises(BcFault) as caught:
        query("$select=number,colour")

    assert "Could not find a property named 'colour' on type 'Microsoft.NAV.customer'." == caught.value.message


def test_options_for_sets_are_refused_on_one_record() -> None:
    with pytest.raises(BcFault) as caught:
        bind_query({"$filter": "number eq 'A'"}, CUSTOMER, CONTRACT, many=False)

    assert (400, "BadRequest") == (caught.value.status, caught.value.code)


def test_nested_expand() -> None:
    text = (
        "customer($select=number;$expand=currency($select=code)),"
        "salesQuoteLines($filter=description eq 'a;b,(c';$orderby=sequence desc;$top=2;$count=true)"
    )
    bound = bind_query({"$expand": text, "$select": "number,id"}, QUOTE, CONTRACT, many=True)
    customer, lines = bound.expand

    assert "(id,number,customer(number,currency(code)),salesQuoteLines())" == context_list(bound)
    assert ("customer", ("number",)) == (customer.link.name, customer.query.select)
    assert (2, True, True) == (lines.query.top, lines.query.count, lines.query.order[0].descending)
    assert lines.query.where is not None
    assert lines.query.where.holds({"description": "a;b,(c"})


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("odata.maxpagesize=50", 50),
        ("return-no-content, odata.maxpagesize = 7", 7),
        ("odata.maxpagesize=50000", 20_000),
        ("odata.maxpagesize=0", None),
        ("odata.maxpagesize=x", None),
        ("", None),
    ],
)
def test_preferred_page_size(header: str, expected: int | None) -> None:
    assert expected == page_size(read_preferences(header))


def test_top_over_several_pages() -> None:
    data = rows(30)
    first = cut_page(data, query("$top=25"), 20, entity=CUSTOMER, contract=CONTRACT)
    link = next_link("http://bc.test/customers", "$top=25&$filter=number+ne+%27%27", first)

    assert (20, 5) == (len(first.rows), first.top)
    assert f"http://bc.test/customers?$filter=number+ne+%27%27&$top=5&aid=FIN&$skiptoken={UUID(int=20)}" == link
    assert [20, 5] == [len(page) for page in walk("$top=25", data, 20)]


def test_top_within_a_page_has_no_next_link() -> None:
    assert [20] == [len(page) for page in walk("$top=20", rows(30), 20)]
    assert [0] == [len(page) for page in walk("$top=0", rows(30), 20)]


def test_skip_counts_once() -> None:
    assert ["C00003", "C00004", "C00005", "C00006"] == joined(walk("$skip=3", rows(7), 2))
    assert [] == joined(walk("$skip=9", rows(7), 2))


def test_count_is_of_all_that_match() -> None:
    page = cut_page(rows(9), query("$filter=creditLimit eq 0&$count=true"), 2, entity=CUSTOMER, contract=CONTRACT)

    assert (3, 2) == (page.total, len(page.rows))


def test_rows_added_and_deleted_meanwhile_shift_nothing() -> None:
    data = rows(6)
    first = cut_page(data, query(""), 3, entity=CUSTOMER, contract=CONTRACT)
    moved = [{"id": UUID(int=99), "number": "B", "creditLimit": Decimal(0)}, *data[1:]]
    second = cut_page(moved, query(f"$skiptoken={first.following}"), 3, entity=CUSTOMER, contract=CONTRACT)

    assert ["C00003", "C00004", "C00005"] == [row["number"] for row in second.rows]


def test_a_last_row_that_no_longer_passes_still_marks_the_place() -> None:
    data = rows(6)
    changed = [*data[:2], {**data[2], "creditLimit": Decimal(9)}, *data[3:]]
    raw = f"$filter=creditLimit lt 5&$skiptoken={data[2]['id']}"
    page = cut_page(changed, query(raw), 10, entity=CUSTOMER, contract=CONTRACT)

    assert ["C00003", "C00004", "C00005"] == [row["number"] for row in page.rows]


def test_a_deleted_last_row_is_a_stale_token() -> None:
    with pytest.raises(BcFault) as caught:
        cut_page(rows(3), query(f"$skiptoken={UUID(int=50)}"), 10, entity=CUSTOMER, contract=CONTRACT)

    assert (400, "SkipTokenIsNoLongerValid") == (caught.value.status, caught.value.code)


ORDERS = st.sampled_from(["", "$orderby=creditLimit desc", "$orderby=creditLimit,number desc", "$orderby=number desc"])


@given(ORDERS, st.integers(0, 40), st.integers(1, 7), st.none() | st.integers(0, 45))
def test_pages_joined_are_the_whole(order: str, count: int, size: int, top: int | None) -> None:
    raw = order if top is None else f"{order}&$top={top}"
    whole = cut_page(rows(count), query(order), 1_000, entity=CUSTOMER, contract=CONTRACT).rows
    pages = walk(raw, rows(count), size)

    assert [row["number"] for row in whole][:top] == joined(pages)
    assert all(len(page) == size for page in pages[:-1])


def test_the_next_link_keeps_other_options() -> None:
    page = cut_page(rows(5), query("$orderby=number"), 2, entity=CUSTOMER, contract=CONTRACT)
    link = next_link("http://bc.test/customers", "company=My+Co&$orderby=number&$skiptoken=old&aid=FIN", page)

    assert [
        ("company", "My Co"),
        ("$orderby", "number"),
        ("aid", "FIN"),
        ("$skiptoken", str(UUID(int=2))),
    ] == parse_qsl(urlsplit(link).query)
