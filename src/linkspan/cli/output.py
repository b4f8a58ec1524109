"""What commands print: tables for people, exact JSON for machines, errors with their next step."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from linkspan.errors import LinkspanError

console = Console(soft_wrap=True)
complaints = Console(stderr=True, soft_wrap=True)


def print_json(value: object) -> None:
    """One JSON document with the provider's digits unchanged."""
    from linkspan.engine.json_text import dump

    console.out(dump(value).decode(), highlight=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table, or one sentence that says why there is none."""
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    if table.row_count:
        console.print(table)
    else:
        console.print(empty, style="dim")


def print_facts(facts: Mapping[str, object]) -> None:
    """Names and values below each other; what is empty is left out."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        if value not in (None, "", (), [], {}):
            console.print(f"[bold]{name.ljust(width)}[/bold]  {value}", highlight=False)


def print_error(error: LinkspanError) -> None:
    """What happened, each mistake, what the provider said, the next step, and how to look the run up."""
    complaints.print(f"[bold red]{error.code}[/bold red]: {error.message}", highlight=False)
    for mistake in error.mistakes:
        complaints.print(f"  - {mistake}", highlight=False, markup=False)
    if error.provider and error.provider.message:
        said = f"{error.provider.code}: {error.provider.message}" if error.provider.code else error.provider.message
        complaints.print(f"  the provider said ({error.provider.status}): {said}", highlight=False, markup=False)
    complaints.print(f"  next: {error.next_step}", highlight=False, markup=False)
    if error.run_id:
        complaints.print(f"  run:  {error.run_id}  (linkspan logs show {error.run_id})", highlight=False, markup=False)
