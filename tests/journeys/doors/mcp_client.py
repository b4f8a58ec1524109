"""A client of the MCP door as small as the protocol allows: what it sends is written out, for both eras."""

import itertools
import json
from dataclasses import dataclass, field

import httpx2
from doors_world import CONNECTOR, World

STATELESS = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": STATELESS,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
}


@dataclass(slots=True)
class Mcp:
    """Sends one message at a time; `address` may carry a query."""

    world: World
    address: str = "/mcp"
    headers: dict[str, str] = field(default_factory=dict)
    key: str | None = None
    ids: itertools.count = field(default_factory=lambda: itertools.count(1))

    async def post(self, body: object, **headers: str) -> httpx2.Response:
        sent = {"accept": "application/json", "content-type": "application/json", **self.headers, **headers}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.world.browser(auth=(self.key or self.world.key, "")) as client:
            return await client.post(self.address, content=content, headers=sent)

    async def ask(self, method: str, params: dict[str, object] | None = None) -> httpx2.Response:
        """A request of the handshake era."""
        body = {"jsonrpc": "2.0", "id": next(self.ids), "method": method}
        return await self.post(body | ({} if params is None else {"params": params}))

    async def ask_stateless(
        self, method: str, params: dict[str, object] | None = None, **headers: str
    ) -> httpx2.Response:
        """A request of 2026-07-28, which says everything itself."""
        told = {"mcp-protocol-version": STATELESS, "mcp-method": method}
        if method == "tools/call":
            told["mcp-name"] = str((params or {}).get("name"))
        body = {"jsonrpc": "2.0", "id": next(self.ids), "method": method, "params": {"_meta": META, **(params or {})}}
        return await self.post(body, **{**told, **headers})

    async def tools(self) -> list[dict]:
        return (await self.ask("tools/list")).json()["result"]["tools"]

    async def call(self, action: str, **arguments: object) -> dict:
        """The result of a tool."""
        answer = await self.ask("tools/call", {"name": f"{CONNECTOR}_{action}", "arguments": arguments})
        return answer.json()["result"]


def told(result: dict) -> dict:
    """The JSON in a result's one text."""
    (content,) = result["content"]
    return json.loads(content["text"])
