"""Drives the unmodified vgs-bc-mcp: its program between a stdio client and our endpoint, configured as for Business Central's own."""

import asyncio
import json
import os
import sys
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def run(session: ClientSession, tool: str, **arguments: object) -> dict[str, object]:
    result = await session.call_tool(tool, arguments)
    return {"failed": bool(result.isError), "text": result.content[0].text}


async def main() -> None:
    asked = json.loads(sys.argv[1])
    program = StdioServerParameters(
        command=str(Path(sys.executable).parent / "vgs-bc-mcp"), args=asked["options"], env=dict(os.environ)
    )
    async with stdio_client(program) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        calls = [await run(session, call["tool"], **call["arguments"]) for call in asked["calls"]]
    hints = {tool.name: tool.annotations and tool.annotations.readOnlyHint for tool in tools}
    print(json.dumps({"tools": hints, "calls": calls}))


asyncio.run(main())
