"""Passwords are checked two at a time, and a flood of them is sent away at once."""

import asyncio
import threading

import pytest

from linkspan.errors import ServerBusyError
from linkspan.usecases.passwords import _MOST_WAITING, _Turns


async def test_whoever_would_wait_behind_very_many_is_sent_away_and_afterwards_there_is_room() -> None:
    turns, gate = _Turns(), threading.Event()

    def slow(answer: str) -> str:
        gate.wait(20)
        return answer

    waiting = [asyncio.create_task(turns.take(slow, str(number))) for number in range(_MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(ServerBusyError):
        await turns.take(slow, "too many")
    gate.set()
    answers = await asyncio.gather(*waiting)

    assert [str(number) for number in range(_MOST_WAITING)] == answers
    assert "room" == await turns.take(slow, "room")


async def test_a_failure_gives_its_place_back() -> None:
    turns = _Turns()

    def broken(_: str) -> str:
        raise KeyError

    for _ in range(_MOST_WAITING + 1):
        with pytest.raises(KeyError):
            await turns.take(broken, "x")
