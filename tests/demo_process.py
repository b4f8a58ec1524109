"""`linkspan demo --headless --json` as a process: how everything outside drives the product."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: what its one JSON line said."""

    base_url: str
    api_key: str
    project_id: str
    profile_id: str
    account_id: str
    company_id: str
    guide_url: str
    simulator_url: str
    mcp_url: str
    console_url: str
    data_dir: Path
    console_code: str | None = None
    mcp_conformance_url: str | None = None

    def client(self) -> httpx2.Client:
        return httpx2.Client(
            base_url=self.base_url, auth=(self.api_key, ""), headers={"x-account-id": self.account_id}, timeout=30
        )

    def rpc(self, action: str, **groups: object) -> httpx2.Response:
        with self.client() as client:
            return client.post("/actions/rpc", json={"action": f"dynamics365bc_{action}", **groups})

    def get(self, path: str, **query: str) -> httpx2.Response:
        with self.client() as client:
            return client.get(path, params=query)

    def control(self, path: str, body: object = None) -> httpx2.Response:
        """Tell the simulator something (`/_sim/…`)."""
        return httpx2.post(f"{self.simulator_url}/_sim{path}", json=body, timeout=10)


def clean_environment(**extra: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("LINKSPAN_")} | extra


@contextmanager
def running_demo(
    data_dir: Path, *, simulator_port: int | None = 0, options: Sequence[str] = (), **environment: str
) -> Iterator[Demo]:
    """Start the demo, wait for its line, stop it with SIGTERM."""
    command = [
        sys.executable,
        "-m",
        "linkspan.cli.app",
        "demo",
        "--headless",
        "--json",
        "--port",
        "0",
        "--simulator-port",
        str(simulator_port),
        "--data-dir",
        str(data_dir),
        *options,
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment(**environment)
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise AssertionError(f"the demo said nothing: {process.communicate(timeout=10)[1]}")
        told = json.loads(line)
        yield Demo(
            **{name: told.get(name) for name in Demo.__dataclass_fields__ if name != "data_dir"}, data_dir=data_dir
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
