"""A connector without Python: the folder `harbour` links and runs against another OData service, through a started server."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from harbour_service import CLIENT_ID, CLIENT_SECRET, HARBOUR, HarbourDesk, running_desk

from linkspan.cli.walk import Walker

FOLDERS = Path(__file__).parent / "folders"
LINKSPAN = [sys.executable, "-m", "linkspan.cli.app"]


@dataclass(frozen=True)
class Office:
    """A running Linkspan with one linked account at the desk."""

    desk: HarbourDesk
    base_url: str
    key: str
    account: str
    environment: dict[str, str]

    def post(self, action: str, **groups: object) -> httpx2.Response:
        return httpx2.post(
            f"{self.base_url}/v1/actions/harbour_{action}", json=groups, auth=(self.key, ""),
            headers={"x-account-id": self.account}, timeout=30,
        )  # fmt: skip

    def run(self, action: str, **groups: object) -> object:
        answer = self.post(action, **groups)
        assert 200 == answer.status_code, answer.text
        return json.loads(answer.text, parse_float=str)["data"]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*LINKSPAN, *words], capture_output=True, text=True, env=self.environment, check=False)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("harbour")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LINKSPAN_")} | {
        "LINKSPAN_CONNECTOR_DIRS": str(FOLDERS), "LINKSPAN_ALLOW_PRIVATE_ADDRESSES": "true",
        "LINKSPAN_DATA_DIR": str(folder), "LINKSPAN_PORT": "0",
    }  # fmt: skip
    with running_desk() as desk:
        server = subprocess.Popen([*LINKSPAN, "up"], stdout=subprocess.PIPE, text=True, env=environment)
        try:
            key, base_url = first_start(server)
            yield linked(desk, base_url, key, environment | {"LINKSPAN_PUBLIC_URL": base_url}, folder)
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=20)


def first_start(server: subprocess.Popen[str]) -> tuple[str, str]:
    """The API key and the address that the first start prints."""
    key = base_url = ""
    for line in server.stdout or ():
        words = line.split()
        key = words[0] if words and words[0].startswith("v1.local.") else key
        base_url = words[1] if words[:1] == ["listening"] else base_url
        if words[:1] == ["data"]:
            break
    assert key
    assert base_url
    return key, base_url


def linked(desk: HarbourDesk, base_url: str, key: str, environment: dict[str, str], folder: Path) -> Office:
    """Link as an operator does: profile and link by the command line, the pages by a person."""
    desk.redirect_uris.add(f"{base_url}/connect/oauth2/harbour/callback")
    office = Office(desk, base_url, key, "", environment)
    secret = folder / "given" / "secret.txt"
    secret.parent.mkdir()
    secret.write_text(CLIENT_SECRET)
    made = office.command(
        "profile", "create", "--connector", "harbour", "--client-id", CLIENT_ID, "--secret-file", str(secret),
        "--provider-url", desk.url, "--json",
    )  # fmt: skip
    assert 0 == made.returncode, made.stderr
    told = office.command(
        "account", "link", "--connector", "harbour", "--owner-id", "7", "--owner-name", "Skagen", "--json"
    )
    page = asyncio.run(
        Walker({"harbour": HARBOUR, "sailor": "Ann", "answer": "allow"}).walk(json.loads(told.stdout)["link_url"])
    )
    assert 200 == page.status_code, page.text
    accounts = json.loads(office.command("account", "list", "--json").stdout)
    assert [("active", HARBOUR)] == [(account["state"], account["harbour"]) for account in accounts], page.text
    return Office(desk, base_url, key, accounts[0]["id"], environment)


def test_the_folder_holds_no_python_and_is_right(office: Office) -> None:
    checked = office.command("connector", "check", str(FOLDERS / "harbour"))

    assert 0 == checked.returncode, checked.stderr
    assert "ok harbour 1.0.0: 15 actions, 5 entities, 2 guides" in checked.stdout
    assert [] == [file.name for file in (FOLDERS / "harbour").rglob("*") if file.suffix == ".py"]


def test_a_list_goes_on_by_its_cursor_over_pages(office: Office) -> None:
    first = office.post("list_berths", query={"page_size": 2, "order_by": "Code desc"}).json()
    codes = [row["Code"] for row in first["data"]]
    following = first["next"]
    while following:
        page = office.post("list_berths", query={"cursor": following}).json()
        codes += [row["Code"] for row in page["data"]]
        following = page["next"]

    assert [f"B{n}" for n in range(18, 10, -1)] == codes


def test_all_rows_come_in_one_answer(office: Office) -> None:
    rows = office.run("list_berths", query={"all": True, "select": ["Code", "DepthMetres"]})

    assert 8 == len(rows)
    assert {"@odata.etag", "Code", "DepthMetres"} == set(rows[0])
    assert "11.50" == rows[0]["DepthMetres"]


def test_one_record_is_read_by_a_text_key_and_by_a_number(office: Office) -> None:
    assert "Old Quay" == office.run("get_berth", path={"id": "B12"})["Quay"]
    assert "Tern 3" == office.run("get_vessel", path={"id": 9000003})["Name"]


@pytest.mark.parametrize(
    ("action", "given", "expected"),
    [
        ("list_berths", {"Quay": "O'Hara Quay", "DepthMetres": {"gt": "16.50"}}, ["B17", "B18"]),
        ("list_berths", {"Code": {"eq": "B11"}, "Free": True}, ["B11"]),
        ("list_vessels", {"Kind": "Fast Boat", "Imo": {"lt": 9000004}}, [9000002]),
        ("list_vessels", {"Agent": None, "Name": "Tern 5"}, [9000005]),
    ],
)
def test_filters_compare_text_decimals_booleans_enums_and_null(office: Office, action, given, expected) -> None:
    rows = office.run(action, query={"filter": given, "all": True})

    assert expected == [row.get("Code", row.get("Imo")) for row in rows]


def test_a_record_is_created_changed_with_its_etag_and_deleted(office: Office) -> None:
    created = office.run(
        "create_vessel", body={"Imo": 9321483, "Name": "Måken", "Kind": "Fast Boat", "LengthMetres": "42.750"}
    )
    etag = {"if_match": created["@odata.etag"]}
    changed = office.run("update_vessel", path={"id": 9321483}, body={"Agent": "Holm & Vik"}, headers=etag)
    stale = office.post("update_vessel", path={"id": 9321483}, body={"Agent": None}, headers=etag)
    cleared = office.post("update_vessel", path={"id": 9321483}, body={"Agent": None})
    gone = office.run("delete_vessel", path={"id": 9321483})
    missing = office.post("get_vessel", path={"id": 9321483})

    assert ("Fast Boat", "42.750") == (created["Kind"], created["LengthMetres"])
    assert "Holm & Vik" == changed["Agent"]
    assert (409, "conflict") == (stale.status_code, stale.json()["error"]["code"])
    assert (None, "last_writer_wins") == (cleared.json()["data"]["Agent"], cleared.json()["concurrency"])
    assert gone is None
    assert (404, "record_not_found") == (missing.status_code, missing.json()["error"]["code"])


def test_an_invoice_is_created_with_its_lines_and_exact_amounts(office: Office) -> None:
    lines = [
        {"Text": "Quay dues", "Quantity": 3, "UnitPrice": "412.10"},
        {"Text": "Water", "Quantity": "0.5", "UnitPrice": "19.90"},
    ]
    created = office.run("create_invoice", body={"VesselImo": 9000001, "IssuedOn": "2026-10-31", "Lines": lines})
    read = office.run("get_invoice", path={"id": created["Id"]}, query={"expand": "Lines"})

    assert "1246.250" == created["Total"]
    assert ["1236.30", "9.950"] == [line["Amount"] for line in read["Lines"]]


def test_a_visit_uses_dates_enums_and_null(office: Office) -> None:
    arrived = "2026-10-31T06:40:00Z"
    made = office.run(
        "create_visit", body={"BerthCode": "B12", "VesselImo": 9000001, "State": "Moored", "ArrivedAt": arrived}
    )
    found = office.run(
        "list_visits", query={"filter": {"State": "Moored", "ArrivedAt": {"ge": arrived}, "LeftAt": None}}
    )
    refused = office.post("delete_vessel", path={"id": 9000001})
    office.run("delete_visit", path={"id": made["Id"]})

    assert [made["Id"]] == [row["Id"] for row in found]
    assert (409, "conflict") == (refused.status_code, refused.json()["error"]["code"])
    assert "The vessel has visits." in refused.text


def test_mistakes_are_told_before_anything_is_sent(office: Office) -> None:
    before = len(office.desk.requests)
    refused = office.post("create_vessel", body={"Imo": "x", "Nmae": "y", "Kind": "Fast", "Name": None})
    places = {mistake["where"] for mistake in refused.json()["error"]["mistakes"]}

    assert 400 == refused.status_code
    assert {"body.Imo", "body.Nmae", "body.Kind", "body.Name"} <= places
    assert before == len(office.desk.requests)


def test_a_refused_token_is_refreshed_with_basic_authentication(office: Office) -> None:
    office.desk.access_tokens.clear()
    office.desk.token_requests.clear()
    berth = office.run("get_berth", path={"id": "B11"})

    assert "B11" == berth["Code"]
    assert ["refresh_token"] == office.desk.token_requests


def test_the_command_line_runs_it_and_the_doctor_finds_it_well(office: Office) -> None:
    ran = office.command("run", "harbour_get_vessel", "--account", office.account, "--path", "id=9000002")
    doctor = office.command("doctor", office.account)

    assert "Tern 2" == json.loads(ran.stdout)["data"]["Name"], ran.stderr
    assert 0 == doctor.returncode, doctor.stdout
    assert "failed" not in doctor.stdout


def test_the_guide_shows_this_connectors_own_steps_and_no_other_provider(office: Office) -> None:
    guide = httpx2.get(f"{office.base_url}/connectors/harbour/guides/connector-profile/oauth-2-0")
    text = office.command("guide", "harbour").stdout

    assert 200 == guide.status_code
    assert f"{office.base_url}/connect/oauth2/harbour/callback" in guide.text
    assert "harbour.write" in text
    assert [] == [word for word in ("Microsoft", "Business Central", "Entra") if word in guide.text + text]


def test_schemas_tell_the_keys_types(office: Office) -> None:
    def key(action: str) -> dict[str, object]:
        told = json.loads(office.command("connector", "show", f"harbour_{action}", "--json").stdout)
        return told["input_schema"]["properties"]["path"]["properties"]["id"]

    assert ("string", 6) == (key("get_berth")["type"], key("get_berth")["maxLength"])
    assert "integer" == key("get_vessel")["type"]
    assert "uuid" == key("get_visit")["format"]
