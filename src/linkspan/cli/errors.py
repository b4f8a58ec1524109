"""`linkspan errors`: the error reference, told by the error tree itself; docs/errors.md is what it prints."""

from collections.abc import Iterator
from typing import Annotated

import typer

from linkspan.cli.opening import stop
from linkspan.cli.output import console, print_facts
from linkspan.connectors.names import nearest
from linkspan.errors import Advice, LinkspanError, Mistake, NotFoundError, all_errors

INTRODUCTION = """\
# Errors

Printed by `linkspan errors`; `linkspan errors conflict` explains one code.

Every door answers with the same facts: a stable `code`, a `message`, a `next_step` for people, an `advice` for programs, the `run_id` of
the run (`linkspan logs show`), and what the provider said, marked as the provider's. An answer's own message and next step may be more
exact than those below. `errorCode` is the word of the compatible RPC door.
"""
ADVICE = {
    Advice.FIX: "change the request, then send it again",
    Advice.WAIT: "the same request may work later; `Retry-After` says when, if it is known",
    Advice.ASK: "a person must act: link again, give a right, mend the connector profile",
    Advice.STOP: "do not repeat it; look first",
}


def errors(
    code: Annotated[str | None, typer.Argument(help="One code, such as conflict. Default: all, as Markdown.")] = None,
) -> None:
    """Explain the errors that Linkspan answers with: all as a page, or one code."""
    if code is None:
        console.out(reference(), end="")
        return
    rows = {row.code: row for row in all_errors()}
    if code not in rows:
        stop(
            NotFoundError(
                f"There is no error {code!r}.", mistakes=[Mistake("code", "is not known", nearest(code, rows))]
            )
        )
    row = rows[code]
    print_facts(
        {
            "code": row.code,
            "status": row.http_status,
            "errorCode": row.wire_code,
            "message": row.default_message,
            "next step": row.next_step,
            "advice": f"{row.advice.value}: {ADVICE[row.advice]}",
        }
    )


def reference() -> str:
    """The whole reference as Markdown: one table for each branch of the tree, in the order of errors.py."""
    parts = [INTRODUCTION, "| advice | what a program does |\n|---|---|"]
    parts[-1] += (
        "".join(f"\n| `{advice.value}` | {ADVICE[advice][:1].upper()}{ADVICE[advice][1:]}. |" for advice in Advice)
        + "\n"
    )
    parts.append(_table("Inside Linkspan", [LinkspanError]))
    parts.extend(
        _table(branch.default_message.rstrip("."), list(_below(branch))) for branch in LinkspanError.__subclasses__()
    )
    return "\n".join(parts)


def _below(branch: type[LinkspanError]) -> Iterator[type[LinkspanError]]:
    """A branch's rows, parents first; one row for each code."""
    yield branch
    for row in branch.__subclasses__():
        yield from _below(row)


def _table(title: str, rows: list[type[LinkspanError]]) -> str:
    head = (
        f"## {title}\n\n| code | status | errorCode | advice | what happened | next step |\n|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| `{row.code}` | {row.http_status} | `{row.wire_code}` | {row.advice.value} | {_flat(row.default_message)} | {_flat(row.next_step)} |\n"
        for row in rows
    )


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
