"""What FastMCP's tools and one answer look like on the wire; started by the environment next to it with one JSON object.

`document`: the OpenAPI file; `token`: the provider's; `tool` and `arguments`: what to call. Prints one JSON line.
"""

import asyncio
import json
import sys
from pathlib import Path

import httpx2
from fastmcp import Client, FastMCP


async def main(asked: dict) -> None:
    """List and call."""
    document = asked["document"]
    provider = httpx2.AsyncClient(
        base_url=document["servers"][0]["url"], headers={"Authorization": f"Bearer {asked['token']}"}, trust_env=False
    )
    server = FastMCP.from_openapi(document, client=provider, name="bench")
    async with provider, Client(server) as client:
        tools = await client.list_tools_mcp()
        answer = await client.call_tool_mcp(asked["tool"], asked["arguments"])
    told = [one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in (tools, answer)]
    print(json.dumps({"tools": told[0]["tools"], "answer": told[1]}))


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    asyncio.run(main({**told, "document": json.loads(Path(told["document"]).read_text())}))
