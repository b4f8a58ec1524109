"""Unmodified third-party clients at the MCP door: the MCP SDKs of both generations, and stackone-ai."""

import sys
from pathlib import Path

import pytest

from client_drivers import drive_python
from demo_process import Demo, clean_environment

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
