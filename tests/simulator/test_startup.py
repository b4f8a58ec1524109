"""What a simulator is told before its first answer, and what a reset makes of it."""

import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from bc_client import Books
from webhook_receiver import Receiver

from linkspan.simulator import Simulator
from linkspan.simulator.app import demo_parts
from linkspan.simulator.command import ControlError
from linkspan.simulator.control import Control
from linkspan.simulator.serve import serve_forever
from linkspan.simulator.startup import Startup
from linkspan.simulator.tape.recorded import Recorded, RecordingFile


@pytest.fixture
def control() -> Control:
    return Control(demo_parts())


def customers(control: Control) -> int:
    return control.state().tenants[0].environments[0].companies[0].records["customer"]


@pytest.mark.parametrize(
    ("startup", "told"),
    [
        (Startup(fail=("explode",)), "explode"),
        (Startup(fail=("",)), "kind"),
        (Startup(fail=("throttle,often",)), "often"),
        (Startup(fail=("throttle,colour=red",)), "colour"),
        (Startup(fail=("refusal,code=Made_Up",)), "Application_DialogException"),
        (Startup(limit=("requests",)), "requests"),
        (Startup(limit=("requests=none",)), "requests"),
        (Startup(limit=("requests=0",)), "at least 1"),
        (Startup(switch=("no_such_switch=1",)), "no_such_switch"),
        (Startup(switch=("quoted_guid_keys=maybe",)), "bool"),
        (Startup(replay=Path("/nowhere.jsonl")), "nowhere"),
        (Startup(record=Path("/nowhere/a"), upstream="http://example.com"), "https"),
        (Startup(record=Path("/nowhere/a"), replay=Path("b")), "either"),
    ],
)
def test_mistakes_are_explained(control: Control, startup: Startup, told: str) -> None:
    with pytest.raises(ControlError, match=told):
        control.start_with(startup)


def test_a_reset_returns_to_what_was_told(control: Control, tmp_path: Path) -> None:
    tape = RecordingFile(tmp_path / "tape.jsonl")
    tape.add(Recorded("GET", "companies", "", 200))
    tape.close()
    before = customers(control)
    control.start_with(
        Startup(
            customers=300,
            fail=("throttle,times=3", "html"),
            limit=("requests=9", "concurrent=2"),
            switch=("retry_after_seconds=null", "search=ignore"),
            replay=tmp_path / "tape.jsonl",
        )
    )
    control.clear_failures()
    control.set_limits(requests=100)
    control.set_switch("search", "refuse")
    control.stop_replay()
    control.reset()

    assert before + 300 == customers(control)
    assert [("throttle", 3), ("html", 1)] == [(one.kind, one.times) for one in control.state().failures]
    assert (9, 2) == (control.limits().requests, control.limits().concurrent)
    assert "ignore" == control.switches().search
    assert control.service.deck.plays


def test_the_same_seed_invents_the_same_customers(control: Control) -> None:
    other = Control(demo_parts())
    third = Control(demo_parts())
    control.start_with(Startup(customers=50, seed=4))
    other.start_with(Startup(customers=50, seed=4))
    third.start_with(Startup(customers=50, seed=5))

    def made(one: Control) -> list[tuple[object, object]]:
        company = next(
            iter(next(iter(one.service.world.tenants.values())).environments["Production"].companies.values())
        )
        rows = company.tables["customer"].all()
        return [(row["id"], row["displayName"]) for row in rows if str(row["number"]).startswith("G")]

    assert 50 == len(made(control))
    assert made(control) == made(other)
    assert made(control) != made(third)


def test_a_recording_to_a_file_goes_on_after_a_reset(control: Control, tmp_path: Path) -> None:
    control.start_with(Startup(record=tmp_path / "tape.jsonl", upstream="http://127.0.0.1:9"))
    control.reset()

    assert control.service.deck.records
    assert 0 == control.stop_recording()


def test_the_page_shows_what_is_set_and_no_secret(simulator: Simulator) -> None:
    books = Books(simulator)
    simulator.fail_next("refusal", code="Unknown", path="/vendors")
    simulator.set_limits(requests=77)
    simulator.set_switch("quoted_guid_keys", True)
    simulator.set_permission("items", "read")
    simulator.plan_outage(60, environment="Sandbox")
    with Receiver() as receiver:
        body = {
            "notificationUrl": f"{receiver.url}?code=hidden-code",
            "resource": f"companies({simulator.demo.company_id})/customers",
            "clientState": "hidden-state",
        }
        assert 201 == books.call("POST", "subscriptions", body).status_code
        assert 201 == books.inside("POST", "customers", {"displayName": "Petrel Chandlers"}).status_code
        simulator.move_clock(dt.timedelta(seconds=31))
        receiver.wait(1)
    page = httpx2.get(f"{simulator.url}/_sim/").text
    state = httpx2.get(f"{simulator.url}/_sim/state").json()
    books.close()

    for shown in (
        "Unknown",
        "requests</code> = 77",
        "quoted_guid_keys</code> = true",
        "items</code>: read",
        "Outage of",
    ):
        assert shown in page
    assert receiver.url in page
    for text in (page, str(state)):
        assert "hidden-state" not in text
    assert "hidden-code" not in page
    assert books.token not in page
    assert {"requests": 77} == state["limits"]
    assert "off" == state["tape"]


def test_the_command_records_to_a_file_and_replays_it(simulator: Simulator, tmp_path: Path) -> None:
    file = tmp_path / "tape.jsonl"
    books = Books(simulator)
    names = {one["name"] for one in books.call("GET", "companies").json()["value"]}
    with started("--record", str(file), "--upstream", simulator.url) as url:
        root = f"{url}/v2.0/{simulator.demo.tenant_id}/Production/api/v2.0"
        recorded = httpx2.get(f"{root}/companies", headers={"authorization": f"Bearer {books.token}"}).json()["value"]
    with started("--replay", str(file)) as url:
        token = httpx2.post(f"{url}/_sim/issue_token", json={}).json()
        root = f"{url}/v2.0/{simulator.demo.tenant_id}/Production/api/v2.0"
        played = httpx2.get(f"{root}/companies", headers={"authorization": f"Bearer {token}"}).json()["value"]
    books.close()

    assert names == {one["name"] for one in recorded}
    assert len(names) == len({one["name"] for one in played} - names)
    assert not any(name in file.read_text() for name in names)


async def test_who_impersonates_cannot_record(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="cannot record"):
        await serve_forever(impersonate=True, startup=Startup(record=tmp_path / "tape.jsonl"))


@contextmanager
def started(*options: str) -> Iterator[str]:
    command = [sys.executable, "-m", "linkspan.cli.app", "sim", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200"})
    assert process.stdout is not None
    try:
        told = dict(zip(("name", "url"), process.stdout.readline().split(), strict=True))
        for line in process.stdout:
            if line.startswith("user"):
                break
        yield told["url"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
