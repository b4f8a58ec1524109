"""$metadata in two independent CSDL parsers: names and types equal the contract."""

from collections.abc import Mapping

import httpx2
import pytest
from bc_client import Books

from client_drivers import drive_node
from linkspan.simulator import Simulator
from linkspan.simulator.administration.route import load_automation
from linkspan.simulator.contract import Contract, Field, load_contract
from linkspan.simulator.odata.literals import EDM_TYPES

pytestmark = pytest.mark.client


def edm_type(field: Field, contract: Contract) -> str:
    return EDM_TYPES[field.type] if field.enum is None else f"{contract.namespace}.{field.enum}"


ROUTES = {"": load_contract(), "../microsoft/automation/v2.0/": load_automation()}


def expected(contract: Contract) -> Mapping[str, Mapping[str, tuple[str, int | None]]]:
    return {
        name: {
            field.name: (edm_type(field, contract), field.max_length if field.type == "string" else None)
            for field in entity.fields.values()
        }
        for name, entity in contract.entities.items()
    }


@pytest.mark.parametrize("parser", ["oasis", "sap"])
@pytest.mark.parametrize("route", ROUTES)
def test_names_and_types_equal_the_contract(simulator: Simulator, route: str, parser: str) -> None:
    books = Books(simulator)
    xml = books.http.get(httpx2.URL(f"{books.root}/").join(f"{route}$metadata")).text
    books.close()
    view = drive_node("csdl", {}, text=xml)[parser]
    assert isinstance(view, dict)
    types = {
        name: {field: (kind, None if length is None else int(length)) for field, (kind, length) in fields.items()}
        for name, fields in view["types"].items()
    }
    wanted = expected(ROUTES[route])

    assert set(wanted) == set(types)
    for name, fields in wanted.items():
        assert dict(fields) == types[name], name
    assert {entity.set: entity.name for entity in ROUTES[route].entities.values()} == view["sets"]
