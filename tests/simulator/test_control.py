"""The control plane: commands over Python and HTTP, failures on purpose, and the record of requests."""

import asyncio
import datetime as dt
import socket
import subprocess
import sys
import threading
import time

import httpx2
import pytest
from form_walker import REDIRECT_URI, Person

from linkspan.simulator import Simulator
from linkspan.simulator.app import build_app, demo_parts
from linkspan.simulator.command import COMMANDS
from linkspan.simulator.control import Control
from linkspan.simulator.entra.demo import ADMINISTRATOR, CLERK, DEMO_CLIENT_ID, DEMO_DOMAIN, DEMO_SECRET, PASSWORDS
from linkspan.simulator.serve import serve_forever

KEYS = "/common/discovery/v2.0/keys"


def raw(simulator: Simulator, path: str = KEYS) -> bytes:
    """Send one request over a bare socket and return every byte until the end of the connection."""
    with socket.create_connection(("127.0.0.1", simulator.port), timeout=5) as cable:
        cable.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\n\r\n".encode())
        got = b""
        try:
            while chunk := cable.recv(65536):
                got += chunk
        except ConnectionResetError:
            pass
        return got


def test_drop_before_processing_cuts_the_connection_without_a_byte(simulator: Simulator) -> None:
    simulator.fail_next("drop_before", path="/keys")

    assert b"" == raw(simulator)
    (seen,) = simulator.requests()
    assert (None, "drop_before", "no answer") == (seen.status, seen.failure, seen.outcome)


def test_drop_after_processing_has_done_the_work(person: Person, simulator: Simulator) -> None:
    code = person.link()["code"]
    simulator.fail_next("drop_after", method="post", path="/token")
    with pytest.raises(httpx2.TransportError):
        person.redeem(code)

    assert [54005] == person.redeem(code).json()["error_codes"]


def test_half_a_body_promises_more_than_it_sends(simulator: Simulator) -> None:
    whole = httpx2.get(simulator.url + KEYS).content
    simulator.fail_next("half_body")
    head, _, body = raw(simulator).partition(b"\r\n\r\n")

    assert f"content-length: {len(whole)}".encode() in head
    assert whole[: len(whole) // 2] == body


def test_status_with_own_body_and_headers(simulator: Simulator) -> None:
    simulator.fail_next(status=503, body={"error": {"code": "X"}}, headers={"x-why": "test"}, retry_after_seconds=7)
    simulator.fail_next(status=500, body="plain text")
    simulator.fail_next(status=500)
    first, second, third, healthy = (httpx2.get(simulator.url + KEYS) for _ in range(4))

    assert (503, {"error": {"code": "X"}}) == (first.status_code, first.json())
    assert ("test", "7") == (first.headers["x-why"], first.headers["retry-after"])
    assert (500, "plain text") == (second.status_code, second.text)
    assert {"code", "message"} == set(third.json()["error"])
    assert 200 == healthy.status_code


def test_throttle_with_and_without_retry_after_and_html_page(simulator: Simulator) -> None:
    simulator.fail_next("throttle", retry_after_seconds=3)
    simulator.fail_next("throttle")
    simulator.fail_next("html")
    told, untold, page = (httpx2.get(simulator.url + KEYS) for _ in range(3))

    assert (429, "3") == (told.status_code, told.headers["retry-after"])
    assert "Application_TooManyRequests" == told.json()["error"]["code"]
    assert (429, None) == (untold.status_code, untold.headers.get("retry-after"))
    assert (502, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])


def test_delay_before_and_after_the_work(person: Person, simulator: Simulator) -> None:
    code = person.link()["code"]
    simulator.fail_next("delay_after", path="/token", delay_seconds=0.6)
    with pytest.raises(httpx2.ReadTimeout):
        person.http.post(
            f"/{DEMO_DOMAIN}/oauth2/v2.0/token",
            data={
                "client_id": str(DEMO_CLIENT_ID),
                "client_secret": DEMO_SECRET,
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": REDIRECT_URI,
                "code_verifier": "v" * 64,
            },
            timeout=0.2,
        )
    simulator.fail_next("delay", delay_seconds=0.2)
    started = time.perf_counter()
    answer = httpx2.get(simulator.url + KEYS)

    assert [54005] == person.redeem(code).json()["error_codes"]
    assert 200 == answer.status_code
    assert time.perf_counter() - started >= 0.2


def test_failures_wait_for_their_request_and_count_down(simulator: Simulator) -> None:
    simulator.fail_next(status=501, method="PUT")
    simulator.fail_next(status=502, path="/keys", times=2)
    got = [httpx2.get(simulator.url + KEYS).status_code for _ in range(3)]

    assert [502, 502, 200] == got
    assert ["PUT"] == [failure.method for failure in simulator.state().failures]
    simulator.clear_failures()
    assert () == simulator.state().failures


def test_in_process_client_sees_a_cut_as_connection_reset() -> None:
    control = Control(demo_parts())
    control.fail_next("drop_after")

    async def ask() -> None:
        transport = httpx2.ASGITransport(build_app(control))
        async with httpx2.AsyncClient(transport=transport, base_url="http://simulator.example") as client:
            await client.get(KEYS)

    with pytest.raises(ConnectionResetError):
        asyncio.run(ask())


def test_requests_seen_hold_no_secret(person: Person, simulator: Simulator) -> None:
    answer = person.tokens()
    person.http.get(
        "/v2.0/Production/api/v2.0/companies?$top=2&access_token=sesame&$filter=name eq 'A'",
        headers={"authorization": f"Bearer {answer['access_token']}", "if-match": "*", "cookie": "a=sesame"},
    )
    seen = simulator.requests()
    text = repr(seen)

    assert [1, 2, 3, 4, 5] == [one.number for one in seen]
    assert ["GET", "POST", "POST", "POST", "GET"] == [one.method for one in seen]
    assert "$top=2&$filter=name+eq+'A'" == seen[-1].query
    assert "*" == seen[-1].headers["if-match"]
    for secret in (DEMO_SECRET, PASSWORDS[ADMINISTRATOR], answer["access_token"], answer["refresh_token"], "sesame"):
        assert secret not in text
    assert ["authorize", "login", "consent", "token"] == [one.path.rpartition("/")[2] for one in seen[:4]]


def test_requests_can_be_filtered_and_cleared(person: Person, simulator: Simulator) -> None:
    person.http.get(KEYS)
    person.http.get("/nowhere.example/discovery/v2.0/keys")

    assert 1 == len(simulator.requests(status=400))
    assert 2 == len(simulator.requests(path="/keys", method="get"))
    assert 0 == len(simulator.requests(method="POST"))
    simulator.clear_requests()
    assert [] == simulator.requests()


def test_requests_in_flight_are_counted(simulator: Simulator) -> None:
    for _ in range(200):
        # A request of the test before may still be on its way out.
        httpx2.get(simulator.url + KEYS)
        if simulator.requests()[-1].in_flight == 1:
            break
        time.sleep(0.05)
    simulator.fail_next("delay", times=3, delay_seconds=0.3)
    threads = [threading.Thread(target=httpx2.get, args=(simulator.url + KEYS,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [1, 2, 3] == [seen.in_flight for seen in simulator.requests()[-3:]]


def test_every_command_is_offered_over_http_with_a_schema(simulator: Simulator) -> None:
    listed = {one["name"]: one for one in httpx2.get(simulator.url + "/_sim/commands").json()}

    assert set(COMMANDS) == set(listed)
    assert "GET" == listed["state"]["method"]
    assert "POST" == listed["reset"]["method"]
    assert all(one["about"].endswith((".", "return them.")) for one in listed.values())


def test_commands_over_http_do_the_same(person: Person, simulator: Simulator) -> None:
    def post(name: str, /, **fields: object) -> httpx2.Response:
        return person.http.post(f"/_sim/{name}", json=fields)

    app = post("register_app", name="New", redirect_uris=[REDIRECT_URI], audience="many_tenants").json()
    uris = post("add_redirect_uri", client_id=app["client_id"], uri="http://two.example/cb").json()
    post("move_clock", delta=3600)
    clock = person.http.get("/_sim/clock").json()
    post("fail_next", kind="status", status=418)
    failed = person.http.get(KEYS).status_code
    post("set_licence", user=CLERK, licensed=False)
    seen = person.http.get("/_sim/requests", params={"status": 418}).json()
    state = person.http.get("/_sim/state").json()
    post("set_clock", moment=None)

    assert [REDIRECT_URI, "http://two.example/cb"] == uris
    assert 3599 < clock["offset_seconds"] < 3601
    assert 418 == failed
    assert [KEYS] == [one["path"] for one in seen]
    assert [False] == [user["licensed"] for user in state["users"] if user["upn"] == CLERK]
    assert [None] == [known["published_secret"] for known in state["apps"] if known["name"] == "New"]
    assert app["client_secret"] not in str(state)
    assert 0 == simulator.clock().offset_seconds


@pytest.mark.parametrize(
    ("method", "name", "content", "status"),
    [
        ("POST", "nonsense", "{}", 404),
        ("GET", "reset", "", 405),
        ("POST", "set_licence", "{}", 400),
        ("POST", "set_licence", '{"user": "nobody", "licensed": true}', 400),
        ("POST", "reset", '{"unknown": 1}', 400),
        ("POST", "reset", "{", 400),
        ("POST", "fail_next", '{"times": 0}', 400),
        ("POST", "fail_token_requests", '{"code": 1}', 400),
        ("POST", "set_clock", '{"moment": "2026-01-01T00:00:00"}', 400),
        ("POST", "register_app", '{"name": "x", "certificate": "none"}', 400),
        ("POST", "register_app", '{"name": "x", "tenant": "nowhere.example"}', 400),
    ],
)
def test_mistaken_commands_are_explained(
    simulator: Simulator, method: str, name: str, content: str, status: int
) -> None:
    headers = {"content-type": "application/json"}
    answer = httpx2.request(method, f"{simulator.url}/_sim/{name}", content=content, headers=headers)

    assert status == answer.status_code
    assert len(answer.json()["error"]) > 10


def test_a_form_of_another_site_cannot_command(simulator: Simulator) -> None:
    assert 400 == httpx2.post(simulator.url + "/_sim/reset", data={"keep_registrations": "true"}).status_code


def test_reset_returns_to_the_start_and_may_keep_registrations(person: Person, simulator: Simulator) -> None:
    app = simulator.register_app("Kept")
    token = person.tokens()["access_token"]
    simulator.move_clock(dt.timedelta(days=3))
    simulator.set_clock(dt.datetime(2030, 5, 1, tzinfo=dt.UTC))
    there = simulator.clock().now
    simulator.reset(keep_registrations=True)
    kept = [known.client_id for known in simulator.state().apps]
    simulator.reset()

    assert (2030, 5) == (there.year, there.month)
    assert app.client_id in kept
    assert app.client_id not in [known.client_id for known in simulator.state().apps]
    assert "Demo users" in person.ask().text, "nobody is signed in any more"
    assert 0 == simulator.expire_access_tokens(), f"forgotten: {token[:8]}"


def test_demo_tells_all_that_linking_needs(simulator: Simulator) -> None:
    demo = simulator.demo

    assert (DEMO_DOMAIN, DEMO_CLIENT_ID, DEMO_SECRET) == (demo.tenant_domain, demo.client_id, demo.client_secret)
    assert "Production" == demo.environment
    assert len(demo.environments) >= 2
    assert demo.company_id in demo.company_ids.values()
    assert len(demo.company_ids) >= 2


def test_state_page_shows_the_whole_without_script(person: Person, simulator: Simulator) -> None:
    person.http.get("/nowhere.example/<i>/discovery/v2.0/keys")
    page = httpx2.get(simulator.url, follow_redirects=True)

    assert 200 == page.status_code
    for text in (DEMO_DOMAIN, ADMINISTRATOR, str(DEMO_CLIENT_ID), "Production", "&lt;i&gt;", "Last requests"):
        assert text in page.text
    assert "<script" not in page.text
    assert "prefers-color-scheme: dark" in httpx2.get(simulator.url + "/_sim/style.css").text


def test_stopping_frees_the_port_and_twice_is_once() -> None:
    with Simulator.start() as first:
        port = first.port
    first.stop()
    with Simulator.start(port=port) as second:
        assert 200 == httpx2.get(second.url + KEYS).status_code
        with pytest.raises(OSError, match="in use"):
            Simulator.start(port=port)


async def test_serve_forever_runs_in_the_callers_loop_until_stopped() -> None:
    ready: asyncio.Future[Simulator] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve_forever(ready=ready.set_result))
    simulator = await ready
    async with httpx2.AsyncClient(base_url=simulator.url) as client:
        answer = await client.get(KEYS)
    simulator.add_redirect_uri(DEMO_CLIENT_ID, "http://three.example/cb")
    simulator.stop()
    await asyncio.wait_for(serving, 5)

    assert 200 == answer.status_code


async def test_serve_forever_ends_when_cancelled() -> None:
    ready: asyncio.Future[Simulator] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve_forever(ready=ready.set_result))
    url = (await ready).url
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving

    async with httpx2.AsyncClient() as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get(url + KEYS)


def test_importing_the_simulator_does_not_import_pytest() -> None:
    check = "import sys; from linkspan.simulator import Simulator; sys.exit('pytest' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", check], check=False).returncode


def test_the_fixture_gives_a_running_simulator_and_is_public(business_central: Simulator) -> None:
    from linkspan import simulator as public

    assert 200 == httpx2.get(business_central.url + KEYS).status_code
    assert ["Simulator", "business_central"] == public.__all__
    assert all(hasattr(public, name) for name in public.__all__)
