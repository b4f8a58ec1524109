"""The server's process is killed while a create is under way: after the restart nobody writes it a second time."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from doors_world import BASE, World, open_world
from hostile_world import free_port, unique

from demo_process import clean_environment
from linkspan.journal_records import Write, WriteState
from linkspan.simulator import Simulator
from linkspan.storage.database import open_database, sqlite_url
from linkspan.storage.write_journal import WriteJournal


@contextmanager
def server(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = clean_environment(LINKSPAN_ALLOW_PRIVATE_ADDRESSES="true", LINKSPAN_PUBLIC_URL=BASE)
    process = subprocess.Popen(
        [sys.executable, "-m", "linkspan.cli.app", "up", "--port", str(port), "--data-dir", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
    )  # fmt: skip
    try:
        assert any(line.startswith("data ") for line in process.stdout or ())
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)


async def an_installation(folder: Path, simulator: Simulator) -> World:
    """A linked account in `folder`, kept by nobody."""
    async for world in open_world(folder, simulator):
        kept = world
    return kept


async def journal_line(folder: Path, project_id: str, run_id: str) -> Write | None:
    database = open_database(sqlite_url(folder / "linkspan.db"))
    try:
        return await WriteJournal(database).read(project_id, run_id)
    finally:
        await database.close()


async def test_a_create_that_a_dead_process_sent_is_not_sent_again(tmp_path: Path) -> None:
    with Simulator.start() as simulator:
        world, port, buyer = await an_installation(tmp_path, simulator), free_port(), unique("Killed")
        headers = {"x-account-id": world.account.id}
        call = {"action": "dynamics365bc_create_customer", "body": {"displayName": buyer}}
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", auth=(world.key, ""), headers=headers, timeout=20
        ) as client:
            simulator.fail_next(method="POST", path="/customers", kind="delay_after", delay_seconds=2)
            with server(tmp_path, port) as first:
                lost = asyncio.create_task(client.post("/actions/rpc", json=call))
                until = time.monotonic() + 10
                while not simulator.requests(method="POST", path="/customers") and time.monotonic() < until:  # noqa: ASYNC110 - another thread counts them
                    await asyncio.sleep(0.02)
                first.send_signal(signal.SIGKILL)
                broken = await asyncio.gather(lost, return_exceptions=True)
            with server(tmp_path, port):
                again = await client.post("/actions/rpc", json=call)
                found = await client.post(
                    "/actions/rpc",
                    json={"action": "dynamics365bc_list_customers", "query": {"filter": {"displayName": buyer}}},
                )
        told = again.json()
        line = await journal_line(tmp_path, world.project.id, told["first_run_id"])
        posts = simulator.requests(method="POST", path="/customers")

    assert isinstance(broken[0], httpx2.TransportError)
    assert (409, "possible_duplicate") == (again.status_code, told["code"])
    assert line is not None
    assert WriteState.STARTED == line.state
    assert 1 == len(posts)
    assert 1 == len(found.json()["data"])
