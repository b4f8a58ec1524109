"""What a provider may put on the cable that no simulator would: too much, without end, elsewhere, and nonsense."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hall_world import RECORD, change_profile
from hostile_world import DOORS, Front, free_port, over_wire, unique
from wire_server import Script, Seen, says, writes

from linkspan.journal_records import WriteState
from linkspan.model import AccountState
from sizes import size

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CUSTOMER = {"@odata.etag": 'W/"1"', "id": RECORD, "number": "1"}
BASE = "/v2.0/t/Production/api/v2.0"


def raw(body: bytes, kind: bytes = b"application/json", head: bytes = b"") -> Script:
    length = str(len(body)).encode()
    return writes(
        b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\nContent-Length: " + length + b"\r\n" + head + b"\r\n" + body
    )


def pages(link: Callable[[int, str], str], rows: int = 1) -> Script:
    """Lists whose next link is made of the page's number and the server's own address."""
    count = 0

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        text = {"value": [CUSTOMER] * rows, "@odata.nextLink": link(count, f"http://{seen.headers['host']}{BASE}")}
        await says(200, text)(seen, writer)

    return script


async def failed(front: Front, door: str, action: str, **call: object) -> dict[str, object]:
    """The error of a call that must fail: as on the door, so in the log; and no failure of these unlinks the account."""
    told = await front.ask(door, action, **call)
    run = await front.run(told.run_id)
    assert not 200 <= told.status < 300, told.body
    assert (told.error["code"], told.status) == (run.error_code, run.status)
    assert run.steps
    assert AccountState.ACTIVE == await front.state()
    return told.error


CHUNK = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
READS: dict[str, Script] = {
    "60 MB, announced": writes(HEAD + b"Content-Length: 60000000\r\n\r\n[" + b" " * 300_000, then_stall=1),
    "60 MB, not announced": writes(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK * 60),
    "garbage": raw(b'{"value": [{"id": "1"'),
    "no UTF-8": raw(b'{"value": [{"id": "\xff\xfe"}]}'),
    "nothing": raw(b""),
    "null": raw(b"null"),
    "a page": raw(b"<html>Welcome</html>", b"text/html"),
    "no list": raw(b'{"value": {"id": 1}}'),
    "a list of no records": raw(b'{"value": [1, 2]}'),
    "no value": raw(b"{}"),
    "a number of 10,000 digits": raw(b'{"value": [{"creditLimit": 1.' + b"9" * 10_000 + b"}]}"),
    "an exponent of a billion": raw(b'{"value": [{"creditLimit": 1e1000000000}]}'),
    "nested too deep": raw(b'{"value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "a next link that is no text": raw(json.dumps({"value": [CUSTOMER], "@odata.nextLink": 7}).encode()),
}


@pytest.mark.parametrize("name", READS)
async def test_a_page_that_cannot_be_used(tmp_path: Path, name: str) -> None:
    async with over_wire(tmp_path, READS[name]) as (server, front):
        for door in DOORS:
            error = await failed(front, door, "list_customers")
            assert "provider_answer_unreadable" == error["code"]
            assert error["next_step"]

    assert 2 == len(server.seen)


@pytest.mark.parametrize(
    "body", [b"{", b"", b"[]", b"<html>", b'{"id": 1.' + b"9" * 5000 + b"}", b'{"a":' * 5000 + b"1" + b"}" * 5000]
)
async def test_a_write_answered_with_nonsense_has_an_unknown_outcome(tmp_path: Path, body: bytes) -> None:
    async with over_wire(tmp_path, raw(body)) as (server, front):
        told = await front.ask("rest", "create_customer", body={"displayName": unique("Nonsense")})
        line = await front.line(told.run_id)

    assert (502, "write_outcome_unknown") == (told.status, told.error["code"])
    assert line is not None
    assert WriteState.UNKNOWN == line.state
    assert 1 == len([seen for seen in server.seen if seen.method == "POST"])


async def test_a_refusal_behind_a_huge_head_is_still_a_refusal(tmp_path: Path) -> None:
    head = b"".join(b"X-Filler-%d: %s\r\n" % (number, b"x" * 1000) for number in range(20))
    text = b'{"error": {"code": "Application_DialogException", "message": "No."}}'
    script = writes(b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n" % len(text) + head + b"\r\n" + text)
    async with over_wire(tmp_path, script) as (_, front):
        error = await failed(front, "rpc", "list_customers")

    assert "provider_rejected" == error["code"]
    assert all("filler" not in str(told["headers"]).lower() for told in error["provider_errors"])


async def test_a_head_without_end(tmp_path: Path) -> None:
    async with over_wire(tmp_path, writes(b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"y" * 2_000_000)) as (_, front):
        read = await failed(front, "rest", "list_customers")
        write = await failed(front, "rest", "create_customer", body={"displayName": unique("Head")})

    assert "provider_unavailable" == read["code"]
    assert "write_outcome_unknown" == write["code"]


async def test_the_wrong_content_type_of_good_data_does_no_harm(tmp_path: Path) -> None:
    async with over_wire(tmp_path, raw(json.dumps({"value": [CUSTOMER]}).encode(), b"text/plain")) as (_, front):
        told = await front.ask("rpc", "list_customers")

    assert [CUSTOMER] == told.body["data"]


async def test_a_page_of_a_firewall_is_not_the_providers_word(tmp_path: Path) -> None:
    page = says(403, b"<html><h1>Access denied</h1></html>", content_type="text/html")
    async with over_wire(tmp_path, page) as (_, front):
        errors = [await failed(front, door, "list_customers") for door in DOORS]

    assert ["provider_answer_unreadable"] * 2 == [error["code"] for error in errors]


ELSEWHERE = {
    "another host": "https://collector.example/customers?page=2",
    "another port": "http://127.0.0.1:9/v2.0/t/Production/api/v2.0/customers",
    "our root with a user name": "http://127.0.0.1@collector.example/",
    "out of our tenant": "/v2.0/other-tenant/Production/api/v2.0/customers",
    "up the tree": f"{BASE}/../../../../v2.0/other/Production/api/v2.0/customers",
    "up the tree, encoded": f"{BASE}/%2e%2e/%2e%2e/customers",
    "a file": "file:///etc/passwd",
    "with a backslash": f"{BASE}\\..\\customers",
}


@pytest.mark.parametrize("name", ELSEWHERE)
async def test_a_next_link_that_leads_elsewhere_is_not_followed(tmp_path: Path, name: str) -> None:
    async with over_wire(tmp_path, pages(lambda _number, _root: ELSEWHERE[name])) as (server, front):
        for door in DOORS:
            error = await failed(front, door, "list_customers", query={"all": True})
            assert "provider_answer_unreadable" == error["code"]

    assert 2 == len(server.seen)


async def test_next_links_in_a_circle(tmp_path: Path) -> None:
    circle = pages(lambda number, root: f"{root}/customers?aid={number % 3}")
    async with over_wire(tmp_path, circle) as (server, front):
        error = await failed(front, "rpc", "list_customers", query={"all": True})

    assert "provider_answer_unreadable" == error["code"]
    assert len(server.seen) < 8


async def test_empty_pages_without_end(tmp_path: Path) -> None:
    async with over_wire(tmp_path, pages(lambda number, root: f"{root}/customers?aid={number}", rows=0)) as (
        server,
        front,
    ):
        error = await failed(front, "rest", "list_customers", query={"all": True})

    assert "provider_answer_unreadable" == error["code"]
    assert len(server.seen) < 60


async def test_rows_without_end(tmp_path: Path) -> None:
    async with over_wire(tmp_path, pages(lambda number, root: f"{root}/customers?aid={number}", rows=2000)) as (
        server,
        front,
    ):
        errors = [await failed(front, door, "list_customers", query={"all": True}) for door in DOORS]

    assert ["too_many_rows"] * 2 == [error["code"] for error in errors]
    assert 12 >= len(server.seen)


async def test_nothing_leaves_for_a_redirect(tmp_path: Path) -> None:
    stolen: list[str] = []

    async def thief(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stolen.append((await reader.read(1000)).decode())
        writer.close()

    listening = await asyncio.start_server(thief, "127.0.0.1", 0)
    async with listening:
        away = says(307, b"", Location=f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/")
        async with over_wire(tmp_path, away) as (_, front):
            read = await failed(front, "rest", "list_customers")
            write = await failed(front, "rest", "create_customer", body={"displayName": unique("Away")})

    assert ["provider_answer_unreadable"] * 2 == [read["code"], write["code"]]
    assert [] == stolen


async def test_nobody_listens_so_nothing_has_left(tmp_path: Path) -> None:
    async with over_wire(tmp_path, says(200, {})) as (server, front):
        profile = await front.hall.profiles.read(front.account.project_id, front.account.profile_id)
        here = type("Here", (), {"hall": front.hall, "profile": profile})
        await change_profile(here, provider_url=f"http://127.0.0.1:{free_port()}")
        read = await failed(front, "rest", "list_customers")
        write = await front.ask("rpc", "create_customer", body={"displayName": unique("Nobody")})
        run, line = await front.run(write.run_id), await front.line(write.run_id)

    assert "provider_unavailable" == read["code"]
    assert (502, "provider_unavailable") == (write.status, write.error["code"])
    assert 4 == len([step for step in run.steps if step.method == "POST"])
    assert line is not None
    assert (WriteState.REFUSED, None) == (line.state, line.guarded_until)
    assert [] == server.seen


async def test_digits_of_any_length_pass_or_are_refused_but_never_change(tmp_path: Path) -> None:
    answers = [
        raw(b'{"value": [{"id": "1", "creditLimit": ' + digits + b"}]}")
        for digits in (b"0." + b"1" * 300, b"9" * 300, b"-0.00", b"1E2", b"123456789012345678901234567890.123456789")
    ]
    async with over_wire(tmp_path, *answers) as (_, front):
        import httpx2

        texts = []
        async with httpx2.AsyncClient(
            base_url=front.url, auth=(front.key, ""), headers={"x-account-id": front.account.id}
        ) as client:
            for _ in range(len(answers)):
                answer = await client.post("/actions/rpc", json={"action": "dynamics365bc_list_customers"})
                texts.append(answer.text.partition('"creditLimit":')[2].partition("}")[0])

    assert ["0." + "1" * 300, "9" * 300, "-0.00", "1E+2", "123456789012345678901234567890.123456789"][:3] == texts[:3]
    assert texts[3] in ("100", "1E2")
    assert "123456789012345678901234567890.123456789" == texts[4]


async def test_many_bad_answers_at_once_leave_nothing_behind(tmp_path: Path) -> None:
    """The throttle's places are given back after every kind of failure: else the sixth caller would wait for ever."""
    bad = [script for name, script in READS.items() if "60 MB" not in name] * size("bad_answers")
    async with over_wire(tmp_path, *bad, says(200, {"value": [CUSTOMER]})) as (_, front):
        await asyncio.gather(*(front.ask("rest", "list_customers") for _ in bad))
        told = await asyncio.wait_for(front.ask("rest", "list_customers"), 5)

    assert [CUSTOMER] == told.body["data"]
