"""The journal's idempotency keys, on both databases: one write a key, whatever happens at once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from records import NOW, PROJECT, add_project

from linkspan.journal_records import Write, WriteEnd, WriteState
from linkspan.storage.database import Database
from linkspan.storage.write_journal import WriteJournal

LINE = Write(
    run_id="run_1", project_id=PROJECT.id, account_id="a", action="x_create_y", digest="d", state=WriteState.STARTED,
    started_at=NOW, key_id="k", idempotency_key="order-1",
)  # fmt: skip


@pytest.fixture
async def journal(database: Database) -> WriteJournal:
    await add_project(database)
    return WriteJournal(database)


async def test_the_second_write_of_a_key_finds_the_first(journal: WriteJournal) -> None:
    first = await journal.open(LINE)
    second = await journal.open(replace(LINE, run_id="run_2"), allow_duplicate=True)

    assert first is None
    assert ("run_1", "order-1") == (second.run_id, second.idempotency_key)


async def test_many_at_once_open_one_line(journal: WriteJournal) -> None:
    found = await asyncio.gather(*(journal.open(replace(LINE, run_id=f"run_{number}")) for number in range(10)))

    assert 1 == sum(first is None for first in found)
    assert 1 == len({first.run_id for first in found if first is not None})


@pytest.mark.parametrize("other", [{"account_id": "b"}, {"action": "x_create_z"}, {"idempotency_key": "order-2"}])
async def test_a_key_belongs_to_an_account_and_an_action(journal: WriteJournal, other: dict[str, str]) -> None:
    await journal.open(LINE)

    assert await journal.open(replace(LINE, run_id="run_2", **other)) is None


async def test_a_freed_key_names_a_new_write(journal: WriteJournal) -> None:
    await journal.open(LINE)
    await journal.close(PROJECT.id, "run_1", WriteEnd(WriteState.REFUSED, NOW))
    await journal.free_key(LINE)

    assert await journal.open(replace(LINE, run_id="run_2")) is None


async def test_old_keys_and_answers_are_forgotten(journal: WriteJournal) -> None:
    await journal.open(LINE)
    await journal.close(PROJECT.id, "run_1", WriteEnd(WriteState.DONE, NOW, "r", sealed_answer=b"sealed"))
    kept = await journal.read(PROJECT.id, "run_1")
    await journal.free_keys(NOW + timedelta(days=1))
    freed = await journal.read(PROJECT.id, "run_1")

    assert (b"sealed", "order-1") == (kept.sealed_answer, kept.idempotency_key)
    assert (None, None, WriteState.DONE) == (freed.sealed_answer, freed.idempotency_key, freed.state)
