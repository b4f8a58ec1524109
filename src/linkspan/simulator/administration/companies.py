"""Companies made, renamed and deleted: a new one has numbers and set-up, and no account, code or partner yet."""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Final, cast

from linkspan.simulator.books.fields import guid, whole
from linkspan.simulator.books.seed.masters import plant
from linkspan.simulator.books.seed.reading import codes_of
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company, Environment
from linkspan.simulator.faults import dialog, must_have_value, read_only_control, same_key_exists

MOST_COMPANIES: Final = 300
"""Companies that one environment may have."""

_NAME_LENGTH: Final = 30
_SET_ON_CREATION: Final = ("name", "evaluationCompany")


def company_rows(environment: Environment) -> list[Record]:
    """Return the companies as the automation API shows them, by name."""
    return [{**row, "evaluationCompany": False} for row in environment.company_rows()]


def create_company(environment: Environment, model: Company, values: Mapping[str, object]) -> Record:
    """Make a company in the country and currency of `model`; its name is the display name, cut to its length.

    A name and evaluationCompany in `values` are read over, as the provider does. Raises the fault of a display name
    that is missing, taken or one company too many.
    """
    shown = str(values.get("displayName", "")).strip()
    if not shown:
        raise must_have_value("Display Name", "Company", "Name=")
    name = shown[:_NAME_LENGTH].strip()
    if environment.find_company(name) is not None:
        raise same_key_exists("Company", f"Name='{name}'")
    if len(environment.companies) >= MOST_COMPANIES:
        message = f"An environment holds {MOST_COMPANIES} companies at most. Delete one before you add another."
        raise dialog(message)
    made = Company(model.log.new_id(), name, replace(model.setup, blocked_dimensions=frozenset()), model.log)
    made.display_name = shown
    environment.add(made)
    _set_up(made)
    profile = {"businessProfileId": values.get("businessProfileId", "")}
    environment.directory.replace({**_row(environment, made), **profile})
    return {**_row(environment, made), "evaluationCompany": False}


def change_company(environment: Environment, record: Record, changes: Mapping[str, object]) -> Record:
    """Change what people see of a company; its name stays, because addresses and permissions name it."""
    fixed = next((name for name in _SET_ON_CREATION if name in changes), None)
    if fixed is not None:
        raise read_only_control(fixed)
    company = environment.companies[guid(record)]
    shown = str(changes.get("displayName", company.display_name))
    if not shown.strip():
        raise must_have_value("Display Name", "Company", f"Name={company.name}")
    twin = copy(company)
    twin.display_name = shown
    environment.exchange(twin)
    row = {**_row(environment, twin), **changes, "systemModifiedAt": company.log.stamp()}
    row["timestamp"] = 1 + max(whole(one, "timestamp") for one in environment.company_rows())
    return {**environment.directory.replace(row), "evaluationCompany": False}


def delete_company(environment: Environment, present: Company, record: Record) -> None:
    """Delete a company with its books, and the permissions that hold in it alone; not the one that is worked in."""
    company = environment.companies[guid(record)]
    if company.id == present.id:
        message = f"The company {company.name} cannot be deleted while you work in it. Address another company."
        raise dialog(message)
    environment.drop(company)
    assigned, jobs = environment.office["accessControl"], environment.office["job"]
    for row in [row for row in assigned.all() if row["company"] == company.name]:
        assigned.remove(guid(row))
    for job in [job for job in jobs.all() if job["companyId"] == company.id]:
        jobs.remove(guid(job))


def _row(environment: Environment, company: Company) -> Record:
    return cast("Record", environment.directory.get(company.id))


def _set_up(company: Company) -> None:
    series = company.internal["numberSeries"]
    for code, description, last, step, manual in codes_of("numberSeries"):
        numbers: Record = {"code": code, "description": description, "last": last, "step": step, "manual": manual}
        series.insert({"id": company.log.new_id(), **numbers})
    local = company.setup.local_currency
    about = {"displayName": company.display_name, "country": company.setup.country, "experience": "Essential"}
    plant(company, "companyInformation", about)
    plant(company, "generalLedgerSetup", {"localCurrencyCode": local, "localCurrencySymbol": local})
    plant(company, "journal", {"templateDisplayName": "GENERAL", "code": "DEFAULT", "displayName": "Default journal"})
