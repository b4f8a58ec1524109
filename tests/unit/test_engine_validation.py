"""Unknown and wrongly typed input is refused before anything is sent: all mistakes at once, with the nearest known name."""

from decimal import Decimal

import pytest
from engine_plans import COMPANY, HOMELESS, RECORD, body_of, call_of, mistakes_of
from hypothesis import given
from hypothesis import strategies as st

from linkspan.engine.json_text import dump, parse


def wheres(found: list[tuple[str, str, str | None]]) -> list[str]:
    return [where for where, _, _ in found]


def test_all_mistakes_come_at_once_with_the_nearest_names() -> None:
    found = mistakes_of(
        "update_customer",
        path={"ide": RECORD, "company_id": 7},
        query={"select": "id"},
        body={
            "displayNam": "A",
            "type": "Companion",
            "creditLimit": "12,50",
            "balanceDue": 1,
            "email": "x" * 81,
            "taxLiable": "yes",
        },
        headers={"if-mach": "x", "accept": "*/*"},
    )

    assert [
        ("path.ide", "is not an input of this action", "id"),
        ("path.company_id", "must be text, not a number", None),
        ("path.id", "is missing", None),
        ("query.select", "is not an option of this action", None),
        ("body.displayNam", "is not a field of customer", "displayName"),
        ("body.type", "must be one of 'Company', 'Person', not 'Companion'", "Company"),
        ("body.creditLimit", "must be a number, or text of digits such as '12.50', not '12,50'", None),
        ("body.balanceDue", "is read-only: the provider sets it", None),
        ("body.email", "has 81 characters, more than 80", None),
        ("body.taxLiable", "must be true or false, not text", None),
        ("headers.if-mach", "is not a header of this action", "if_match"),
        ("headers.accept", "is not a header of this action", None),
    ] == found


def test_what_clients_add_for_the_door_is_taken_out() -> None:
    headers = {
        "x-account-id": "a",
        "Authorization": "b",
        "x-connector-profile-id": "c",
        "Idempotency-Key": "d",
        "if_match": None,
    }

    assert [] == mistakes_of(
        "list_customers", query={"debug": True, "idempotency_key": "k", "top": None}, headers=headers
    )
    assert ["body.idempotency_key"] == wheres(
        mistakes_of("create_vendor", body={"displayName": "A", "idempotency_key": "k"})
    )


def test_dollar_names_belong_to_another_door() -> None:
    assert [("query.$top", "is not an option of this action", "top")] == mistakes_of(
        "list_customers", query={"$top": 5}
    )


@pytest.mark.parametrize(("action", "body"), [("get_customer", {"x": 1}), ("delete_customer", {"displayName": "A"})])
def test_a_body_where_none_belongs(action: str, body: dict[str, object]) -> None:
    name = next(iter(body))

    assert [(f"body.{name}", "is not an input: this action has no body", None)] == mistakes_of(
        action, path={"id": RECORD}, body=body
    )
    assert [] == mistakes_of(action, path={"id": RECORD}, body={})


@pytest.mark.parametrize(
    ("action", "body", "expected"),
    [
        ("create_customer", None, ("body", "is missing", None)),
        ("create_customer", [], ("body", "must be an object, not a list", None)),
        ("create_customer", {}, ("body.displayName", "is missing", None)),
        ("create_sales_quote", {}, ("body.customerId", "is missing (or give customerNumber)", None)),
        ("update_customer", {}, ("body", "must name at least one field to change", None)),
        ("create_journal_line", {}, ("path.journal_id", "is missing (or give body.journalId)", None)),
        (
            "update_vendor",
            {"@odata.etag": "x"},
            ("body.@odata.etag", "is not part of a record; give the etag as headers.if_match", None),
        ),
    ],
)
def test_what_a_body_needs(action: str, body: object, expected: tuple[str, str, str | None]) -> None:
    path = {"id": RECORD} if action.startswith("update") else {}

    assert [expected] == mistakes_of(action, path=path, body=body)


def test_nested_records_are_checked_where_a_create_takes_them() -> None:
    lines = [{"quantity": "x"}, 7, {"quantiti": 1, "netAmountIncludingTax": 5, "lineType": "Itm", "documentId": RECORD}]
    found = mistakes_of("create_sales_quote", body={"customerNumber": "C", "salesQuoteLines": lines})
    on_update = mistakes_of("update_sales_quote", path={"id": RECORD}, body={"salesQuoteLines": []})

    assert [
        ("body.salesQuoteLines[0].quantity", None), ("body.salesQuoteLines[1]", None),
        ("body.salesQuoteLines[2].quantiti", "quantity"), ("body.salesQuoteLines[2].netAmountIncludingTax", None),
        ("body.salesQuoteLines[2].lineType", "Item"), ("body.salesQuoteLines[2].documentId", None),
    ] == [(where, near) for where, _, near in found]  # fmt: skip
    assert [("body.salesQuoteLines", "is not a field of sales quote")] == [item[:2] for item in on_update]
    assert ["body.salesQuoteLines"] == wheres(
        mistakes_of("create_sales_quote", body={"customerNumber": "C", "salesQuoteLines": {}})
    )


@pytest.mark.parametrize(
    ("field", "given_value", "sent"),
    [
        ("type", "Person", "Person"), ("blocked", "", "_x0020_"), ("blocked", "_x0020_", "_x0020_"),
        ("creditLimit", "12.50", Decimal("12.50")), ("creditLimit", 3, 3), ("creditLimit", Decimal("-0.10"), Decimal("-0.10")),
        ("currencyId", RECORD.upper(), RECORD), ("taxLiable", False, False), ("displayName", "Ærø & Søn", "Ærø & Søn"),
    ],
)  # fmt: skip
def test_values_get_the_providers_form(field: str, given_value: object, sent: object) -> None:
    assert {field: sent} == body_of("update_customer", path={"id": RECORD}, body={field: given_value})


@pytest.mark.parametrize(
    ("action", "field", "wrong"),
    [
        ("customer", "creditLimit", 1.5), ("customer", "creditLimit", True), ("customer", "creditLimit", "1e5"),
        ("customer", "creditLimit", ""), ("customer", "creditLimit", None), ("customer", "creditLimit", "79228162514264337593543950336"),
        ("customer", "creditLimit", Decimal("1." + "1" * 40)), ("customer", "creditLimit", 10**40),
        ("customer", "currencyId", "1f0a4a52"), ("customer", "currencyId", 5), ("customer", "displayName", 5),
        ("customer", "displayName", None), ("customer", "type", ""), ("customer", "type", True), ("customer", "taxLiable", 1),
        ("sales_quote", "documentDate", "2026-02-30"), ("sales_quote", "documentDate", "2026-02-03T00:00:00Z"),
        ("sales_quote", "documentDate", 20260203), ("journal_line", "lineNumber", "10000"), ("journal_line", "lineNumber", 2**31),
        ("journal_line", "lineNumber", Decimal("1.5")), ("journal_line", "lineNumber", True),
    ],
)  # fmt: skip
def test_wrong_types_are_refused(action: str, field: str, wrong: object) -> None:
    assert [f"body.{field}"] == wheres(mistakes_of(f"update_{action}", path={"id": RECORD}, body={field: wrong}))


def test_a_date_passes_as_it_is() -> None:
    assert {"documentDate": "0001-01-01"} == body_of(
        "update_sales_quote", path={"id": RECORD}, body={"documentDate": "0001-01-01"}
    )


def test_path_inputs() -> None:
    assert [("path.id", "is missing", None), ("path.company_id", "is missing", None)] == sorted(
        mistakes_of("get_customer", HOMELESS), key=lambda item: item[0], reverse=True
    )
    assert {"company_id": COMPANY, "id": RECORD} == call_of("get_customer", path={"id": RECORD.upper()}).path
    assert {"company_id": "Skua A/S", "id": RECORD} == call_of(
        "get_customer", path={"id": RECORD, "company_id": "Skua A/S"}
    ).path
    assert [("path.company_id", "is not an input of this action", None)] == mistakes_of(
        "list_companies", path={"company_id": COMPANY}
    )
    assert ["path.journal_id"] == wheres(mistakes_of("list_journal_lines"))
    assert ["path.id"] == wheres(mistakes_of("get_customer", path={"id": "'; drop"}))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"top": "5"}, ("query.top", "must be a whole number, not text", None)),
        ({"top": -1}, ("query.top", "must be between 0 and 2147483647", None)),
        ({"page_size": 20_001}, ("query.page_size", "must be between 1 and 20000", None)),
        ({"page_size": 0}, ("query.page_size", "must be between 1 and 20000", None)),
        ({"count": "true"}, ("query.count", "must be true or false, not text", None)),
        (
            {"select": "number,displayNme"},
            ("query.select", "'displayNme' is not a field of this record", "displayName"),
        ),
        ({"select": ["number", 5]}, ("query.select", "holds a number where a name belongs", None)),
        ({"select": "number,,id"}, ("query.select", "holds an empty name", None)),
        ({"select": 5}, ("query.select", "must be a list of names or text with commas, not a number", None)),
        ({"expand": "currenci"}, ("query.expand", "'currenci' cannot be expanded here", "currency")),
        ({"expand": "currency(evil"}, ("query.expand", "'currency(evil' must read like currency($select=id)", None)),
        ({"order_by": "number up"}, ("query.order_by", "'number up' must end in asc or desc", None)),
        ({"order_by": ["nummer desc"]}, ("query.order_by", "'nummer' is not a field of this record", "number")),
        ({"pagesize": 5}, ("query.pagesize", "is not an option of this action", "page_size")),
        ({"filter": " "}, ("query.filter", "must not be empty; leave it out to get all", None)),
        (
            {"filter": 5},
            ("query.filter", 'must be OData text, or an object such as {"number": "10000"}, not a number', None),
        ),
        (
            {"filter": "x" * 6001},
            ("query.filter", "has 6001 characters, more than the 6000 that fit into a request", None),
        ),
    ],
)
def test_options_of_a_list(query: dict[str, object], expected: tuple[str, str, str | None]) -> None:
    assert [expected] == mistakes_of("list_customers", query=query)


def test_options_are_read_as_list_or_text() -> None:
    query = call_of(
        "list_customers", query={"select": " number , number,id", "expand": [], "order_by": ["number", "id  DESC"]}
    ).query

    assert {"select": ("number", "id"), "expand": (), "order_by": ("number", "id desc")} == query


@pytest.mark.parametrize("etag", ["", "a\r\nX-Evil: 1", "é", "x" * 1001, 5])
def test_an_etag_cannot_smuggle_anything(etag: object) -> None:
    assert ["headers.if_match"] == wheres(
        mistakes_of("delete_customer", path={"id": RECORD}, headers={"if_match": etag})
    )


def test_equal_intents_have_equal_digests() -> None:
    def digest(**body: object) -> str:
        return call_of("create_customer", body={"displayName": "A", **body}).digest

    assert digest(creditLimit="12.50") == digest(creditLimit=Decimal("12.5"))
    assert digest(creditLimit=12) == digest(creditLimit="12.00")
    assert digest(creditLimit=12) != digest(creditLimit=13)
    assert digest(city="12") != digest(creditLimit=12)
    assert 64 == len(digest())
    assert "" == call_of("list_customers").digest


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,5})?", fullmatch=True))
def test_an_amount_given_as_text_leaves_with_the_same_digits(digits: str) -> None:
    body = body_of("update_customer", path={"id": RECORD}, body={"creditLimit": digits})

    assert f'{{"creditLimit":{digits}}}'.encode() == dump(body)


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,19})\.[0-9]{1,5}", fullmatch=True))
def test_an_amount_given_as_a_number_leaves_with_the_same_digits(digits: str) -> None:
    body = body_of("update_customer", path={"id": RECORD}, body=parse(f'{{"creditLimit": {digits}}}'.encode()))

    assert f'{{"creditLimit":{digits}}}'.encode() == dump(body)
