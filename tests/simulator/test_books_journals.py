"""Journal lines and customer payments: numbering, accounts, balancing accounts, invoices, refusals."""

from datetime import date
from decimal import Decimal

import pytest
from books_desk import BANK, GENERAL_ACCOUNT, NO_ID, NOWHERE, Desk, main_company, new_world, refused

from linkspan.simulator.faults import BcFault


@pytest.fixture
def desk() -> Desk:
    return Desk(main_company(new_world()))


@pytest.fixture
def journal(desk):
    return desk.make("journal", code="fresh", displayName="Fresh")


@pytest.fixture
def receipts(desk):
    return desk.make("customerPaymentJournal", code="RECEIPTS", displayName="Receipts")


def line(desk, journal, account="6210", amount="10", **values):
    return desk.make("journalLine", journal, accountNumber=account, amount=Decimal(amount), **values)


def test_journals_belong_to_the_general_template(desk, journal):
    assert ("FRESH", "GENERAL") == (journal["code"], journal["templateDisplayName"])
    assert {"GENERAL"} == {row["templateDisplayName"] for row in desk.all("journal")}
    filtered = {row["templateDisplayName"] for row in desk.all("journal", templateDisplayName="CASHRCPT")}
    assert {"GENERAL", "RECURRING", "ASSETS", "CASHRCPT", "PAYMENT"} == filtered
    with refused('The "balancingAccountId" does not match to an Account.'):
        desk.make("journal", code="OTHER", balancingAccountId=NOWHERE)
    bank = desk.code("bankAccount", "CURRENT")
    assert "CURRENT" == desk.make("journal", code="OTHER", balancingAccountId=bank["id"])["balancingAccountNumber"]


def test_a_line_gets_numbers_date_and_description(desk, journal):
    first = line(desk, journal)
    assert (10000, "G00001", desk.company.today, "Printing and Stationery") == tuple(
        first[name] for name in ("lineNumber", "documentNumber", "postingDate", "description")
    )
    assert (GENERAL_ACCOUNT, "FRESH", journal["id"]) == tuple(
        first[name] for name in ("accountType", "journalDisplayName", "journalId")
    )
    second = line(desk, journal, "2130", "-10", postingDate=date(2024, 5, 6))
    assert (20000, "G00001") == (second["lineNumber"], second["documentNumber"])
    third = line(desk, journal)
    assert ("G00002", date(2024, 5, 6)) == (third["documentNumber"], third["postingDate"])
    fourth = line(desk, journal, externalDocumentNumber="ext-1")
    assert ("G00003", "EXT-1") == (fourth["documentNumber"], fourth["externalDocumentNumber"])


def test_the_journals_balancing_account_comes_before_the_lines_own(desk):
    bank, cash = desk.code("bankAccount", "CURRENT"), desk.code("account", "1460")
    journal = desk.make("journal", code="BANKED", balancingAccountId=bank["id"])
    first = line(desk, journal)
    assert (BANK, "CURRENT") == (first["balanceAccountType"], first["balancingAccountNumber"])
    second = line(desk, journal, balanceAccountType=GENERAL_ACCOUNT, balancingAccountId=cash["id"])
    assert (GENERAL_ACCOUNT, "1460") == (second["balanceAccountType"], second["balancingAccountNumber"])
    assert ("G00001", "G00002") == (first["documentNumber"], second["documentNumber"])


def test_what_a_line_refuses(desk, journal):
    account = desk.code("account", "6210")
    for values, message in (
        ({"accountId": NOWHERE}, 'The "accountId" does not match to an Account.'),
        ({"accountNumber": "NONE"}, 'The "accountNumber" does not match to an Account.'),
        (
            {"accountId": account["id"], "accountNumber": "6220"},
            "The account values do not match to a specific Account.",
        ),
        ({"balancingAccountId": NOWHERE}, 'The "balancingAccountId" does not match to an Account.'),
        ({"journalDisplayName": "FRESH"}, "The Journal Batch Display Name isn't editable."),
        ({"journalId": NOWHERE}, "The Journal Batch Id isn't editable."),
    ):
        with refused(message):
            desk.make("journalLine", journal, **values)
    with pytest.raises(BcFault, match="Account Type must be"):
        desk.make("journalLine", journal, accountType="Vendor", accountNumber="V00010")
    with pytest.raises(BcFault, match="Direct Posting must be equal to 'Yes'"):
        line(desk, journal, "1310")
    with refused("You must specify a journal batch ID or a journal ID to get a journal line."):
        desk.all("journalLine")
    made = line(desk, journal)
    with refused(
        "The Gen. Journal Line already exists. Identification fields and values: Journal Template Name='GENERAL',"
        "Journal Batch Name='FRESH',Line No.='10000'",
        "Internal_EntityWithSameKeyExists",
    ):
        line(desk, journal, lineNumber=10000)
    with refused("The Journal Batch Id isn't editable."):
        desk.change("journalLine", made, journalId=NOWHERE)


def test_lines_change_renumber_and_go(desk, journal):
    first, second = line(desk, journal), line(desk, journal)
    moved = desk.change("journalLine", first, lineNumber=30000, amount=Decimal("12.50"), comment="late")
    assert ("12.50", "late") == (str(moved["amount"]), moved["comment"])
    assert [second["id"], first["id"]] == [row["id"] for row in desk.below("journalLine", journal)]
    desk.drop("journalLine", second)
    assert [first["id"]] == [row["id"] for row in desk.all("journalLine", journalId=journal["id"])]
    desk.change("journal", journal, code="renamed")
    assert "RENAMED" == desk.one("journalLine", first["id"])["journalDisplayName"]
    desk.drop("journal", desk.one("journal", journal["id"]))
    assert desk.one("journalLine", first["id"]) is None


def test_amounts_are_rounded_to_cents_only_when_needed(desk, journal):
    assert "10.10" == str(line(desk, journal, amount="10.10")["amount"])
    assert "10.13" == str(line(desk, journal, amount="10.125")["amount"])


def test_bank_lines(desk, journal):
    made = desk.make("journalLine", journal, accountType=BANK, accountNumber="CURRENT", amount=Decimal(-5))
    assert ("CURRENT", "Current account") == (made["accountNumber"], made["description"])


def test_a_payment_takes_the_customer_of_its_invoice(desk, receipts):
    invoice = next(row for row in desk.all("salesInvoice") if row["status"] == "Open")
    for given in ({"appliesToInvoiceId": invoice["id"]}, {"appliesToInvoiceNumber": invoice["number"]}):
        made = desk.make("customerPayment", receipts, amount=Decimal("-12.50"), **given)
        assert (invoice["id"], invoice["number"], invoice["billToCustomerNumber"], "-12.50") == (
            made["appliesToInvoiceId"],
            made["appliesToInvoiceNumber"],
            made["customerNumber"],
            str(made["amount"]),
        )
    other = next(row for row in desk.all("customer") if row["id"] != invoice["billToCustomerId"])
    kept = desk.make("customerPayment", receipts, customerId=other["id"], appliesToInvoiceId=invoice["id"])
    assert other["number"] == kept["customerNumber"]
    loose = desk.change("customerPayment", made, appliesToInvoiceNumber="ELSEWHERE")
    assert (NO_ID, "ELSEWHERE") == (loose["appliesToInvoiceId"], loose["appliesToInvoiceNumber"])


def test_what_a_payment_refuses(desk, receipts):
    open_invoice = next(row for row in desk.all("salesInvoice") if row["status"] == "Open")
    draft = next(row for row in desk.all("salesInvoice") if row["status"] == "Draft")
    not_posted = 'The "appliesToInvoiceId" should be the ID of an Open, Paid, Corrective, or Canceled Invoice.'
    for values, message in (
        ({"appliesToInvoiceId": NOWHERE}, not_posted),
        ({"appliesToInvoiceId": draft["id"]}, not_posted),
        (
            {"appliesToInvoiceId": open_invoice["id"], "appliesToInvoiceNumber": "OTHER"},
            "The Applies To Invoice values do not match to the same Invoice.",
        ),
        ({"customerId": NOWHERE}, 'The "customerId" does not match to a Customer.'),
        ({"customerNumber": "NOBODY"}, 'The "customerNumber" does not match to a Customer.'),
        ({"journalDisplayName": "OTHER"}, "The Journal Id and Journal Display Name do not match."),
    ):
        with refused(message):
            desk.make("customerPayment", receipts, **values)
    first, second = desk.all("customer")[:2]
    with refused("The customer values do not match to a specific Customer."):
        desk.make("customerPayment", receipts, customerId=first["id"], customerNumber=second["number"])
    made = desk.make("customerPayment", receipts, customerId=first["id"])
    assert ("R00001", first["displayName"]) == (made["documentNumber"], made["description"])
    with refused("The Journal Id cannot be changed."):
        desk.change("customerPayment", made, journalId=NOWHERE)
    with refused("The Journal Batch Display Name cannot be changed."):
        desk.change("customerPayment", made, journalDisplayName="OTHER")
