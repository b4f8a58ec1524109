"""One action through the hall: who may, what the journal and the log say afterwards."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from hall_world import CALLER, COMPANY, PROJECT, RECORD, HallWorld, change_profile, hall_world, now
from wire_server import Script, Seen, refusal, says, writes

from linkspan.errors import MissingScopeError, NotFoundError
from linkspan.journal_records import WriteState
from linkspan.model import Caller, KeyScope, StateReason
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.read_runs import read_run, read_runs
from linkspan.usecases.run_action import ActionRequest
from linkspan.usecases.stream_action import stream_action

CUSTOMER = {"@odata.etag": 'W/"1"', "id": RECORD, "number": "1", "blocked": "_x0020_"}
LIST = says(200, {"value": [CUSTOMER]}, Request_Id="req-1")


async def test_a_read_is_logged_with_its_steps(tmp_path: Path) -> None:
    async with hall_world(tmp_path, LIST) as here:
        answer = await here.run("list_customers", query={"filter": {"number": "1"}})
        run = await here.logged(answer.run_id)
        journal = await here.hall.journal.read(PROJECT, answer.run_id)

    assert [{**CUSTOMER, "blocked": ""}] == answer.result.data
    assert ("dynamics365bc", "dynamics365bc_list_customers", "list", "rest", "key_1", 200, None, 1) == (
        run.connector, run.action, run.verb, run.door, run.key_id, run.status, run.error_code, run.rows,
    )  # fmt: skip
    assert (here.account.id, here.profile.id) == (run.account_id, run.profile_id)
    (step,) = run.steps
    assert ("GET", 200, "req-1") == (step.method, step.status, step.request_id)
    assert step.url.endswith(f"/companies({COMPANY})/customers?$filter=number%20eq%20%271%27")
    assert 0 < step.duration_ms <= run.duration_ms
    assert journal is None


async def refused_codes(here: HallWorld, **given: object) -> tuple[str, str | None, int]:
    error, run = await here.refused("list_customers", **given)
    assert (error.code, error.http_status) == (run.error_code, run.status)
    return error.code, run.account_id, len(here.server.seen)


async def test_refusals_before_anything_is_sent_are_logged(tmp_path: Path) -> None:
    async with hall_world(tmp_path, LIST) as here:
        own = here.account.id
        reader = Caller(PROJECT, frozenset({KeyScope.LOGS_READ}))
        assert ("missing_scope", None, 0) == await refused_codes(here, caller=reader)
        assert ("invalid_input", None, 0) == await refused_codes(here, account_id=None)
        assert ("not_found", None, 0) == await refused_codes(here, account_id="B" * 20)
        assert ("invalid_input", own, 0) == await refused_codes(here, query={"topp": 1})
        assert ("invalid_input", own, 0) == await refused_codes(here, profile_id="unknown")
        unknown, run = await here.refused("list_custmers")
        await change_profile(here, enabled_actions=frozenset({"dynamics365bc_get_item"}))
        assert ("action_not_enabled", own, 0) == await refused_codes(here)
        await change_profile(here, enabled=False)
        assert ("profile_disabled", own, 0) == await refused_codes(here)
        await change_profile(here)
        await here.hall.accounts.suspend(PROJECT, own, StateReason("suspended", "x", now()), now())
        here.hall.warm.drop()
        assert ("account_suspended", own, 0) == await refused_codes(here)

    assert ("unknown_action", "dynamics365bc_list_customers") == (unknown.code, unknown.mistakes[0].nearest)
    assert ("unknown_action", "dynamics365bc_list_custmers", "unknown") == (run.error_code, run.action, run.verb)


async def test_another_projects_account_is_not_there(tmp_path: Path) -> None:
    async with hall_world(tmp_path, LIST) as here:
        await here.hall.projects.add(replace(await here.hall.projects.read(PROJECT), id="quay-1002", organization_id=6))
        other = replace(CALLER, project_id="quay-1002")
        with pytest.raises(NotFoundError) as caught:
            await here.run("list_customers", caller=other)
        run = await read_run(here.hall, other, caught.value.run_id)
        with pytest.raises(NotFoundError):
            await read_run(here.hall, CALLER, run.id)

    assert ("not_found", None, "quay-1002") == (run.error_code, run.account_id, run.project_id)


JOURNAL: dict[str, tuple[Script, str | None, WriteState]] = {
    "done": (says(201, CUSTOMER), None, WriteState.DONE),
    "refused": (refusal(400, "BadRequest", "No."), "provider_rejected", WriteState.REFUSED),
    "limited": (refusal(429, "x", "y", Retry_After="99"), "rate_limited", WriteState.REFUSED),
    "cut": (writes(b""), "write_outcome_unknown", WriteState.UNKNOWN),
    "stall": (writes(b"", then_stall=2), "write_outcome_unknown", WriteState.UNKNOWN),
    "half a body": (
        writes(b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"),
        "write_outcome_unknown",
        WriteState.UNKNOWN,
    ),
    "web page": (says(502, b"<html>"), "write_outcome_unknown", WriteState.UNKNOWN),
}


@pytest.mark.parametrize("end", JOURNAL)
async def test_the_journal_tells_how_a_write_ended(tmp_path: Path, end: str) -> None:
    script, code, state = JOURNAL[end]
    async with hall_world(tmp_path, script) as here:
        if code is None:
            run = await here.logged((await here.run("create_customer", body={"displayName": "A"})).run_id)
        else:
            _, run = await here.refused("create_customer", body={"displayName": "A"})
        line = await here.hall.journal.read(PROJECT, run.id)

    assert line is not None
    assert (code, state) == (run.error_code, line.state)
    assert (here.account.id, "dynamics365bc_create_customer", 64) == (line.account_id, line.action, len(line.digest))
    assert (RECORD if state is WriteState.DONE else None) == line.record_id
    assert line.finished_at is not None
    assert 1 == len([seen for seen in here.server.seen if seen.method == "POST"])


async def test_the_intent_is_committed_before_the_request_leaves(tmp_path: Path) -> None:
    states: list[object] = []

    async def look(seen: Seen, writer: asyncio.StreamWriter) -> None:
        states.append([line.state for line in await here.hall.journal.unfinished(now())])
        await says(201, CUSTOMER)(seen, writer)

    async with hall_world(tmp_path, look) as here:
        await here.run("create_customer", body={"displayName": "A"})

    assert [[WriteState.STARTED]] == states


async def test_a_write_whose_caller_goes_away_ends_unknown(tmp_path: Path) -> None:
    arrived = asyncio.Event()

    async def stall(seen: Seen, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.sleep(2)

    async with hall_world(tmp_path, stall) as here:
        task = asyncio.create_task(here.run("create_customer", body={"displayName": "A"}))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        (run,) = (await read_runs(here.hall, CALLER, RunFilter())).runs
        line = await here.hall.journal.read(PROJECT, run.id)

    assert ("cancelled", 499, WriteState.UNKNOWN) == (run.error_code, run.status, line.state)


async def test_an_invalid_write_leaves_no_line_in_the_journal(tmp_path: Path) -> None:
    async with hall_world(tmp_path, LIST) as here:
        _, run = await here.refused("create_customer", body={"displayNam": "A"})
        line = await here.hall.journal.read(PROJECT, run.id)

    assert ("invalid_input", None) == (run.error_code, line)


async def test_runs_are_read_newest_first_in_pages(tmp_path: Path) -> None:
    async with hall_world(tmp_path, LIST) as here:
        ids = [(await here.run("list_customers")).run_id for _ in range(3)]
        await asyncio.sleep(0.01)
        await here.refused("list_customers", query={"x": 1})
        first = await read_runs(here.hall, CALLER, RunFilter(limit=2))
        second = await read_runs(here.hall, CALLER, RunFilter(limit=2, before=first.next))
        failed = await read_runs(here.hall, CALLER, RunFilter(failed=True))
        with pytest.raises(MissingScopeError):
            await read_runs(here.hall, replace(CALLER, scopes=frozenset()), RunFilter())

    assert 2 == len(first.runs)
    assert "invalid_input" == first.runs[0].error_code
    assert set(ids) == {run.id for run in [*first.runs[1:], *second.runs]}
    assert second.next is None
    assert ["invalid_input"] == [run.error_code for run in failed.runs]


def streamed(here: HallWorld, **query: object) -> ActionRequest:
    from linkspan.engine.call import Inputs

    return ActionRequest("dynamics365bc_list_customers", here.account.id, Inputs(query=query), "rest")


async def test_a_stream_is_one_run(tmp_path: Path) -> None:
    link = f"/v2.0/t/Production/api/v2.0/companies({COMPANY})/customers?$skiptoken=2"
    async with hall_world(tmp_path, says(200, {"value": [CUSTOMER, CUSTOMER], "@odata.nextLink": link}), LIST) as here:
        stream = await stream_action(here.hall, CALLER, streamed(here))
        rows = [row async for page in stream.pages for row in page]
        run = await here.logged(stream.run_id)

    assert (3, 3, 2, None) == (len(rows), run.rows, len(run.steps), run.error_code)


async def test_a_stream_that_breaks_or_is_left_is_logged(tmp_path: Path) -> None:
    link = f"/v2.0/t/Production/api/v2.0/companies({COMPANY})/customers?$skiptoken=2"
    page = says(200, {"value": [CUSTOMER], "@odata.nextLink": link})
    async with hall_world(tmp_path, page, page, refusal(403, "x", "y")) as here:
        left = await stream_action(here.hall, CALLER, streamed(here))
        async for _ in left.pages:
            break
        await left.pages.aclose()
        broken = await stream_action(here.hall, CALLER, streamed(here))
        with pytest.raises(Exception, match="may not do this") as caught:
            [page async for page in broken.pages]
        codes = [(await here.logged(stream.run_id)).error_code for stream in (left, broken)]
        with pytest.raises(Exception, match="mistake") as early:
            await stream_action(here.hall, CALLER, streamed(here, topp=1))
        refused = await here.logged(early.value.run_id)

    assert ["cancelled", "provider_forbidden"] == codes
    assert broken.run_id == caught.value.run_id
    assert "invalid_input" == refused.error_code


async def test_a_warm_read_asks_the_database_nothing(tmp_path: Path) -> None:
    async with hall_world(tmp_path, LIST) as here:
        await here.run("list_customers")
        await here.hall.run_log.flush()
        statements: list[str] = []
        from sqlalchemy import event

        engine = here.hall.runs._database._engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        for _ in range(5):
            await here.run("list_customers")

    assert [] == [text for text in statements if text.startswith("SELECT") and "generation" not in text]
