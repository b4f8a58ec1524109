"""Fills a company with as many invented customers as a measurement needs, the same for the same numbers."""

import gc
from array import array
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from uuid import NAMESPACE_DNS, UUID, uuid5

from linkspan.simulator.books.batch import Batch
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
_LIMITS = tuple(Decimal(limit) for limit in range(0, 50_000, 2_500))


def generate(company: Company, *, customers: int, seed: int = 0) -> None:
    """Add so many customers with numbers G00000001 onward; raises ValueError when there are such already."""
    table = company.tables["customer"]
    if table.find("G00000001") is not None:
        message = "This company already has generated customers."
        raise ValueError(message)
    collecting = gc.isenabled()
    gc.disable()  # nothing of this is garbage, and looking through a million rows for some takes longer than making them
    try:
        batch = _customers(company, customers, seed)
        table.load(batch.rows, batch)
    finally:
        if collecting:
            gc.enable()
    if customers >= _MANY:
        # Each full collection would look through all these rows again, for seconds at a million.
        gc.freeze()


def _customers(company: Company, count: int, seed: int) -> Batch:
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
    names = random.choices([f"{one} {two} {form}" for one in _FIRST for two in _SECOND for form in _FORM], k=count)
    kinds = array("H", random.choices(range(len(_PLACES) * len(_LIMITS)), k=count))
    patterns = [_lean({**start, **shared}) for shared in _shared_values()]
    rows: list[Record] = []
    for place, (name, kind) in enumerate(zip(names, kinds, strict=True), start=1):
        row = patterns[kind].copy()
        row["id"], row["number"], row["displayName"] = UUID(int=first ^ place), f"G{place:08d}", f"{name} {place}"
        rows.append(row)
    return Batch(rows, ("id", "number", "displayName"), kinds, _place_of)


def _shared_values() -> Iterator[Record]:
    """Yield what the customers of each kind have in common."""
    for city, country in _PLACES:
        for limit in _LIMITS:
            yield {"city": city, "country": country, "creditLimit": limit}


class _Holder:
    """An object with any attributes."""


def _lean(row: Record) -> Record:
    """Return an equal dict whose copies share its table of keys: they take a third of the memory of other dicts.

    Python does this for the attributes of objects; up to 30 keys, and where it does not, the dict is an ordinary one.
    """
    holder = _Holder()
    for name, value in row.items():
        setattr(holder, name, value)
    return vars(holder)


def _place_of(customer: Record) -> int | None:
    number = str(customer["number"])
    digits = number[1:]
    return int(digits) - 1 if number.startswith("G") and digits.isascii() and digits.isdecimal() else None


def _default(company: Company, target: str) -> UUID:
    row = company.tables[target].find(company.setup.defaults[target])
    if row is None:
        message = f"The company has no default {target}."
        raise ValueError(message)
    return guid(row)
