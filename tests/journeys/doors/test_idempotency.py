"""One key, one write, on every door: the same answer again, other values refused, and nothing sent twice."""

import asyncio
import itertools

import pytest
from doors_world import CONNECTOR, World
from mcp_client import Mcp, told

pytestmark = pytest.mark.asyncio(loop_scope="session")
KEYS = (f"order-{number}" for number in itertools.count())
ACTION = f"{CONNECTOR}_create_customer"


async def customers(world: World, name: str) -> int:
    answer = await world.rpc("list_customers", query={"filter": {"displayName": name}})
    return len(answer.json()["data"])


async def create(world: World, key: str, name: str, door: str) -> dict:
    body = {"displayName": name}
    async with world.api() as client:
        if door == "rest header":
            answer = await client.post(f"/v1/actions/{ACTION}", json={"body": body}, headers={"idempotency-key": key})
        elif door == "rest":
            answer = await client.post(f"/v1/actions/{ACTION}", json={"body": body, "idempotency_key": key})
        elif door == "rpc in headers":
            call = {"action": ACTION, "body": body, "headers": {"Idempotency-Key": key}}
            answer = await client.post("/actions/rpc", json=call)
        else:
            answer = await client.post("/actions/rpc", json={"action": ACTION, "body": body, "idempotency_key": key})
    return answer.json() | {"status": answer.status_code}


@pytest.mark.parametrize("door", ["rpc", "rpc in headers", "rest", "rest header"])
async def test_the_same_key_writes_once_and_answers_the_same(world: World, door: str) -> None:
    key, name = next(KEYS), f"Once by {door}"
    first, second = await create(world, key, name, door), await create(world, key, name, door)

    assert (200, 200) == (first["status"], second["status"])
    assert second.pop("replayed")
    assert first == second
    assert 1 == await customers(world, name)


async def test_a_tools_argument_is_a_key_too(world: World) -> None:
    mcp, key = Mcp(world, headers={"x-account-id": world.account.id}), next(KEYS)
    first = told(await mcp.call("create_customer", body={"displayName": "Once by agent"}, idempotency_key=key))
    second = told(await mcp.call("create_customer", body={"displayName": "Once by agent"}, idempotency_key=key))
    by_rpc = await create(world, key, "Once by agent", "rpc")

    assert first["data"] == second["data"]
    assert second["replayed"]
    assert first["run_id"] == second["run_id"] == by_rpc["run_id"]
    assert 1 == await customers(world, "Once by agent")


async def test_other_values_under_the_same_key_are_refused(world: World) -> None:
    key = next(KEYS)
    first = await create(world, key, "Kept", "rpc")
    other = await create(world, key, "Changed", "rpc")

    assert (422, "idempotency_conflict") == (other["status"], other["code"])
    assert first["run_id"] == other["first_run_id"]
    assert 0 == await customers(world, "Changed")


async def test_many_at_once_make_one_record(world: World) -> None:
    key = next(KEYS)
    answers = await asyncio.gather(*(create(world, key, "Many at once", "rpc") for _ in range(8)))
    codes = {answer.get("code") for answer in answers if answer["status"] != 200}

    assert codes <= {"write_in_progress"}
    assert 1 == len({answer["data"]["id"] for answer in answers if answer["status"] == 200})
    assert 1 == await customers(world, "Many at once")


async def test_two_keys_are_two_writes_and_stand_in_nobodys_way(world: World) -> None:
    answers = [await create(world, next(KEYS), "Twice meant", "rpc") for _ in range(2)]

    assert [200, 200] == [answer["status"] for answer in answers]
    assert 2 == await customers(world, "Twice meant")


async def test_a_refused_write_may_be_tried_again_under_its_key(world: World) -> None:
    key = next(KEYS)
    body = {"displayName": "Later", "currencyCode": "XQX"}
    async with world.api() as client:
        call = {"action": ACTION, "body": body, "idempotency_key": key}
        refused = [(await client.post("/actions/rpc", json=call)).json() for _ in range(2)]

    assert ["provider_rejected"] * 2 == [answer["code"] for answer in refused]
    assert refused[0]["run_id"] != refused[1]["run_id"]


async def test_amounts_are_the_same_digits_again(world: World) -> None:
    call = b'{"action":"%s_create_item","idempotency_key":"%s","body":{"displayName":"Digits","unitPrice":19.10}}'
    text = call % (CONNECTOR.encode(), next(KEYS).encode())
    async with world.api() as client:
        answers = [await client.post("/actions/rpc", content=text) for _ in range(2)]

    assert all(b'"unitPrice":19.10' in answer.content for answer in answers)
    assert answers[1].json()["replayed"]
    assert answers[0].content == answers[1].content.replace(b',"replayed":true', b"")


@pytest.mark.parametrize("key", ["", " ", "with space", "ümlaut", "x" * 256, 7])
async def test_a_key_of_another_form_is_refused(world: World, key: object) -> None:
    async with world.api() as client:
        call = {"action": ACTION, "body": {"displayName": "Never"}, "idempotency_key": key}
        answer = await client.post("/actions/rpc", json=call)

    assert (400, "invalid_input") == (answer.status_code, answer.json()["code"])
    assert "idempotency_key" in answer.json()["errors"][0]


async def test_a_key_on_a_read_changes_nothing(world: World) -> None:
    async with world.api() as client:
        call = {"action": f"{CONNECTOR}_list_items", "query": {"top": 1}, "idempotency_key": next(KEYS)}
        answers = [await client.post("/actions/rpc", json=call) for _ in range(2)]

    assert [200, 200] == [answer.status_code for answer in answers]
    assert "replayed" not in answers[1].json()


async def test_a_lost_answer_is_found_at_the_provider(world: World) -> None:
    key, name = next(KEYS), "Lost and found"
    world.simulator.fail_next(method="POST", path="/customers", kind="drop_after")
    found, again = await create(world, key, name, "rpc"), await create(world, key, name, "rpc")

    assert [200, 200] == [found["status"], again["status"]]
    assert again.pop("replayed")
    assert found == again
    assert 1 == await customers(world, name)


async def test_a_write_that_may_still_arrive_is_not_sent_again(world: World) -> None:
    key, name = next(KEYS), "May still arrive"
    world.simulator.fail_next(method="POST", path="/customers", kind="drop_before")
    lost = await create(world, key, name, "rpc")
    again = await create(world, key, name, "rpc")

    assert ["write_outcome_unknown"] * 2 == [lost["code"], again["code"]]
    assert lost["run_id"] == again["first_run_id"]
    assert "with the same key" in again["next_step"]
    assert 0 == await customers(world, name)


async def test_a_number_of_ones_own_is_sent_again_at_once(world: World) -> None:
    """The provider keeps a number once, so a late first try cannot make a second record."""
    key, body = next(KEYS), {"displayName": "Own number", "number": "OWN-1"}
    world.simulator.fail_next(method="POST", path="/customers", kind="drop_before")
    call = {"action": ACTION, "body": body, "idempotency_key": key}
    async with world.api() as client:
        answers = [await client.post("/actions/rpc", json=call) for _ in range(3)]

    assert [503, 200, 200] == [answer.status_code for answer in answers]
    assert ["write_not_done", "wait"] == [answers[0].json()[name] for name in ("code", "advice")]
    assert answers[1].json()["data"] == answers[2].json()["data"]
    assert 1 == await customers(world, "Own number")
