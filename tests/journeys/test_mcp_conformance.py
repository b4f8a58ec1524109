"""MCP's own conformance suite, unmodified, against the door's own code with the suite's fixture behind it (`linkspan demo --conformance`)."""

import json
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from client_drivers import run_npm_program
from demo_process import Demo, running_demo

pytestmark = pytest.mark.client

SUITE = "@modelcontextprotocol/conformance/dist/index.js"
JSON = {"content-type": "application/json", "accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def fixture_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_demo(tmp_path_factory.mktemp("conformance"), options=("--conformance",)) as demo:
        assert demo.mcp_conformance_url
        yield demo.mcp_conformance_url


# How many scenarios the suite has for a revision, and how many of its checks must at least succeed.
@pytest.mark.parametrize(("revision", "scenarios", "checks"), [("2025-11-25", 33, 75), ("2026-07-28", 40, 147)])
def test_the_whole_suite_finds_no_failure(
    fixture_url: str, tmp_path: Path, revision: str, scenarios: int, checks: int
) -> None:
    words = ("--suite", "all", "--spec-version", revision, "--output-dir", str(tmp_path))
    done = run_npm_program("conformance", SUITE, "server", "--url", fixture_url, *words)
    found = [check for file in tmp_path.rglob("checks.json") for check in json.loads(file.read_text())]
    states = Counter(check["status"] for check in found)

    assert [] == [check for check in found if check["status"] == "FAILURE"]
    assert 0 == done.returncode, done.stdout[-3000:]
    assert scenarios == done.stdout.count("✓")
    assert (checks, 0) == (states["SUCCESS"], states["FAILURE"])


# What the suite asks of any server, whatever its tools are.
ANY_SERVER = {
    "2025-11-25": ("server-initialize", "ping", "tools-list", "dns-rebinding-protection", "server-sse-multiple-streams"),
    "2026-07-28": (
        "server-stateless", "tools-list", "dns-rebinding-protection", "http-header-validation", "server-sse-multiple-streams",
        "input-required-result-unsupported-methods",
    ),
}  # fmt: skip


@contextmanager
def with_a_key(demo: Demo, folder: Path) -> Iterator[str]:
    """The address of a proxy that adds key and account, since the suite cannot; everything else passes as it came."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    server = (
        f"listen 127.0.0.1:{port}; location / {{ proxy_pass {demo.base_url}; proxy_set_header Host $http_host; "
        f'proxy_set_header Authorization "Bearer {demo.api_key}"; proxy_set_header x-account-id {demo.account_id}; }}'
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}} http {{ {temporary} access_log off; server {{ {server} }} }}"
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        for _ in range(250):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.parametrize("revision", list(ANY_SERVER))
def test_our_own_tools_pass_whatever_needs_no_fixture(demo: Demo, tmp_path: Path, revision: str) -> None:
    (tmp_path / "results").mkdir()
    with with_a_key(demo, tmp_path) as url:
        for scenario in ANY_SERVER[revision]:
            words = ("--scenario", scenario, "--spec-version", revision, "--output-dir", str(tmp_path / "results"))
            run_npm_program("conformance", SUITE, "server", "--url", url, *words)
    found = [check for file in tmp_path.rglob("checks.json") for check in json.loads(file.read_text())]
    failures = [check for check in found if check["status"] == "FAILURE"]

    assert 8 < sum(check["status"] == "SUCCESS" for check in found)
    # Four checks call diagnostic tools by name, which only the fixture has.
    assert [] == [
        check for check in failures if not check["errorMessage"].startswith("Not testable: server does not list")
    ]
    assert (4 if revision == "2026-07-28" else 0) == len(failures)


def test_the_fixture_is_served_only_when_asked_for(demo: Demo) -> None:
    assert demo.mcp_conformance_url is None
    # Not Allowed is what the guides' pages say, which take any address by GET.
    assert (
        405 == httpx2.post(f"{demo.base_url}/mcp/conformance", json=call("test_simple_text"), headers=JSON).status_code
    )


def call(tool: str, **arguments: str) -> dict[str, object]:
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": "one", "method": "tools/call", "params": params}


def test_a_question_is_answered_once_and_by_nobody_who_guesses(fixture_url: str) -> None:
    with httpx2.Client(headers=JSON, timeout=20) as client:
        guess = client.post(fixture_url, json={"jsonrpc": "2.0", "id": "guess", "result": {}})
        with client.stream("POST", fixture_url, json=call("test_sampling", prompt="Which tide?")) as stream:
            lines = stream.iter_lines()
            question = json.loads(next(line for line in lines if line.startswith("data: "))[len("data: ") :])
            content = {"role": "assistant", "content": {"type": "text", "text": "High water"}, "model": "tests"}
            reply = {"jsonrpc": "2.0", "id": question["id"], "result": content}
            answers = [httpx2.post(fixture_url, json=reply, headers=JSON).status_code for _ in range(2)]
            result = json.loads(next(line for line in lines if line.startswith("data: "))[len("data: ") :])

    assert (400, -32600) == (guess.status_code, guess.json()["error"]["code"])
    assert "sampling/createMessage" == question["method"]
    assert [202, 400] == answers
    assert ("one", "The model said: High water") == (result["id"], result["result"]["content"][0]["text"])


def test_a_client_that_takes_no_stream_is_told_that_it_cannot_be_asked(fixture_url: str) -> None:
    headers = {**JSON, "accept": "application/json"}
    asked = httpx2.post(fixture_url, json=call("test_sampling", prompt="Which tide?"), headers=headers, timeout=20)
    told = httpx2.post(fixture_url, json=call("test_tool_with_progress"), headers=headers, timeout=20)

    assert (200, -32603) == (asked.status_code, asked.json()["error"]["code"])
    assert "Crossed." == told.json()["result"]["content"][0]["text"]


def test_a_refused_question_and_a_client_that_hangs_up_leave_the_door_working(fixture_url: str) -> None:
    question: dict[str, object] = {}
    with httpx2.Client(headers=JSON, timeout=20) as client:
        with client.stream("POST", fixture_url, json=call("test_elicitation", message="Who?")) as stream:
            lines = stream.iter_lines()
            question = json.loads(next(line for line in lines if line.startswith("data: "))[len("data: ") :])
        late = {"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept", "content": {}}}
        with client.stream("POST", fixture_url, json=call("test_elicitation", message="Who?")) as stream:
            lines = stream.iter_lines()
            second = json.loads(next(line for line in lines if line.startswith("data: "))[len("data: ") :])
            error = {"jsonrpc": "2.0", "id": second["id"], "error": {"code": -1, "message": "No."}}
            refused = httpx2.post(fixture_url, json=error, headers=JSON)
            end = json.loads(next(line for line in lines if line.startswith("data: "))[len("data: ") :])
        answered_late = client.post(fixture_url, json=late)

    assert 202 == refused.status_code
    assert ("one", -32603) == (end["id"], end["error"]["code"])
    assert 400 == answered_late.status_code
