"""Unmodified third-party clients against the simulated Business Central: each does what it can."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bc_client import Books

from client_drivers import drive_node, drive_python
from linkspan.simulator import Simulator

pytestmark = pytest.mark.client
TOKEN_REFUSED = "BadRequest_InvalidToken"


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    client = Books(simulator)
    yield client
    client.close()


def place(books: Books) -> dict[str, object]:
    demo = books.simulator.demo
    return {"root": books.root, "company_root": books.company, "company": str(demo.company_id), "token": books.token}


def numbers(books: Books) -> list[str]:
    return [one["number"] for one in books.inside("GET", "customers?$select=number").json()["value"]]


def test_bc_cli_through_the_impersonating_proxy(books: Books, simulator: Simulator, tmp_path: Path) -> None:
    demo = simulator.demo
    before = numbers(books)
    simulator.set_limits(page_records=20)
    with simulator.impersonate() as front:
        asked = {
            "tenant": str(demo.tenant_id),
            "environment": demo.environment,
            "company": str(demo.company_id),
            "client_id": str(demo.client_id),
        }
        told = drive_python("bc-cli", asked, **front.environment, DEMO_SECRET=demo.client_secret, HOME=str(tmp_path))

    simulator.set_limits(page_records=20_000)
    pages = told["pages"]

    assert [20] * (len(before) // 20) == [len(page) for page in pages[:-1]], "it follows the links to the real host"
    assert len(before) + 1 == len({number for page in pages for number in page})
    assert set(demo.company_ids) == set(told["companies"])
    assert "Ålesund" == told["changed"]
    assert [True] == told["found"]
    assert "already changed the record" in str(told["stale"])
    assert "Ålesund" == told["read"]
    assert 0 == told["left"]
    assert before == numbers(books)
    assert {"api.businesscentral.dynamics.com", "login.microsoftonline.com"} > set(front.refused)


def test_pybusinesscentral(books: Books) -> None:
    before = numbers(books)
    told = drive_python("pybusinesscentral", place(books))

    assert ("Fulmar Freight", "Florø", "Florø") == (told["made"], told["changed"], told["read"])
    assert [400, TOKEN_REFUSED] == told["unmatched"]
    assert [before[:5], before[5:10]] == told["pages"]
    assert 404 == told["gone"]
    assert before == numbers(books)


def test_python_odata_with_hand_declared_entities(books: Books, simulator: Simulator) -> None:
    before = numbers(books)
    told = drive_python("python-odata", place(books))
    (update,) = simulator.requests(method="PATCH")

    assert [told["made"]] == told["found"]
    assert (sorted(before)[:3], "Kittiwake Kaffe") == (told["first"], told["starting"])
    assert 400 == update.status
    assert TOKEN_REFUSED in str(told["refused"]), "it sends no If-Match"
    assert 0 == told["left"]


def test_npm_odata(books: Books) -> None:
    before = numbers(books)
    told = drive_node("odata", place(books))

    assert sorted(before)[:3] == told["first"]
    assert ([told["made"]], "Skua Skiffs") == (told["found"], told["read"])
    assert [400, TOKEN_REFUSED] == told["unmatched"]
    assert (204, 0) == (told["deleted"], told["left"])


def test_npm_odata_client(books: Books, simulator: Simulator) -> None:
    before = numbers(books)
    told = drive_node("odata-client", place(books))
    (update,) = simulator.requests(method="PATCH")
    simulator.set_switch("quoted_guid_keys", True)
    switched = drive_node("odata-client", place(books))

    assert [told["made"]] == told["found"]
    assert sorted(before)[:3] == told["first"]
    assert told["quoted"] is not None, "a quoted GUID is no key"
    assert switched["quoted"] is None, "unless a switch says so"
    assert 400 == update.status
    assert TOKEN_REFUSED == told["unmatched"]


def test_dlt_reads_all_customers_by_the_page(books: Books, simulator: Simulator, tmp_path: Path) -> None:
    before = numbers(books)
    told = drive_python("dlt", {**place(books), "folder": str(tmp_path), "page": 7}, HOME=str(tmp_path))
    pages = [one for one in simulator.requests(path="/customers") if one.headers.get("prefer")]

    assert sorted(before) == told["numbers"]
    assert -(-len(before) // 7) == len(pages)
