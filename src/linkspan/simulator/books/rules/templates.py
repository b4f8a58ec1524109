"""Templates of new records: which one a new customer, vendor or item takes, and the values that it brings."""

from collections.abc import Mapping
from typing import cast

from linkspan.simulator.books.fields import blank, guid
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity


def template_of(company: Company, entity: Entity, values: Mapping[str, object]) -> Mapping[str, object]:
    """Return what the first template brings whose criteria the new record meets, else what the company's set-up names.

    Selection rules are looked at in their order; a rule without criteria fits every record of its entity.
    """
    rules = [rule for rule in company.internal["templateRule"].all() if rule["entity"] == entity.name]
    record = {**blank(entity), **values} if rules else {}
    for rule in rules:
        wanted = cast("Record", rule["criteria"])
        template = company.internal["template"].get(guid(rule, "templateId"))
        if template is not None and all(record.get(name) == value for name, value in wanted.items()):
            return cast("Record", template["values"])
    return company.setup.templates.get(entity.name, {})
