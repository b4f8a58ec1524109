"""Drives the unmodified MCP SDK 2.x through a whole sign-in, by a metadata document if its address is given, else by registering."""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider, TokenStorage
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken


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

    async def back() -> AuthorizationCodeResult:
        told = parse_qs(urlsplit(await heard.get()).query)
        return AuthorizationCodeResult(code=told["code"][0], state=told["state"][0], iss=told["iss"][0])

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    memory = Memory()
    metadata = OAuthClientMetadata(
        client_name="Second Generation",
        redirect_uris=[f"http://127.0.0.1:{port}/callback"],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
    )
    provider = OAuthClientProvider(
        asked["mcp_url"], metadata, memory, send_person, back, client_metadata_url=asked.get("document")
    )
    async with (
        httpx2.AsyncClient(auth=provider, timeout=60) as http,
        Client(streamable_http_client(asked["mcp_url"], http_client=http), mode="auto") as client,
    ):
        protocol, tools = client.protocol_version, (await client.list_tools()).tools
        first = await client.call_tool("dynamics365bc_list_customers", {"query": {"top": 2}})
        provider.context.token_expiry_time = 1.0
        second = await client.call_tool("dynamics365bc_list_customers", {"query": {"top": 1}})
        # Not allowed yet: the client asks its person for more, and calls again.
        stepped = None
        if asked.get("step_up"):
            made = await client.call_tool("dynamics365bc_create_customer", {"body": {"displayName": "Stepped Up Ltd"}})
            stepped = not made.is_error
    server.close()
    print(
        json.dumps(
            {
                "client_id": memory.client.client_id,
                "protocol": protocol,
                "tools": len(tools),
                "failed": [bool(first.is_error), bool(second.is_error)],
                "tokens": [[each.scope, each.expires_in, bool(each.refresh_token)] for each in memory.seen],
                "renewed": len({each.access_token for each in memory.seen}),
                "stepped": stepped,
            }
        )
    )


asyncio.run(main())
