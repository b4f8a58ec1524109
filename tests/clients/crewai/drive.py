"""Drives CrewAI's own tools, made by Linkspan's SDK."""

import json
import sys

from crewai.tools import BaseTool
from crewai.utilities.agent_utils import convert_tools_to_openai_schema

from linkspan.sdk import Toolset

LIST, CREATE = "dynamics365bc_list_customers", "dynamics365bc_create_customer"


def main() -> None:
    asked = json.loads(sys.argv[1])
    with Toolset(asked["base_url"], asked["api_key"], asked["account_id"], actions=[LIST, CREATE]) as toolset:
        tools = {tool.name: tool for tool in toolset.tools().crewai()}
        listed = json.loads(tools[LIST].run(top=2, select="number"))
        made = json.loads(tools[CREATE].run(displayName=asked["made"], creditLimit=1200.5))["data"]
        offered = convert_tools_to_openai_schema(list(tools.values()))[0]
    told = {
        "listed": [row[-1] for row in listed["rows"]],
        "made": made["displayName"],
        "limit": str(made["creditLimit"]),
        "offered": offered,
        "kind": all(isinstance(tool, BaseTool) for tool in tools.values()),
    }
    print(json.dumps(told))


main()
