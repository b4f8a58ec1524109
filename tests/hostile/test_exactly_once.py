"""A create whose connection to the provider is cut at every byte, and repeated with its key: one record, and never a false "done"."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx2
import pytest
from cut_cable import Way
from doors_world import CONNECTOR, World, open_world, walk
from hostile_world import IMPATIENT
from provider_relay import Relay, relay_to
from pydantic import SecretStr

from linkspan.model import Secret
from linkspan.simulator import Simulator
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.read_accounts import list_accounts
from sizes import size

ACTION = "dynamics365bc_create_customer"
SETTLES = 0.1
LANES = 6


@dataclass(slots=True)
class Here:
    """An installation whose provider is reached through a relay."""

    world: World
    relay: Relay
    client: httpx2.AsyncClient

    async def once(self, body: dict[str, object], key: str) -> list[httpx2.Response]:
        """Ask, and ask again with the same key for as long as the answer says that it may help: all answers."""
        told: list[httpx2.Response] = []
        for _ in range(30):
            answer = await self.client.post(f"/v1/actions/{ACTION}", json={"body": body, "idempotency_key": key})
            told.append(answer)
            if answer.is_success or (meaning(answer) == "unknown" and "retry-after" not in answer.headers):
                return told
            assert meaning(answer) in ("unknown", "not done", "wait"), answer.text
            await asyncio.sleep(SETTLES / 2)
        return told

    async def made(self, name: str) -> list[str]:
        """The ids of the records of that name at the provider."""
        self.relay.cut = None
        query = {"filter": {"displayName": name}, "select": "id"}
        told = await self.client.post("/actions/rpc", json={"action": "dynamics365bc_list_customers", "query": query})
        return [str(row["id"]) for row in told.json()["data"]]


def meaning(answer: httpx2.Response) -> str:
    if answer.is_success:
        return "done"
    code = answer.json()["error"]["code"]
    named = {"write_outcome_unknown": "unknown", "write_not_done": "not done", "write_in_progress": "wait"}
    return named.get(code, "wait" if code == "provider_unavailable" else code)


@pytest.fixture
async def lanes(tmp_path: Path, database_url: str) -> AsyncIterator[list[Here]]:
    """Accounts of one installation, each behind a relay of its own, so that cuts can go on beside one another."""
    given: dict[str, object] = {"write_settles": SETTLES}
    if database_url.startswith("postgresql"):
        given["database_url"] = SecretStr(database_url)
    with Simulator.start() as simulator:
        simulator.set_limits(requests=1_000_000, concurrent=100)
        async for world in open_world(tmp_path, simulator, **given):
            hall = world.hall
            hall.engine._wiring = replace(hall.engine._wiring, patience=IMPATIENT)
            async with AsyncExitStack() as stack:
                yield [await open_lane(stack, world, f"Lane {number}") for number in range(LANES)]


async def open_lane(stack: AsyncExitStack, world: World, name: str) -> Here:
    new = NewProfile(
        CONNECTOR, name, world.profile.client_id, client_secret=Secret(world.simulator.demo.client_secret),
        provider_url=world.simulator.url,
    )  # fmt: skip
    lane = replace(world, profile=await create_profile(world.hall, world.caller, new))
    async with lane.browser() as browser:
        await walk(browser, await lane.link_url(name), lane.answers())
    (lane.account,) = await list_accounts(world.hall, world.caller, AccountFilter(owner_ids=(name,)))
    relay = await stack.enter_async_context(relay_to(httpx2.URL(world.simulator.url).port or 0))
    await world.hall.profiles.change(
        replace(lane.profile, tenant=lane.account.fields["tenant_id"], provider_url=relay.url)
    )
    world.hall.warm.drop()
    return Here(lane, relay, await stack.enter_async_context(lane.api()))


def body_of(kind: str, name: str) -> dict[str, object]:
    body: dict[str, object] = {"displayName": name, "creditLimit": 12.50, "city": "Bergen"}
    return body | {"number": name.upper().replace(" ", "-")[:20]} if kind == "number" else body


def points(length: int, count: int) -> list[int]:
    """Every byte of so many; sampled evenly where fewer are asked for, the first and the last among them."""
    return sorted(
        {round(length * step / (count - 1)) for step in range(count)} if count <= length else range(length + 1)
    )


@dataclass(slots=True)
class Tally:
    """What the cuts came to."""

    first: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)


@pytest.mark.timeout(5400)
@pytest.mark.parametrize("kind", ["natural", "number"])
async def test_a_create_cut_at_every_byte_is_made_once(
    lanes: list[Here], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = await lanes[0].once(body_of(kind, f"Whole {kind}"), f"whole-{kind}")
    lengths, tally = dict(lanes[0].relay.lengths), Tally()
    assert ["done"] == [meaning(answer) for answer in whole]
    cuts: list[tuple[int, Way, int]] = [
        (number, way, at)
        for way in ("request", "answer")
        for number, at in enumerate(points(lengths[way], size("cut_bytes")))
    ]
    await asyncio.gather(
        *(go_through(lane, kind, cuts[number :: len(lanes)], tally) for number, lane in enumerate(lanes))
    )
    with capsys.disabled():
        print(f"\n{kind}: {len(cuts)} cuts ({lengths}); at first {dict(tally.first)}; in the end {dict(tally.ends)}")  # noqa: T201

    assert tally.ends["unknown"] <= len(cuts) * 0.05
    assert tally.ends["unknown"] + tally.ends["done"] == len(cuts)


async def go_through(here: Here, kind: str, cuts: list[tuple[int, Way, int]], tally: Tally) -> None:
    """Cut one write after another at its byte, and see what was made of it."""
    for number, way, after in cuts:
        name, key = f"Cut {kind[0]} {way[0]} {number}", f"cut-{kind}-{way}-{number}"
        here.relay.arm(way, after)
        told = await here.once(body_of(kind, name), key)
        made, where = await here.made(name), f"{way} {after}: {[meaning(answer) for answer in told]}"
        tally.first[meaning(told[0])] += 1
        tally.ends[meaning(told[-1])] += 1

        assert len(made) <= 1, where
        if told[-1].is_success:
            assert [told[-1].json()["data"]["id"]] == made, where
            (again,) = await here.once(body_of(kind, name), key)
            assert told[-1].json()["data"] == again.json()["data"], where
        if kind == "number":
            assert "unknown" not in [meaning(answer) for answer in told], where
