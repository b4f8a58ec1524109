"""The secrets search after a run of the tests finds what leaked, fails the run, and says where; a run without a leak passes."""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from secret_watch.hearing import address_without_own_places, output_without_own_places

from secret_search.search import Birth, Searcher, search

TESTS = Path(__file__).parents[1]
SETTING = """\
[pytest]
asyncio_mode = auto
addopts = -q -p no:cacheprovider -p conftest
markers =
    sqlite: runs on SQLite
    postgresql: runs on PostgreSQL
"""
LEAKS = '''\
"""Each test leaks one secret, and passes."""

import logging, sqlite3, subprocess, sys

import httpx2, psycopg, pytest
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route

from linkspan.errors import NotFoundError
from linkspan.model import Secret
from linkspan.server import House
from linkspan.simulator.clock import Clock
from linkspan.simulator.entra.keys import KeyRing
from linkspan.usecases.ids import new_token
from own_certificates import new_certificate

LOG = logging.getLogger("linkspan.somewhere")


def test_a_log_line():
    LOG.warning("it is %s", new_token().reveal())


def test_a_log_line_that_is_cut_off():
    LOG.warning("it begins with %s...", new_token().reveal()[:24])


def test_a_column_of_sqlite_in_a_folder_of_its_own(tmp_path):
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "some.db") as connection:
        connection.execute("CREATE TABLE t (number INTEGER, text TEXT)")
        connection.execute("INSERT INTO t VALUES (1, ?)", (new_token().reveal(),))
    connection.close()


def test_a_column_of_postgresql(postgresql_database_url):
    token = KeyRing(Clock()).sign({"aud": "somebody"})
    with psycopg.connect(postgresql_database_url) as connection:
        connection.execute("CREATE TABLE t (token BYTEA)")
        connection.execute("INSERT INTO t VALUES (%s)", (token.encode(),))


def test_a_file_beside_a_database(tmp_path):
    (tmp_path / "master.key").write_text("no secret")
    (tmp_path / "linkspan.log").write_text(new_certificate()[1].replace("\\n", "|") and Secret(new_certificate()[1]).reveal())


async def test_answers_addresses_and_errors():
    async def error(request):
        return PlainTextResponse(f"no such thing: {new_token().reveal()}", status_code=404)

    async def answer(request):
        return PlainTextResponse(f"here: {new_token().reveal()}")

    async def redirect(request):
        return RedirectResponse(f"/next?session={new_token().reveal()}")

    house = House([Route("/error", error), Route("/answer", answer), Route("/redirect", redirect)])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=house), base_url="http://a.example") as client:
        for path in ("/error", "/answer", "/redirect", f"/asked?token={new_token().reveal()}"):
            await client.get(path)


def test_an_error_that_nobody_shows():
    with pytest.raises(NotFoundError):
        raise NotFoundError(f"nothing is known as {new_token().reveal()}")


def test_another_process():
    program = "import sys; from linkspan.usecases.ids import new_token; print(new_token().reveal(), file=sys.stderr)"
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
'''
PLACES = (
    r"log \S*test_a_log_line \(Captured log call\)",
    r"log \S*test_a_log_line_that_is_cut_off",
    r"file \S*/data/some\.db",
    r"rows \S+ test_\w+ t:",
    r"file \S*/linkspan\.log",
    r"error GET /error 404",
    r"answer GET /answer 200",
    r"address redirect of GET /redirect",
    r"address GET /asked",
    r"error not_found",
    r"output stderr of",
)
CLEAN = """\
def test_it(sqlite_database_url):
    from linkspan.usecases.ids import new_token
    assert new_token() != new_token()
"""
CLOSING = re.compile(
    r"secrets search: ([\d,]+) secrets looked for in ([\d,]+) files of data folders, ([\d,]+) database columns"
)


def run_of(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """A run of pytest of its own, over one file of tests, with the suite's own fixtures."""
    (folder / "pytest.ini").write_text(SETTING)
    (folder / "test_inner.py").write_text(text)
    named = os.environ | {"PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS / "watched")))}
    command = [sys.executable, "-m", "pytest", "-c", "pytest.ini", f"--basetemp={folder}/made", *options]
    return subprocess.run(command, cwd=folder, env=named, capture_output=True, text=True, timeout=55, check=False)


def test_every_planted_leak_is_found_and_fails_the_run(tmp_path):
    done = run_of(tmp_path, LEAKS, "-n", "0")
    missing = [place for place in PLACES if not re.search(f"SECRET: a secret of .* in {place}", done.stdout)]

    assert [] == missing, done.stdout
    assert 1 == done.returncode
    assert "8 passed" in done.stdout
    assert len(PLACES) == int(re.search(r"(\d+) found \(", done.stdout)[1])


def test_workers_are_searched_too(tmp_path):
    done = run_of(tmp_path, LEAKS, "-n", "2", "-k", "log_line or sqlite")

    assert 1 == done.returncode
    assert "test_a_log_line" in done.stdout
    assert "data/some.db" in done.stdout


def test_a_run_of_one_test_without_a_leak_passes_and_tells_what_was_searched(tmp_path):
    done = run_of(tmp_path, CLEAN, "-n", "0")
    told = CLOSING.search(done.stdout)

    assert 0 == done.returncode, done.stdout
    assert told, done.stdout
    assert int(told[1]) >= 2
    assert int(told[2]) >= 2  # the template and its copy
    assert int(told[3].replace(",", "")) > 400


@pytest.mark.parametrize("before", ["", "x", "xy"])
@pytest.mark.parametrize("secret", ["planted/secret+value:0b7c41 ~&\"'", "R4nd0m-" + "aZ09_-" * 20])
def test_every_way_of_writing_a_secret_is_known(secret, before):
    searcher = Searcher({secret: Birth("here", drawn=len(secret) > 64)})
    written = (before + secret).encode()

    for shown in (
        written, quote(secret, safe="").encode(), json.dumps({"a": secret}).encode(),
        base64.b64encode(written), base64.urlsafe_b64encode(written), base64.b64encode(written + b":more"),
    ):  # fmt: skip
        assert ["here"] == sorted({site for _, site, _ in searcher.find(b'{"b": 1, "c": "' + shown + b'"}')}), shown
    assert [] == list(searcher.find(b"nothing of the kind, planted/secret+value:0b7c4"))


def test_a_key_of_bytes_is_known_raw_and_written():
    key = bytes(range(100, 132))
    searcher = Searcher({key: Birth("here", drawn=True)})

    for shown in (key, key.hex().encode(), base64.b64encode(key), base64.urlsafe_b64encode(b"a" + key)):
        assert ["here"] == sorted({site for _, site, _ in searcher.find(b"x " + shown + b" y")})


def test_a_postgresql_database_that_was_never_searched_fails_the_run(tmp_path):
    (tmp_path / "made-1").write_text('"postgresql+psycopg://u@/lost?host=%2Fnowhere"\n')

    assert ["the PostgreSQL database host=/nowhere lost was opened, and never searched"] == search(tmp_path, []).unseen


def test_only_the_commands_that_show_a_secret_may():
    printed = b"key v1.local." + b"a" * 43 + b" at https://a.example/connect/s/abc"

    assert b"key v1.local/* at https://a.example/connect/s/abc" == output_without_own_places("key create", printed)
    assert b"key v1.local/* at https://a.example/connect/s/*" == output_without_own_places("demo", printed)
    assert printed == output_without_own_places("key list", printed)


def test_only_a_secrets_own_place_in_an_address_is_left_out():
    assert "/connect/s/*?x=1" == address_without_own_places("/connect/s/abc?x=1")
    assert "https://a.example/connect/mine/s/*" == address_without_own_places("https://a.example/connect/mine/s/abc")
    callback = "/connect/oauth2/dynamics365bc/callback?code=%2A&state=%2A&session_state=c"
    assert callback == address_without_own_places(
        "/connect/oauth2/dynamics365bc/callback?code=a&state=b&session_state=c"
    )
    assert "/connect?token=abc" == address_without_own_places("/connect?token=abc")
    assert "https://p.example/go?response_type=code&state=%2A" == address_without_own_places(
        "https://p.example/go?response_type=code&state=abc"
    )
    assert "/connect/oauth2/p1?token=%2A&code=abc" == address_without_own_places(
        "/connect/oauth2/p1?token=abc&code=abc"
    )
