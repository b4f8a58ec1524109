"""Dimension set lines of documents, their lines, journal lines and entries: attached, read, changed, detached."""

import re

import pytest
from http_desk import HttpDesk
from papers import INVOICE, MEMO, ORDER, PURCHASE_INVOICE, PURCHASE_MEMO, PURCHASE_ORDER, QUOTE, draft

FERRY, YACHT, SAILING = "FERRY", "YACHT", "SAILING"


def type_of(owner: str) -> str:
    """Return what a dimension set line calls the type of its parent, from the parent's address."""
    words = re.findall("[A-Z]?[a-z]+", owner.rpartition("/")[2].partition("(")[0].replace("Entries", "Entrys"))
    return "_x0020_".join(word.capitalize() for word in words).removesuffix("s")


class SetLines:
    """The dimension set lines of some records."""

    def __init__(self, desk: HttpDesk) -> None:
        self.desk = desk
        self.owners: list[str] = []

    def of_document(self, kind: str) -> None:
        paper = draft(self.desk, kind)
        self.owners = [paper.url, paper.line]

    def of_journal_line(self) -> None:
        journal = self.desk.rows("journals?$top=1")[0]["id"]
        account = self.desk.one("accounts", "number eq '5040'")["id"]
        line = self.desk.make(f"journals({journal})/journalLines", accountId=account, amount=12.5)
        self.owners = [f"journals({journal})/journalLines({line['id']})"]

    def of_time_entry(self) -> None:
        employee = self.desk.rows("employees?$top=1")[0]["id"]
        url = f"employees({employee})/timeRegistrationEntries"
        entry = self.desk.make(url, date="2026-03-02", quantity=3)
        self.owners = [f"{url}({entry['id']})"]

    def add(self, owner: str, code: str = "VESSEL", value: str = FERRY) -> dict[str, object]:
        return self.desk.make(f"{owner}/dimensionSetLines", code=code, valueCode=value)

    def shown(self, owner: str) -> dict[str, str]:
        rows = self.desk.rows(f"{owner}/dimensionSetLines")
        assert {row["parentId"] for row in rows} <= {self.desk.get(owner)["id"]}
        return {row["code"]: row["valueCode"] for row in rows}

    def can_be_added(self) -> None:
        for owner in self.owners:
            before = self.shown(owner)
            made = self.add(owner)

            assert ("VESSEL", "Vessel type", FERRY, "Ferry") == tuple(
                made[name] for name in ("code", "displayName", "valueCode", "valueDisplayName")
            )
            assert (self.desk.get(owner)["id"], type_of(owner)) == (made["parentId"], made["parentType"])
            assert {**before, "VESSEL": FERRY} == self.shown(owner)

    def can_be_read(self) -> None:
        for owner in self.owners:
            before = self.shown(owner)
            made = [self.add(owner), self.add(owner, "SEASON", SAILING)]

            assert {**before, "VESSEL": FERRY, "SEASON": SAILING} == self.shown(owner)
            for line in made:
                again = self.desk.get(f"{owner}/dimensionSetLines({line['id']})")
                assert line == {**again, "@odata.context": line["@odata.context"]}
            expanded = self.desk.get(f"{owner}?$expand=dimensionSetLines")["dimensionSetLines"]
            assert {line["id"] for line in made} <= {line["id"] for line in expanded}

    def can_be_changed(self) -> None:
        for owner in self.owners:
            before = self.shown(owner)
            made = self.add(owner)
            changed = self.desk.change(f"{owner}/dimensionSetLines({made['id']})", valueCode=YACHT)

            assert ("VESSEL", YACHT, "Yacht") == tuple(
                changed[name] for name in ("code", "valueCode", "valueDisplayName")
            )
            assert {**before, "VESSEL": YACHT} == self.shown(owner)

    def can_be_deleted(self) -> None:
        for owner in self.owners:
            before = self.shown(owner)
            made = self.add(owner)
            assert before != self.shown(owner)
            self.desk.drop(f"{owner}/dimensionSetLines({made['id']})")

            assert before == self.shown(owner)


@pytest.fixture
def lines(desk: HttpDesk) -> SetLines:
    return SetLines(desk)


def test_DimSetLines__TestCreateJournalLineDimensionSetLine(lines):
    lines.of_journal_line()

    lines.can_be_added()


def test_DimSetLines__TestCreateSalesOrderDimensionSetLine(lines):
    lines.of_document(ORDER)

    lines.can_be_added()


def test_DimSetLines__TestCreatePurchaseOrderDimensionSetLine(lines):
    lines.of_document(PURCHASE_ORDER)

    lines.can_be_added()


def test_DimSetLines__TestCreateDimensionSetLineFailsWithoutParentId(lines):
    body = {"code": "VESSEL", "valueCode": FERRY}

    message = lines.desk.refused("POST", "dimensionSetLines", body)

    assert "You must get to the parent first to create a dimension set line." == message


def test_DimSetLines__TestCreateDoesntWorkWithAlreadyExistingCode(lines):
    lines.of_document(ORDER)
    for owner in lines.owners:
        lines.add(owner)
        before = lines.shown(owner)
        message = lines.desk.refused("POST", f"{owner}/dimensionSetLines", {"code": "VESSEL", "valueCode": YACHT})

        assert (
            "The dimension set line already exists. Check existing dimension set lines and the default dimension set "
            "lines on the parent."
        ) == message
        assert before == lines.shown(owner)
        assert FERRY == before["VESSEL"]


def test_DimSetLines__TestGetDimensionSetLinesOfJournalLines(lines):
    lines.of_journal_line()

    lines.can_be_read()


def test_DimSetLines__TestGetDimensionSetLinesOfSalesOrder(lines):
    lines.of_document(ORDER)

    lines.can_be_read()


def test_DimSetLines__TestGetDimensionSetLinesOfSalesQuote(lines):
    lines.of_document(QUOTE)

    lines.can_be_read()


def test_DimSetLines__TestGetDimensionSetLinesOfSalesCrMemo(lines):
    lines.of_document(MEMO)

    lines.can_be_read()


def test_DimSetLines__TestGetDimensionSetLinesOfSalesInvoice(lines):
    lines.of_document(INVOICE)

    lines.can_be_read()


def test_DimSetLines__TestGetDimensionSetLinesOfPurchaseInvoice(lines):
    lines.of_document(PURCHASE_INVOICE)

    lines.can_be_read()


def test_DimSetLines__TestGetDimensionSetLinesOfPurchaseOrder(lines):
    lines.of_document(PURCHASE_ORDER)

    lines.can_be_read()


def test_DimSetLines__TestModifyDimensionSetLineOfGenJournalLine(lines):
    lines.of_journal_line()

    lines.can_be_changed()


def test_DimSetLines__TestModifyDimensionSetLineOfSalesOrder(lines):
    lines.of_document(ORDER)

    lines.can_be_changed()


def test_DimSetLines__TestModifyDimensionSetLineOfSalesQuote(lines):
    lines.of_document(QUOTE)

    lines.can_be_changed()


def test_DimSetLines__TestModifySalesCrMemoDimensionSetLine(lines):
    lines.of_document(MEMO)

    lines.can_be_changed()


def test_DimSetLines__TestModifySalesInvoiceDimensionSetLine(lines):
    lines.of_document(INVOICE)

    lines.can_be_changed()


def test_DimSetLines__TestModifyPurchaseInvoiceDimensionSetLine(lines):
    lines.of_document(PURCHASE_INVOICE)

    lines.can_be_changed()


def test_DimSetLines__TestModifyPurchaseOrderDimensionSetLine(lines):
    lines.of_document(PURCHASE_ORDER)

    lines.can_be_changed()


def test_DimSetLines__TestModifyOfDimensionCodeDoesntWork(lines):
    lines.of_document(ORDER)
    for owner in lines.owners:
        made = lines.add(owner)
        before = lines.shown(owner)
        url = f"{owner}/dimensionSetLines({made['id']})"
        message = lines.desk.refused("PATCH", url, {"code": "SEASON", "valueCode": SAILING})

        assert 'The "id" and "code" fields cannot be modified.' == message
        assert before == lines.shown(owner)


def test_DimSetLines__TestDeleteDimensionSetLineOfGenJournalLines(lines):
    lines.of_journal_line()

    lines.can_be_deleted()


def test_DimSetLines__TestDeleteSalesOrderDimensionSetLine(lines):
    lines.of_document(ORDER)

    lines.can_be_deleted()


def test_DimSetLines__TestDeleteSalesQuoteDimensionSetLine(lines):
    lines.of_document(QUOTE)

    lines.can_be_deleted()


def test_DimSetLines__TestDeleteSalesCrMemoDimensionSetLine(lines):
    lines.of_document(MEMO)

    lines.can_be_deleted()


def test_DimSetLines__TestDeleteSalesInvoiceDimensionSetLine(lines):
    lines.of_document(INVOICE)

    lines.can_be_deleted()


def test_DimSetLines__TestDeletePurchaseInvoiceDimensionSetLine(lines):
    lines.of_document(PURCHASE_INVOICE)

    lines.can_be_deleted()


def test_DimSetLines__TestDeletePurchaseOrderDimensionSetLine(lines):
    lines.of_document(PURCHASE_ORDER)

    lines.can_be_deleted()


def test_DimSetLines__TestCreateTimeRegEntryDimensionSetLine(lines):
    lines.of_time_entry()

    lines.can_be_added()


def test_DimSetLines__TestGetDimensionSetLinesOfTimeRegEntry(lines):
    lines.of_time_entry()

    lines.can_be_read()


def test_DimSetLines__TestDeleteTimeRegEntryDimensionSetLine(lines):
    lines.of_time_entry()

    lines.can_be_deleted()


def test_DimSetLines__TestCreatePurchaseCrMemoDimensionSetLine(lines):
    lines.of_document(PURCHASE_MEMO)

    lines.can_be_added()


def test_DimSetLines__TestGetDimensionSetLinesOfPurchaseCrMemo(lines):
    lines.of_document(PURCHASE_MEMO)

    lines.can_be_read()


def test_DimSetLines__TestModifyPurchaseCrMemoDimensionSetLine(lines):
    lines.of_document(PURCHASE_MEMO)

    lines.can_be_changed()


def test_DimSetLines__TestDeletePurchaseCrMemoDimensionSetLine(lines):
    lines.of_document(PURCHASE_MEMO)

    lines.can_be_deleted()


def test_DimSetLines__TestGetDimensionSetLinesOfGLEntry(lines):
    desk = lines.desk
    invoice = draft(desk, INVOICE)
    lines.add(invoice.url)
    lines.add(invoice.line)
    desk.run(f"{invoice.url}/Microsoft.NAV.post")
    number = desk.get(invoice.url)["number"]
    entries = desk.rows(f"generalLedgerEntries?$filter=documentNumber eq '{number}'")

    assert entries
    shown = [lines.shown(f"generalLedgerEntries({entry['id']})") for entry in entries]
    assert all(FERRY == values["VESSEL"] for values in shown)
    entry = f"generalLedgerEntries({entries[0]['id']})"
    assert "read only" in desk.refused("POST", f"{entry}/dimensionSetLines", {"code": "SEASON", "valueCode": SAILING})
