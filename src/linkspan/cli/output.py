"""What commands print: tables for people, exact JSON for machines, errors with their next step."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO
from unicodedata import category

from rich.console import Console
from rich.table import Table
from rich.text import Text

from linkspan.errors import LinkspanError

_PIPED_WIDTH = 10_000
"""Columns of an output that is no terminal: a table in a file or pipe keeps each row on one line, whole."""

# Control, format (text direction among them), line and paragraph separators, halves of surrogate pairs.
_STEERING = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})


def _console(stream: TextIO, *, errors: bool = False) -> Console:
    """Prints texts as they are: a customer's name is neither markup nor an emoji code."""
    width = None if stream.isatty() else _PIPED_WIDTH
    return Console(stderr=errors, soft_wrap=True, markup=False, emoji=False, highlight=False, width=width)


console = _console(sys.stdout)
complaints = _console(sys.stderr, errors=True)


def plain(value: object) -> str:
    """A value as text that cannot steer the terminal: what a provider or a caller wrote may hold control characters."""
    return "".join(each if category(each) not in _STEERING else ascii(each)[1:-1] for each in str(value))


def print_heading(title: str, told: str = "") -> None:
    """What the following lines are about."""
    console.print(Text.assemble("\n", (title, "bold"), f": {told}" if told else ""))


def print_json(value: object) -> None:
    """One JSON document with the provider's digits unchanged."""
    from linkspan.engine.json_text import dump

    console.out(dump(value).decode(), highlight=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table, or one sentence that says why there is none."""
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*("" if cell is None else plain(cell) for cell in row))
    if table.row_count:
        console.print(table)
    else:
        console.print(empty, style="dim")


def print_facts(facts: Mapping[str, object]) -> None:
    """Names and values below each other; what is empty is left out."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        if value not in (None, "", (), [], {}):
            told = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            console.print(Text.assemble((name.ljust(width), "bold"), f"  {plain(told)}"))


def print_error(error: LinkspanError) -> None:
    """What happened, each mistake, what the provider said, the next step, and how to look the run up."""
    complaints.print(Text.assemble((error.code, "bold red"), f": {plain(error.message)}"))
    for mistake in error.mistakes:
        complaints.print(f"  - {plain(mistake)}")
    if error.provider and error.provider.message:
        said = f"{error.provider.code}: {error.provider.message}" if error.provider.code else error.provider.message
        complaints.print(f"  the provider said ({error.provider.status}): {plain(said)}")
    if error.who is not None:
        complaints.print(f"  who:  {error.who.value.replace('_', ' ')}")
    complaints.print(f"  next: {plain(error.next_step)}")
    if error.run_id:
        complaints.print(f"  run:  {error.run_id}  (linkspan logs show {error.run_id})")
