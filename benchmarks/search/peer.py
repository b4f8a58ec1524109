"""Asks stackone-ai's ToolIndex the same questions; runs in that package's environment, reads and writes JSON."""

import json
import sys
import time
from types import SimpleNamespace

from stackone_ai.local_search import ToolIndex


def main() -> None:
    """Tools and questions from standard input, the first five of each to standard output."""
    asked = json.load(sys.stdin)
    # The index reads a tool's name and description only.
    tools = [SimpleNamespace(name=tool["name"], description=tool["description"]) for tool in asked["tools"]]
    index = ToolIndex(tools)
    began = time.process_time()
    answers = [[found.name for found in index.search(text, limit=5, min_score=0.0)] for text in asked["questions"]]
    spent = (time.process_time() - began) * 1000 / len(answers)
    json.dump({"answers": answers, "ms": spent}, sys.stdout)


main()
