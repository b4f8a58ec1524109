"""Customers, vendors, items and the small tables: required fields, pairs, defaults, numbers, renames, deletions."""

from decimal import Decimal

import pytest
from books_desk import NO_ID, NOWHERE, Desk, main_company, new_world, refused

from linkspan.simulator.faults import BcFault

RELATION = "Internal_InvalidTableRelation"
SAME_KEY = "Internal_EntityWithSameKeyExists"
FIELD = "Application_FieldValidationException"


@pytest.fixture
def desk() -> Desk:
    return Desk(main_company(new_world()))


def test_a_customer_needs_a_name(desk):
    with refused('A "displayName" must be provided.'):
        desk.make("customer", city="Poole")
    with refused('The blank "displayName" is not allowed.'):
        desk.make("customer", displayName="")
    customer = desk.make("customer", displayName="Cormorant")
    with refused('The blank "displayName" is not allowed.'):
        desk.change("customer", customer, displayName=" ")


def test_a_vendor_does_not(desk):
    assert "" == desk.make("vendor")["displayName"]


def test_a_new_customer_gets_number_and_defaults(desk):
    first = desk.make("customer", displayName="Cormorant")
    second = desk.make("customer", displayName="Shag")
    assert ("C00450", "C00460") == (first["number"], second["number"])
    assert ("Company", "_x0020_", "GBP", NO_ID) == tuple(
        first[name] for name in ("type", "blocked", "currencyCode", "currencyId")
    )
    assert desk.code("paymentTerm", "30D")["id"] == first["paymentTermsId"]
    assert "Customers in this country" == first["taxAreaDisplayName"]
    assert Decimal(0) == first["balanceDue"]


def test_a_number_typed_by_hand_is_taken_in_capitals_and_skipped_by_the_series(desk):
    assert "C00450" == desk.make("customer", displayName="Cormorant", number=" c00450 ")["number"]
    assert "C00460" == desk.make("customer", displayName="Shag")["number"]


def test_a_series_without_manual_numbers_refuses_one(desk):
    with refused(
        "You may not enter numbers manually. If you want to enter numbers manually, "
        "please activate Manual Nos. in No. Series EMPL."
    ):
        desk.make("employee", number="E9", givenName="Kit")
    assert "E0170" == desk.make("employee", givenName="Kit")["number"]


def test_the_same_number_twice_is_refused(desk):
    with refused("The Customer already exists. Identification fields and values: No.='C00010'", SAME_KEY):
        desk.make("customer", displayName="Cormorant", number="C00010")
    with refused("The Currency already exists. Identification fields and values: Code='EUR'", SAME_KEY):
        desk.make("currency", code="EUR")
    first = desk.all("customer")[0]
    with refused("The Customer already exists. Identification fields and values: No.='C00020'", SAME_KEY):
        desk.change("customer", first, number="C00020")


def test_a_refused_write_leaves_nothing_behind(desk):
    count, series = len(desk.all("customer")), desk.company.internal["numberSeries"].find("CUST")
    dimensions = [{"dimensionId": NOWHERE}]
    with pytest.raises(BcFault):
        desk.make("customer", displayName="Cormorant", defaultDimensions=dimensions)
    assert count == len(desk.all("customer"))
    assert series == desk.company.internal["numberSeries"].find("CUST")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"currencyId": NOWHERE}, 'The "currencyId" does not match to a Currency.'),
        ({"currencyCode": "XXX"}, 'The "currencyCode" does not match to a Currency.'),
        ({"paymentTermsId": NOWHERE}, 'The "paymentTermsId" does not match to a Payment Terms.'),
        ({"shipmentMethodId": NOWHERE}, 'The "shipmentMethodId" does not match to a Shipment Method.'),
        ({"paymentMethodId": NOWHERE}, 'The "paymentMethodId" does not match to a Payment Method.'),
    ],
)
def test_a_customer_refuses_ids_and_codes_of_nothing(desk, values, message):
    with refused(message):
        desk.make("customer", displayName="Cormorant", **values)
    with refused(message):
        desk.change("customer", desk.all("customer")[0], **values)


def test_currency_id_and_code_fill_each_other_and_must_agree(desk):
    euro = desk.code("currency", "EUR")
    assert "EUR" == desk.make("customer", displayName="A", currencyId=euro["id"])["currencyCode"]
    customer = desk.make("customer", displayName="B", currencyCode="eur")
    assert euro["id"] == customer["currencyId"]
    for other in ("USD", "GBP"):
        with refused("The currency values do not match to a specific Currency."):
            desk.make("customer", displayName="C", currencyId=euro["id"], currencyCode=other)
    for cleared in ({"currencyId": NO_ID}, {"currencyCode": ""}, {"currencyCode": "GBP"}):
        again = desk.change("customer", desk.change("customer", customer, currencyCode="EUR"), **cleared)
        assert (NO_ID, "GBP") == (again["currencyId"], again["currencyCode"])


def test_a_country_or_salesperson_must_exist(desk):
    with refused(
        "The field Country/Region Code of table Customer contains a value (QQ) that cannot be found in the related "
        "table (Country/Region).",
        RELATION,
    ):
        desk.make("customer", displayName="Cormorant", country="QQ")
    with refused(
        "The field Salesperson Code of table Customer contains a value (NOBODY) that cannot be found in the related "
        "table (Salesperson/Purchaser).",
        RELATION,
    ):
        desk.make("customer", displayName="Cormorant", salespersonCode="NOBODY")


@pytest.mark.parametrize("digits", ["12.50", "0.00001", "0", "999999999999999.99999", "-3.10", "1000", "7.0"])
def test_entered_decimals_keep_their_digits(desk, digits):
    customer = desk.make("customer", displayName="Cormorant", creditLimit=Decimal(digits))
    assert digits == str(customer["creditLimit"])
    assert digits == str(desk.one("customer", customer["id"])["creditLimit"])
    if not digits.startswith("-"):
        item = desk.make("item", unitPrice=Decimal(digits), unitCost=Decimal(digits))
        assert (digits, digits) == (str(item["unitPrice"]), str(item["unitCost"]))
        assert digits == str(desk.change("item", desk.item(), unitPrice=Decimal(digits))["unitPrice"])


@pytest.mark.parametrize("digits", ["1000000000000000", "0.000001", "NaN"])
def test_decimals_beyond_the_field_are_refused(desk, digits):
    with refused(f'The value "{digits}" cannot be evaluated into type Decimal.', "Application_EvaluateException"):
        desk.make("item", unitPrice=Decimal(digits))


def test_a_negative_price_is_refused(desk):
    with refused("The value must be greater than or equal to 0. Value: -1.", FIELD):
        desk.make("item", unitPrice=Decimal(-1))


def test_etag_and_time_change_with_every_write(desk):
    table = desk.company.tables["customer"]
    customer = desk.make("customer", displayName="Cormorant")
    first = table.etag_of(customer)
    changed = desk.change("customer", customer, city="Poole")
    assert first != table.etag_of(changed)
    assert customer["lastModifiedDateTime"] <= changed["lastModifiedDateTime"]
    assert table.etag_of(changed) == table.etag_of(desk.change("customer", changed, city="Poole"))


def test_a_new_number_is_shown_everywhere(desk):
    quote = desk.all("salesQuote")[0]
    customer = desk.one("customer", quote["customerId"])
    desk.change("customer", customer, number="SALT-1")
    assert "SALT-1" == desk.one("salesQuote", quote["id"])["customerNumber"]
    numbers = [row["number"] for row in desk.all("customer")]
    assert numbers == sorted(numbers)
    assert "SALT-1" == numbers[-1]
    desk.change("currency", desk.code("currency", "EUR"), code="EUX")
    assert "EUX" in {row["currencyCode"] for row in desk.all("customer")}
    assert "EUR" not in {row["currencyCode"] for row in desk.all("customer")}


def test_a_customer_with_entries_or_documents_stays(desk):
    invoice = next(row for row in desk.all("salesInvoice") if row["status"] == "Paid")
    with refused(
        f"You cannot delete Customer {invoice['customerNumber']} because it has ledger entries in a fiscal year that "
        "has not been closed yet."
    ):
        desk.drop("customer", desk.one("customer", invoice["customerId"]))
    customer = desk.make("customer", displayName="Cormorant")
    quote = desk.make("salesQuote", customerId=customer["id"])
    with refused(
        f"You cannot delete Customer {customer['number']} because there is at least one outstanding Sales Quote for "
        "this customer."
    ):
        desk.drop("customer", customer)
    desk.drop("salesQuote", quote)
    desk.drop("customer", customer)
    assert desk.one("customer", customer["id"]) is None


def test_a_vendor_with_entries_or_documents_stays(desk):
    vendor = desk.make("vendor", displayName="Rope Walk")
    order = desk.make("purchaseOrder", vendorId=vendor["id"])
    with refused(
        f"You cannot delete Vendor {vendor['number']} because there is at least one outstanding Purchase Order for "
        "this vendor."
    ):
        desk.drop("vendor", vendor)
    desk.drop("purchaseOrder", order)
    desk.drop("vendor", vendor)
    owed = next(row for row in desk.all("vendor") if row["balance"])
    assert owed["balance"] > 0
    with pytest.raises(BcFault, match="ledger entries in a fiscal year"):
        desk.drop("vendor", owed)


def test_item_pairs_defaults_and_refusals(desk):
    item = desk.make("item", displayName="Block", itemCategoryCode="deck", baseUnitOfMeasureCode="M")
    assert ("DECK", "M", "STANDARD", "Inventory") == tuple(
        item[name] for name in ("itemCategoryCode", "baseUnitOfMeasureCode", "taxGroupCode", "type")
    )
    assert desk.code("itemCategory", "DECK")["id"] == item["itemCategoryId"]
    assert ("PCS", "", "SERVICES") == tuple(
        desk.make("item", type="Service")[name]
        for name in ("baseUnitOfMeasureCode", "inventoryPostingGroupCode", "generalProductPostingGroupCode")
    )
    assert "ZERO" == desk.make("item", generalProductPostingGroupCode="PROVISIONS")["taxGroupCode"]
    rope = desk.code("itemCategory", "ROPE")
    for values, message in (
        ({"itemCategoryId": NOWHERE}, 'The "itemCategoryId" does not match to a specific Item Category group.'),
        ({"itemCategoryCode": "NONE"}, 'The "itemCategoryCode" does not match to a Item Category.'),
        (
            {"itemCategoryId": rope["id"], "itemCategoryCode": "DECK"},
            "The item categories values do not match to a specific item category.",
        ),
        ({"taxGroupCode": "NONE"}, 'The "taxGroupCode" does not match to a Tax Group.'),
        ({"baseUnitOfMeasureId": NOWHERE}, 'The "baseUnitOfMeasureId" does not match to a Unit of Measure.'),
        ({"inventory": Decimal(0)}, "Inventory cannot be changed during on insert."),
    ):
        with refused(message):
            desk.make("item", **values)
    assert (NO_ID, "") == tuple(
        desk.change("item", item, itemCategoryId=NO_ID)[name] for name in ("itemCategoryId", "itemCategoryCode")
    )


def test_stock_is_adjusted_by_patch_and_holds_the_type(desk):
    item = desk.item()
    assert Decimal(40) == desk.change("item", item, inventory=Decimal(40))["inventory"]
    assert Decimal(15) == desk.change("item", item, inventory=Decimal(15))["inventory"]
    with refused(
        f"You cannot change the Type field on Item {item['number']} because at least one Item Ledger Entry exists for "
        "this item."
    ):
        desk.change("item", item, type="Service")
    assert "Service" == desk.change("item", desk.item(), type="Service")["type"]
    with pytest.raises(BcFault, match="Type must be equal to 'Inventory'"):
        desk.change("item", desk.item(type="Service"), inventory=Decimal(1))


def test_an_item_on_a_quote_stays(desk):
    item = desk.item()
    customer = desk.make("customer", displayName="Cormorant")
    desk.make("salesQuote", customerId=customer["id"], salesQuoteLines=[{"itemId": item["id"]}])
    with refused(
        f"You cannot delete Item {item['number']} because there is at least one outstanding Sales Quote that includes "
        "this item."
    ):
        desk.drop("item", item)


def test_a_currency_needs_a_code_and_knows_its_symbol(desk):
    with refused("Code must have a value in Currency: Code=. It cannot be zero or empty.", FIELD):
        desk.make("currency", displayName="Nothing")
    made = desk.make("currency", code="hkd")
    assert ("HKD", "", "$", "2:2", "0.01") == (
        made["code"],
        made["displayName"],
        made["symbol"],
        made["amountDecimalPlaces"],
        str(made["amountRoundingPrecision"]),
    )
    used = next(row for row in desk.all("salesInvoice") if row["currencyCode"] == "EUR" and row["status"] == "Open")
    with refused("There is one or more opened entries in the Cust. Ledger Entry table using Currency EUR."):
        desk.drop("currency", desk.one("currency", used["currencyId"]))
    desk.drop("currency", made)


def test_bank_accounts(desk):
    bank = desk.make("bankAccount", displayName="Yen", currencyCode="JPY")
    assert ("B010", "JPY") == (bank["number"], bank["currencyCode"])
    with refused('The "currencyCode" does not match to a Currency.'):
        desk.make("bankAccount", currencyCode="XXX")
    with refused("You cannot delete bank account that is used as balancing account in the Payment Registration Setup."):
        desk.drop("bankAccount", desk.code("bankAccount", "CURRENT"))
    desk.drop("bankAccount", bank)


def test_payment_terms_take_date_formulas_only(desk):
    assert "1M+8D" == desk.make("paymentTerm", code="Q", dueDateCalculation="1M+8D")["dueDateCalculation"]
    with refused('The value "soon" cannot be evaluated into type DateFormula.', "Application_EvaluateException"):
        desk.make("paymentTerm", code="R", dueDateCalculation="soon")


def test_company_information_is_one_row_with_computed_currency(desk):
    (about,) = desk.all("companyInformation")
    assert "GBP" == about["currencyCode"]
    assert (desk.company.today.year, 1, 1) == about["currentFiscalYearStartDate"].timetuple()[:3]
    assert "+44 1" == desk.change("companyInformation", about, phoneNumber="+44 1")["phoneNumber"]
    with refused("Failed to save experience tier for the current company."):
        desk.change("companyInformation", about, experience="Golden")


def test_read_only_entities_refuse_writes(desk):
    for name in ("account", "dimension", "generalLedgerEntry"):
        with pytest.raises(BcFault) as caught:
            desk.make(name, displayName="x")
        assert 405 == caught.value.status


def test_default_dimensions(desk):
    area, department = desk.code("dimension", "AREA"), desk.code("dimension", "DEPARTMENT")
    ocean = desk.company.tables["dimensionValue"].find(area["id"], "OCEAN")
    shop = desk.company.tables["dimensionValue"].find(department["id"], "SHOP")
    customer = desk.make(
        "customer", displayName="C", defaultDimensions=[{"dimensionId": area["id"], "dimensionValueId": ocean["id"]}]
    )
    (row,) = desk.below("defaultDimension", customer)
    assert ("Customer", "AREA", "OCEAN") == (row["parentType"], row["dimensionCode"], row["dimensionValueCode"])
    with pytest.raises(BcFault, match="cannot be found in the related table"):
        desk.change("defaultDimension", row, dimensionValueId=shop["id"])
    with pytest.raises(BcFault, match="cannot be changed"):
        desk.change("defaultDimension", row, dimensionId=department["id"])
    with refused("Dimension CAMPAIGN is blocked."):
        desk.make("defaultDimension", customer, dimensionId=desk.code("dimension", "CAMPAIGN")["id"])
    vessel = desk.code("dimension", "VESSEL")
    hulk = desk.company.tables["dimensionValue"].find(vessel["id"], "OLDHULK")
    with refused("Dimension Value VESSEL - OLDHULK is blocked."):
        desk.make("defaultDimension", customer, dimensionId=vessel["id"], dimensionValueId=hulk["id"])
    with refused("You must get to the parent first to get to the default dimensions."):
        desk.all("defaultDimension")
    quote = desk.make("salesQuote", customerId=customer["id"])
    assert "OCEAN" == quote["shortcutDimension1Code"]
    desk.drop("customer", desk.make("customer", displayName="D"))
