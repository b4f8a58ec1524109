"""The Python of docs/sdk.md and docs/toolset.md runs against a demo, block after block."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from demo_process import Demo

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("page", "least"), [("sdk.md", 5), ("toolset.md", 2)])
async def test_every_block_of_the_page_runs(demo: Demo, page: str, least: int) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    assert least <= len(blocks)
    names: dict[str, object] = {"base_url": demo.base_url, "api_key": demo.api_key, "account_id": demo.account_id}
    for number, block in enumerate(blocks):
        code = compile(block, f"docs/{page} block {number + 1}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        done = eval(code, names)  # noqa: S307 - our own page
        if inspect.isawaitable(done):
            await done
