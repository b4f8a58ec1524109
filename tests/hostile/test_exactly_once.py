"""A create whose connection to the provider is cut at every byte, and repeated with its key: one record, and never a false "done"."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest
from cut_cable import Way
from doors_world import World, open_world
from hostile_world import IMPATIENT
from provider_relay import Relay, relay_to
from pydantic import SecretStr

from linkspan.simulator import Simulator
from sizes import size

ACTION = "dynamics365bc_create_customer"
SETTLES = 0.1


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
        told = await self.world.rpc("list_customers", query={"filter": {"displayName": name}, "select": "id"})
        return [str(row["id"]) for row in told.json()["data"]]


def meaning(answer: httpx2.Response) -> str:
    if answer.is_success:
        return "done"
    code = answer.json()["error"]["code"]
    named = {"write_outcome_unknown": "unknown", "write_not_done": "not done", "write_in_progress": "wait"}
    return named.get(code, "wait" if code == "provider_unavailable" else code)


@pytest.fixture
async def here(tmp_path: Path, database_url: str) -> AsyncIterator[Here]:
    given: dict[str, object] = {"write_settles": SETTLES}
    if database_url.startswith("postgresql"):
        given["database_url"] = SecretStr(database_url)
    with Simulator.start() as simulator:
        async for world in open_world(tmp_path, simulator, **given):
            hall = world.hall
            hall.engine._wiring = replace(hall.engine._wiring, patience=IMPATIENT)
            async with relay_to(httpx2.URL(simulator.url).port or 0) as relay, world.api() as client:
                await hall.profiles.change(replace(world.profile, provider_url=relay.url))
                hall.warm.drop()
                yield Here(world, relay, client)


def body_of(kind: str, name: str) -> dict[str, object]:
    body: dict[str, object] = {"displayName": name, "creditLimit": 12.50, "city": "Bergen"}
    return body | {"number": name.upper().replace(" ", "-")[:20]} if kind == "number" else body


def points(length: int, count: int) -> list[int]:
    """Every byte of so many; sampled evenly where fewer are asked for, the first and the last among them."""
    return sorted(
        {round(length * step / (count - 1)) for step in range(count)} if count <= length else range(length + 1)
    )


@pytest.mark.timeout(5400)
@pytest.mark.parametrize("kind", ["natural", "number"])
async def test_a_create_cut_at_every_byte_is_made_once(
    here: Here, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = await here.once(body_of(kind, f"Whole {kind}"), f"whole-{kind}")
    lengths, ends, first = dict(here.relay.lengths), Counter[str](), Counter[str]()
    assert ["done"] == [meaning(answer) for answer in whole]
    cuts: list[tuple[Way, int]] = [
        (way, at) for way in ("request", "answer") for at in points(lengths[way], size("cut_bytes"))
    ]
    for number, (way, after) in enumerate(cuts):
        name = f"Cut {kind[0]} {number}"
        here.relay.arm(way, after)
        told = await here.once(body_of(kind, name), f"cut-{kind}-{number}")
        made, where = await here.made(name), f"{way} {after} of {lengths[way]}: {[meaning(answer) for answer in told]}"
        first[meaning(told[0])] += 1
        ends[meaning(told[-1])] += 1

        assert len(made) <= 1, where
        if told[-1].is_success:
            assert [told[-1].json()["data"]["id"]] == made, where
            (again,) = await here.once(body_of(kind, name), f"cut-{kind}-{number}")
            assert told[-1].json()["data"] == again.json()["data"], where
        if kind == "number":
            assert "unknown" not in [meaning(answer) for answer in told], where
    with capsys.disabled():
        print(f"\n{kind}: {len(cuts)} cuts ({lengths}); at first {dict(first)}; in the end {dict(ends)}")  # noqa: T201

    assert ends["unknown"] <= len(cuts) * 0.05
    assert ends["unknown"] + ends["done"] == len(cuts)
