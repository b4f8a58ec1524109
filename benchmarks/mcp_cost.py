"""What a `tools/call` costs: CPU beside `/actions/rpc` for the same action, and at 10,000 tools beside 70, all in one process and run.

The whole installation is in this process but for the web server and the cable, which cost both the same: what is compared is our own work
alone, so the bound is wider than that of `make bench`, which measures the whole server (1.7). Rounds are interleaved and each figure is the
median of them. Exits 1 if a target is missed.

A client that is given no look-up of schemas asks for `tools/list` before it calls a tool; that list is printed as well, and is no part of
a call: newer SDKs leave it out, and the door answers it from what it made before.
"""

import argparse
import asyncio
import cProfile
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

sys.path.insert(0, str(Path(__file__).parent / "apps"))

from linkspan_server import CONNECTOR, link_account, unlimited_connector
from servers import RECORD, RECORD_ANSWER
from starlette.types import Message

from linkspan.connectors.catalog import Catalog
from linkspan.server import build_app
from linkspan.settings import Settings
from linkspan.storage.database import open_database
from linkspan.transport.protocol import Inbound, Outbound
from linkspan.usecases.hall import Hall
from linkspan.wiring import background, build_hall, database_address, migrate_storage, utc_now

MOST_OF_RPC, MOST_OF_FEW, MANY = 2.0, 1.1, 10_000
_COUNTED = 20
Call = Callable[[], Awaitable[None]]


class Provider:
    """A transport whose provider answers at once with one record."""

    def __init__(self) -> None:
        self._answer = Inbound(200, {"content-type": "application/json"}, json.dumps(RECORD_ANSWER).encode(), 0.1)

    async def send(self, outbound: Outbound) -> Inbound:
        """The record."""
        del outbound
        return self._answer

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the CPU microseconds a call of each round, and how many Python functions a call runs."""

    name: str
    call: Call
    found: list[float]
    functions: list[int]

    @property
    def middle(self) -> float:
        """The median."""
        return statistics.median(self.found)


def asks(hall: Hall, path: str, key: str, account_id: str, body: object) -> Call:
    """A call of that address, through the whole application. Raises RuntimeError for a wrong answer."""
    app, content = build_app(hall), json.dumps(body).encode()
    headers = [
        (b"host", b"127.0.0.1:8700"),
        (b"content-type", b"application/json"),
        (b"accept", b"application/json, text/event-stream"),
        (b"authorization", f"Bearer {key}".encode()),
        (b"x-account-id", account_id.encode()),
    ]

    async def call() -> None:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http", "path": path,
            "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers, "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8700), "state": {},
        }  # fmt: skip
        await app(scope, receive, send)
        answer = sent[1]["body"]
        if sent[0]["status"] != 200 or (b"Tidewater" not in answer and b"inputSchema" not in answer):  # noqa: PLR2004
            raise RuntimeError(answer[:300])

    return call


def with_many_actions(hall: Hall) -> Hall:
    """The same installation, whose connector has 10,000 actions that every profile enables."""
    connector = hall.catalog.connectors[CONNECTOR]
    actions = {name: action for name, action in connector.actions.items() if action.default}
    originals = list(actions.values())
    for number in range(MANY - len(actions)):
        action = originals[number % len(originals)]
        name = f"{action.id}_{number}"
        actions[name] = replace(action, id=name)
    many = MappingProxyType(actions)
    catalog = Catalog(MappingProxyType({CONNECTOR: replace(connector, actions=many)}), many)
    return replace(hall, catalog=catalog)


async def rows_of(hall: Hall, many: Hall) -> list[Row]:
    """What is measured."""
    key, account_id = await link_account(hall, "http://127.0.0.1:9")
    rpc = {"action": f"{CONNECTOR}_get_customer", "path": {"id": RECORD}}
    params = {"name": rpc["action"], "arguments": {"path": rpc["path"]}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    asked = [
        ("/actions/rpc", hall, "/actions/rpc", rpc),
        ("tools/call at 70 tools", hall, "/mcp", call),
        (f"tools/call at {MANY} tools", many, "/mcp", call),
        ("tools/list of 70, again", hall, "/mcp", listing),
    ]
    return [Row(name, asks(one, path, key, account_id, body), [], []) for name, one, path, body in asked]


async def measure(rounds: int, calls: int) -> list[Row]:
    """Every row, `rounds` times over."""
    with tempfile.TemporaryDirectory(prefix="linkspan-mcp-cost-") as place:
        folder = Path(place)
        settings = Settings(
            data_dir=folder / "data", allow_private_addresses=True, connector_dirs=(unlimited_connector(folder),)
        )
        await migrate_storage(settings)
        database = open_database(database_address(settings))
        hall = await build_hall(settings, database, Provider(), utc_now)
        async with background(hall):
            rows = await rows_of(hall, with_many_actions(hall))
            for number in range(rounds + 1):
                for row in rows:
                    await _round(row, calls if number else calls // 4)
                    if not number:
                        row.found.clear()
            for row in rows:
                row.functions.append(await _functions(row))
        await database.close()
    return rows


async def _round(row: Row, calls: int) -> None:
    # The log is written behind the calls: what a round left to be written must not count for the next.
    await asyncio.sleep(0.7)
    began = time.process_time()
    for _ in range(calls):
        await row.call()
    row.found.append((time.process_time() - began) / calls * 1e6)


async def _functions(row: Row) -> int:
    profile = cProfile.Profile()
    await asyncio.sleep(0.7)
    with profile:
        for _ in range(_COUNTED):
            await row.call()
    return sum(entry.callcount for entry in profile.getstats()) // _COUNTED


def main() -> int:
    """Measure and print. The exit status is the verdict."""
    parser = argparse.ArgumentParser(description="Measure what an MCP tool call costs.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=500, help="of each row in each round")
    asked = parser.parse_args()
    rows = asyncio.run(measure(asked.rounds, asked.calls))
    rpc, few, many = (row.middle for row in rows[:3])
    for row in rows:
        print(
            f"{row.name:28}{row.middle:>9.0f} us CPU a call {row.middle / rpc:>6.2f} times rpc {row.functions[0]:>7} functions"
        )
    kept = {
        f"tools/call is {few / rpc:.2f} times /actions/rpc, at most {MOST_OF_RPC}": few / rpc <= MOST_OF_RPC,
        f"at {MANY} tools it is {many / few:.2f} times that at 70, at most {MOST_OF_FEW}": many / few <= MOST_OF_FEW,
    }
    for words, ok in kept.items():
        print(f"{'kept  ' if ok else 'MISSED'}  {words}")
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
