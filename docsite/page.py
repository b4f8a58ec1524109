"""One page of the site, and the pieces of Markdown that generated pages are made of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page: `path` below the site's root (ends in .md), `title` in the navigation, `group` the headings above it there."""

    path: str
    title: str
    text: str
    group: tuple[str, ...] = ()
    generated: bool = False

    @property
    def about(self) -> str:
        """The page's first sentence, for lists of pages."""
        for block in re.split(r"\n{2,}", self.text):
            plain = block.strip()
            if plain and not plain.startswith(("#", "|", "```", "<", "- ", ">", "!!!", "---")):
                words = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", " ".join(plain.split()))
                return re.split(r"(?<=\.)\s", words, maxsplit=1)[0]
        return ""


def cell(text: object) -> str:
    """A text that can stand in a table's cell."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table without the columns in which nothing stands; cells are escaped, so code spans in them must hold no pipe."""
    cells = [[cell(value) for value in row] for row in rows]
    kept = [at for at in range(len(head)) if any(row[at] for row in cells)]
    lines = ["| " + " | ".join(head[at] for at in kept) + " |", "|" + "---|" * len(kept)]
    return "\n".join([*lines, *("| " + " | ".join(row[at] for at in kept) + " |" for row in cells)])


def fence(language: str, text: str) -> str:
    """A block of code, fenced by more backticks than stand in it."""
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", text)), default=2)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{text.rstrip()}\n{marks}"


def joined(*parts: str) -> str:
    """Blocks below each other, without the empty ones."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"
