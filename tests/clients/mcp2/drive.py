"""Drives the unmodified MCP SDK 2.x: over HTTP in the newest revision that it agrees on, and over standard input and output."""

import asyncio
import json
import sys

import httpx2
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitRequestParams, ElicitResult


async def walk(client: Client) -> dict[str, object]:
    tools = (await client.list_tools()).tools
    listed = await client.call_tool("dynamics365bc_list_customers", {"query": {"top": 2, "select": "number"}})
    refused = await client.call_tool("dynamics365bc_create_customer", {"body": {}})
    return {
        "protocol": client.protocol_version,
        "tools": len(tools),
        "listed": json.loads(listed.content[0].text),
        "refused": bool(refused.is_error),
        "error": json.loads(refused.content[0].text)["error"]["code"],
    }


async def choose(http: httpx2.AsyncClient, asked: dict[str, str]) -> dict[str, object]:
    """A call on several accounts that names none: the client is asked, and answers with `chosen`."""
    seen: list[object] = []

    async def answer(_context: object, params: ElicitRequestParams) -> ElicitResult:
        seen.append(params.requested_schema["properties"]["account_id"]["oneOf"])
        return ElicitResult(action="accept", content={"account_id": asked["chosen"]})

    connection = streamable_http_client(asked["mcp_url"], http_client=http)
    async with Client(connection, mode="auto", elicitation_callback=answer) as client:
        result = await client.call_tool(
            "dynamics365bc_list_company_information", {"query": {"select": "displayName", "format": "csv"}}
        )
    return {"asked": seen, "listed": result.content[0].text}


async def main() -> None:
    asked = json.loads(sys.argv[1])
    told: dict[str, object] = {}
    headers = {"authorization": f"Bearer {asked['api_key']}", "x-account-id": asked["account_id"]}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        if "chosen" in asked:
            print(json.dumps(await choose(http, asked)))
            return
        async with Client(streamable_http_client(asked["mcp_url"], http_client=http), mode="auto") as client:
            told["newest"] = await walk(client)
        async with Client(streamable_http_client(asked["mcp_url"], http_client=http), mode="legacy") as client:
            told["handshake"] = await walk(client)
    server = StdioServerParameters(command=asked["command"][0], args=asked["command"][1:], env=asked["environment"])
    async with Client(stdio_client(server)) as client:
        told["stdio"] = await walk(client)
    print(json.dumps(told))


asyncio.run(main())
