"""The provider's limits are kept before it complains: concurrency, rate over any window, fairness, waits that are told."""

import asyncio
from contextlib import suppress

import pytest

from linkspan.errors import RateLimitedError, ServerBusyError
from linkspan.transport.throttle import Pace, Throttle

BC = Pace(concurrent=5, requests=6000, window=300)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_no_more_than_five_at_once_and_first_come_first_served() -> None:
    throttle, running, most, order = Throttle(), 0, 0, []

    async def call(number: int) -> None:
        nonlocal running, most
        await throttle.enter("a", BC)
        running += 1
        most = max(most, running)
        order.append(number)
        await asyncio.sleep(0)
        running -= 1
        throttle.leave("a")

    await asyncio.gather(*(call(number) for number in range(40)))

    assert 5 == most
    assert list(range(40)) == order


async def test_accounts_do_not_wait_for_each_other() -> None:
    throttle = Throttle()
    for _ in range(5):
        await throttle.enter("a", BC)

    await asyncio.wait_for(throttle.enter("b", BC), 1)


async def test_people_go_before_bulk() -> None:
    throttle, order = Throttle(), []
    pace = Pace(1, 6000, 300)
    await throttle.enter("a", pace)

    async def call(name: str, *, bulk: bool) -> None:
        await throttle.enter("a", pace, bulk=bulk)
        order.append(name)
        throttle.leave("a")

    waiting = [asyncio.create_task(call(f"bulk {number}", bulk=True)) for number in range(3)]
    await asyncio.sleep(0)
    waiting += [asyncio.create_task(call("person", bulk=False))]
    await asyncio.sleep(0)
    throttle.leave("a")
    await asyncio.gather(*waiting)

    assert ["person", "bulk 0", "bulk 1", "bulk 2"] == order


async def test_any_window_holds_at_most_the_limit() -> None:
    clock = Clock()
    throttle, pace, taken = Throttle(longest_wait=0.0, clock=clock), Pace(100, 60, 30), []
    for tick in range(900):
        clock.now = 1000 + tick / 10
        with suppress(RateLimitedError):
            await throttle.enter("a", pace)
            taken.append(clock.now)
            throttle.leave("a")
    most = max(sum(1 for moment in taken if start <= moment < start + 30) for start in taken)

    assert 45 < most <= 60
    assert len(taken) > 120


async def test_a_wait_that_is_too_long_is_told() -> None:
    throttle = Throttle(longest_wait=1.0, clock=Clock())
    pace = Pace(1, 4, 300)
    await throttle.enter("a", pace)
    throttle.leave("a")
    with pytest.raises(RateLimitedError) as caught:
        await throttle.enter("a", pace)

    assert 100 == caught.value.retry_after


async def test_waits_for_the_rate_when_that_is_short() -> None:
    throttle, pace = Throttle(), Pace(1, 40, 3)
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(12):
        await throttle.enter("a", pace)
        throttle.leave("a")

    assert 0.15 < loop.time() - began < 2


async def test_the_provider_said_slow_down() -> None:
    throttle = Throttle()
    loop = asyncio.get_running_loop()
    await throttle.enter("a", BC)
    throttle.leave("a")
    throttle.pause("a", 0.1)
    began = loop.time()
    await throttle.enter("a", BC)

    assert loop.time() - began >= 0.09


async def test_who_gives_up_or_runs_out_of_time_leaves_no_hole() -> None:
    throttle, pace = Throttle(longest_wait=0.05), Pace(1, 6000, 300)
    await throttle.enter("a", pace)
    gone = asyncio.create_task(throttle.enter("a", pace))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(RateLimitedError):
        await throttle.enter("a", pace)
    throttle.leave("a")
    await asyncio.wait_for(throttle.enter("a", pace), 1)

    assert gone.cancelled()


async def test_cancelled_just_after_its_turn_came_passes_it_on() -> None:
    throttle, pace = Throttle(), Pace(1, 6000, 300)
    await throttle.enter("a", pace)
    first = asyncio.create_task(throttle.enter("a", pace))
    await asyncio.sleep(0)
    second = asyncio.create_task(throttle.enter("a", pace))
    await asyncio.sleep(0)
    throttle.leave("a")
    first.cancel()
    await asyncio.wait_for(second, 1)

    assert first.cancelled()


async def test_the_queue_has_an_end() -> None:
    throttle, pace = Throttle(longest_queue=3), Pace(1, 6000, 300)
    await throttle.enter("a", pace)
    waiting = [asyncio.create_task(throttle.enter("a", pace)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(ServerBusyError):
        await throttle.enter("a", pace)
    for task in waiting:
        task.cancel()
