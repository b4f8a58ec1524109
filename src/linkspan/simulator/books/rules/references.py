"""Fields that point to another record by id, by code or by both: each fills the other, and disagreement is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, guid, text
from linkspan.simulator.books.table import Record, Table
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import BcFault, dialog, invalid_relation


@dataclass(frozen=True, slots=True)
class Reference:
    """One pair of fields and the record they name.

    ``unknown_id``, ``unknown_code`` and ``mismatch`` are labels of texts in the entity's errors; without one, the
    table-relation fault is raised. ``local`` marks a currency, where blank means local currency and shows its code.
    """

    target: str
    id_field: str = ""
    code_field: str = ""
    target_code: str = "code"
    unknown_id: str = ""
    unknown_code: str = ""
    mismatch: str = ""
    local: bool = False


CURRENCY = Reference(
    "currency",
    "currencyId",
    "currencyCode",
    unknown_id="CurrencyIdDoesNotMatchACurrencyErr",
    unknown_code="CurrencyCodeDoesNotMatchACurrencyErr",
    mismatch="CurrencyValuesDontMatchErr",
    local=True,
)
PAYMENT_TERM = Reference("paymentTerm", "paymentTermsId", unknown_id="PaymentTermsIdDoesNotMatchAPaymentTermsErr")
PAYMENT_METHOD = Reference(
    "paymentMethod", "paymentMethodId", unknown_id="PaymentMethodIdDoesNotMatchAPaymentMethodErr"
)
SHIPMENT_METHOD = Reference(
    "shipmentMethod", "shipmentMethodId", unknown_id="ShipmentMethodIdDoesNotMatchAShipmentMethodErr"
)


def settle(company: Company, entity: Entity, references: tuple[Reference, ...], values: Mapping[str, object]) -> Record:
    """Return ``values`` with both fields of every touched pair filled or cleared; raises when they name nothing."""
    settled: Record = dict(values)
    for reference in references:
        if reference.id_field in values or reference.code_field in values:
            settled.update(_settle_one(company, entity, reference, values))
    return settled


def _settle_one(company: Company, entity: Entity, reference: Reference, values: Mapping[str, object]) -> Record:
    table = company.tables[reference.target]
    target: Record | None = None
    wanted = values.get(reference.id_field)
    if isinstance(wanted, UUID) and wanted != NO_ID:
        target = table.get(wanted)
        if target is None:
            raise _refusal(entity, reference, reference.unknown_id, shown=f"{{{str(wanted).upper()}}}", table=table)
    if reference.code_field in values:
        target = _by_code(company, entity, reference, target=target, code=text(values, reference.code_field))
    found: Record = {}
    if reference.id_field:
        found[reference.id_field] = guid(target) if target else NO_ID
    if reference.code_field:
        empty = company.setup.local_currency if reference.local else ""
        found[reference.code_field] = text(target, reference.target_code) if target else empty
    return found


def _by_code(
    company: Company, entity: Entity, reference: Reference, *, target: Record | None, code: str
) -> Record | None:
    wanted = code.strip().upper()
    if reference.local and wanted == company.setup.local_currency:
        wanted = ""
    if target is not None:
        if text(target, reference.target_code) != wanted:
            raise _refusal(entity, reference, reference.mismatch, shown=code, table=company.tables[reference.target])
        return target
    if not wanted:
        return None
    found = company.tables[reference.target].find(wanted)
    if found is None:
        raise _refusal(entity, reference, reference.unknown_code, shown=code, table=company.tables[reference.target])
    return found


def _refusal(entity: Entity, reference: Reference, label: str, *, shown: str, table: Table) -> BcFault:
    if label in entity.errors:
        return dialog(entity.errors[label])
    field = entity.fields[reference.code_field or reference.id_field]
    return invalid_relation(field.source_field or field.name, entity.table, shown, table.layout.caption)
