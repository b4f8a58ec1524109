"""What a demo company's office keeps: people at customers and vendors, prospects, assets, hours, periods, rates."""

from datetime import date
from decimal import Decimal
from typing import Final

from linkspan.simulator.books.fields import guid, text
from linkspan.simulator.books.seed.masters import make, plant
from linkspan.simulator.books.seed.reading import codes_of
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company

_PEOPLE: Final = (
    ("Nell Curlew", "Bosun"), ("Jory Pascoe", "Purchasing"), ("Marit Lund", "Superintendent"), ("Osric Fenn", "Owner"),
    ("Yusuf Demir", "Accounts"), ("Bronagh Keane", "Harbour Office"),
)  # fmt: skip
_MONTHS: Final = 12


def plant_office(company: Company, today: date) -> None:
    """Fill the tables that a company's office keeps."""
    _plant_people(company)
    _plant_prospects(company, today)
    _plant_assets(company)
    _plant_projects(company, today)
    _plant_setup(company, today)


def _plant_people(company: Company) -> None:
    """Give every second partner's company a person."""
    firms = [row for row in list(company.tables["contact"].all()) if row["type"] == "Company"]
    for at, firm in enumerate(firms[::2]):
        name, title = _PEOPLE[at % len(_PEOPLE)]
        values = {"displayName": name, "jobTitle": title, "type": "Person", "companyNumber": firm["number"]}
        mail = f"{name.split()[0].lower()}.{at}@{text(firm, 'email').partition('@')[2] or 'tidewater.example'}"
        make(company, "contact", {**values, "email": mail, "country": firm["country"], "city": firm["city"]})


def _plant_prospects(company: Company, today: date) -> None:
    contacts = [row for row in company.tables["contact"].all() if row["type"] == "Company"]
    for at, (words, salesperson, status) in enumerate(codes_of("opportunity")):
        values = {"description": words, "salespersonCode": salesperson, "contactNumber": contacts[at * 2]["number"]}
        made = make(company, "opportunity", values)
        stored = company.tables["opportunity"].get(guid(made)) or made
        ended = {"closed": True, "dateClosed": today} if status in {"Won", "Lost"} else {}
        company.tables["opportunity"].replace({**stored, "status": status, **ended})


def _plant_assets(company: Company) -> None:
    known = company.tables["employee"]
    for words, location, employee, serial in codes_of("fixedAsset"):
        values = {"displayName": words, "fixedAssetLocationCode": location, "serialNumber": serial}
        keeper = {"employeeNumber": employee} if known.find(employee) is not None else {}
        make(company, "fixedAsset", {**values, **keeper})


def _plant_projects(company: Company, today: date) -> None:
    projects = [make(company, "project", {"displayName": words}) for (words,) in codes_of("project")]
    for employee, project in zip(company.tables["employee"].all(), projects, strict=False):
        values = {"date": today, "quantity": Decimal("7.5"), "jobId": guid(project)}
        make(company, "timeRegistrationEntry", values, employee)


def _plant_setup(company: Company, today: date) -> None:
    local, setup = company.setup.local_currency, company.setup
    for year in (today.year - 1, today.year):
        for month in range(1, _MONTHS + 1):
            start = date(year, month, 1)
            name = f"{start:%B}"
            plant(company, "accountingPeriod", {"startingDate": start, "name": name, "newFiscalYear": month == 1})
    plant(
        company,
        "generalLedgerSetup",
        {
            "localCurrencyCode": local,
            "localCurrencySymbol": {"GBP": "£", "EUR": "€"}.get(local, "kr"),
            "shortcutDimension1Code": setup.defaults["dimension1"],
            "shortcutDimension2Code": setup.defaults["dimension2"],
        },
    )
    for code, worth in setup.exchange_rates.items():
        if code != local and company.tables["currency"].find(code) is not None:
            rate: Record = {"currencyCode": code, "startingDate": date(today.year - 1, 1, 1)}
            amounts = {"exchangeRateAmount": Decimal(1), "relationalExchangeRateAmount": worth}
            plant(company, "currencyExchangeRate", {**rate, **amounts})
