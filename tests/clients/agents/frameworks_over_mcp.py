"""The same agents over MCP, with the frameworks' own MCP clients and nothing of Linkspan's."""

from frameworks_with_sdk import Asked, Told, langchain_loop, pydantic_ai_loop
from langchain_mcp_adapters.client import MultiServerMCPClient
from pydantic_ai.mcp import MCPToolset
from scripts import steps


def headers(asked: Asked) -> dict[str, str]:
    return {"Authorization": f"Bearer {asked['api_key']}", "x-account-id": asked["account_id"]}


async def langchain_mcp(asked: Asked) -> Told:
    server = {"transport": "streamable_http", "url": asked["mcp_url"], "headers": headers(asked)}
    tools = await MultiServerMCPClient({"linkspan": server}).get_tools()
    return await langchain_loop(tools, steps(asked["made"], nested=True))


async def pydantic_ai_mcp(asked: Asked) -> Told:
    toolset = MCPToolset(asked["mcp_url"], headers=headers(asked))
    return await pydantic_ai_loop(steps(asked["made"], nested=True), toolsets=[toolset])
