"""From one request, alone or inside a batch, to its answer: what it may carry, what it names, and who does it."""

from typing import Final

from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault, invalid_operation, method_not_implemented
from linkspan.simulator.odata.address import Address, read_address
from linkspan.simulator.odata.catalogue import DEFINITIONS, answer_definitions
from linkspan.simulator.odata.exchange import Answer, Ask, Desk, Incoming, read_preferences
from linkspan.simulator.odata.metadata import describe, metadata_document, service_document
from linkspan.simulator.odata.options import read_options
from linkspan.simulator.odata.reading import read
from linkspan.simulator.odata.writing import write

_READS: Final = frozenset({"GET", "HEAD"})
_WITH_JSON: Final = frozenset({"POST", "PATCH"})


def respond(desk: Desk, incoming: Incoming) -> Answer:
    """Return the answer to one request; raises its fault, as the switches want it answered."""
    try:
        return _respond(desk, incoming)
    except BcFault as fault:
        raise desk.switches.adjust(fault) from fault


def _respond(desk: Desk, incoming: Incoming) -> Answer:
    if not incoming.segments or incoming.segments[0] == "$metadata":
        return _description(desk, incoming)
    if incoming.segments[0].partition("(")[0] == DEFINITIONS:
        return answer_definitions(desk, incoming)
    options = read_options(incoming.raw_query, ignored=_ignored(desk))
    address = read_address(incoming.segments, desk.contract, quoted=desk.switches.quoted_guid_keys)
    ask = Ask(desk, incoming, options, read_preferences(incoming.headers.get("prefer", "")), address)
    company = ask.company()
    for step in address.steps:
        method = incoming.method if step is address.last else "GET"
        name = company.name if company is not None else ""
        desk.access.check(step.entity, method, name, desk.switches.permission_refusal)
    if incoming.method in _READS:
        return read(ask)
    _check_write(incoming, address)
    return write(ask)


def _ignored(desk: Desk) -> frozenset[str]:
    return frozenset({"$search"}) if desk.switches.search == "ignore" else frozenset()


def _description(desk: Desk, incoming: Incoming) -> Answer:
    if incoming.method not in _READS:
        raise method_not_implemented("The service document and $metadata can only be read.")
    if incoming.segments:
        standard = desk.contract is load_contract()
        return Answer(200, metadata_document() if standard else describe(desk.contract), "application/xml")
    return Answer(200, service_document(desk.root, desk.contract))


def _check_write(incoming: Incoming, address: Address) -> None:
    """Refuse a write with read-only intent (400) and a body of another type than JSON (415); streams take any type."""
    if incoming.headers.get("data-access-intent", "").lower() == "readonly":
        raise invalid_operation("A request with Data-Access-Intent ReadOnly cannot modify data.")
    if address.field is not None or not incoming.body or incoming.method not in _WITH_JSON:
        return
    kind = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise BcFault(415, "BadRequest", f"The content type '{kind}' is not supported. Send application/json.")
