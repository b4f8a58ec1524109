"""A plain read that is warm: it answers, fails and is logged as on the long way, and what is taken away is refused at once."""

from dataclasses import replace
from pathlib import Path

import pytest
from hall_world import CALLER, COMPANY, PROJECT, RECORD, HallWorld, change_profile, hall_world, now
from wire_server import Script, refusal, says, writes

from linkspan.errors import LinkspanError
from linkspan.model import Caller, KeyScope, StateReason

CUSTOMER = {
    "@odata.context": "x",
    "@odata.etag": 'W/"1"',
    "id": RECORD,
    "number": "1",
    "blocked": "_x0020_",
    "balanceDue": 1.50,
}
FOUND = says(200, CUSTOMER, Request_Id="req-1")
SHORT = {"path": {"id": RECORD}}
LONG = {"path": {"id": RECORD, "company_id": COMPANY}}


async def told(here: HallWorld, groups: dict[str, dict[str, str]]) -> dict[str, object]:
    """All that a caller and the log learn of one read, but for ids and times."""
    run_id: str | None
    try:
        answer = await here.run("get_customer", **groups)
    except LinkspanError as error:
        run_id, outcome = error.run_id, (error.code, error.message, error.http_status, error.next_step, error.provider)
    else:
        run_id, outcome = answer.run_id, answer.result
    run = await here.logged(run_id)
    steps = [(step.index, step.method, step.url, step.status, step.request_id, step.error) for step in run.steps]
    about = (
        run.action,
        run.verb,
        run.account_id,
        run.profile_id,
        run.key_id,
        run.status,
        run.error_code,
        run.error_message,
        run.rows,
    )
    return {"outcome": outcome, "steps": steps, "run": about}


@pytest.mark.parametrize(
    "scripts",
    [
        [FOUND],
        [says(200, {})],
        [says(200, [])],
        [says(200, b"<html>")],
        [says(204, b"")],
        [refusal(404, "Internal_RecordNotFound", "Not here. CorrelationId:  0a1b2c3d-0000-4000-8000-000000000001.")],
        [refusal(403, "x", "No.")],
        [refusal(429, "x", "y", Retry_After="99")],
        [refusal(503, "x", "y"), FOUND],
        [writes(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), FOUND],
        [says(301, b"", Location="http://elsewhere.example/")],
    ],
)  # fmt: skip
async def test_both_ways_tell_the_same(tmp_path: Path, scripts: list[Script]) -> None:
    async with hall_world(tmp_path, FOUND, *scripts, *scripts) as here:
        await here.run("get_customer", **SHORT)
        short = await told(here, SHORT)
        long = await told(here, LONG)
        asked = [(seen.method, seen.target, seen.headers) for seen in here.server.seen]

    assert long == short
    assert 1 == len({(method, target) for method, target, _ in asked})
    assert 1 == len({tuple(sorted(headers.items())) for _, _, headers in asked})


async def test_what_is_taken_away_is_refused_at_once(tmp_path: Path) -> None:
    async with hall_world(tmp_path, FOUND) as here:
        await here.run("get_customer", **SHORT)
        before = len(here.server.seen)
        reader = Caller(PROJECT, frozenset({KeyScope.LOGS_READ}), key_id="key_1")
        codes = [(await here.refused("get_customer", caller=reader, **SHORT))[0].code]
        await here.hall.projects.add(replace(await here.hall.projects.read(PROJECT), id="quay-1002", organization_id=6))
        with pytest.raises(LinkspanError) as other:
            await here.run("get_customer", caller=replace(CALLER, project_id="quay-1002"), **SHORT)
        await change_profile(here, enabled_actions=frozenset({"dynamics365bc_get_item"}))
        codes.append((await here.refused("get_customer", **SHORT))[0].code)
        await change_profile(here, enabled=False)
        codes.append((await here.refused("get_customer", **SHORT))[0].code)
        await change_profile(here)
        await here.hall.accounts.suspend(PROJECT, here.account.id, StateReason("suspended", "x", now()), now())
        here.hall.warm.drop()
        codes.append((await here.refused("get_customer", **SHORT))[0].code)

    assert ["missing_scope", "action_not_enabled", "profile_disabled", "account_suspended"] == codes
    assert "not_found" == other.value.code
    assert before == len(here.server.seen)


async def test_a_profile_that_points_elsewhere_is_followed_at_once(tmp_path: Path) -> None:
    async with hall_world(tmp_path, FOUND) as here:
        await here.run("get_customer", **SHORT)
        await change_profile(here, provider_url="http://127.0.0.1:9")
        error, run = await here.refused("get_customer", **SHORT)

    assert "provider_unavailable" == error.code
    assert all(step.url.startswith("http://127.0.0.1:9/") for step in run.steps)
    assert 1 == len(here.server.seen)
