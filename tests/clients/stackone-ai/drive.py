"""Drives the unmodified stackone-ai package: its tools come from /mcp, and each runs over /actions/rpc."""

import json
import sys

from stackone_ai import StackOneToolSet
from stackone_ai.feedback import create_feedback_tool


def main() -> None:
    asked = json.loads(sys.argv[1])
    toolset = StackOneToolSet(
        api_key=asked["api_key"],
        base_url=asked["base_url"],
        account_id=asked["account_id"],
        search={"method": "semantic"},
    )
    tools = toolset.fetch_tools(actions=["dynamics365bc_*customer*"])
    listed = tools.get_tool("dynamics365bc_list_customers").execute({"query_top": 2, "query_select": "number"})
    made = tools.get_tool("dynamics365bc_create_customer").execute({"body_displayName": "Stack & One"})
    gone = tools.get_tool("dynamics365bc_delete_customer").execute({"path_id": made["data"]["id"]})
    searched = toolset.search_tools("which clients do we sell to")
    feedback = create_feedback_tool(api_key=asked["api_key"], base_url=asked["base_url"])
    said = feedback.execute(
        {
            "feedback": "Lists are short.",
            "account_id": asked["account_id"],
            "tool_names": ["dynamics365bc_list_customers"],
        }
    )
    openai = tools.get_tool("dynamics365bc_create_customer").to_openai_function()
    print(
        json.dumps(
            {
                "feedback": said,
                "tools": [tool.name for tool in tools],
                "listed": listed,
                "made": made["data"]["displayName"],
                "gone": gone["data"],
                "searched": [tool.name for tool in searched],
                "openai": sorted(openai["function"]["parameters"]["properties"]),
            }
        )
    )


main()
