"""Clocks that jump, ours and the provider's: nobody is unlinked, no write is doubled, and what has run out says so."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doors_world import World
from hostile_world import DOORS, Front, over_simulator, unique
from test_sign_in_failures import TOKEN, callback_of, linkings

from linkspan.journal_records import WriteState
from linkspan.model import AccountState
from linkspan.simulator import Simulator
from linkspan.usecases.settle_writes import Lookout, give_up_writes


@dataclass
class Clock:
    """The hall's clock, which jumps when it is told to."""

    offset: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def jump(self, **delta: float) -> None:
        self.offset += timedelta(**delta)


@dataclass
class Here:
    """An installation of its own for each test: a clock that jumped leaves traces."""

    clock: Clock
    simulator: Simulator
    world: World
    front: Front


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    clock = Clock()
    with Simulator.start() as simulator:
        async for world, front in over_simulator(tmp_path, simulator, clock):
            yield Here(clock, simulator, world, front)


async def reads(here: Here) -> None:
    """A read on each door works, is logged as a success, and leaves the account as it was."""
    for door in DOORS:
        told = await here.front.ask(door, "list_companies")
        run = await here.front.run(told.body["run_id"])

        assert 200 == told.status, told.body
        assert (None, 200) == (run.error_code, run.status)
        assert 0 <= run.duration_ms < 10_000
    assert AccountState.ACTIVE == await here.front.state()


@pytest.mark.parametrize("hours", [3, -3, 24 * 20, -24 * 400])
async def test_our_clock_jumps(here: Here, hours: int) -> None:
    await reads(here)
    here.clock.jump(hours=hours)
    await reads(here)
    here.clock.jump(hours=-hours)
    await reads(here)


async def test_the_providers_clock_jumps_past_the_tokens_end(here: Here) -> None:
    """It refuses a token that we think good: it is renewed once, and the read goes through."""
    await reads(here)
    here.simulator.clear_requests()
    here.simulator.move_clock(timedelta(hours=3))
    await reads(here)

    assert 1 == len(here.simulator.requests(method="POST", path=TOKEN))
    assert 1 == len(here.simulator.requests(status=401))


async def test_after_our_clock_fell_back_a_token_that_is_over_at_the_provider_is_renewed(here: Here) -> None:
    await reads(here)
    here.clock.jump(hours=-5)
    here.simulator.move_clock(timedelta(hours=2))
    await reads(here)


@pytest.mark.parametrize("hours", [30, -30])
async def test_the_clock_jumps_while_a_create_is_under_way(here: Here, hours: int) -> None:
    buyer = unique("Jump")
    here.simulator.fail_next(method="POST", path="/customers", kind="delay", delay_seconds=0.3)
    creating = asyncio.create_task(here.front.ask("rpc", "create_customer", body={"displayName": buyer}))
    await asyncio.sleep(0.15)
    here.clock.jump(hours=hours)
    # What watches over the writes of dead processes leaves it alone, however old it looks: this process knows that it is at it.
    changed = await Lookout(here.front.hall).look() + await give_up_writes(here.front.hall)
    made = await creating
    again = await here.front.ask("rpc", "create_customer", body={"displayName": buyer})
    run, line = await here.front.run(made.run_id), await here.front.line(made.run_id)
    found = await here.front.ask("rest", "list_customers", query={"filter": {"displayName": buyer}})

    assert 0 == changed
    assert (200, 409) == (made.status, again.status)
    assert made.run_id == again.error["first_run_id"]
    assert line is not None
    assert WriteState.DONE == line.state
    assert (None, 200) == (run.error_code, run.status)
    assert 0 <= run.duration_ms < 10_000
    assert 1 == len(found.body["data"])


async def test_after_an_unknown_outcome_a_clock_that_fell_back_keeps_the_guard(here: Here) -> None:
    buyer = unique("Back")
    here.simulator.fail_next(method="POST", path="/customers", kind="drop_before")
    lost = await here.front.ask("rpc", "create_customer", body={"displayName": buyer})
    here.clock.jump(days=-30)
    again = await here.front.ask("rpc", "create_customer", body={"displayName": buyer})
    found = await here.front.ask("rest", "list_customers", query={"filter": {"displayName": buyer}})

    assert "write_outcome_unknown" == lost.error["code"]
    assert (409, lost.run_id) == (again.status, again.error["first_run_id"])
    assert [] == found.body["data"]


async def test_the_clock_jumps_between_sign_in_and_callback(here: Here) -> None:
    async with here.world.browser() as browser:
        browser.follow_redirects = False
        callback = await callback_of(here.world, browser, unique("Slow"))
        here.clock.jump(hours=2)
        page = await browser.get(callback)
    (run,) = await linkings(here.front, "link_state_invalid")

    assert 400 == page.status_code
    assert "link_state_invalid" in page.text
    assert "took longer than" in page.text
    assert "Open the link page again" in page.text
    assert [] == list(run.steps)
    assert AccountState.ACTIVE == await here.front.state()
