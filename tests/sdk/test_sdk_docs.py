"""The Python of docs/sdk.md runs against a demo, block after block."""

import ast
import inspect
import re
from pathlib import Path

from demo_process import Demo

PAGE = Path(__file__).parents[2] / "docs" / "sdk.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)


async def test_every_block_of_the_page_runs(demo: Demo) -> None:
    assert len(BLOCKS) > 4
    names: dict[str, object] = {"base_url": demo.base_url, "api_key": demo.api_key, "account_id": demo.account_id}
    for number, block in enumerate(BLOCKS):
        code = compile(block, f"docs/sdk.md block {number + 1}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        done = eval(code, names)  # noqa: S307 - our own page
        if inspect.isawaitable(done):
            await done
