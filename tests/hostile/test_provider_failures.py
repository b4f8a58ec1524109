"""Each way in which a provider fails, on both doors: code and status, the run with its steps, the account's state, the journal."""

from dataclasses import dataclass, field

import pytest
from hostile_world import DOORS, Front, unique

from linkspan.errors import all_errors
from linkspan.journal_records import WriteState
from linkspan.model import AccountState
from linkspan.simulator import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROWS = {row.code: row for row in all_errors()}
DONE, REFUSED, UNKNOWN = WriteState.DONE, WriteState.REFUSED, WriteState.UNKNOWN


@dataclass(frozen=True)
class Failing:
    """What the simulator does, and what it must mean: (code, status, provider requests) for a read and for a write, and the journal."""

    failure: dict[str, object]
    read: tuple[str, int, int]
    write: tuple[str | None, int, int]
    journal: WriteState
    written: int = 0
    state: AccountState = AccountState.ACTIVE
    headers: dict[str, str] = field(default_factory=dict)


def status(number: int, code: str = "Some_Code", **more: object) -> dict[str, object]:
    body = {"error": {"code": code, "message": f"Provider text. CorrelationId:  {'0' * 8}-0000-0000-0000-{'0' * 12}."}}
    return {"kind": "status", "status": number, "body": body, **more}


LOST = ("write_outcome_unknown", 502, 1)
# The answer was lost, and the record was found where it was made.
FOUND = (None, 200, 1)
DOWN = ("provider_unavailable", 502, 4)
FAILURES = {
    "400": Failing(status(400), ("provider_rejected", 400, 1), ("provider_rejected", 400, 1), REFUSED),
    # With a fresh token it is asked once more.
    "401": Failing(status(401), ("provider_refused_token", 401, 2), ("provider_refused_token", 401, 2), REFUSED),
    "403": Failing(status(403), ("provider_forbidden", 403, 1), ("provider_forbidden", 403, 1), REFUSED),
    "404": Failing(status(404), ("record_not_found", 404, 1), ("record_not_found", 404, 1), REFUSED),
    "no environment": Failing(
        status(404, "NoEnvironment"), ("environment_not_found", 404, 1), ("environment_not_found", 404, 1), REFUSED
    ),
    "409": Failing(status(409), ("conflict", 409, 1), ("conflict", 409, 1), REFUSED),
    "412": Failing(status(412), ("conflict", 409, 1), ("conflict", 409, 1), REFUSED),
    "408": Failing(status(408), ("provider_timeout", 502, 4), LOST, UNKNOWN),
    "429": Failing({"kind": "throttle"}, ("rate_limited", 429, 4), ("rate_limited", 429, 4), REFUSED),
    "429, wait a minute": Failing(
        {"kind": "throttle", "retry_after_seconds": 60}, ("rate_limited", 429, 1), ("rate_limited", 429, 1), REFUSED,
        headers={"retry-after": "60"},
    ),
    "500": Failing(status(500, "Internal_ServerError"), DOWN, LOST, UNKNOWN),
    "500 that is a refused permission": Failing(
        {
            "kind": "status", "status": 500,
            "body": {"error": {"code": "Internal_ServerError", "message": "The current permissions prevented the action."}},
        },
        ("provider_forbidden", 403, 1), ("provider_forbidden", 403, 1), REFUSED,
    ),
    "503": Failing(status(503), DOWN, LOST, UNKNOWN),
    "an environment being upgraded": Failing(
        status(503, "Internal_TenantUnavailable", retry_after_seconds=30),
        ("provider_unavailable", 502, 1), ("provider_unavailable", 502, 1), REFUSED, headers={"retry-after": "30"},
    ),
    "504": Failing(status(504), ("provider_timeout", 502, 4), LOST, UNKNOWN),
    "an HTML page of a gateway": Failing({"kind": "html"}, DOWN, LOST, UNKNOWN),
    "text in place of JSON": Failing(
        {"kind": "status", "status": 200, "body": "all is well"}, ("provider_answer_unreadable", 502, 1), LOST, UNKNOWN
    ),
    "a list in place of a record": Failing(
        {"kind": "status", "status": 200, "body": [1, 2]}, ("provider_answer_unreadable", 502, 1), LOST, UNKNOWN
    ),
    "a redirect": Failing(
        {"kind": "status", "status": 302, "headers": {"location": "http://127.0.0.1:9/stolen"}},
        ("provider_answer_unreadable", 502, 1), LOST, UNKNOWN,
    ),
    "moved for good": Failing(
        {"kind": "status", "status": 308, "headers": {"location": "http://127.0.0.1:9/stolen"}},
        ("provider_answer_unreadable", 502, 1), ("provider_answer_unreadable", 502, 1), REFUSED,
    ),
    "cut before anything is done": Failing({"kind": "drop_before"}, DOWN, LOST, UNKNOWN),
    "cut when all is done": Failing({"kind": "drop_after"}, DOWN, FOUND, DONE, written=1),
    "half a body": Failing({"kind": "half_body"}, DOWN, FOUND, DONE, written=1),
    "time-out when all is done": Failing(
        {"kind": "delay_after", "delay_seconds": 1.2}, ("provider_timeout", 502, 4), FOUND, DONE, written=1
    ),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", FAILURES)
async def test_read(front: Front, weather: Simulator, name: str, door: str) -> None:
    failing = FAILURES[name]
    weather.fail_next(path="/customers", times=10, **failing.failure)
    told = await front.ask(door, "list_customers")
    run = await front.run(told.run_id)
    code, http_status, asked = failing.read

    assert (http_status, code) == (told.status, told.error["code"]), told.error
    assert ROWS[code].http_status == told.status
    assert told.error["next_step"]
    assert failing.headers == {name: told.headers.get(name) for name in failing.headers}
    assert (code, http_status) == (run.error_code, run.status)
    assert asked == len([step for step in run.steps if step.url.partition("?")[0].endswith("/customers")])
    assert all(step.error for step in run.steps if step.url.partition("?")[0].endswith("/customers"))
    assert failing.state == await front.state()
    assert await front.line(told.run_id) is None


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", FAILURES)
async def test_write(front: Front, weather: Simulator, name: str, door: str) -> None:
    failing, buyer = FAILURES[name], unique("Weather")
    weather.fail_next(method="POST", path="/customers", times=10, **failing.failure)
    told = await front.ask(door, "create_customer", body={"displayName": buyer})
    run, line = await front.run(told.run_id), await front.line(told.run_id)
    code, http_status, asked = failing.write
    weather.clear_failures()
    found = await front.ask("rest", "list_customers", query={"filter": {"displayName": buyer}})

    assert (http_status, code) == (told.status, told.error.get("code"))
    if code is not None:
        assert (ROWS[code].wire_code if door == "rpc" else None) == told.error.get("errorCode")
        assert told.error["next_step"]
    assert (code, http_status) == (run.error_code, run.status)
    assert asked == len([step for step in run.steps if step.method == "POST" and step.url.endswith("/customers")])
    assert line is not None
    assert failing.journal == line.state
    assert (failing.journal is UNKNOWN or (failing.journal is DONE and door == "rpc")) == (
        line.guarded_until is not None
    )
    assert failing.state == await front.state()
    assert failing.written == len(found.body["data"])


@pytest.mark.parametrize("name", [name for name, failing in FAILURES.items() if failing.journal is UNKNOWN])
async def test_a_write_that_may_have_left_is_never_answered_408_or_429(
    front: Front, weather: Simulator, name: str
) -> None:
    weather.fail_next(method="POST", path="/customers", **FAILURES[name].failure)
    told = await front.ask("rpc", "create_customer", body={"displayName": unique("Left")})

    assert (502, "WriteOutcomeUnknown") == (told.status, told.error["errorCode"])
    assert told.error["run_id"]
    assert "stop" == told.error["advice"]


@pytest.mark.parametrize("door", DOORS)
async def test_a_company_that_vanished(front: Front, door: str) -> None:
    path = {"company_id": "0d4d2a34-96a1-4d3f-9d0e-3b0c8d5a7c11"}
    read = await front.ask(door, "list_customers", path=path)
    write = await front.ask(door, "create_customer", path=path, body={"displayName": unique("Vanished")})
    by_name = await front.ask(door, "list_customers", path={"company_id": "Gone Ltd"})
    line = await front.line(write.run_id)

    for told in (read, write, by_name):
        assert (404, "company_not_found") == (told.status, told.error["code"]), told.error
        assert "company_not_found" == (await front.run(told.run_id)).error_code
    assert line is not None
    assert (REFUSED, None) == (line.state, line.guarded_until)
    assert AccountState.ACTIVE == await front.state()


@pytest.mark.parametrize("state", ["Upgrading", "NotReady"])
@pytest.mark.parametrize("door", DOORS)
async def test_an_environment_that_is_away_for_a_while(front: Front, weather: Simulator, door: str, state: str) -> None:
    buyer = unique("Upgrade")
    weather.set_environment_state("Production", state)
    try:
        read = await front.ask(door, "list_customers")
        write = await front.ask(door, "create_customer", body={"displayName": buyer})
        line = await front.line(write.run_id)
    finally:
        weather.set_environment_state("Production", "Active")
    again = await front.ask(door, "create_customer", body={"displayName": buyer})

    for told in (read, write):
        assert (502, "provider_unavailable", "wait") == (told.status, told.error["code"], told.error["advice"])
        assert "provider_unavailable" == (await front.run(told.run_id)).error_code
    assert line is not None
    assert REFUSED == line.state
    assert AccountState.ACTIVE == await front.state()
    assert 200 == again.status
