"""Several processes deliver at once, some are killed in the middle of it: each event arrives, in its account's order."""

import asyncio
import sys
import time
from pathlib import Path

import pytest
from webhook_world import hook, order_of, toggle
from wire_server import Seen, wire_server

from linking_world import World
from sizes import size

WORKER = Path(__file__).with_name("courier_worker.py")


async def started(url: str, folder: Path) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(WORKER), url, str(folder), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    assert b"ready\n" == await process.stdout.readline()
    return process


async def slowly(_: Seen, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.02)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


@pytest.mark.timeout(240)
async def test_killed_couriers_lose_nothing_and_keep_the_order(
    world_on_each: World, database_url: str, tmp_path: Path
) -> None:
    world, changes, kills = world_on_each, size("courier_changes"), size("courier_kills")
    accounts = [await world.link(multiple=True) for _ in range(3)]
    async with wire_server(slowly) as server:
        told = await hook(world, server)
        workers = [await started(database_url, tmp_path) for _ in range(2)]
        try:
            telling = asyncio.gather(*(toggle(world, account, changes) for account in accounts))
            for _ in range(kills):
                seen = len(server.seen)
                while len(server.seen) < seen + 3 and not telling.done():  # noqa: ASYNC110  the server only counts
                    await asyncio.sleep(0.01)
                workers[0].kill()
                await workers[0].wait()
                workers = [*workers[1:], await started(database_url, tmp_path)]
            await telling
            ends = time.monotonic() + 40
            while (await told.health()).pending and time.monotonic() < ends:  # noqa: ASYNC110  it is another process's work
                await asyncio.sleep(0.1)
        finally:
            for worker in workers:
                worker.kill()
                await worker.wait()

    expected = ["suspended", "active"] * (changes // 2)
    assert {account.id: expected for account in accounts} == order_of(told.bodies())
    assert len(server.seen) <= 3 * changes + kills * 8
