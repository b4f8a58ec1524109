"""What is concluded from what a provider shows after a write whose answer was lost: done, not done or unknown, and never a false done."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hall_world import CALLER, PROJECT, RECORD, HallWorld, change_profile, hall_world
from wire_server import Script, Seen, refusal, says, writes

from linkspan.engine.call import Inputs
from linkspan.errors import LinkspanError
from linkspan.journal_records import WriteState
from linkspan.usecases.run_action import ActionRequest, Answer, run_action

OTHER = "9c1d7a44-2b60-4b8e-8f52-6a0f1c2d3e4f"
DONE, NOT_DONE, UNKNOWN = WriteState.DONE, WriteState.NOT_DONE, WriteState.UNKNOWN
LOST = writes(b"")
PLACE = "companies(7b6e2c0e-0d4f-4a55-8a10-1c6f6e0a9d01)"
MISSING = refusal(404, "Internal_RecordNotFound", "There is none.")


def at(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def customer(record_id: str = RECORD, *, changed: str | None = "now", **values: object) -> dict[str, object]:
    moment = {"lastModifiedDateTime": at() if changed == "now" else changed} if changed else {}
    return {"@odata.etag": 'W/"2"', "id": record_id, "number": "C1", "displayName": "A", **values, **moment}


def told(status: int, body: object = None) -> Script:
    """An answer with the time at the provider."""

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await says(status, body, Date=format_datetime(datetime.now(UTC), usegmt=True))(seen, writer)

    return script


def rows(*records: Callable[[], dict[str, object]]) -> Script:
    """A list whose records are made when it is asked for: they are as new as that."""

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await told(200, {"value": [record() for record in records]})(seen, writer)

    return script


def provider(write: Script, *reads: Script) -> Script:
    """Answers writes and reads each by its own script; of the reads the last one is kept."""
    left = list(reads)

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        answer = write if seen.method != "GET" else left.pop(0) if len(left) > 1 else left[0]
        await answer(seen, writer)

    return script


@dataclass(frozen=True)
class Case:
    """A write (what is sent, and how its answer is lost), what is read afterwards, and what must be concluded."""

    reads: tuple[Script, ...]
    state: WriteState
    candidates: tuple[str, ...] = ()
    call: dict[str, object] = field(default_factory=lambda: {"body": {"displayName": "A"}})
    action: str = "create_customer"
    lost: Script = LOST


NUMBERED = {"body": {"displayName": "A", "number": "c1"}}
CHANGE = {"path": {"id": RECORD}, "body": {"displayName": "A"}}
ETAG = told(200, {"@odata.etag": 'W/"1"', "id": RECORD})
REMOVE = {"path": {"id": RECORD}}
POST = {"path": {"id": RECORD}}
NOTHING = rows()


def one(**values: object) -> Script:
    """A read of one record, changed just now."""

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await told(200, customer(**values))(seen, writer)

    return script


CASES = {
    "one record is equal and new": Case((rows(customer),), DONE),
    "two are": Case((rows(customer, lambda: customer(OTHER)),), UNKNOWN, (RECORD, OTHER)),
    "none is, and it may still arrive": Case((NOTHING,), UNKNOWN),
    "the equal one is old": Case((rows(lambda: customer(changed=at(days=3))),), UNKNOWN),
    "the equal one tells no time": Case((rows(lambda: customer(changed=None)),), UNKNOWN, (RECORD,)),
    "the equal one tells nonsense for a time": Case((rows(lambda: customer(changed="yesterday")),), UNKNOWN, (RECORD,)),
    "another record is shown": Case((rows(lambda: customer(displayName="B")),), UNKNOWN),
    "it differs in what does not tell records apart": Case(
        (rows(lambda: customer(city="Oslo")),), UNKNOWN, (RECORD,), {"body": {"displayName": "A", "city": "Bergen"}}
    ),
    "its amount has other digits": Case(
        (rows(lambda: customer(creditLimit=12.5)),), DONE, (), {"body": {"displayName": "A", "creditLimit": "12.50"}}
    ),
    "nobody has the number": Case((NOTHING,), NOT_DONE, (), NUMBERED),
    "the number's record is equal and new": Case((rows(lambda: customer(number="C1")),), DONE, (), NUMBERED),
    "the number's record is old": Case((rows(lambda: customer(changed=at(days=3))),), NOT_DONE, (), NUMBERED),
    "the number's record is new and differs": Case((rows(lambda: customer(displayName="B")),), UNKNOWN, (RECORD,), NUMBERED),
    "the filter is ignored": Case((rows(lambda: customer(OTHER, number="X", changed=at(days=3))),), NOT_DONE, (), NUMBERED),
    "accepted, without a body": Case((one(),), DONE, (), lost=says(201, b"", Location=f"/x/customers({RECORD})")),
    "accepted, and the address leads to another record": Case(
        (one(displayName="B"), NOTHING), UNKNOWN, (), lost=says(201, b"", Location=f"/x/customers({OTHER})")
    ),
    "accepted, and the address leads elsewhere": Case(
        (NOTHING,), UNKNOWN, (), lost=says(201, b"", Location="http://127.0.0.1:9/vendors(1)")
    ),
    "accepted, and nobody has the number": Case((NOTHING,), UNKNOWN, (), NUMBERED, lost=says(201, b"")),
    "half a body": Case((rows(customer),), DONE, lost=writes(b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{")),
    "a web page": Case((rows(customer),), DONE, lost=says(502, b"<html>")),
    "500 after the write": Case((rows(customer),), DONE, lost=refusal(500, "Internal_ServerError", "Oh.")),
    "looking fails: refused": Case((refusal(403, "x", "No."),), UNKNOWN, (), NUMBERED),
    "looking fails: a web page": Case((says(200, b"<html>"),), UNKNOWN, (), NUMBERED),
    "looking fails: cut": Case((LOST,), UNKNOWN, (), NUMBERED),
    "looking fails: no list": Case((told(200, {"value": "none"}),), UNKNOWN, (), NUMBERED),
    "update: it has the values, changed since": Case((ETAG, one()), DONE, (), CHANGE, "update_customer"),
    "update: it has the etag it had": Case((ETAG, one(**{"@odata.etag": 'W/"1"'})), NOT_DONE, (), CHANGE, "update_customer"),
    "update: untouched": Case((ETAG, one(changed=at(days=3))), NOT_DONE, (), CHANGE, "update_customer"),
    "update: somebody changed it": Case((ETAG, one(displayName="B")), UNKNOWN, (RECORD,), CHANGE, "update_customer"),
    "update: another record": Case((ETAG, one(record_id=OTHER)), UNKNOWN, (), CHANGE, "update_customer"),
    "update: gone": Case((ETAG, MISSING), UNKNOWN, (), CHANGE, "update_customer"),
    "delete: gone": Case((ETAG, MISSING), DONE, (), REMOVE, "delete_customer"),
    "delete: there": Case((ETAG, one()), NOT_DONE, (), REMOVE, "delete_customer"),
    "delete: a web page says 404": Case((ETAG, says(404, b"<html>", content_type="text/html")), UNKNOWN, (), REMOVE, "delete_customer"),
    "delete: the company is gone": Case(
        (ETAG, refusal(404, "Internal_CompanyNotFound", "No.")), UNKNOWN, (), REMOVE, "delete_customer"
    ),
    "delete: another record": Case((ETAG, one(record_id=OTHER)), UNKNOWN, (), REMOVE, "delete_customer"),
    "post: Open": Case((one(status="Open"),), DONE, (), POST, "post_sales_invoice"),
    "post: still a draft": Case((one(status="Draft"),), NOT_DONE, (), POST, "post_sales_invoice"),
    "post: posted long ago": Case((one(status="Open", changed=at(days=3)),), NOT_DONE, (), POST, "post_sales_invoice"),
    "post: a state that tells nothing": Case((one(status="Canceled"),), UNKNOWN, (RECORD,), POST, "post_sales_invoice"),
    "post: gone": Case((MISSING,), UNKNOWN, (), POST, "post_sales_invoice"),
    "an order from a quote that is there": Case((one(),), NOT_DONE, (), POST, "make_order_from_sales_quote"),
    "an order from a quote that is gone": Case((MISSING,), UNKNOWN, (), POST, "make_order_from_sales_quote"),
    "mail": Case((one(status="Open"),), UNKNOWN, (), POST, "send_sales_invoice"),
}  # fmt: skip
CODES = {DONE: None, NOT_DONE: "write_not_done", UNKNOWN: "write_outcome_unknown"}


async def ask(here: HallWorld, case: Case, key: str | None = "k1") -> Answer | LinkspanError:
    request = ActionRequest(
        f"dynamics365bc_{case.action}", here.account.id, Inputs(**case.call), "rest", idempotency_key=key
    )
    try:
        return await run_action(here.hall, CALLER, request)
    except LinkspanError as error:
        return error


@pytest.mark.parametrize("name", CASES)
async def test_what_is_concluded(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    async with hall_world(tmp_path, provider(case.lost, *case.reads)) as here:
        await change_profile(here, enabled_actions=(f"dynamics365bc_{case.action}",))
        answer = await ask(here, case)
        line = await here.hall.journal.read(PROJECT, answer.run_id or "")
        run = await here.logged(answer.run_id)
    sent = [seen for seen in here.server.seen if seen.method != "GET"]

    assert line is not None
    assert (case.state, CODES[case.state]) == (line.state, getattr(answer, "code", None)), answer
    assert case.candidates == getattr(answer, "candidates", ())
    assert CODES[case.state] == run.error_code
    assert 1 == len(sent)
    assert (case.state is UNKNOWN) == (line.sealed_intent is not None)
    if isinstance(answer, Answer) and case.action.startswith(("create", "update")):
        assert RECORD == answer.result.data["id"] == line.record_id
        assert "@odata.context" not in answer.result.data


async def test_a_record_that_another_write_made_is_that_ones(tmp_path: Path) -> None:
    """Two equal writes under two keys; the provider has one record, which the journal knows to be the first one's."""
    case = Case((), UNKNOWN)
    record = customer()
    async with hall_world(tmp_path, told(201, record), provider(LOST, rows(lambda: record))) as here:
        first, second = await ask(here, case, "k1"), await ask(here, case, "k2")

    assert RECORD == first.result.data["id"]
    assert ("write_outcome_unknown", ()) == (second.code, second.candidates)


async def test_equal_writes_in_doubt_share_no_record(tmp_path: Path) -> None:
    """Three in doubt and two records: two are done, each with its own, and the third may still arrive."""
    case, made = Case((), UNKNOWN), [customer(), customer(OTHER)]
    shown: list[dict[str, object]] = []

    async def reads(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await told(200, {"value": shown})(seen, writer)

    async with hall_world(tmp_path, provider(LOST, reads)) as here:
        lost = [await ask(here, case, f"k{number}") for number in range(3)]
        shown += made
        again = [await ask(here, case, f"k{number}") for number in range(3)]

    assert ["write_outcome_unknown"] * 3 == [error.code for error in lost]
    assert {RECORD, OTHER} == {answer.result.data["id"] for answer in again[:2]}
    assert ("write_outcome_unknown", ()) == (again[2].code, again[2].candidates)
    assert 3 == len([seen for seen in here.server.seen if seen.method == "POST"])


async def test_a_write_under_way_may_have_made_the_record(tmp_path: Path) -> None:
    case = Case((), UNKNOWN)

    async def slow(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        await told(201, customer())(seen, writer)

    async with hall_world(tmp_path, slow, provider(LOST, rows(customer))) as here:
        running = asyncio.create_task(ask(here, case, "k1"))
        await asyncio.sleep(0.1)
        lost = await ask(here, case, "k2")
        first = await running

    assert ("write_outcome_unknown", (RECORD,)) == (lost.code, lost.candidates)
    assert "under way" in lost.message
    assert RECORD == first.result.data["id"]


async def test_once_it_has_settled_it_is_not_done_and_sent_again(tmp_path: Path) -> None:
    case, script = Case((), UNKNOWN), provider(LOST, NOTHING)
    async with hall_world(tmp_path, script, write_settles=0.2) as here:
        lost = await ask(here, case)
        await asyncio.sleep(1.3)
        here.server.scripts[:] = [provider(told(201, customer()), NOTHING)]
        again, replayed = await ask(here, case), await ask(here, case)

    assert "write_outcome_unknown" == lost.code
    assert lost.retry_after
    assert (RECORD, False) == (again.result.data["id"], again.replayed)
    assert (again.run_id, True) == (replayed.run_id, replayed.replayed)


async def test_a_repetition_that_is_refused_because_the_first_was_done_after_all_is_done(tmp_path: Path) -> None:
    """The first came late: the provider has it by the time the number is sent again."""
    case = Case((), NOT_DONE, (), NUMBERED)
    exists = refusal(409, "Internal_EntityWithSameKeyExists", "It exists.")
    async with hall_world(tmp_path, provider(LOST, NOTHING)) as here:
        lost = await ask(here, case)
        here.server.scripts[:] = [provider(exists, rows(customer))]
        again = await ask(here, case)

    assert "write_not_done" == lost.code
    assert RECORD == again.result.data["id"]


async def test_an_account_that_points_elsewhere_is_not_asked(tmp_path: Path) -> None:
    case = CASES["none is, and it may still arrive"]
    async with hall_world(tmp_path, provider(LOST, *case.reads)) as here:
        await ask(here, case)
        here.server.scripts[:] = [provider(LOST, rows(customer))]
        await change_profile(here, provider_url=here.server.url.replace("127.0.0.1", "localhost"))
        again = await ask(here, case)

    assert "write_outcome_unknown" == again.code
    assert "another place" in again.message
