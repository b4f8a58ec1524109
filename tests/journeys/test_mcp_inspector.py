"""The MCP Inspector's command line, unmodified, at our door with an API key in a header."""

import json
import subprocess
from pathlib import Path

import pytest

from client_drivers import run_npm_program
from demo_process import Demo

pytestmark = pytest.mark.client

INSPECTOR = "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
# Its exit codes: an error of the protocol's, schemas that no client could use, a tool's failure.
PORTABLE, TOOL_FAILED = 0, 5


def inspect(demo: Demo, home: Path, *words: str, key: str | None = None) -> subprocess.CompletedProcess[str]:
    headers = (f"Authorization: Bearer {key or demo.api_key}", f"x-account-id: {demo.account_id}")
    said = [word for header in headers for word in ("--header", header)]
    return run_npm_program(
        "inspector", INSPECTOR, "--cli", demo.mcp_url, "--transport", "http", *said, *words, HOME=str(home)
    )


def test_it_lists_the_tools_and_finds_their_schemas_portable(demo: Demo, tmp_path: Path) -> None:
    done = inspect(demo, tmp_path, "--method", "tools/list", "--strict")

    assert PORTABLE == done.returncode, done.stderr
    assert 70 == len(json.loads(done.stdout)["tools"])


def test_it_calls_a_tool(demo: Demo, tmp_path: Path) -> None:
    words = ("--method", "tools/call", "--tool-name", "dynamics365bc_list_customers")
    done = inspect(demo, tmp_path, *words, "--tool-arg", 'query={"top": 2, "select": "number"}')
    (content,) = json.loads(done.stdout)["content"]

    assert 0 == done.returncode, done.stderr
    assert (["number"], 2) == (json.loads(content["text"])["columns"], len(json.loads(content["text"])["rows"]))


def test_it_sees_a_failure_as_one(demo: Demo, tmp_path: Path) -> None:
    words = ("--method", "tools/call", "--tool-name", "dynamics365bc_get_customer", "--tool-arg", 'path={"id": "x"}')
    done = inspect(demo, tmp_path, *words)

    assert TOOL_FAILED == done.returncode
    assert "path.id: must be a GUID" in done.stdout


def test_a_wrong_key_gets_it_nowhere(demo: Demo, tmp_path: Path) -> None:
    done = inspect(demo, tmp_path, "--method", "tools/list", key="v1.local.wrong")

    assert 0 != done.returncode
    assert "tools" not in done.stdout
    assert "auth_required" in done.stderr
