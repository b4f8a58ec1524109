"""A custom API out of a file: its records behave as all records do, at an address of its own."""

import json
import re
from pathlib import Path

import pytest
from odata_world import Sim, build_demo_sim

from linkspan.simulator.command import ControlError
from linkspan.simulator.custom_apis import read_document, read_file

DOCS = Path(__file__).resolve().parents[2] / "docs" / "simulator.md"
DOCUMENT = next(
    json.loads(text)
    for text in re.findall(r"^```json\n(.*?)^```", DOCS.read_text(), re.MULTILINE | re.DOTALL)
    if '"route"' in text
)


@pytest.fixture
def sim() -> Sim:
    found = build_demo_sim()
    found.service.apis.add(read_document(DOCUMENT))
    return found


def at(sim: Sim, path: str) -> str:
    company = next(iter(sim.environment.companies))
    return f"http://bc.test/v2.0/Production/api/holmvik/harbour/v1.0/companies({company})/{path}"


async def test_rows_of_the_file_are_read_and_filtered(sim: Sim) -> None:
    everything = (await sim.ask("GET", at(sim, "moorings"))).json()
    none = (await sim.ask("GET", at(sim, "moorings?$filter=rate gt 50"))).json()

    assert [("M01", "Swing_x0020_Buoy", 48.5)] == [
        (one["code"], one["kind"], one["rate"]) for one in everything["value"]
    ]
    assert [] == none["value"]
    assert "/api/holmvik/harbour/v1.0/$metadata#" in everything["@odata.context"]


async def test_records_are_written_with_parts_and_etags(sim: Sim) -> None:
    body = {"code": "m02", "rate": 51.25, "stays": [{"sequence": 1, "boat": "Ternen"}]}
    made = await sim.ask("POST", at(sim, "moorings"), body=body)
    one = made.json()
    below = (await sim.ask("GET", at(sim, f"moorings({one['id']})/stays"))).json()["value"]
    more = await sim.ask("POST", at(sim, f"moorings({one['id']})/stays"), body={"sequence": 2, "boat": "Skua"})
    expanded = (await sim.ask("GET", at(sim, f"moorings({one['id']})?$expand=stays"))).json()
    blind = await sim.ask("PATCH", at(sim, f"moorings({one['id']})"), body={"rate": 1})
    match = {"If-Match": one["@odata.etag"]}
    changed = await sim.ask("PATCH", at(sim, f"moorings({one['id']})"), body={"rate": 60}, headers=match)
    released = await sim.ask("POST", at(sim, f"moorings({one['id']})/Microsoft.NAV.release"))
    gone = await sim.ask("DELETE", at(sim, f"moorings({one['id']})"))

    assert (201, "M02", "_x0020_") == (made.status_code, one["code"], one["kind"])
    assert [("Ternen", one["id"])] == [(stay["boat"], stay["mooringId"]) for stay in below]
    assert (201, one["id"]) == (more.status_code, more.json()["mooringId"])
    assert ["Ternen", "Skua"] == [stay["boat"] for stay in expanded["stays"]]
    assert (400, 200, 60) == (blind.status_code, changed.status_code, changed.json()["rate"])
    assert one["@odata.etag"] != changed.json()["@odata.etag"]
    assert (204, 204) == (released.status_code, gone.status_code)


@pytest.mark.parametrize(
    ("body", "status"),
    [({"code": "x" * 21}, 400), ({"kind": "Pier"}, 400), ({"colour": "red"}, 400), ({"code": ""}, 400)],
)
async def test_values_are_checked(sim: Sim, body: dict[str, object], status: int) -> None:
    assert status == (await sim.ask("POST", at(sim, "moorings"), body=body)).status_code


async def test_it_describes_itself_and_the_standard_api_stays_as_it_is(sim: Sim) -> None:
    root = "http://bc.test/v2.0/Production/api/holmvik/harbour/v1.0"
    metadata = (await sim.ask("GET", f"{root}/$metadata")).text
    listed = {one["name"] for one in (await sim.ask("GET", root)).json()["value"]}
    standard = (await sim.ask("GET", "http://bc.test/v2.0/Production/api/v2.0/$metadata")).text
    other = await sim.ask("GET", "http://bc.test/v2.0/Production/api/holmvik/harbour/v2.0/moorings")
    companies = await sim.ask("GET", f"{root}/companies")
    delete = await sim.ask("DELETE", at(sim, "stays(1f0a4a52-5f0c-4d7e-9c63-0f4f3f1b2c3d)"))

    assert 'EntityType Name="mooring"' in metadata
    assert 'EntityType Name="customer"' not in metadata
    assert {"companies", "moorings", "stays"} == listed
    assert "mooring" not in standard
    assert (404, 200) == (other.status_code, companies.status_code)
    assert delete.status_code in {400, 404, 405}


async def test_a_reset_gives_the_rows_of_the_file_again(sim: Sim) -> None:
    await sim.ask("POST", at(sim, "moorings"), body={"code": "M09"})
    sim.service.reset()
    codes = [one["code"] for one in (await sim.ask("GET", at(sim, "moorings"))).json()["value"]]

    assert ["M01"] == codes


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"route": "holmvik"}, "publisher/group/version"),
        ({"route": "../../x"}, "publisher/group/version"),
        ({"entities": {}}, "empty"),
        ({"entities": {"customer": DOCUMENT["entities"]["stay"]}}, "standard API"),
        ({"entities": {"mooring": {"set": "moorings"}}}, "fields"),
        ({"rows": {"mooring": [{"colour": "red"}]}}, "colour"),
        ({"rows": {"buoy": []}}, "buoy"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(change: dict[str, object], said: str) -> None:
    with pytest.raises(ControlError, match=re.escape(said)):
        read_document({**DOCUMENT, **change})


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text("no json")
    (tmp_path / "list.json").write_text("[]")

    for name in ("api.json", "list.json", "missing.json"):
        with pytest.raises(ControlError, match="cannot be read"):
            read_file(tmp_path / name)
