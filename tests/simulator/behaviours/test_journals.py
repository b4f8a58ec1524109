"""General journals: made, renamed, deleted, and posted only when everything in them is right."""

import pytest
from http_desk import HttpDesk


@pytest.fixture
def journal(desk: HttpDesk) -> dict[str, object]:
    return desk.make("journals", code="OURS", displayName="Ours")


def add(desk, journal, number, amount, **values):
    return desk.make(f"journals({journal['id']})/journalLines", accountNumber=number, amount=amount, **values)


def test_Journals__TestCreateJournal(desk, journal):
    assert ("OURS", "Ours", "GENERAL", "") == tuple(
        journal[name] for name in ("code", "displayName", "templateDisplayName", "balancingAccountNumber")
    )
    assert journal["id"] == desk.one("journals", "code eq 'OURS'")["id"]
    assert "already exists" in desk.refused("POST", "journals", {"code": "ours"})


def test_Journals__TestModifyJournal(desk, journal):
    line = add(desk, journal, "6260", 12.5)
    changed = desk.change(f"journals({journal['id']})", code="ELSE", displayName="Other")

    assert ("ELSE", "Other") == (changed["code"], changed["displayName"])
    assert [] == desk.rows("journals?$filter=code eq 'OURS'")
    assert "ELSE" == desk.get(f"journals({journal['id']})/journalLines({line['id']})")["journalDisplayName"]


def test_Journals__TestDeleteJournal(desk, journal):
    line = add(desk, journal, "6260", 12.5)
    desk.drop(f"journals({journal['id']})")

    assert [] == desk.rows("journals?$filter=code eq 'OURS'")
    assert 404 == desk.send("GET", f"journalLines({line['id']})").status_code


def test_Journals__TestActionPostGenJournalBatch(desk, journal):
    add(desk, journal, "6260", 184.2, documentNumber="TRAIN", postingDate="2026-03-02")
    add(desk, journal, "6210", 15.8, documentNumber="TRAIN", postingDate="2026-03-02")
    bank = {"accountType": "Bank_x0020_Account", "documentNumber": "TRAIN", "postingDate": "2026-03-02"}
    add(desk, journal, "CURRENT", -200, **bank)
    before = {name: desk.one("accounts", f"number eq '{name}'")["netChange"] for name in ("6260", "6210", "1410")}
    desk.run(f"journals({journal['id']})/Microsoft.NAV.post")

    assert [] == desk.rows(f"journals({journal['id']})/journalLines")
    entries = desk.rows("generalLedgerEntries?$filter=documentNumber eq 'TRAIN'")
    amounts = {row["accountNumber"]: row["debitAmount"] - row["creditAmount"] for row in entries}
    assert {"6260", "6210", "1410"} == set(amounts)
    assert (-200, 0) == (amounts["1410"], sum(amounts.values()))
    assert {"2026-03-02"} == {row["postingDate"] for row in entries}
    after = {name: desk.one("accounts", f"number eq '{name}'")["netChange"] for name in before}
    assert amounts == {name: after[name] - before[name] for name in before}
    assert "There is nothing to post." == desk.refused("POST", f"journals({journal['id']})/Microsoft.NAV.post")


def test_a_journal_out_of_balance_is_not_posted_at_all(desk, journal):
    add(desk, journal, "6260", 100, documentNumber="GOOD", balancingAccountNumber="1330")
    add(desk, journal, "6260", 100, documentNumber="BAD")
    entries = len(desk.rows("generalLedgerEntries?$select=id"))
    refusal = desk.refused("POST", f"journals({journal['id']})/Microsoft.NAV.post")

    assert "Document No. BAD is out of balance by 100" in refusal
    assert 2 == len(desk.rows(f"journals({journal['id']})/journalLines"))
    assert entries == len(desk.rows("generalLedgerEntries?$select=id"))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ({"accountNumber": "6260", "amount": 0}, "Amount must have a value"),
        ({"amount": 5}, "Account No. must have a value"),
        ({"accountNumber": "6260", "amount": 5, "balancingAccountNumber": "1310"}, "Direct Posting must be equal"),
        ({"accountNumber": "6260", "amount": 5, "postingDate": "0001-01-01"}, None),
    ],
)
def test_incomplete_lines_keep_a_journal_from_being_posted(desk, journal, line, word):
    desk.make(f"journals({journal['id']})/journalLines", **line)

    found = desk.refused("POST", f"journals({journal['id']})/Microsoft.NAV.post")
    assert word is None or word in found
    assert 1 == len(desk.rows(f"journals({journal['id']})/journalLines"))


def test_a_journal_gives_its_balancing_account_to_its_lines(desk):
    bank = desk.one("bankAccounts", "number eq 'RESERVE'")
    journal = desk.make("journals", code="BANKED", balancingAccountId=bank["id"])
    line = add(desk, journal, "6260", 40, documentNumber="FARE")
    desk.run(f"journals({journal['id']})/Microsoft.NAV.post")

    assert ("RESERVE", bank["id"]) == (line["balancingAccountNumber"], line["balancingAccountId"])
    entries = desk.rows("generalLedgerEntries?$filter=documentNumber eq 'FARE'")
    assert [("6260", 40, 0), ("1420", 0, 40)] == [
        (row["accountNumber"], row["debitAmount"], row["creditAmount"]) for row in entries
    ]
