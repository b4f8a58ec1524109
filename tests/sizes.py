"""The size of this test run: one file says how much of everything is done."""

import os
import tomllib
from pathlib import Path

SIZES = tomllib.loads((Path(__file__).parent / "sizes.toml").read_text())


def size(name: str) -> int:
    """How many of `name` to do in this run (`--size small|full`, handed to worker processes by the environment)."""
    found: int = SIZES[os.environ.get("TEST_SIZE", "small")][name]
    return found
