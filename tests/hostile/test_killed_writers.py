"""The server's process is killed at random while a create runs over a cable that is cut: asked again with its key, it is made once."""

import asyncio
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest
from cut_cable import Way
from doors_world import BASE, World, open_world
from hostile_world import free_port
from provider_relay import Relay, relay_to
from pydantic import SecretStr

from demo_process import clean_environment
from linkspan.simulator import Simulator
from sizes import size

ACTION = "dynamics365bc_create_customer"
# A dead process is missed after a second, not after twenty: a test cannot wait so long for each.
START = """
from datetime import timedelta
import linkspan.usecases.process_life as life
life.LEASE = timedelta(seconds=1)
from linkspan.cli.app import app
app()
"""


@dataclass(slots=True)
class Killing:
    """An installation in `folder` that is served by one process after another."""

    world: World
    relay: Relay
    folder: Path
    port: int
    database: str | None

    @asynccontextmanager
    async def served(self) -> AsyncIterator[subprocess.Popen[str]]:
        given = {"LINKSPAN_DATABASE_URL": self.database} if self.database else {}
        environment = clean_environment(
            LINKSPAN_ALLOW_PRIVATE_ADDRESSES="true", LINKSPAN_PUBLIC_URL=BASE, LINKSPAN_WRITE_SETTLES="0.5",
            LINKSPAN_PROVIDER_TIMEOUT="3", **given,
        )  # fmt: skip
        process = await asyncio.to_thread(
            subprocess.Popen,
            [sys.executable, "-c", START, "up", "--port", str(self.port), "--data-dir", str(self.folder)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
        )  # fmt: skip
        try:
            assert await asyncio.to_thread(lambda: any(line.startswith("data ") for line in process.stdout or ()))
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(process.communicate, timeout=20)

    def client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", auth=(self.world.key, ""), timeout=20,
            headers={"x-account-id": self.world.account.id},
        )  # fmt: skip

    async def write(self, client: httpx2.AsyncClient, body: dict[str, object], key: str) -> httpx2.Response:
        return await client.post(f"/v1/actions/{ACTION}", json={"body": body, "idempotency_key": key})


@pytest.fixture
async def killing(tmp_path: Path, database_url: str) -> AsyncIterator[Killing]:
    database = database_url if database_url.startswith("postgresql") else None
    given = {"database_url": SecretStr(database)} if database else {}
    with Simulator.start() as simulator:
        async with relay_to(httpx2.URL(simulator.url).port or 0) as relay:
            async for world in open_world(tmp_path, simulator, **given):
                await world.hall.profiles.change(replace(world.profile, provider_url=relay.url))
                kept = world
            yield Killing(kept, relay, tmp_path, free_port(), database)


@pytest.mark.timeout(1800)
async def test_a_process_killed_at_random_leaves_one_record(
    killing: Killing, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(7)  # noqa: S311 - chance, not a secret
    ends, first = Counter[str](), Counter[str]()
    for number in range(size("killed_writers")):
        name = f"Killed {number}"
        body: dict[str, object] = {"displayName": name, "city": "Bergen"} | (
            {"number": f"KILL-{number}"} if number % 2 else {}
        )
        way: Way = dice.choice(("request", "answer"))
        killing.relay.arm(way, dice.randint(0, 2000 if way == "request" else 1490))
        async with killing.served() as process, killing.client() as client:
            asked = asyncio.create_task(killing.write(client, body, f"key-{number}"))
            before = killing.relay.writes
            await asyncio.sleep(dice.random() * 0.05)
            if dice.random() < 0.7:
                while killing.relay.writes == before and not asked.done():  # noqa: ASYNC110 - the relay counts in tasks of its own
                    await asyncio.sleep(0.001)
                await asyncio.sleep(dice.random() * 0.02)
            process.send_signal(signal.SIGKILL)
            (lost,) = await asyncio.gather(asked, return_exceptions=True)
            first["answered" if isinstance(lost, httpx2.Response) else "broken"] += 1
        killing.relay.cut = None
        async with killing.served(), killing.client() as client:
            told = await killing.write(client, body, f"key-{number}")
            for _ in range(40):
                if told.is_success or ("retry-after" not in told.headers and "write_not_done" not in told.text):
                    break
                await asyncio.sleep(0.25)
                told = await killing.write(client, body, f"key-{number}")
            found = await client.post(
                "/v1/actions/dynamics365bc_list_customers", json={"query": {"filter": {"displayName": name}}}
            )
        made = [row["id"] for row in found.json()["data"]]
        ends["done" if told.is_success else told.json()["error"]["code"]] += 1

        assert [told.json()["data"]["id"]] == made if told.is_success else len(made) <= 1, (
            number,
            way,
            told.text[:300],
        )
        if isinstance(lost, httpx2.Response) and lost.is_success:
            assert lost.json()["data"] == told.json()["data"]
    with capsys.disabled():
        print(f"\nkilled: {dict(first)}; in the end {dict(ends)}")  # noqa: T201

    assert {"done"} == set(ends)
