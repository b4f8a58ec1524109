"""Figures of the log: added up exactly, within one project or account, in both databases, and fast with very many runs."""

import time
from datetime import timedelta
from itertools import islice

import pytest
from records import NOW, OTHER, PROJECT, add_project

from linkspan.model import Run, Step
from linkspan.storage.database import Database
from linkspan.storage.run_figures import Cause, LimitPart, RunFigures, RunPart, Span
from linkspan.storage.run_store import RunStore
from linkspan.usecases.ids import new_run_id
from sizes import size

SPAN = Span(NOW, timedelta(minutes=10), 6)
# A page may ask for four figures; this is for a machine that is shared by several test processes.
MOST_SECONDS = 8.0


def ran(minutes: float, duration: float = 10.0, error: str | None = None, **more: object) -> Run:
    """A run that began so many minutes after the start of the span; `sent`: its requests as (seconds after that, duration in ms)."""
    at = NOW + timedelta(minutes=minutes)
    sent = more.pop("sent", ())
    steps = tuple(
        Step(
            index=number,
            method="GET",
            url="https://quay.example/items",
            status=200,
            duration_ms=took,
            started_at=at + timedelta(seconds=begun),
        )
        for number, (begun, took) in enumerate(sent)
    )
    given = {"project_id": PROJECT.id, "account_id": "A" * 20} | more
    return Run(
        id=new_run_id(at), profile_id=None, connector="dynamics365bc", action="dynamics365bc_list_items", verb="list", door="rest",
        key_id=None, started_at=at, duration_ms=duration, status=500 if error else 200, error_code=error, steps=steps, **given,
    )  # fmt: skip


@pytest.fixture
async def figures(database: Database) -> RunFigures:
    await add_project(database)
    return RunFigures(database)


async def test_runs_are_counted_by_parts_with_their_percentiles(figures, database):
    hundred = [ran(0, float(number)) for number in range(1, 101)]
    await RunStore(database).put([*hundred, ran(9.99, 7.0, "timeout"), ran(30, 5.0), ran(59.999, 8.0, "conflict")])

    found = await figures.runs(PROJECT.id, SPAN)

    assert [(0, 101, 1), (3, 1, 0), (5, 1, 1)] == [(one.part, one.runs, one.failed) for one in found]
    assert (50.0, 95.0) == (found[0].median, found[0].slow)
    assert RunPart(3, 1, 0, 5.0, 5.0) == found[1]


async def test_only_this_project_account_and_span_count(figures, database):
    await RunStore(database).put(
        [
            ran(-0.001, error="timeout"),
            ran(0, error="timeout"),
            ran(60, error="timeout"),
            ran(1, error="timeout", project_id=OTHER.id),
            ran(1, error="timeout", account_id="B" * 20),
        ]
    )

    assert [2] == [one.runs for one in await figures.runs(PROJECT.id, SPAN)]
    assert [1] == [one.runs for one in await figures.runs(PROJECT.id, SPAN, "A" * 20)]
    assert [] == await figures.runs("nowhere", SPAN)
    assert [2] == [one.runs for one in await figures.causes(PROJECT.id, SPAN)]
    assert [1] == [one.runs for one in await figures.causes(PROJECT.id, SPAN, "B" * 20)]
    assert [] == await figures.limits(PROJECT.id, "A" * 20, SPAN, timedelta(minutes=5))


async def test_the_most_frequent_causes_come_first(figures, database):
    failed = [ran(1, error="conflict"), ran(2, error="timeout"), ran(3, error="timeout"), ran(4)]
    await RunStore(database).put([*failed, *(ran(5, error=f"rare_{number:02}") for number in range(20))])

    found = await figures.causes(PROJECT.id, SPAN, limit=3)

    assert Cause("timeout", 2, NOW + timedelta(minutes=3)) == found[0]
    assert ["timeout", "conflict", "rare_00"] == [one.code for one in found]


async def test_the_busiest_window_and_the_most_at_once_are_found(figures, database):
    close = [ran(1, sent=((0, 5000.0), (5, 1000.0), (5.5, 1000.0))), ran(1, sent=((2, 100.0),))]
    apart = [ran(20, sent=((0, 10.0),)), ran(27, sent=((0, 10.0), (1, 10.0)))]
    others = [ran(1, sent=((0, 9000.0),), account_id="B" * 20), ran(1, sent=((0, 9000.0),), project_id=OTHER.id)]
    await RunStore(database).put([*close, *apart, *others])

    found = await figures.limits(PROJECT.id, "A" * 20, SPAN, timedelta(minutes=5))

    assert [LimitPart(0, 4, 2), LimitPart(2, 2, 1)] == found
    assert {int} == {type(value) for one in found for value in (one.requests, one.at_once)}


async def test_figures_of_very_many_runs_are_there_at_once(figures, database):
    total, store = size("figure_runs"), RunStore(database)
    days30 = timedelta(days=30)
    runs = (
        ran(
            number * days30 / total / timedelta(minutes=1),
            number % 400,
            "timeout" if number % 9 == 0 else None,
            sent=((0, 50.0),),
        )
        for number in range(total)
    )
    while group := list(islice(runs, 1000)):
        await store.put(group)
    month = Span(NOW, timedelta(days=1), 30)

    begun = time.perf_counter()
    found = await figures.runs(PROJECT.id, month)
    causes = await figures.causes(PROJECT.id, month)
    limits = await figures.limits(PROJECT.id, "A" * 20, month, timedelta(minutes=5))
    took = time.perf_counter() - begun

    assert total == sum(one.runs for one in found)
    assert [("timeout", -(-total // 9))] == [(one.code, one.runs) for one in causes]
    assert 30 == len(limits)
    assert took < MOST_SECONDS
