"""A desk over the demo books: writes and reads of one company by entity name, as the API's rules see them."""

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from linkspan.simulator.books.demo import MAIN_COMPANY, MAIN_DOMAIN, build_demo_world
from linkspan.simulator.books.rules import semantics
from linkspan.simulator.books.world import Company, World
from linkspan.simulator.clock import Clock
from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault

ENTITIES = load_contract().entities
NOWHERE = UUID("00000000-1111-2222-3333-444444444444")
NO_ID = UUID(int=0)
GENERAL_ACCOUNT, BANK = "G_x002F_L_x0020_Account", "Bank_x0020_Account"


@dataclass
class Desk:
    company: Company

    def make(self, entity: str, parent: Mapping[str, Any] | None = None, **values: Any) -> dict[str, Any]:
        return semantics.create(self.company, ENTITIES[entity], values, parent=dict(parent) if parent else None)

    def change(self, entity: str, record: Mapping[str, Any], **values: Any) -> dict[str, Any]:
        return semantics.update(self.company, ENTITIES[entity], dict(record), values)

    def drop(self, entity: str, record: Mapping[str, Any]) -> None:
        semantics.delete(self.company, ENTITIES[entity], dict(record))

    def one(self, entity: str, record_id: UUID) -> Any:
        return semantics.read_one(self.company, ENTITIES[entity], record_id)

    def all(self, entity: str, **wanted: Any) -> list[dict[str, Any]]:
        return list(semantics.read(self.company, ENTITIES[entity], wanted=wanted))

    def below(self, entity: str, parent: Mapping[str, Any]) -> list[dict[str, Any]]:
        return list(semantics.read(self.company, ENTITIES[entity], parent=dict(parent)))

    def code(self, entity: str, code: str) -> Any:
        return self.company.tables[entity].find(code)

    def item(self, price: str = "100", tax: str = "STANDARD", **values: Any) -> dict[str, Any]:
        return self.make("item", displayName="Block", unitPrice=Decimal(price), taxGroupCode=tax, **values)


def new_world() -> World:
    return build_demo_world(Clock())


def main_company(world: World) -> Company:
    company = world.find_environment(MAIN_DOMAIN, "Production").find_company(MAIN_COMPANY)
    assert company is not None
    return company


@contextmanager
def refused(message: str, code: str = "Application_DialogException", status: int = 400):
    """Expect the block to be refused with exactly this text, code and status."""
    fault: BcFault | None = None
    try:
        yield
    except BcFault as raised:
        fault = raised
    assert fault is not None, "was not refused"
    assert (message, code, status) == (fault.message, fault.code, fault.status)
