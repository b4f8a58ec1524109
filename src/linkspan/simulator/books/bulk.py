"""Fills a company with as many invented customers as a measurement needs, the same for the same numbers."""

import gc
from decimal import Decimal
from random import Random
from uuid import NAMESPACE_DNS, UUID, uuid5

from linkspan.simulator.books.fields import blank, guid
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract

_MANY = 100_000
_NAMESPACE = uuid5(NAMESPACE_DNS, "bulk.simulator.linkspan.example")
_FIRST = ("Amber", "Brine", "Cobalt", "Drift", "Ebb", "Flotsam", "Gale", "Haar", "Islet", "Jetty", "Kelp", "Lagoon")
_SECOND = ("Anchor", "Beacon", "Cable", "Derrick", "Estuary", "Ferry", "Galley", "Hawser", "Inlet", "Keel", "Lantern")
_FORM = ("Ltd", "AS", "GmbH", "B.V.", "& Co.", "ApS", "SARL", "Trust")
_PLACES = (("Poole", "GB"), ("Bergen", "NO"), ("Kiel", "DE"), ("Vlissingen", "NL"), ("Esbjerg", "DK"), ("Brest", "FR"))


def generate(company: Company, *, customers: int, seed: int = 0) -> None:
    """Add so many customers with numbers G00000001 onward; raises ValueError when there are such already."""
    table = company.tables["customer"]
    if table.find("G00000001") is not None:
        message = "This company already has generated customers."
        raise ValueError(message)
    collecting = gc.isenabled()
    gc.disable()  # nothing of this is garbage, and looking through a million rows for some takes longer than making them
    try:
        table.load(_customers(company, customers, seed))
    finally:
        if collecting:
            gc.enable()
    if customers >= _MANY:
        # Each full collection would look through all these rows again, for seconds at a million.
        gc.freeze()


def _customers(company: Company, count: int, seed: int) -> list[Record]:
    """Return the rows; what is equal among them is one object, since a million of them must fit in memory."""
    random = Random(seed)  # noqa: S311  invented data, not secrets
    first = uuid5(_NAMESPACE, f"{company.name} {seed}").int
    start = blank(load_contract().entities["customer"])
    start |= {
        "currencyCode": company.setup.local_currency,
        "lastModifiedDateTime": company.log.stamp(),
        "paymentTermsId": _default(company, "paymentTerm"),
        "paymentMethodId": _default(company, "paymentMethod"),
        "taxAreaId": _default(company, "taxArea"),
    }
    limits = [Decimal(limit) for limit in range(0, 50_000, 500)]
    names = [f"{one} {two} {form}" for one in _FIRST for two in _SECOND for form in _FORM]
    rows: list[Record] = []
    for at in range(1, count + 1):
        city, country = random.choice(_PLACES)
        own: Record = {
            "id": UUID(int=first ^ at),
            "number": f"G{at:08d}",
            "displayName": f"{random.choice(names)} {at}",
            "city": city,
            "country": country,
            "creditLimit": random.choice(limits),
        }
        rows.append({**start, **own})
    return rows


def _default(company: Company, target: str) -> UUID:
    row = company.tables[target].find(company.setup.defaults[target])
    if row is None:
        message = f"The company has no default {target}."
        raise ValueError(message)
    return guid(row)
