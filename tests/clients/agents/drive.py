"""Drives agents of several frameworks with the tools of Linkspan's SDK, or over MCP; a script stands in for the model.

All stories run in one process, since importing the frameworks takes longer than the stories.
"""

import asyncio
import json
import sys
import traceback

import frameworks_over_mcp
import frameworks_with_sdk


def main() -> None:
    asked = json.loads(sys.argv[1])
    stories = vars(frameworks_with_sdk) | vars(frameworks_over_mcp)
    told = {}
    for story in asked["stories"]:
        try:
            told[story] = asyncio.run(stories[story]({**asked, "made": f"Made by {story}"}))
        except Exception:  # noqa: BLE001 - a test of its own fails for each story
            told[story] = {"failed": traceback.format_exc()}
    print(json.dumps(told))


main()
