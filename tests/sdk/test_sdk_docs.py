"""The Python of docs/sdk.md and docs/toolset.md runs against a demo, block after block."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo_process import Demo, clean_environment

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("page", "least"), [("sdk.md", 5), ("toolset.md", 2)])
async def test_every_block_of_the_page_runs(
    demo: Demo, page: str, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate_client(demo, tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    assert least <= len(blocks)
    names: dict[str, object] = {"base_url": demo.base_url, "api_key": demo.api_key, "account_id": demo.account_id}
    for number, block in enumerate(blocks):
        code = compile(block, f"docs/{page} block {number + 1}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        done = eval(code, names)  # noqa: S307 - our own page
        if inspect.isawaitable(done):
            await done


def generate_client(demo: Demo, folder: Path) -> None:
    """Run the page's own command."""
    (command,) = re.findall(r"^linkspan (sdk generate .*)$", (DOCS / "sdk.md").read_text(), re.MULTILINE)
    environment = clean_environment(LINKSPAN_DATA_DIR=str(demo.data_dir))
    words = [sys.executable, "-m", "linkspan.cli.app", *command.split()]
    subprocess.run(words, cwd=folder, capture_output=True, check=True, env=environment, timeout=50)
