"""Inputs of Business Central's actions: what the schema takes and refuses, and that the engine agrees."""

import json

import pytest
from jsonschema import Draft202012Validator

from linkspan.connectors.catalog import Catalog, load_catalog
from linkspan.engine import json_text
from linkspan.engine.call import Inputs, Target
from linkspan.engine.validate import plan_of
from linkspan.errors import InvalidInputError

ID = "6c1f2d34-9a05-4b7e-8d61-3f0a9be4c215"


GOOD = [
    ("list_customers", {}),
    ("list_customers", {"path": {"company_id": "Holm & Vik AS"}, "query": {"top": 5}}),
    ("list_customers", {"query": {"filter": "displayName eq 'Holm'"}}),
    ("list_customers", {"query": {"filter": {"displayName": "Holm", "blocked": ""}}}),
    ("list_customers", {"query": {"filter": {"displayName": {"startswith": "H", "ne": "Holm"}}}}),
    ("list_customers", {"query": {"filter": {"number": ["C00010", "C00020"]}}}),
    ("list_customers", {"query": {"filter": {"creditLimit": {"gt": 1000}}}}),
    ("list_customers", {"query": {"select": "number,displayName", "expand": "currency", "order_by": "number desc"}}),
    ("list_customers", {"query": {"select": ["number"], "expand": ["currency"], "order_by": ["number desc", "id"]}}),
    ("list_customers", {"query": {"cursor": "abc", "page_size": 20000}}),
    ("list_sales_quotes", {"query": {"expand": "salesQuoteLines($select=sequence),customer", "all": True}}),
    ("list_journal_lines", {"path": {"journal_id": ID}}),
    ("get_customer", {"path": {"id": ID}, "query": {"select": ["number"]}}),
    ("create_customer", {"body": {"displayName": "A", "creditLimit": 12.5, "blocked": "_x0020_"}}),
    ("create_customer", {"body": {"displayName": "A", "creditLimit": "12.50", "blocked": ""}}),
    ("create_item", {"body": {"type": "Non-Inventory"}}),
    ("create_item", {"body": {"type": "Non_x002D_Inventory"}}),
    (
        "create_sales_quote",
        {"body": {"customerNumber": "C1", "salesQuoteLines": [{"lineType": "Item", "quantity": 1}]}},
    ),
    ("create_sales_quote", {"body": {"customerId": ID}}),
    ("create_journal_line", {"body": {"journalId": ID, "amount": "-3.10"}}),
    ("create_journal_line", {"path": {"journal_id": ID}, "body": {"amount": 3}}),
    ("update_customer", {"path": {"id": ID}, "body": {"city": "Oslo"}, "headers": {"if_match": 'W/"x"'}}),
    ("delete_customer", {"path": {"id": ID}, "headers": {"if_match": "*"}}),
]
BAD = [
    ("list_customers", {"quary": {}}),
    ("list_customers", {"query": {"$top": 5}}),
    ("list_customers", {"query": {"top": "5"}}),
    ("list_customers", {"query": {"page_size": 20001}}),
    ("list_customers", {"query": {"page_size": 0}}),
    ("list_customers", {"query": {"cursor": "abc", "top": 3}}),
    ("list_customers", {"query": {"filter": {"displayNam": "x"}}}),
    ("list_customers", {"query": {"filter": {"displayName": {"like": "x"}}}}),
    ("list_customers", {"query": {"filter": {"blocked": "Never"}}}),
    ("list_customers", {"query": {"select": ["nummer"]}}),
    ("list_customers", {"query": {"expand": ["picture"]}}),
    ("list_customers", {"query": {"order_by": "number down"}}),
    ("list_journal_lines", {}),
    ("list_customers", {"path": {"id": ID}}),
    ("get_customer", {}),
    ("get_customer", {"path": {"id": "10000"}}),
    ("get_customer", {"path": {"id": ID}, "query": {"top": 1}}),
    ("create_customer", {}),
    ("create_customer", {"body": {"city": "Oslo"}}),
    ("create_customer", {"body": {"displayName": "A", "shoeSize": 44}}),
    ("create_customer", {"body": {"displayName": "A", "balanceDue": 1}}),
    ("create_customer", {"body": {"displayName": "A" * 101}}),
    ("create_customer", {"body": {"displayName": "A", "creditLimit": "12,50"}}),
    ("create_customer", {"body": {"displayName": "A", "blocked": "Never"}}),
    ("create_customer", {"body": {"displayName": "A", "taxLiable": "yes"}}),
    ("create_customer", {"body": {"displayName": "A"}, "headers": {"if_match": "*"}}),
    ("create_sales_quote", {"body": {"email": "a@b.example"}}),
    ("create_sales_quote", {"body": {"customerNumber": "C1", "salesQuoteLines": [{"lineType": "Idea"}]}}),
    ("create_sales_quote", {"body": {"customerNumber": "C1", "attachments": []}}),
    ("update_sales_quote", {"path": {"id": ID}, "body": {"salesQuoteLines": []}}),
    ("update_customer", {"path": {"id": ID}}),
    ("update_customer", {"path": {"id": ID}, "body": {}}),
    ("delete_customer", {"path": {"id": ID}, "body": {"city": "Oslo"}}),
]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def takes(catalog: Catalog, name: str, given: object) -> bool:
    return Draft202012Validator(catalog.find(f"dynamics365bc_{name}").input_schema).is_valid(given)


@pytest.mark.parametrize(("name", "given"), GOOD)
def test_good_inputs_are_taken(catalog: Catalog, name: str, given: object) -> None:
    assert takes(catalog, name, given)


@pytest.mark.parametrize(("name", "given"), BAD)
def test_bad_inputs_are_refused(catalog: Catalog, name: str, given: object) -> None:
    assert not takes(catalog, name, given)


def engine_takes(catalog: Catalog, name: str, given: dict[str, dict[str, object]]) -> bool:
    connector = catalog.connectors["dynamics365bc"]
    target = Target("account", connector, "https://api.example", frozenset(), "user", {"company_id": ID})
    inputs = Inputs(given.get("path", {}), given.get("query", {}), given.get("body"), given.get("headers", {}))
    try:
        plan_of(connector.actions[f"dynamics365bc_{name}"], connector).check(target, inputs, None)
    except InvalidInputError:
        return False
    return True


@pytest.mark.parametrize(("name", "given"), GOOD)
def test_the_engine_takes_what_the_schema_takes(catalog: Catalog, name: str, given: object) -> None:
    assert engine_takes(catalog, name, json_text.parse(json.dumps(given).encode()))


@pytest.mark.parametrize(("name", "given"), [one for one in BAD if {"path", "query", "body", "headers"} >= set(one[1])])
def test_the_engine_refuses_what_the_schema_refuses(catalog: Catalog, name: str, given: object) -> None:
    assert not engine_takes(catalog, name, json_text.parse(json.dumps(given).encode()))


def test_a_nested_line_does_not_name_its_parent(catalog: Catalog) -> None:
    line = {"documentId": ID, "lineType": "Item"}

    assert not takes(catalog, "create_sales_quote", {"body": {"customerNumber": "C1", "salesQuoteLines": [line]}})


def test_page_size_tells_its_default_and_bound(catalog: Catalog) -> None:
    query = catalog.find("dynamics365bc_list_customers").input_schema["properties"]["query"]["properties"]  # type: ignore[index]

    assert (1, 100, 20000) == tuple(query["page_size"][name] for name in ("minimum", "default", "maximum"))


def test_a_record_with_lines_validates_as_answer(catalog: Catalog) -> None:
    record = {
        "@odata.etag": 'W/"abc"',
        "id": ID,
        "status": "Draft",
        "totalAmountIncludingTax": 474.75,
        "currency": None,
        "salesQuoteLines": [{"lineType": "Item", "quantity": 2}],
        "fieldOfAnExtension": "more",
    }
    validator = Draft202012Validator(catalog.find("dynamics365bc_get_sales_quote").output_schema)

    assert validator.is_valid({"data": record, "next": None})
    assert not validator.is_valid({"data": {**record, "totalAmountIncludingTax": "474.75"}, "next": None})
    assert not validator.is_valid({"data": record})


def test_a_change_without_etag_says_so(catalog: Catalog) -> None:
    validator = Draft202012Validator(catalog.find("dynamics365bc_delete_customer").output_schema)

    assert validator.is_valid({"data": None, "next": None, "concurrency": "last_writer_wins"})
    assert not validator.is_valid({"data": None, "next": None, "concurrency": "locked"})


def test_no_input_schema_is_larger_than_16_kilobytes(catalog: Catalog) -> None:
    sizes = {action.id: len(json.dumps(action.input_schema)) for action in catalog.actions.values()}

    assert {} == {name: size for name, size in sizes.items() if size > 16_000}
