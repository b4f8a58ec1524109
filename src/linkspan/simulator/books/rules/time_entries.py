"""Rules of time registration entries: whose hours, on which day and project, in which unit."""

from collections.abc import Mapping

from linkspan.simulator.books.fields import NO_DAY, NO_ID, guid, text, whole
from linkspan.simulator.books.rules.records import Rule
from linkspan.simulator.books.rules.references import Reference
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import dialog, must_have_value

_STEP = 10_000
_FIXED = {
    "employeeId": "CannotModifyEmployeeIdErr",
    "employeeNumber": "CannotChangeEmployeeNumberErr",
    "date": "CannotModifyDateErr",
}


def _check_entry(company: Company, entity: Entity, values: Mapping[str, object], before: Record | None) -> None:
    del company
    if before is not None:
        for name, label in _FIXED.items():
            if name in values and values[name] != before[name]:
                raise dialog(entity.errors[label])
        return
    if values.get("employeeId", NO_ID) == NO_ID and not values.get("employeeNumber"):
        raise dialog(entity.errors["EmployeeIdOrNumberShouldBeSpecifiedErr"])
    if values.get("date", NO_DAY) == NO_DAY:
        raise must_have_value("Date", entity.table, "Date=")


def _finish_entry(company: Company, record: Record, values: Mapping[str, object]) -> Record:
    """Number a new entry behind the employee's others and give it the unit of hours."""
    del values
    unit = company.tables["unitOfMeasure"].find(company.setup.defaults.get("timeUnit", ""))
    shown = {"unitOfMeasureId": guid(unit), "unitOfMeasureCode": text(unit, "code")} if unit else {}
    numbered = {"lineNumber": record["lineNumber"] or _next_line(company, record)}
    return {**record, **shown, **numbered, "lastModfiedDateTime": company.log.stamp()}


def _next_line(company: Company, record: Record) -> int:
    entries = company.tables["timeRegistrationEntry"].group(guid(record, "employeeId"))
    return (whole(entries[-1], "lineNumber") if entries else 0) + _STEP


TIME_ENTRY = Rule(
    references=(
        Reference(
            "employee",
            "employeeId",
            "employeeNumber",
            target_code="number",
            unknown_id="EmployeeIdDoesNotMatchAnEmployeeErr",
            unknown_code="EmployeeNumberDoesNotMatchAnEmployeeErr",
            mismatch="EmployeeValuesDontMatchErr",
        ),
        Reference(
            "project",
            "jobId",
            "jobNumber",
            target_code="number",
            unknown_id="JobIdDoesNotMatchAJobErr",
            mismatch="JobValuesDontMatchErr",
        ),
    ),
    parent_field="employeeId",
    check=_check_entry,
    finish=_finish_entry,
    owns=("dimensionSetLine",),
)
"""What is particular to the hours that an employee registers."""
