"""Posting is whole or not at all: what is refused or rolled back leaves no entry, no number and no stock behind."""

from typing import Any

import pytest
from document_sets import DocumentSet
from http_desk import HttpDesk


@pytest.fixture
def invoices(desk: HttpDesk) -> DocumentSet:
    return DocumentSet(desk, "salesInvoices")


def traces(invoices) -> tuple[Any, ...]:
    """Return what posting would move: entries of both ledgers, the balance, the stock."""
    desk = invoices.desk
    return (
        len(desk.rows("generalLedgerEntries?$select=id")),
        len(desk.rows("itemLedgerEntries?$select=id")),
        invoices.balance(),
        desk.get(f"items({invoices.item['id']})")["inventory"],
    )


def test_a_batch_that_fails_takes_its_posting_back(invoices):
    draft = invoices.document(invoices.line_of())
    before = traces(invoices)
    company = invoices.desk.root.rpartition("/")[2]
    operations = [
        {"id": "1", "method": "POST", "url": f"{company}/{invoices.url(draft)}/Microsoft.NAV.post"},
        {"id": "2", "method": "POST", "url": f"{company}/{invoices.url(draft)}/Microsoft.NAV.post"},
    ]
    answer = invoices.desk.send(
        "POST",
        invoices.desk.root.rpartition("/")[0] + "/$batch",
        {"requests": operations},
        {"Isolation": "snapshot", "Accept": "application/json"},
    )

    assert 200 == answer.status_code
    assert [204, 400] == [one["status"] for one in answer.json()["responses"]]
    assert (before, "Draft") == (traces(invoices), invoices.head(draft)["status"])


def test_what_is_refused_uses_up_no_number(invoices):
    first = invoices.make_posted()
    second = invoices.document(invoices.line_of())
    customer = f"customers({invoices.partner['id']})"
    invoices.desk.change(customer, blocked="All")
    before = traces(invoices)
    assert "blocked with type All" in invoices.refuse(second, "post")

    assert before == traces(invoices)
    invoices.desk.change(customer, blocked="_x0020_")
    assert int(first["number"]) + 1 == int(invoices.act(second, "post")["number"])


def test_an_item_without_posting_setup_is_refused_and_not_half_posted(invoices):
    odd = invoices.desk.make("items", displayName="Odd", unitPrice=5)
    invoices.desk.change(f"items({odd['id']})", generalProductPostingGroupCode="")
    draft = invoices.document(invoices.line_of(), {"itemId": odd["id"], "quantity": 1})
    before = traces(invoices)

    assert "General Posting Setup does not exist" in invoices.refuse(draft, "post")
    assert before == traces(invoices)


def test_a_stale_etag_posts_nothing(invoices):
    draft = invoices.document(invoices.line_of())
    invoices.desk.change(invoices.url(draft), externalDocumentNumber="LATER")
    before = traces(invoices)
    url = f"{invoices.url(draft)}/Microsoft.NAV.post"
    answer = invoices.desk.send("POST", url, headers={"If-Match": draft["@odata.etag"]})

    assert (409, "Request_EntityChanged") == (answer.status_code, answer.json()["error"]["code"])
    assert before == traces(invoices)


def test_another_companys_document_is_not_there(invoices):
    draft = invoices.document(invoices.line_of())
    api = invoices.desk.root.rpartition("/")[0]
    companies = invoices.desk.rows(f"{api}/companies")
    other = next(row["id"] for row in companies if row["id"] not in invoices.desk.root)
    answer = invoices.desk.send("POST", f"{api}/companies({other})/{invoices.url(draft)}/Microsoft.NAV.post")

    assert 404 == answer.status_code
    assert "Draft" == invoices.head(draft)["status"]


def test_money_comes_out_to_the_last_digit(invoices):
    lines = [invoices.line_of(quantity, unitPrice=price) for quantity, price in ((3, 0.07), (7, 1.005), (1, 33.335))]
    posted = invoices.make_posted(*lines, discountAmount=1.11)

    # 0.21 + 7.04 + 33.34 = 40.59, less 1.11 = 39.48, and 20 % of it is 7.896.
    assert ("39.48", "7.9", "47.38") == tuple(
        str(posted[name]) for name in ("totalAmountExcludingTax", "totalTaxAmount", "totalAmountIncludingTax")
    )
    receivable = next(row for row in invoices.entries_of(posted["number"]) if row["accountNumber"] == "1310")
    assert "47.38" == str(receivable["debitAmount"])
