"""Zensical's configuration, with a navigation that names every page."""

import json
from pathlib import Path

from page import Page

Tree = dict[str, "Tree | str"]


def configuration(pages: list[Page]) -> str:
    """The text of zensical.toml: what is fixed, and the navigation of these pages."""
    tree: Tree = {}
    for page in pages:
        inside = tree
        for name in page.group:
            inside = inside.setdefault(name, {})  # type: ignore[assignment]  # a group is always a tree
        if page.title in inside:
            raise SystemExit(f"Two pages of {page.group} are called {page.title!r}.")
        inside[page.title] = page.path
    fixed = (Path(__file__).parent / "zensical.toml").read_text()
    # Zensical's file is TOML; its lists and inline tables of texts can be written as JSON but for the colon.
    return fixed.replace("nav = []", f"nav = {_written(tree)}")


def _written(tree: Tree) -> str:
    inside = [
        f"{{ {json.dumps(name)} = {json.dumps(below) if isinstance(below, str) else _written(below)} }}"
        for name, below in tree.items()
    ]
    return f"[{', '.join(inside)}]"
