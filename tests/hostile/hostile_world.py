"""An installation served over real HTTP, in front of a simulator or of a provider made of bytes: what bad weather is let loose on."""

import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import httpx2
from doors_world import World, open_world
from hall_world import CALLER, add_account
from wire_server import Script, WireServer, wire_server

from linkspan.engine.retry import Patience
from linkspan.journal_records import Write
from linkspan.model import Account, AccountState, Caller, Run
from linkspan.server import listening_socket, serving
from linkspan.settings import Settings
from linkspan.simulator import Simulator
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_runs import read_run
from linkspan.wiring import opened_hall, utc_now

# A provider's answer is waited for half a second, and tries follow one another quickly.
IMPATIENT = Patience(timeout=0.7, first_pause=0.02, longest_pause=2.0, budget=6.0)
CONNECTOR = "dynamics365bc"
DOORS = ("rpc", "rest")


@dataclass(frozen=True, slots=True)
class Told:
    """What a door answered: `error` has the same words on both doors, and is empty after a success."""

    status: int
    body: dict[str, object]
    error: dict[str, object]
    headers: httpx2.Headers

    @property
    def run_id(self) -> str:
        return str(self.error.get("run_id") or self.body["run_id"])


@dataclass(slots=True)
class Front:
    """The running installation as its callers see it, and what it keeps."""

    hall: Hall
    url: str
    key: str
    account: Account
    caller: Caller

    async def ask(self, door: str, action: str, *, key: str | None = None, **call: object) -> Told:
        """Run an action over a door; `call` are its groups, and what else the body shall hold."""
        action, headers = f"{CONNECTOR}_{action}", {"x-account-id": self.account.id}
        async with httpx2.AsyncClient(
            base_url=self.url, auth=(key or self.key, ""), headers=headers, timeout=30
        ) as client:
            if door == "rpc":
                answer = await client.post("/actions/rpc", json={"action": action, **call})
            else:
                answer = await client.post(f"/v1/actions/{action}", json=call)
        body = answer.json()
        error = {} if answer.is_success else body if door == "rpc" else body["error"]
        return Told(answer.status_code, body, error, answer.headers)

    async def run(self, run_id: str) -> Run:
        return await read_run(self.hall, self.caller, run_id)

    async def line(self, run_id: str) -> Write | None:
        return await self.hall.journal.read(self.account.project_id, run_id)

    async def state(self) -> AccountState:
        found = await self.hall.accounts.read(self.account.project_id, self.account.id)
        assert found is not None
        return found.state


@asynccontextmanager
async def served(hall: Hall, key: str, account: Account, caller: Caller) -> AsyncIterator[Front]:
    engine = hall.engine
    engine._wiring = replace(engine._wiring, patience=IMPATIENT)
    bound = listening_socket(Settings(port=0))
    async with serving(hall, bound):
        yield Front(hall, f"http://127.0.0.1:{bound.getsockname()[1]}", key, account, caller)


async def over_simulator(
    folder: Path, simulator: Simulator, clock: Callable[[], datetime] = utc_now
) -> AsyncIterator[tuple[World, Front]]:
    async for world in open_world(folder, simulator, clock=clock):
        async with served(world.hall, world.key, world.account, world.caller) as front:
            yield world, front


@asynccontextmanager
async def over_wire(folder: Path, *scripts: Script) -> AsyncIterator[tuple[WireServer, Front]]:
    settings = Settings(data_dir=folder, allow_private_addresses=True)
    async with wire_server(*scripts) as server, opened_hall(settings) as hall:
        account, _ = await add_account(hall, server.url)
        caller = Caller(CALLER.project_id, ALL_SCOPES)
        _, key = await create_key(hall, caller, NewKey("hostile"))
        async with served(hall, key.reveal(), account, caller) as front:
            yield server, front


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def unique(name: str) -> str:
    return f"{name} {time.monotonic_ns()}"
