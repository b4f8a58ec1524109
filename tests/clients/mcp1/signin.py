"""Drives the unmodified MCP SDK 1.x through a whole sign-in: it registers, waits for its person, calls, refreshes and calls again."""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider, TokenStorage
from mcp.client.streamable_http import streamablehttp_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken


class Memory(TokenStorage):
    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None
        self.seen: list[OAuthToken] = []

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens
        self.seen.append(tokens)

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


async def main() -> None:
    asked = json.loads(sys.argv[1])
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).decode()
        if "/callback?" in line:
            heard.put_nowait(line.split(" ")[1])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nOK")
        await writer.drain()
        writer.close()

    async def send_person(address: str) -> None:
        print(json.dumps({"open": address}), flush=True)

    async def back() -> tuple[str, str | None]:
        told = parse_qs(urlsplit(await heard.get()).query)
        return told["code"][0], told["state"][0]

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    memory = Memory()
    metadata = OAuthClientMetadata(
        client_name="First Generation",
        redirect_uris=[f"http://127.0.0.1:{port}/callback"],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
    )
    provider = OAuthClientProvider(asked["mcp_url"], metadata, memory, send_person, back)
    async with (
        streamablehttp_client(asked["mcp_url"], auth=provider) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools
        first = await session.call_tool("dynamics365bc_list_customers", {"query": {"top": 2}})
        provider.context.token_expiry_time = 1.0
        second = await session.call_tool("dynamics365bc_list_customers", {"query": {"top": 1}})
    server.close()
    print(
        json.dumps(
            {
                "client_id": memory.client.client_id,
                "method": memory.client.token_endpoint_auth_method,
                "tools": len(tools),
                "failed": [bool(first.isError), bool(second.isError)],
                "tokens": [[each.scope, each.expires_in, bool(each.refresh_token)] for each in memory.seen],
                "renewed": len({each.access_token for each in memory.seen}),
            }
        )
    )


asyncio.run(main())
