"""Rules of opportunities, and of fixed assets: what they name must exist, and what has ended stays as it is."""

from collections.abc import Mapping

from linkspan.simulator.books.fields import text
from linkspan.simulator.books.rules.records import Rule
from linkspan.simulator.books.rules.references import Reference
from linkspan.simulator.books.series import FIXED_ASSETS, OPPORTUNITIES
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import dialog

_ENDED = frozenset({"Won", "Lost"})
_STARTED = "In_x0020_Progress"
_KEPT = {"contactNumber": "ContactNoCannotBeChangedWonLostErr", "salespersonCode": "SalespersonCodeCannotBeChangedErr"}


def _check_opportunity(company: Company, entity: Entity, values: Mapping[str, object], before: Record | None) -> None:
    if before is None:
        return
    changed = [name for name in _KEPT if name in values and values[name] != before[name]]
    if changed and before["status"] in _ENDED:
        raise dialog(entity.errors[_KEPT[changed[0]]])
    if "contactNumber" in changed and before["status"] == _STARTED:
        old, new = (firm_of(company, str(number)) for number in (before["contactNumber"], values["contactNumber"]))
        if old != new:
            message = (
                f"Contact {values['contactNumber']} belongs to another company than contact {before['contactNumber']} "
                f"of opportunity {before['number']}, which is in progress."
            )
            raise dialog(message)


def firm_of(company: Company, number: str) -> str:
    """Return the number of the company that a contact is or belongs to."""
    contact = company.tables["contact"].find(number)
    return text(contact, "companyNumber") if contact else ""


def _fill_opportunity(company: Company, values: Mapping[str, object]) -> Record:
    del values
    return {"creationDate": company.today}


def _opportunity_may_go(company: Company, opportunity: Record) -> None:
    del company
    if opportunity["status"] == _STARTED:
        message = f"You cannot delete opportunity {opportunity['number']} while it is in progress."
        raise dialog(message)


OPPORTUNITY = Rule(
    references=(
        Reference("contact", "", "contactNumber", target_code="number"),
        Reference("salespersonPurchaser", "", "salespersonCode"),
    ),
    series=OPPORTUNITIES,
    check=_check_opportunity,
    fill=_fill_opportunity,
    may_delete=_opportunity_may_go,
)
"""What is particular to opportunities."""

FIXED_ASSET = Rule(
    references=(
        Reference("fixedAssetLocation", "fixedAssetLocationId", "fixedAssetLocationCode"),
        Reference("employee", "employeeId", "employeeNumber", target_code="number"),
    ),
    series=FIXED_ASSETS,
)
"""What is particular to fixed assets."""
