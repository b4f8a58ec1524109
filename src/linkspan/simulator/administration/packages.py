"""Configuration packages: made, filled with a file, imported and applied to the company that they are in."""

from collections.abc import Mapping
from typing import Final, cast
from uuid import UUID, uuid5

from linkspan.simulator.administration.package_file import PackageError, PackageFile, read_package
from linkspan.simulator.administration.package_rows import put_row, table_named
from linkspan.simulator.administration.package_setup import SETUP_WRITERS
from linkspan.simulator.books.fields import guid
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import BcFault, dialog, must_have_value

_NEW: Final[Record] = {
    "packageName": "",
    "languageId": 0,
    "productVersion": "",
    "processingOrder": 0,
    "excludeConfigurationTables": False,
    "numberOfTables": 0,
    "numberOfRecords": 0,
    "numberOfErrors": 0,
    "importStatus": "No",
    "importError": "",
    "applyStatus": "No",
    "applyError": "",
}
_PENDING: Final = frozenset({"Scheduled", "InProgress"})
_LONGEST_ERROR: Final = 2048


def package_rows(company: Company) -> list[Record]:
    """Return the packages of a company by code."""
    return list(company.internal["configurationPackage"].all())


def file_rows(company: Company) -> list[Record]:
    """Return the one file of each package; ``packageId`` is not shown."""
    return [{"code": row["code"], "packageId": row["id"]} for row in package_rows(company)]


def create_package(company: Company, values: Mapping[str, object]) -> Record:
    """Make a package without a file."""
    code = _code(values.get("code", ""))
    row: Record = {"id": company.log.new_id(), "code": code, **_NEW}
    return company.internal["configurationPackage"].insert({**row, **values, "code": code})


def change_package(company: Company, record: Record, changes: Mapping[str, object]) -> Record:
    """Change the fields of a package; another code renames it with its file."""
    code = _code(changes.get("code", record["code"]))
    return company.internal["configurationPackage"].replace({**record, **changes, "code": code})


def delete_package(company: Company, record: Record) -> None:
    """Delete a package with its file; what it was applied to stays."""
    contents = company.internal["content"]
    for key in (file_key(guid(record)), _imported_key(guid(record))):
        if contents.get(key) is not None:
            contents.remove(key)
    company.internal["configurationPackage"].remove(guid(record))


def read_file(company: Company, package_id: UUID) -> bytes:
    """Return the bytes of a package's file, empty before one was sent."""
    return _stored(company, file_key(package_id))


def write_file(company: Company, package_id: UUID, data: bytes) -> None:
    """Replace the file of a package; it counts from its next import on."""
    _store(company, file_key(package_id), data)


def file_key(package_id: UUID) -> UUID:
    """Return the id under which a package's file is kept."""
    return uuid5(package_id, "file")


def begin(company: Company, entity: Entity, record: Record, kind: str) -> Record:
    """Set a package to be imported or applied; raises the refusals of one that is busy or not ready for it."""
    busy = record["importStatus"] in _PENDING or record["applyStatus"] in _PENDING
    if kind == "import":
        if busy:
            raise dialog(entity.errors["ApplyOrImportInProgressImportErr"])
        if not read_file(company, guid(record)):
            raise dialog(entity.errors["MissingRapisStartFileErr"])
        return _set(company, record, importStatus="Scheduled", importError="")
    if busy:
        raise dialog(entity.errors["ApplyOrImportInProgressApplyErr"])
    if record["importStatus"] != "Completed":
        raise dialog(entity.errors["ImportNotCompletedErr"])
    return _set(company, record, applyStatus="Scheduled", applyError="")


def import_now(company: Company, record: Record) -> str:
    """Read the file of a package and count what is in it; return what is wrong with it, nothing if it can be applied."""
    data = read_file(company, guid(record))
    try:
        package = read_package(data)
        _check(package, record)
    except PackageError as error:
        _set(company, record, importStatus="Error", importError=str(error)[:_LONGEST_ERROR])
        return str(error)
    _store(company, _imported_key(guid(record)), data)
    _set(
        company,
        record,
        importStatus="Completed",
        applyStatus="No",
        numberOfTables=len(package.tables),
        numberOfRecords=sum(len(table.rows) for table in package.tables),
        numberOfErrors=0,
    )
    return ""


def apply_now(company: Company, record: Record) -> str:
    """Write the imported records into the company; those that a rule refuses are counted, and the others stay."""
    package = read_package(_stored(company, _imported_key(guid(record))))
    rows = [(table.name, row) for table in package.tables for row in table.rows]
    errors = [said for name, row in rows if (said := _refusal_of(company, name, row))]
    status = "Error" if errors else "Completed"
    said = f"{len(errors)} records could not be written. The first: {errors[0]}" if errors else ""
    _set(company, record, applyStatus=status, applyError=said[:_LONGEST_ERROR], numberOfErrors=len(errors))
    return said


def _refusal_of(company: Company, name: str, row: Mapping[str, str]) -> str:
    """Write one record of a table that packages fill, or return what refuses it."""
    entity = table_named(name)
    try:
        with company.log.transaction():
            SETUP_WRITERS[name](company, row) if entity is None else put_row(company, entity, row)
    except BcFault as fault:
        return fault.message
    return ""


def _check(package: PackageFile, record: Record) -> None:
    if package.code and package.code.strip().upper() != record["code"]:
        message = f"The file is of the package {package.code}, and not of {record['code']}."
        raise PackageError(message)
    names = [table.name for table in package.tables]
    unknown = next((name for name in names if name not in SETUP_WRITERS and table_named(name) is None), None)
    if unknown is not None:
        message = f"The simulator keeps no table {unknown} that a package could fill."
        raise PackageError(message)


def _set(company: Company, record: Record, **values: object) -> Record:
    return company.internal["configurationPackage"].replace({**record, **values})


def _code(value: object) -> str:
    code = str(value).strip().upper()
    if not code:
        raise must_have_value("Code", "Config. Package", "Code=")
    return code


def _imported_key(package_id: UUID) -> UUID:
    return uuid5(package_id, "imported")


def _stored(company: Company, key: UUID) -> bytes:
    row = company.internal["content"].get(key)
    return cast("bytes", row["data"]) if row is not None else b""


def _store(company: Company, key: UUID, data: bytes) -> None:
    contents = company.internal["content"]
    row: Record = {"id": key, "data": data}
    contents.insert(row) if contents.get(key) is None else contents.replace(row)
