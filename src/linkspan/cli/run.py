"""`linkspan run`: one action on one account, from the command line."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import complaints, print_json, print_table
from linkspan.cli.profile import ProjectOption
from linkspan.errors import InvalidInputError, Mistake
from linkspan.usecases.hall import Hall

if TYPE_CHECKING:
    from linkspan.connectors.action import Action
    from linkspan.usecases.run_action import Answer

Pairs = Annotated[
    list[str] | None, typer.Option(metavar="NAME=VALUE", help="May be repeated; VALUE is JSON or plain text.")
]


def run(
    action: Annotated[str, typer.Argument(help="Action id, such as dynamics365bc_list_customers.")],
    account: Annotated[str, typer.Option(help="Account id, as `linkspan account list` shows it.")],
    path: Pairs = None,
    query: Pairs = None,
    header: Pairs = None,
    field: Annotated[
        list[str] | None, typer.Option("--field", "-f", metavar="NAME=VALUE", help="One field of the body.")
    ] = None,
    body: Annotated[str | None, typer.Option(help="The body as JSON, @FILE, or - for standard input.")] = None,
    table: Annotated[bool, typer.Option("--table", help="Print a table in place of JSON.")] = False,
    allow_duplicate: Annotated[
        bool,
        typer.Option("--allow-duplicate", help="Write although an equal write is running or its outcome is unknown."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what a write would send and the record as it is now; send nothing.")
    ] = False,
    idempotency_key: Annotated[
        str | None, typer.Option("--idempotency-key", help="Your own name for one write: it is done once.")
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Run one action and print its answer with the provider's digits unchanged."""
    from linkspan.doors.porch.inputs import key_of
    from linkspan.engine.call import Inputs
    from linkspan.usecases.run_action import ActionRequest, run_action

    async def story(hall: Hall) -> "Answer":
        caller = await operator(hall, project)
        texts = text_fields(hall.catalog.actions.get(action))
        inputs = Inputs(
            path=pairs(path), query=pairs(query), body=whole_body(body, field, texts), headers=pairs(header)
        )
        asked = ActionRequest(
            action=action,
            account_id=account,
            inputs=inputs,
            door="cli",
            dry_run=dry_run,
            idempotency_key=key_of(idempotency_key, {}),
            allow_duplicate=allow_duplicate,
        )
        return await run_action(hall, caller, asked)

    show(in_hall(story), as_table=table)


def show(answer: "Answer", *, as_table: bool) -> None:
    """Print an answer; what is no record goes to standard error, so that the output can be piped."""
    result = answer.result
    rows = result.data if isinstance(result.data, list) else [result.data] if result.data else []
    if not as_table:
        told: dict[str, object] = {"data": result.data, "next": result.next}
        extra = {
            "count": result.count,
            "concurrency": result.concurrency,
            "run_id": answer.run_id,
            "replayed": answer.replayed or None,
        }
        print_json(told | {name: value for name, value in extra.items() if value is not None})
        return
    columns = [name for name in (rows[0] if rows else {}) if not name.startswith("@") and name != "id"][:8]
    print_table(columns, ([row.get(name) for name in columns] for row in rows), empty="No rows.")
    if result.next:
        complaints.print(f"more: --query cursor={result.next}")


def text_fields(action: "Action | None") -> frozenset[str]:
    """The body's fields that hold text: a postal code of digits is no number."""
    from linkspan.connectors.contract import FieldType

    if action is None:
        return frozenset()
    others = {FieldType.DECIMAL, FieldType.BOOLEAN, FieldType.INT32, FieldType.INT64}
    return frozenset(name for name, field in action.entity.fields.items() if field.type not in others)


def pairs(given: list[str] | None, texts: frozenset[str] = frozenset()) -> dict[str, object]:
    """`NAME=VALUE` words as a mapping; values of `texts` are text unless quoted as JSON. Raises InvalidInputError for a word without a name."""
    found: dict[str, object] = {}
    for word in given or ():
        name, sign, value = word.partition("=")
        if not sign or not name:
            raise InvalidInputError(mistakes=[Mistake(word, "write NAME=VALUE")])
        found[name] = value if name in texts and not value.startswith('"') else read_value(value)
    return found


def read_value(text: str) -> object:
    """JSON where it is JSON (numbers keep their digits), else the text itself."""
    from linkspan.engine.json_text import parse

    if not text[:1] or text[:1] not in '{["-0123456789tfn':
        return text
    try:
        return parse(text.encode())
    except ValueError:
        return text


def whole_body(
    text: str | None, fields: list[str] | None, texts: frozenset[str] = frozenset()
) -> dict[str, object] | None:
    """The body from `--body` and `--field`, fields winning. Raises InvalidInputError when it is no JSON object."""
    from linkspan.engine.json_text import parse

    if text is None:
        return pairs(fields, texts) if fields else None
    try:
        raw = sys.stdin.read() if text == "-" else Path(text[1:]).read_text() if text.startswith("@") else text
        parsed = parse(raw.encode())
    except OSError as error:
        raise InvalidInputError(mistakes=[Mistake("body", f"{text[1:]} cannot be read: {error.strerror}")]) from None
    except ValueError as error:
        raise InvalidInputError(mistakes=[Mistake("body", str(error))]) from None
    if not isinstance(parsed, dict):
        raise InvalidInputError(mistakes=[Mistake("body", "must be a JSON object")])
    return {**parsed, **pairs(fields, texts)}
