"""Unmodified third-party clients at the MCP door: the MCP SDKs of both generations, and stackone-ai."""

import asyncio
import sys
from pathlib import Path

import pytest

from client_drivers import drive_python
from demo_process import Demo, clean_environment, running_demo
from linkspan.cli.walk import Walker
from linkspan.simulator.entra.demo import ADMINISTRATOR, DEMO_DOMAIN, PASSWORDS

pytestmark = pytest.mark.client


def facts(demo: Demo) -> dict[str, object]:
    return {"base_url": demo.base_url, "mcp_url": demo.mcp_url, "api_key": demo.api_key, "account_id": demo.account_id}


def test_the_second_generation_of_the_mcp_sdk(demo: Demo) -> None:
    command = [sys.executable, "-m", "linkspan.cli.app", "--data-dir", str(demo.data_dir), "mcp"]
    environment = clean_environment(LINKSPAN_ALLOW_PRIVATE_ADDRESSES="true")
    asked = {**facts(demo), "command": [*command, "--account", demo.account_id], "environment": environment}
    told = drive_python("mcp2", asked)

    assert ("2026-07-28", "2025-11-25") == (told["newest"]["protocol"], told["handshake"]["protocol"])
    for way in ("newest", "handshake", "stdio"):
        assert 70 == told[way]["tools"]
        assert ["number"] == told[way]["listed"]["columns"]
        assert 2 == len(told[way]["listed"]["rows"])
        assert (True, "invalid_input") == (told[way]["refused"], told[way]["error"])


def test_the_second_generation_is_asked_for_the_account_and_its_answer_decides(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        companies = demo.rpc("list_companies").json()["data"]
        other = next(company for company in companies if company["id"] != demo.company_id)
        with demo.client() as client:
            new = {
                "connector": "dynamics365bc",
                "origin_owner_id": "o",
                "origin_owner_name": "Other",
                "profile_id": demo.profile_id,
            }
            address = client.post("/v1/connect_sessions", json=new).json()["link_url"]
            answers = {
                "tenant_id": DEMO_DOMAIN, "environment": "Production", "username": ADMINISTRATOR, "password": PASSWORDS[ADMINISTRATOR],
                "answer": "accept", "company_id": other["id"],
            }  # fmt: skip
            asyncio.run(Walker(answers).walk(address))
            accounts = {each["fields"]["company_id"]: each["id"] for each in client.get("/v1/accounts").json()["data"]}
        asked = {**facts(demo), "account_id": ",".join(accounts.values())}
        told = {company: drive_python("mcp2", {**asked, "chosen": account}) for company, account in accounts.items()}

    assert {demo.company_id, other["id"]} == set(told)
    for company in companies:
        answer = told[company["id"]]

        assert [list(accounts.values())] == [[one["const"] for one in question] for question in answer["asked"]]
        assert ["displayName", company["displayName"]] == answer["listed"].splitlines()


def test_the_first_generation_of_the_mcp_sdk(demo: Demo) -> None:
    told = drive_python("mcp1", facts(demo))

    assert "2025-11-25" == told["protocol"]
    assert 70 == told["tools"]
    assert "number" == told["listed"].splitlines()[0]
    assert 48 == len(told["read_only"])


def test_stackone_ai_fetches_and_runs_tools(demo: Demo) -> None:
    told = drive_python("stackone-ai", facts(demo))

    assert 2 == len(told["listed"]["data"])
    assert ("Stack & One", None) == (told["made"], told["gone"])
    assert "Feedback successfully stored" in str(told["feedback"])
    assert "Lists are short." in demo.get("/v1/feedback").text
    assert "dynamics365bc_list_customer_payments" in told["tools"]
    assert "dynamics365bc_list_customers" in told["searched"]
    assert {"body_displayName", "path_company_id"} <= set(told["openai"])
    assert Path(demo.data_dir).exists()
