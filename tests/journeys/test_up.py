"""`linkspan up`: first start, refusals, restart, and who may say what the public address is."""

import base64
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from demo_process import clean_environment, running_demo

KEY = re.compile(r"v1\.local\.\S+")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "linkspan.cli.app", *words]


@contextmanager
def running_up(data_dir: Path, *words: str, **environment: str) -> Iterator[tuple[str, str]]:
    """A server: its address, and what it printed until it was ready."""
    port = free_port()
    process = subprocess.Popen(
        command("up", "--port", str(port), "--data-dir", str(data_dir), *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=clean_environment(**environment),
    )
    told = ""
    try:
        for line in process.stdout or ():
            told += line
            if line.startswith("data"):
                break
        yield f"http://127.0.0.1:{port}", told
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def test_the_first_start_makes_a_key_and_says_where_things_are(tmp_path: Path) -> None:
    with running_up(tmp_path) as (address, told):
        key = KEY.search(told)
        assert key, told
        ready = httpx2.get(f"{address}/readyz")
        refused = httpx2.get(f"{address}/v1/accounts")
        allowed = httpx2.get(f"{address}/v1/accounts", auth=(key.group(), ""))
    with running_up(tmp_path) as (_, second):
        pass
    mode = (tmp_path / "master.key").stat().st_mode & 0o777

    assert [200, 401, 200] == [ready.status_code, refused.status_code, allowed.status_code]
    assert re.search(
        rf"^console +{address}/console \(first owner's code: ([A-Z2-7]{{4}}-){{3}}[A-Z2-7]{{4}}\)$", told, re.MULTILINE
    )
    assert not KEY.search(second)
    assert 0o600 == mode
    assert key.group().encode() not in (tmp_path / "linkspan.db").read_bytes()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--host", "0.0.0.0"], "plain http on a public address"),
        (["--public-url", "http://linkspan.example.com"], "plain http on a public address"),
        (["--public-url", "https://linkspan.example.com/sub"], "without a path"),
    ],
)
def test_up_refuses_plain_http_on_a_public_address(tmp_path: Path, words: list[str], expected: str) -> None:
    done = subprocess.run(
        command("up", "--data-dir", str(tmp_path), *words),
        capture_output=True,
        text=True,
        env=clean_environment(),
        timeout=30,
        check=False,
    )

    assert 1 == done.returncode
    assert expected in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_up_refuses_a_newer_schema(tmp_path: Path) -> None:
    with running_up(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "linkspan.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    done = subprocess.run(
        command("up", "--data-dir", str(tmp_path)),
        capture_output=True,
        text=True,
        env=clean_environment(),
        timeout=30,
        check=False,
    )

    assert 1 == done.returncode
    assert "newer" in done.stderr
    assert "Traceback" not in done.stderr


def test_forwarded_headers_count_only_from_trusted_proxies(tmp_path: Path) -> None:
    lie = {"x-forwarded-proto": "https", "x-forwarded-host": "evil.example", "host": "evil.example"}
    with running_up(tmp_path, "--public-url", "https://linkspan.example.com") as (address, _):
        page = httpx2.get(f"{address}/connectors/dynamics365bc/guides/connector-profile/oauth-2-0", headers=lie).text

    assert "https://linkspan.example.com/connect/oauth2/dynamics365bc/callback" in page
    assert "evil.example" not in page


def test_a_cursor_survives_a_restart(tmp_path: Path) -> None:
    with running_demo(tmp_path) as first:
        page = first.rpc("list_customers", query={"page_size": 5, "order_by": "number"}).json()
    # A cursor belongs to the place that the account points at, so the provider must not have moved meanwhile.
    with running_demo(tmp_path, simulator_port=urlsplit(first.simulator_url).port) as second:
        again = second.rpc("list_customers", query={"cursor": page["next"]})
        forged = second.rpc("list_customers", query={"cursor": page["next"][:-4] + "AAAA"})

    assert page["next"]
    assert 200 == again.status_code, again.text
    assert page["data"][-1]["number"] < again.json()["data"][0]["number"]
    assert "cursor_invalid" == forged.json()["code"]


def test_every_form_of_the_key_is_accepted(tmp_path: Path) -> None:
    with running_up(tmp_path) as (address, told):
        key = KEY.search(told).group()
        forms = [
            "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
            "Basic " + base64.b64encode(key.encode()).decode(),
            f"Bearer {key}",
            key,
        ]
        answers = [httpx2.get(f"{address}/v1/accounts", headers={"authorization": form}).status_code for form in forms]
        wrong = httpx2.get(f"{address}/v1/accounts", headers={"authorization": f"Bearer {key[:-2]}xx"})

    assert [200, 200, 200, 200] == answers
    assert (401, "api_key_invalid") == (wrong.status_code, wrong.json()["error"]["code"])


def test_two_servers_share_one_database_and_one_sees_what_the_other_changes(tmp_path: Path) -> None:
    with running_up(tmp_path) as (one, told), running_up(tmp_path) as (other, _):
        auth = (KEY.search(told).group(), "")
        created = httpx2.post(f"{one}/v1/keys", auth=auth, json={"name": "short-lived"}).json()
        new = (created["key"], "")
        before = httpx2.get(f"{other}/v1/accounts", auth=new).status_code
        httpx2.patch(f"{one}/v1/keys/{created['id']}", auth=auth, json={"enabled": False})
        deadline = time.monotonic() + 5
        while (
            after := httpx2.get(f"{other}/v1/accounts", auth=new)
        ).status_code == 200 and time.monotonic() < deadline:
            time.sleep(0.1)

    assert 200 == before
    assert (401, "api_key_disabled") == (after.status_code, after.json()["error"]["code"])


def test_help_of_every_command_is_quick_and_whole() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command("--help"),
        capture_output=True,
        text=True,
        env=clean_environment() | {"COLUMNS": "120"},
        timeout=20,
        check=True,
    )

    assert {"up", "demo", "sim", "run", "profile", "account", "connector", "logs", "doctor", "migrate"} <= set(
        re.findall(r"│ (\w+)", done.stdout)
    )
    # Its own work counts, not what else the machine does meanwhile.
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 2
