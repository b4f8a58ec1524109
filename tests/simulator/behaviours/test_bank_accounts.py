"""Bank accounts: numbered, with a currency by id or code, changed, renamed, and kept while something hangs on them."""

import pytest
from http_desk import NO_ID, NOWHERE


@pytest.fixture
def euro(desk):
    return desk.one("currencies", "code eq 'EUR'")


@pytest.fixture
def bank(desk):
    return desk.make("bankAccounts", displayName="Harbour savings")


def test_a_bank_account_bears_every_detail(desk, euro):
    details = {
        "number": "HARBOUR",
        "displayName": "Harbour savings",
        "bankAccountNumber": "5550 1234",
        "iban": "GB00 TIDE 9000 0001",
        "currencyId": euro["id"],
        "blocked": True,
        "intercompanyEnabled": True,
    }
    made = desk.make("bankAccounts", **details)

    assert {**details, "currencyCode": "EUR"}.items() <= desk.get(f"bankAccounts({made['id']})").items()
    assert made["id"] == desk.one("bankAccounts", "number eq 'HARBOUR'")["id"]


def test_a_bank_account_without_number_or_currency_gets_the_next_and_the_local_one(desk, bank):
    second = desk.make("bankAccounts", displayName="Harbour loan")

    assert ("GBP", NO_ID) == (bank["currencyCode"], bank["currencyId"])
    assert int(bank["number"].removeprefix("B")) + 10 == int(second["number"].removeprefix("B"))


def test_the_same_number_twice_is_refused(desk, bank):
    message = desk.refused("POST", "bankAccounts", {"number": bank["number"]})

    assert f"The Bank Account already exists. Identification fields and values: No.='{bank['number']}'" == message


def test_currency_id_and_code_must_agree_and_exist(desk, bank, euro):
    url = f"bankAccounts({bank['id']})"
    mismatch = {"currencyId": euro["id"], "currencyCode": "USD"}

    assert "The currency values do not match to a specific Currency." == desk.refused("PATCH", url, mismatch)
    assert 'The "currencyId" does not match to a Currency.' == desk.refused("PATCH", url, {"currencyId": NOWHERE})
    assert 'The "currencyCode" does not match to a Currency.' == desk.refused("PATCH", url, {"currencyCode": "QQQ"})
    assert "GBP" == desk.get(url)["currencyCode"]
    assert euro["id"] == desk.change(url, currencyCode="EUR")["currencyId"]
    assert "GBP" == desk.change(url, currencyId=NO_ID)["currencyCode"]


def test_a_changed_bank_account_keeps_the_rest(desk, bank):
    changed = desk.change(f"bankAccounts({bank['id']})", displayName="Harbour current", number="harbour2")

    assert ("Harbour current", "HARBOUR2", "GBP") == tuple(
        changed[name] for name in ("displayName", "number", "currencyCode")
    )
    assert [] == desk.rows(f"bankAccounts?$filter=number eq '{bank['number']}'")


def test_a_renamed_bank_account_is_renamed_where_it_balances(desk):
    bank = desk.one("bankAccounts", "number eq 'CURRENT'")
    desk.change(f"bankAccounts({bank['id']})", number="CURRENT2")

    journals = desk.rows("customerPaymentJournals")
    balanced = [row["balancingAccountNumber"] for row in journals if row["balancingAccountId"] == bank["id"]]
    assert {"CURRENT2"} == set(balanced)


def test_a_new_bank_account_can_be_deleted(desk, bank):
    desk.drop(f"bankAccounts({bank['id']})")

    assert [] == desk.rows(f"bankAccounts?$filter=number eq '{bank['number']}'")


def test_the_bank_account_of_payment_registration_stays(desk):
    bank = desk.one("bankAccounts", "number eq 'CURRENT'")
    message = desk.refused("DELETE", f"bankAccounts({bank['id']})")

    assert (
        "You cannot delete bank account that is used as balancing account in the Payment Registration Setup." == message
    )
    assert bank["@odata.etag"] == desk.get(f"bankAccounts({bank['id']})")["@odata.etag"]


def test_a_stale_or_missing_etag_changes_nothing(desk, bank):
    url = f"bankAccounts({bank['id']})"
    desk.change(url, displayName="First")
    stale = desk.send("PATCH", url, {"displayName": "Second"}, {"If-Match": bank["@odata.etag"]})

    assert (409, "Request_EntityChanged") == (stale.status_code, stale.json()["error"]["code"])
    assert 400 == desk.send("PATCH", url, {"displayName": "Second"}).status_code
    assert "First" == desk.get(url)["displayName"]
