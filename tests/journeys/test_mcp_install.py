"""`linkspan mcp install`: our entry is added, and everything else in the client's file stays."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from demo_process import clean_environment


def install(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "linkspan.cli.app", "--data-dir", str(home / "data"), "mcp", "install", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=home, env=clean_environment(HOME=str(home))
    )


@pytest.mark.parametrize(
    ("client", "file", "key"),
    [
        ("claude-desktop", ".config/Claude/claude_desktop_config.json", "mcpServers"),
        ("claude-code", ".mcp.json", "mcpServers"),
        ("cursor", ".cursor/mcp.json", "mcpServers"),
        ("vscode", ".vscode/mcp.json", "servers"),
    ],
)
def test_each_client_gets_its_file(tmp_path: Path, client: str, file: str, key: str) -> None:
    done = install(tmp_path, client, "--account", "abc")
    entry = json.loads((tmp_path / file).read_text())[key]["linkspan"]

    assert 0 == done.returncode, done.stderr
    assert str(tmp_path / file) in done.stdout.replace("\n", "")
    assert ["--data-dir", str(tmp_path / "data"), "mcp", "--account", "abc"] == entry["args"]


def test_other_servers_stay(tmp_path: Path) -> None:
    file = tmp_path / ".mcp.json"
    file.write_text('{"mcpServers": {"other": {"command": "x"}}, "more": 1}')
    install(tmp_path, "claude-code")
    install(tmp_path, "claude-code")
    known = json.loads(file.read_text())

    assert {"other", "linkspan"} == known["mcpServers"].keys()
    assert 1 == known["more"]


@pytest.mark.parametrize("text", ["not json", "[]", '{"mcpServers": []}'])
def test_a_file_that_cannot_be_read_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / ".mcp.json"
    file.write_text(text)
    done = install(tmp_path, "claude-code")

    assert 1 == done.returncode
    assert "nothing was changed" in done.stderr.replace("\n", " ")
    assert text == file.read_text()


def test_print_changes_nothing_and_an_unknown_client_is_named(tmp_path: Path) -> None:
    shown = install(tmp_path, "vscode", "--print")
    unknown = install(tmp_path, "notepad")

    assert ["linkspan"] == list(json.loads(shown.stdout)["servers"])
    assert not (tmp_path / ".vscode").exists()
    assert 1 == unknown.returncode
    assert "claude-desktop, claude-code, cursor, vscode" in unknown.stderr.replace("\n", " ")


def test_broken_lines_on_standard_input_are_answered_and_do_not_end_it(tmp_path: Path) -> None:
    lines = ["{", '{"jsonrpc":"2.0","id":7,"method":"ping"}', '{"jsonrpc":"2.0","method":"notifications/x"}', ""]
    command = [sys.executable, "-m", "linkspan.cli.app", "--data-dir", str(tmp_path), "mcp"]
    done = subprocess.run(
        command,
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env=clean_environment(),
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]

    assert 0 == done.returncode, done.stderr
    assert {-32700, None} == {answer.get("error", {}).get("code") for answer in answers}
    assert [7] == [answer["id"] for answer in answers if "result" in answer]
