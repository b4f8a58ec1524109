"""Drives the unmodified MCP SDK 1.x over HTTP, with the handshake that it knows."""

import asyncio
import json
import sys

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client


async def main() -> None:
    asked = json.loads(sys.argv[1])
    headers = {"authorization": f"Bearer {asked['api_key']}", "x-account-id": asked["account_id"]}
    async with (
        streamablehttp_client(asked["mcp_url"], headers=headers) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        started = await session.initialize()
        tools = (await session.list_tools()).tools
        listed = await session.call_tool(
            "dynamics365bc_list_customers", {"query": {"top": 2, "select": "number", "format": "csv"}}
        )
    print(
        json.dumps(
            {
                "protocol": started.protocolVersion,
                "tools": len(tools),
                "listed": listed.content[0].text,
                "read_only": [tool.name for tool in tools if tool.annotations and tool.annotations.readOnlyHint],
            }
        )
    )


asyncio.run(main())
