"""Rules of general journal lines: accounts, balancing accounts, and the order in which values take effect."""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, blank, guid, settled, text, to_cents
from linkspan.simulator.books.rules.dimension_sets import copy_defaults, drop_dimensions
from linkspan.simulator.books.rules.journal_numbering import document_number, line_number, posting_date
from linkspan.simulator.books.rules.references import Reference, settle
from linkspan.simulator.books.series import JOURNAL
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import BcFault, dialog, field_validation

_LEDGER, _BANK = "G_x002F_L_x0020_Account", "Bank_x0020_Account"
_TABLES = {_LEDGER: "account", _BANK: "bankAccount"}
_TAX_CODE = Reference("taxGroup", "", "taxCode")
_PLAIN = ("externalDocumentNumber", "comment")


def create_journal_line(
    company: Company, entity: Entity, payload: Mapping[str, object], parent: Record | None
) -> Record:
    """Add a line to a journal; the values take effect in the provider's order, whatever their order in the payload."""
    values = settled(entity, payload)
    if "journalDisplayName" in values:
        raise dialog(entity.errors["CannotEditBatchNameErr"])
    journal = _journal(company, entity, values, parent)
    table = company.tables[entity.name]
    lines = table.group(guid(journal))
    row: Record = {
        **blank(entity),
        "id": company.log.new_id(),
        "journalId": guid(journal),
        "journalDisplayName": journal["code"],
    }
    row["lineNumber"] = line_number(table, journal, values)
    row.update({"accountType": _LEDGER, "balanceAccountType": _LEDGER})
    row.update(_account_fields(company, entity, row, values))
    row["postingDate"] = posting_date(company, lines, values)
    row["documentNumber"] = document_number(company, JOURNAL, lines, values)
    row.update(_plain_fields(values))
    row.update(_journal_balancing(company, journal))
    row.update(_balancing_fields(company, entity, row, values))
    row.update(settle(company, entity, (_TAX_CODE,), {k: v for k, v in values.items() if k == "taxCode"}))
    stored = table.insert(row)
    copy_defaults(company, entity, owner=guid(row), source=guid(row, "accountId"))
    return stored


def update_journal_line(company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Change a journal line; its journal stays, another line number renames it."""
    table = company.tables[entity.name]
    before = table.get(guid(record)) or record
    values = settled(entity, changes)
    if values.get("journalDisplayName", before["journalDisplayName"]) != before["journalDisplayName"]:
        raise dialog(entity.errors["CannotEditBatchNameErr"])
    if values.get("journalId", before["journalId"]) != before["journalId"]:
        raise dialog(entity.errors["CannotEditBatchIdErr"])
    row = {**before, **_account_fields(company, entity, before, values), **_plain_fields(values)}
    row.update({name: values[name] for name in ("lineNumber", "postingDate", "documentNumber") if name in values})
    row.update(_balancing_fields(company, entity, row, values))
    row.update(settle(company, entity, (_TAX_CODE,), {k: v for k, v in values.items() if k == "taxCode"}))
    return before if row == before else table.replace(row)


def delete_journal_line(company: Company, entity: Entity, record: Record) -> None:
    """Delete a journal line with its dimensions."""
    drop_dimensions(company, guid(record))
    company.tables[entity.name].remove(guid(record))


def _journal(company: Company, entity: Entity, values: Mapping[str, object], parent: Record | None) -> Record:
    wanted = values.get("journalId", NO_ID)
    if parent is not None:
        if wanted not in {NO_ID, parent["id"]}:
            raise dialog(entity.errors["CannotEditBatchIdErr"])
        return parent
    found = company.tables["journal"].get(wanted) if isinstance(wanted, UUID) else None
    if found is None:
        raise dialog(entity.errors["FiltersNotSpecifiedErr"])
    return found


def _plain_fields(values: Mapping[str, object]) -> Record:
    found = {name: values[name] for name in _PLAIN if name in values}
    if "amount" in values:
        found["amount"] = to_cents(cast("Decimal", values["amount"]))
    if values.get("description"):
        found["description"] = values["description"]
    return found


def _account_fields(company: Company, entity: Entity, row: Record, values: Mapping[str, object]) -> Record:
    """Return account type, id and number, and the account's name as description."""
    if not values.keys() & {"accountType", "accountId", "accountNumber"}:
        return {}
    kind = str(values.get("accountType", row["accountType"]))
    if kind not in _TABLES:
        message = "Account Type must be G/L Account or Bank Account."
        raise field_validation(message)
    labels = ("AccountIdDoesNotMatchAnAccountErr", "AccountNumberDoesNotMatchAnAccountErr", "AccountValuesDontMatchErr")
    faults = [dialog(entity.errors[label]) for label in labels]
    account = _find(company, kind, values.get("accountId", NO_ID), str(values.get("accountNumber", "")), faults)
    if account is None:
        return {"accountType": kind, "accountId": NO_ID, "accountNumber": ""}
    if kind == _LEDGER:
        _refuse_unpostable(account)
    return {
        "accountType": kind,
        "accountId": guid(account),
        "accountNumber": account["number"],
        "description": account["displayName"],
    }


def _balancing_fields(company: Company, entity: Entity, row: Record, values: Mapping[str, object]) -> Record:
    if not values.keys() & {"balanceAccountType", "balancingAccountId", "balancingAccountNumber"}:
        return {}
    kind = str(values.get("balanceAccountType", row["balanceAccountType"]))
    if kind not in _TABLES:
        message = "Bal. Account Type must be G/L Account or Bank Account."
        raise field_validation(message)
    fault = dialog(entity.errors["BalAccountIdDoesNotMatchAnAccountErr"])
    wanted, code = values.get("balancingAccountId", NO_ID), str(values.get("balancingAccountNumber", ""))
    account = _find(company, kind, wanted, code, [fault, fault, fault])
    return {
        "balanceAccountType": kind,
        "balancingAccountId": guid(account) if account else NO_ID,
        "balancingAccountNumber": account["number"] if account else "",
    }


def _journal_balancing(company: Company, journal: Record) -> Record:
    """Return the balancing account that a journal gives to each of its lines."""
    wanted = guid(journal, "balancingAccountId")
    for kind, name in _TABLES.items():
        account = company.tables[name].get(wanted)
        if account is not None:
            return {
                "balanceAccountType": kind,
                "balancingAccountId": wanted,
                "balancingAccountNumber": account["number"],
            }
    return {}


def _find(company: Company, kind: str, wanted: object, code: str, faults: list[BcFault]) -> Record | None:
    """Return the account by id, number or both; ``faults``: unknown id, unknown number, disagreement."""
    unknown_id, unknown_number, mismatch = faults
    table = company.tables[_TABLES[kind]]
    found = table.get(wanted) if isinstance(wanted, UUID) and wanted != NO_ID else None
    if wanted != NO_ID and found is None:
        raise unknown_id
    if found is not None and code and text(found, "number") != code:
        raise mismatch
    if found is None and code:
        found = table.find(code)
        if found is None:
            raise unknown_number
    return found


def _refuse_unpostable(account: Record) -> None:
    for field, caption, wanted in (
        ("accountType", "Account Type", "Posting"),
        ("blocked", "Blocked", False),
        ("directPosting", "Direct Posting", True),
    ):
        if account[field] != wanted:
            shown, found = (str({True: "Yes", False: "No"}.get(one, one)) for one in (wanted, account[field]))  # type: ignore[call-overload]
            message = (
                f"{caption} must be equal to '{shown}' in G/L Account: No.={text(account, 'number')}. "
                f"Current value is '{found}'."
            )
            raise field_validation(message)
