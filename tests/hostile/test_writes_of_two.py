"""Writes over two processes and wrong clocks: one key at once, a dead process's line, a clock that is hours off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doors_world import BASE, CONNECTOR, World, open_world
from pydantic import SecretStr

from linkspan.engine.call import Inputs
from linkspan.errors import LinkspanError
from linkspan.journal_records import WriteState
from linkspan.settings import Settings
from linkspan.simulator import Simulator
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_runs import read_run
from linkspan.usecases.run_action import ActionRequest, Answer, run_action
from linkspan.usecases.settle_writes import Lookout
from linkspan.wiring import opened_hall


@dataclass(slots=True)
class Two:
    """One installation served by two halls, as two processes would."""

    world: World
    halls: tuple[Hall, Hall]

    async def create(self, hall: Hall, name: str, key: str | None, **more: object) -> Answer | LinkspanError:
        inputs = Inputs(body={"displayName": name, **more})
        account = self.world.account.id
        request = ActionRequest(f"{CONNECTOR}_create_customer", account, inputs, "rest", idempotency_key=key)
        try:
            return await run_action(hall, self.world.caller, request)
        except LinkspanError as error:
            return error

    async def made(self, name: str) -> list[str]:
        told = await self.world.rpc("list_customers", query={"filter": {"displayName": name}})
        return [row["id"] for row in told.json()["data"]]


@pytest.fixture
async def two(tmp_path: Path, database_url: str) -> AsyncIterator[Two]:
    shared = {"database_url": SecretStr(database_url)} if database_url.startswith("postgresql") else {}
    with Simulator.start() as simulator:
        async for world in open_world(tmp_path, simulator, **shared):
            settings = Settings(data_dir=tmp_path, public_url=BASE, allow_private_addresses=True, **shared)
            async with AsyncExitStack() as stack:
                yield Two(world, (world.hall, await stack.enter_async_context(opened_hall(settings))))


async def test_one_key_in_two_processes_at_once_is_one_write(two: Two) -> None:
    two.world.simulator.fail_next(method="POST", path="/customers", kind="delay", delay_seconds=0.3)
    told = await asyncio.gather(*(two.create(hall, "At once", "k") for hall in two.halls * 4))
    again = [await two.create(hall, "At once", "k") for hall in two.halls]

    assert 1 == sum(isinstance(each, Answer) for each in told)
    assert {"write_in_progress"} == {each.code for each in told if isinstance(each, LinkspanError)}
    assert await two.made("At once") == [again[0].result.data["id"]] == [again[1].result.data["id"]]


async def test_what_a_dead_process_sent_is_settled_by_another_one_unasked(two: Two) -> None:
    """Its request is answered after its end: the other process finds the record, closes the line and logs the run."""
    first, second = two.halls
    two.world.simulator.fail_next(method="POST", path="/customers", kind="delay_after", delay_seconds=0.5)
    task = asyncio.create_task(two.create(first, "Orphan", "k"))
    await asyncio.sleep(0.25)
    (line,) = await second.journal.to_look_for()
    untouched = await Lookout(second).look()
    # The other process is dead: nobody renews its lease, and nobody closes its line.
    await first.leases.drop(f"process:{first.process}", first.process)
    await first.leases.drop("settling writes", first.process)
    await second.leases.take(
        "settling writes", second.process, now=second.clock(), until=second.clock() + timedelta(minutes=1)
    )
    settled = await Lookout(second).look()
    closed = await second.journal.read(line.project_id, line.run_id)
    await second.run_log.flush()
    run = await read_run(second, two.world.caller, line.run_id)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert (WriteState.STARTED, 0, 1) == (line.state, untouched, settled)
    assert (WriteState.DONE, await two.made("Orphan")) == (closed.state, [closed.record_id])
    assert (200, None) == (run.status, run.error_code)
    assert closed.sealed_intent is None


@pytest.mark.parametrize("hours", [-30, -1, 1, 30])
async def test_a_wrong_clock_of_ours_neither_loses_nor_doubles_a_write(tmp_path: Path, hours: int) -> None:
    def wrong() -> datetime:
        return datetime.now(UTC) + timedelta(hours=hours)

    with Simulator.start() as simulator:
        async for world in open_world(tmp_path, simulator, clock=wrong):
            two = Two(world, (world.hall, world.hall))
            await world.rpc("list_companies")
            simulator.fail_next(method="POST", path="/customers", kind="drop_after")
            found = await two.create(world.hall, "Wrong clock", "k1")
            simulator.fail_next(method="POST", path="/customers", kind="drop_before")
            missing = await two.create(world.hall, "Not yet", "k2")
            again = await two.create(world.hall, "Not yet", "k2")
            made = [await two.made(name) for name in ("Wrong clock", "Not yet")]

    assert [[found.result.data["id"]], []] == made
    assert ["write_outcome_unknown"] * 2 == [missing.code, again.code]


async def test_our_clock_jumps_ahead_while_a_write_may_still_arrive(tmp_path: Path) -> None:
    """A day ahead by our clock, a moment by the provider's: it may still arrive, so it is not sent again."""
    ahead = timedelta()

    def clock() -> datetime:
        return datetime.now(UTC) + ahead

    with Simulator.start() as simulator:
        async for world in open_world(tmp_path, simulator, clock=clock):
            two = Two(world, (world.hall, world.hall))
            await world.rpc("list_companies")
            simulator.fail_next(method="POST", path="/customers", kind="drop_before")
            lost = await two.create(world.hall, "Jump", "k")
            ahead = timedelta(hours=20)
            again = await two.create(world.hall, "Jump", "k")
            simulator.move_clock(timedelta(minutes=17))
            world.hall.engine._wiring.provider_clocks._dates.clear()
            settled = await two.create(world.hall, "Jump", "k")
            made = await two.made("Jump")

    assert ["write_outcome_unknown"] * 2 == [lost.code, again.code]
    assert made == [settled.result.data["id"]]
