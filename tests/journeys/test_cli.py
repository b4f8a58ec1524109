"""The operator's commands against a running installation: each does what it says, and a refusal says what to do next."""

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from demo_process import Demo, clean_environment
from demo_signin import sign_client_in

# Each command is a process of its own, and the machine may be busy.
pytestmark = pytest.mark.timeout(240)
Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cli(demo: Demo) -> Cli:
    def run(
        *words: str, typed: str = "", code: int = 0, data_dir: Path = demo.data_dir
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            "LINKSPAN_DATA_DIR": str(data_dir), "LINKSPAN_ALLOW_PRIVATE_ADDRESSES": "true",
            "LINKSPAN_PORT": demo.base_url.rpartition(":")[2],
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "linkspan.cli.app", *words], input=typed, capture_output=True, text=True, timeout=40,
            env=clean_environment(**environment), check=False,
        )  # fmt: skip
        assert code == done.returncode, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def test_a_profile_is_made_shown_changed_and_deleted(cli: Cli, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("first-secret-value\n")
    name = f"Profile {uuid.uuid4().hex[:6]} [/x]"
    words = ("--client-id", str(uuid.uuid4()), "--name", name, "--secret-file", str(secret))
    made = json.loads(cli("profile", "create", *words, "--action", "dynamics365bc_list_items", "--json").stdout)
    changes = ("--all-actions", "--disable", "--scope", "https://api.businesscentral.dynamics.com/.default")
    changed = json.loads(cli("profile", "update", made["id"], *changes, "--json").stdout)
    shown = cli("profile", "show", made["id"]).stdout
    listed = cli("profile", "list").stdout
    cli("profile", "delete", made["id"])
    gone = cli("profile", "show", made["id"], code=1).stderr

    assert (["dynamics365bc_list_items"], True, True) == (made["enabled_actions"], made["has_secret"], made["enabled"])
    assert (None, False, [changes[-1]]) == (changed["enabled_actions"], changed["enabled"], changed["scopes"])
    assert name in shown
    assert "first-secret-value" not in shown + json.dumps(made)
    assert name in listed
    assert "not_found" in gone


def test_a_secret_that_cannot_be_read_is_told(cli: Cli) -> None:
    told = cli("profile", "create", "--client-id", "x", "--secret-file", "nosuch.txt", code=2).stderr

    assert "nosuch.txt" in told


def test_an_account_is_stopped_and_let_on_again(cli: Cli, demo: Demo) -> None:
    cli("account", "suspend", demo.account_id)
    try:
        refused = cli("run", "dynamics365bc_list_items", "--account", demo.account_id, code=1).stderr
        state = json.loads(cli("account", "show", demo.account_id, "--json").stdout)
    finally:
        cli("account", "resume", demo.account_id)

    assert "account_suspended" in refused
    assert "next: Resume the account" in refused
    assert "suspended" in state["reasons"][0]
    assert demo.account_id in cli("account", "list").stdout


def test_a_link_from_the_command_line_opens(cli: Cli, demo: Demo) -> None:
    owner = ("--owner-id", "cli-owner", "--owner-name", "Holm & Vik")
    opened = json.loads(cli("account", "link", *owner, "--json").stdout)
    page = httpx2.get(opened["link_url"], follow_redirects=True)

    assert opened["link_url"].startswith(f"{demo.base_url}/connect/s/")
    assert 200 == page.status_code
    assert "Link your account" in page.text


def test_a_run_is_found_in_the_log_with_its_requests(cli: Cli, demo: Demo) -> None:
    words = ("--account", demo.account_id, "--query", "top=2", "--query", "select=number,displayName", "--table")
    table = cli("run", "dynamics365bc_list_customers", *words).stdout.splitlines()
    run_id = json.loads(cli("logs", "list", "--action", "dynamics365bc_list_customers", "--json").stdout)[0]["id"]
    shown = cli("logs", "show", run_id).stdout

    assert ["number", "displayName"] == table[0].split()
    assert 3 == len(table)
    assert run_id in shown
    assert "/customers?$select=number" in shown
    assert "cli" in shown


def test_a_refused_run_names_each_mistake_and_the_run(cli: Cli, demo: Demo) -> None:
    words = ("--account", demo.account_id, "--field", "displayNam=A", "--field", "creditLimit=much")
    told = cli("run", "dynamics365bc_create_customer", *words, code=1).stderr
    run_id = told.rpartition("logs show ")[2].strip(") \n")

    assert "; did you mean 'displayName'?" in told
    assert "creditLimit" in told
    assert "invalid_input" in cli("logs", "show", run_id).stdout


@pytest.mark.parametrize("body", ["@nosuch.json", "[1]", "{"])
def test_a_body_that_is_none_is_a_mistake(cli: Cli, demo: Demo, body: str) -> None:
    told = cli("run", "dynamics365bc_create_customer", "--account", demo.account_id, "--body", body, code=1).stderr

    assert "  - body: " in told


def test_a_body_from_standard_input_with_a_field_over_it(cli: Cli, demo: Demo) -> None:
    words = ("--account", demo.account_id, "--body", "-", "--field", "city=Bergen")
    typed = json.dumps({"displayName": "Typed [/b] in", "city": "Oslo"})
    made = json.loads(cli("run", "dynamics365bc_create_customer", *words, typed=typed).stdout)["data"]
    only = f"filter={json.dumps({'id': made['id']})}"
    table = cli("run", "dynamics365bc_list_customers", "--account", demo.account_id, "--query", only, "--table").stdout

    assert "Bergen" == made["city"]
    assert "Typed [/b] in" in table


def test_digits_of_a_text_field_stay_text(cli: Cli, demo: Demo) -> None:
    words = ("-f", "displayName=5003", "-f", "postalCode=05003", "-f", 'city="1e3"', "-f", "creditLimit=10.50")
    made = json.loads(cli("run", "dynamics365bc_create_customer", "--account", demo.account_id, *words).stdout)["data"]

    assert ("5003", "05003", "1e3", 10.5) == (
        made["displayName"],
        made["postalCode"],
        made["city"],
        made["creditLimit"],
    )


def test_a_word_that_is_no_pair_is_a_mistake(cli: Cli, demo: Demo) -> None:
    told = cli("run", "dynamics365bc_list_items", "--account", demo.account_id, "--query", "top", code=1).stderr

    assert "top: write NAME=VALUE" in told


def test_a_key_is_made_used_and_switched_off(cli: Cli, demo: Demo) -> None:
    made = json.loads(
        cli("key", "create", "--name", "shop", "--scope", "platform:read", "--days", "3", "--json").stdout
    )
    auth = (made["key"], "")
    allowed = httpx2.get(f"{demo.base_url}/v1/accounts", auth=auth).status_code
    refused = httpx2.post(f"{demo.base_url}/v1/actions/dynamics365bc_list_items", auth=auth, json={}).json()["error"]
    listed = cli("key", "list").stdout
    cli("key", "disable", made["id"])

    assert (200, "missing_scope") == (allowed, refused["code"])
    assert made["expires_at"]
    assert made["id"] in listed
    assert made["key"] not in listed


def test_a_permit_is_listed_and_revoked(cli: Cli, demo: Demo) -> None:
    token = sign_client_in(demo, name="Tide \u202eTable")["access_token"]
    listed = json.loads(cli("mcp", "permits", "list", "--json").stdout)
    table = cli("mcp", "permits", "list").stdout
    headers = {"authorization": f"Bearer {token}"}
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    before = httpx2.post(demo.mcp_url, json=ping, headers=headers)
    revoked = cli("mcp", "permits", "revoke", listed[-1]["id"]).stdout
    again = cli("mcp", "permits", "revoke", listed[-1]["id"], code=1)
    deadline = time.monotonic() + 20
    while (after := httpx2.post(demo.mcp_url, json=ping, headers=headers)).status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)

    assert ("Tide Table", {demo.account_id: "read"}) == (listed[-1]["client_name"], listed[-1]["accounts"])
    assert "Tide Table" in table
    assert demo.account_id in table
    assert (200, 401) == (before.status_code, after.status_code)
    assert "is revoked" in revoked
    assert "not_found" in again.stderr


def test_the_doctor_finds_a_sound_account_sound_and_names_what_is_not(cli: Cli, demo: Demo) -> None:
    sound = cli("doctor", demo.account_id).stdout
    demo.control("/fail_next", {"path": "/companies", "kind": "status", "status": 403, "times": 20, "body": {"error": {"code": "x", "message": "[no]"}}})  # fmt: skip
    try:
        ill = cli("doctor", demo.account_id, code=1).stdout
    finally:
        demo.control("/clear_failures", {})

    assert "failed" not in sound
    assert "failed" in ill
    assert "next: " in ill


def test_projects_are_apart(cli: Cli, tmp_path: Path) -> None:
    first = cli("project", "create", "First house", data_dir=tmp_path).stdout.split()[1]
    cli("profile", "create", "--client-id", "c", "--name", "Mine", typed="secret-value\n", data_dir=tmp_path)
    second = cli("project", "create", "Second [house]", data_dir=tmp_path).stdout.split()[1]
    unsaid = cli("profile", "list", code=1, data_dir=tmp_path).stderr
    own = cli("profile", "list", "--project", first, data_dir=tmp_path).stdout
    other = cli("profile", "list", "--project", second, data_dir=tmp_path).stdout
    cli("project", "rename", second, "Renamed", data_dir=tmp_path)
    names = cli("project", "list", data_dir=tmp_path).stdout

    assert "--project" in unsaid
    assert "Mine" in own
    assert "No profile yet" in other
    assert "Renamed" in names


def test_the_version_and_every_help_text(cli: Cli) -> None:
    import typer

    from linkspan.cli.app import app

    bare = [
        f"{path}: {parameter.name}"
        for path, command in commands_below("linkspan", typer.main.get_command(app))
        for parameter in command.params
        if not getattr(parameter, "help", None)
    ]

    assert cli("--version").stdout.startswith("linkspan ")
    assert [] == bare


def commands_below(path: str, command: object) -> list[tuple[str, object]]:
    below = getattr(command, "commands", {})
    return [(path, command)] + [each for name, one in below.items() for each in commands_below(f"{path} {name}", one)]
