"""Business Central has exactly the 70 promised actions, with the promised labels and scope, and compiles fast."""

import time
from pathlib import Path

import pytest

from linkspan.connectors.action import Action
from linkspan.connectors.catalog import Catalog, load_catalog, packaged_folders
from linkspan.connectors.compiler import compile_connector
from linkspan.connectors.loader import read_connector
from linkspan.connectors.mistakes import ConnectorInvalidError
from linkspan.errors import NotFoundError, UnknownActionError

SCOPE = "https://api.businesscentral.dynamics.com/Financials.ReadWrite.All"

# id without the connector's key | label | entity set
REQUIRED = """
list_accounts | List Accounts | accounts
get_account | Get Account | accounts
list_bank_accounts | List Bank Accounts | bankAccounts
get_bank_account | Get Bank Account | bankAccounts
create_bank_account | Create Bank Account | bankAccounts
update_bank_account | Update Bank Account | bankAccounts
delete_bank_account | Delete Bank Account | bankAccounts
list_companies | List Companies | companies
get_company | Get Company | companies
list_company_information | List Company Information | companyInformation
get_company_information | Get Company Information | companyInformation
update_company_information | Update Company Information | companyInformation
list_currencies | List Currencies | currencies
get_currency | Get Currency | currencies
create_currency | Create Currency | currencies
update_currency | Update Currency | currencies
delete_currency | Delete Currency | currencies
list_customer_payment_journals | List Customer Payment Journals | customerPaymentJournals
get_customer_payment_journal | Get Customer Payment Journal | customerPaymentJournals
list_customer_payments | List Customer Payments | customerPayments
get_customer_payment | Get Customer Payment | customerPayments
list_customers | List Customers | customers
get_customer | Get Customer | customers
create_customer | Create Customer | customers
update_customer | Update Customer | customers
delete_customer | Delete Customer | customers
list_dimension_values | List Dimension Values | dimensionValues
get_dimension_value | Get Dimension Value | dimensionValues
list_dimensions | List Dimensions | dimensions
get_dimension | Get Dimension | dimensions
list_employees | List Employees | employees
get_employee | Get Employee | employees
list_general_ledger_entries | List General Ledger Entries | generalLedgerEntries
get_general_ledger_entry | Get General Ledger Entry | generalLedgerEntries
list_item_categories | List Item Categories | itemCategories
get_item_category | Get Item Category | itemCategories
list_items | List Items | items
get_item | Get Item | items
create_item | Create Item | items
update_item | Update Item | items
delete_item | Delete Item | items
list_journal_lines | List Journal Lines | journalLines
get_journal_line | Get Journal Line | journalLines
create_journal_line | Create Journal Line | journalLines
update_journal_line | Update Journal Line | journalLines
delete_journal_line | Delete Journal Line | journalLines
list_journals | List Journals | journals
get_journal | Get Journal | journals
list_purchase_invoices | List Purchase Invoices | purchaseInvoices
get_purchase_invoice | Get Purchase Invoice | purchaseInvoices
list_purchase_orders | List Purchase Orders | purchaseOrders
get_purchase_order | Get Purchase Order | purchaseOrders
list_sales_credit_memos | List Sales Credit Memos | salesCreditMemos
get_sales_credit_memo | Get Sales Credit Memo | salesCreditMemos
list_sales_invoices | List Sales Invoices | salesInvoices
get_sales_invoice | Get Sales Invoice | salesInvoices
list_sales_orders | List Sales Orders | salesOrders
get_sales_order | Get Sales Order | salesOrders
list_sales_quotes | List Sales Quotes | salesQuotes
get_sales_quote | Get Sales Quote | salesQuotes
create_sales_quote | Create Sales Quote | salesQuotes
update_sales_quote | Update Sales Quote | salesQuotes
delete_sales_quote | Delete Sales Quote | salesQuotes
list_tax_areas | List Tax Areas | taxAreas
get_tax_area | Get Tax Area | taxAreas
list_vendors | List Vendors | vendors
get_vendor | Get Vendor | vendors
create_vendor | Create Vendor | vendors
update_vendor | Update Vendor | vendors
delete_vendor | Delete Vendor | vendors
"""
ROWS = [tuple(part.strip() for part in row.split("|")) for row in REQUIRED.strip().splitlines()]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_a_new_profile_allows_exactly_the_seventy(catalog: Catalog) -> None:
    expected = {f"dynamics365bc_{name}" for name, _, _ in ROWS}

    assert 70 == len(expected)
    assert expected == {action.id for action in catalog.connector("dynamics365bc").actions.values() if action.default}


@pytest.mark.parametrize(("name", "label", "entity_set"), ROWS)
def test_label_scope_and_entity_are_as_promised(catalog: Catalog, name: str, label: str, entity_set: str) -> None:
    action = catalog.find(f"dynamics365bc_{name}")

    assert (label, (SCOPE,), entity_set) == (action.label, action.required_scopes, action.entity.set)


def path_of(action: Action) -> str:
    return action.path.removeprefix("companies({company_id})/")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("list_customers", "customers"),
        ("get_customer", "customers({id})"),
        ("create_customer", "customers"),
        ("list_companies", "companies"),
        ("get_company", "companies({id})"),
        ("get_company_information", "companyInformation({id})"),
        ("list_journal_lines", "journals({journal_id})/journalLines"),
        ("create_journal_line", "journals({journal_id})/journalLines"),
        ("update_journal_line", "journalLines({id})"),
        ("list_dimension_values", "dimensions({dimension_id})/dimensionValues"),
        ("get_dimension_value", "dimensionValues({id})"),
        ("list_customer_payments", "customerPaymentJournals({customer_payment_journal_id})/customerPayments"),
        ("get_customer_payment", "customerPayments({id})"),
    ],
)
def test_paths_go_through_the_parent_where_a_list_needs_it(catalog: Catalog, name: str, path: str) -> None:
    assert path == path_of(catalog.find(f"dynamics365bc_{name}"))


def test_a_journal_line_may_name_its_journal_in_the_body(catalog: Catalog) -> None:
    parent = catalog.find("dynamics365bc_create_journal_line").parent

    assert parent is not None
    assert ("journal_id", "journalId") == (parent.parameter, parent.body_field)


def test_annotations_follow_the_verb(catalog: Catalog) -> None:
    flags = {
        verb: catalog.find(f"dynamics365bc_{verb}_customer{'s' * (verb == 'list')}").annotations
        for verb in ("list", "get", "create", "update", "delete")
    }

    assert [True, True, False, False, False] == [one.read_only for one in flags.values()]
    assert [False, False, False, True, True] == [one.destructive for one in flags.values()]
    assert [True, True, False, True, True] == [one.idempotent for one in flags.values()]


def test_business_central_compiles_in_less_than_300_milliseconds() -> None:
    folder = next(folder for folder in packaged_folders() if folder.name == "dynamics365bc")
    times = []
    for _ in range(3):
        start = time.process_time()
        compile_connector(read_connector(folder))
        times.append(time.process_time() - start)

    assert min(times) < 0.3


def test_an_unknown_action_names_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(UnknownActionError) as caught:
        catalog.find("dynamics365bc_list_custmers")

    assert "dynamics365bc_list_customers" == caught.value.mistakes[0].nearest


def test_the_nearest_action_is_found_without_the_connector_key(catalog: Catalog) -> None:
    assert "dynamics365bc_create_sales_quote" == catalog.nearest("create_sales_qoute")


def test_an_unknown_connector_names_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(NotFoundError) as caught:
        catalog.connector("dynamics365cb")

    assert "dynamics365bc" == caught.value.mistakes[0].nearest


def test_an_operators_folder_adds_a_connector(toybooks: Path) -> None:
    for given in (toybooks, toybooks.parent):
        both = load_catalog([given])

        assert {"dynamics365bc", "entraid", "toybooks"} == set(both.connectors)
        assert "List Order Lines" == both.find("toybooks_list_order_lines").label


def test_a_key_that_is_taken_is_refused(toybooks: Path) -> None:
    again = toybooks.parent / "more" / "toybooks"
    again.parent.mkdir()
    again.mkdir()
    for file in toybooks.iterdir():
        if file.is_file():
            (again / file.name).write_bytes(file.read_bytes())

    with pytest.raises(ConnectorInvalidError, match="'toybooks' is taken"):
        load_catalog([toybooks, again])


def test_an_operators_folder_without_connectors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConnectorInvalidError, match=r"holds connector\.yaml"):
        load_catalog([tmp_path])
