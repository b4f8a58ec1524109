"""Of equal writes at once one gets through, over processes and in both databases; nobody else's write stands in the way."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from records import ACCOUNT, NOW, OTHER, PROJECT, add_project

from linkspan.journal_records import Write, WriteEnd, WriteState
from linkspan.storage.database import Database, open_database
from linkspan.storage.write_journal import WriteJournal

DAY = timedelta(hours=24)
FIRST = Write(
    "run_1", PROJECT.id, ACCOUNT.id, "dynamics365bc_create_item", "f" * 64, WriteState.STARTED, NOW, key_id="key_1",
    guarded_until=NOW + DAY,
)  # fmt: skip


def equal(number: int, **other: object) -> Write:
    return replace(FIRST, run_id=f"run_{number}", **other)


async def test_of_equal_writes_at_once_one_gets_through(database: Database, database_url: str) -> None:
    await add_project(database)
    second = open_database(database_url)
    journals = [WriteJournal(database), WriteJournal(second)]
    try:
        ways = await asyncio.gather(*(journals[number % 2].open(equal(number)) for number in range(12)))
    finally:
        await second.close()
    (through,) = [number for number, way in enumerate(ways) if way is None]

    assert {f"run_{through}"} == {way.run_id for way in ways if way is not None}
    assert [f"run_{through}"] == [line.run_id for line in await journals[0].unfinished(NOW + DAY)]


@pytest.mark.parametrize(
    "other",
    [{"project_id": OTHER.id}, {"account_id": "B" * 20}, {"key_id": "key_2"}, {"key_id": None}, {"digest": "e" * 64}],
)
async def test_what_differs_is_not_in_the_way(database: Database, other: dict[str, object]) -> None:
    await add_project(database)
    journal = WriteJournal(database)

    assert None is await journal.open(FIRST)
    assert None is await journal.open(equal(2, **other))


@pytest.mark.parametrize("state", [WriteState.UNKNOWN, WriteState.DONE])
async def test_a_closed_line_that_is_guarded_stays_in_the_way_until_its_time(
    database: Database, state: WriteState
) -> None:
    await add_project(database)
    journal = WriteJournal(database)
    await journal.open(FIRST)
    until = NOW + timedelta(seconds=10)
    await journal.close(PROJECT.id, "run_1", WriteEnd(state, NOW, "r", until))
    held = await journal.open(equal(2, started_at=until - timedelta(seconds=1)))
    later = await journal.open(equal(3, started_at=until))

    assert held == replace(FIRST, state=state, finished_at=NOW, record_id="r", guarded_until=until)
    assert later is None
    assert "run_3" == (await journal.open(equal(4, started_at=until))).run_id


async def test_a_line_closed_without_guard_lets_the_next_one_through(database: Database) -> None:
    await add_project(database)
    journal = WriteJournal(database)
    await journal.open(FIRST)
    await journal.close(PROJECT.id, "run_1", WriteEnd(WriteState.REFUSED, NOW))

    assert None is await journal.open(equal(2))


async def test_on_purpose_takes_the_guard_over(database: Database) -> None:
    await add_project(database)
    journal = WriteJournal(database)
    await journal.open(FIRST)
    on_purpose = await journal.open(equal(2), allow_duplicate=True)
    third = await journal.open(equal(3))
    # The first ends unknown afterwards: the guard is the second's, and both lines tell how they ended.
    await journal.close(PROJECT.id, "run_1", WriteEnd(WriteState.UNKNOWN, NOW, guarded_until=NOW + DAY))
    ended = await journal.read(PROJECT.id, "run_1")

    assert on_purpose is None
    assert third is not None
    assert "run_2" == third.run_id
    assert ended is not None
    assert (WriteState.UNKNOWN, None) == (ended.state, ended.guarded_until)
