"""All 70 actions over POST /actions/rpc against the simulator, over real HTTP."""

import uuid

import pytest
from required_actions import PREFIX, READ_ONLY, WRITABLE, required_ids

from demo_process import Demo
from linkspan.connectors.catalog import load_catalog

# Where a list is asked below a record, that record's list and the path input that names it.
PARENTS = {
    "customer_payments": ("customer_payment_journals", "customer_payment_journal_id"),
    "dimension_values": ("dimensions", "dimension_id"),
    "journal_lines": ("journals", "journal_id"),
}
SINGULAR = READ_ONLY | WRITABLE
UPDATES: dict[str, dict[str, object]] = {
    "bank_account": {"displayName": "Harbour dues account"},
    "currency": {"displayName": "Ostmark Dollar"},
    "customer": {"phoneNumber": "+47 55 01 02 03"},
    "item": {"displayName": "Galvanised shackle 12 mm"},
    "journal_line": {"description": "Berth fee"},
    "sales_quote": {"externalDocumentNumber": "PO-77"},
    "vendor": {"addressLine1": "Kaigata 4"},
}


def ok(answer: object) -> dict[str, object]:
    assert 200 == answer.status_code, answer.text
    told = answer.json()
    assert {"data", "next"} <= told.keys()
    return told


def rows_of(demo: Demo, plural: str, **query: object) -> list[dict[str, object]]:
    path: dict[str, object] = {}
    if plural in PARENTS:
        parents, name = PARENTS[plural]
        for parent in rows_of(demo, parents):
            rows = ok(demo.rpc(f"list_{plural}", path={name: parent["id"]}, query=query))["data"]
            if rows:
                return rows
        pytest.fail(f"no {plural} below any of the {parents}")
    return ok(demo.rpc(f"list_{plural}", path=path, query=query))["data"]


def new_record(demo: Demo, singular: str) -> tuple[dict[str, object], dict[str, object]]:
    """A body for `create`, and the path inputs it needs."""
    mark = uuid.uuid4().hex[:6].upper()
    if singular == "journal_line":
        journal = rows_of(demo, "journals")[0]
        account = next(
            row for row in rows_of(demo, "accounts") if row["directPosting"] and row["accountType"] == "Posting"
        )
        return {"accountId": account["id"], "amount": 125.5, "description": "Berth"}, {"journal_id": journal["id"]}
    if singular == "sales_quote":
        customer = next(row for row in rows_of(demo, "customers") if row["blocked"] == "")
        item = next(row for row in rows_of(demo, "items") if row["type"] == "Inventory")
        line = {"lineType": "Item", "itemId": item["id"], "quantity": 3}
        return {"customerId": customer["id"], "salesQuoteLines": [line, {**line, "quantity": 1}]}, {}
    bodies: dict[str, dict[str, object]] = {
        "bank_account": {"number": f"B{mark}", "displayName": "Test account"},
        "currency": {"code": f"Z{mark}", "displayName": "Test crown"},
        "customer": {"displayName": f"Test customer {mark}", "type": "Company"},
        "item": {"displayName": f"Test item {mark}", "type": "Inventory", "unitPrice": 12.5},
        "vendor": {"displayName": f"Test vendor {mark}"},
    }
    return bodies[singular], {}


def test_a_new_profile_allows_exactly_the_required_actions() -> None:
    actions = load_catalog(()).connectors["dynamics365bc"].actions.values()

    assert required_ids() == sorted(action.id for action in actions if action.default)


@pytest.mark.parametrize("plural", sorted([*SINGULAR, "company_information"]))
def test_list_and_get(demo: Demo, plural: str) -> None:
    rows = rows_of(demo, plural)
    singular = SINGULAR.get(plural, plural)
    one = ok(demo.rpc(f"get_{singular}", path={"id": rows[0]["id"]}))["data"]

    assert rows[0]["id"] == one["id"]
    assert all(row["@odata.etag"] for row in rows)
    assert rows[0].keys() == one.keys()


@pytest.mark.parametrize("singular", sorted(UPDATES))
def test_create_update_delete(demo: Demo, singular: str) -> None:
    body, path = new_record(demo, singular)
    created = ok(demo.rpc(f"create_{singular}", path=path, body=body))["data"]
    changed = ok(
        demo.rpc(
            f"update_{singular}",
            path={"id": created["id"]},
            body=UPDATES[singular],
            headers={"if_match": created["@odata.etag"]},
        )
    )
    blind = ok(demo.rpc(f"update_{singular}", path={"id": created["id"]}, body=UPDATES[singular]))
    deleted = ok(demo.rpc(f"delete_{singular}", path={"id": created["id"]}))
    gone = demo.rpc(f"get_{singular}", path={"id": created["id"]})

    assert UPDATES[singular].items() <= changed["data"].items()
    assert "concurrency" not in changed
    assert "last_writer_wins" == blind["concurrency"]
    assert deleted["data"] is None
    assert 404 == gone.status_code


def test_update_company_information(demo: Demo) -> None:
    row = rows_of(demo, "company_information")[0]
    try:
        changed = ok(
            demo.rpc("update_company_information", path={"id": row["id"]}, body={"phoneNumber": "+47 55 99 88 77"})
        )["data"]
    finally:
        demo.rpc("update_company_information", path={"id": row["id"]}, body={"phoneNumber": row["phoneNumber"]})

    assert "+47 55 99 88 77" == changed["phoneNumber"]


def test_every_required_action_was_walked() -> None:
    """The walks above name their actions by entity; together they are the 70, none left out."""
    entities = SINGULAR | {"company_information": "company_information"}
    walked = {f"list_{plural}" for plural in entities} | {f"get_{singular}" for singular in entities.values()}
    walked |= {f"{verb}_{singular}" for verb in ("create", "update", "delete") for singular in UPDATES}
    walked.add("update_company_information")

    assert required_ids() == sorted(f"{PREFIX}_{name}" for name in walked)
    assert 70 == len(walked)
