"""`linkspan key`: API keys."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import console, print_facts, print_json, print_table
from linkspan.cli.profile import AsJson, ProjectOption
from linkspan.model import ApiKey, KeyScope, Secret
from linkspan.usecases.hall import Hall

app = typer.Typer(help="API keys: who may call, and what for.", no_args_is_help=True)


@app.command("list")
def list_(as_json: AsJson = False, project: ProjectOption = None) -> None:
    """List the API keys; their texts are not stored and cannot be shown."""
    from linkspan.usecases.read_keys import list_keys

    async def story(hall: Hall) -> list[ApiKey]:
        return await list_keys(hall, await operator(hall, project))

    found = in_hall(story)
    if as_json:
        print_json([facts(key) for key in found])
        return
    rows = [
        (k.id, k.name, f"{k.prefix}…", " ".join(sorted(k.scopes)), "on" if k.enabled else "off", k.last_used_at)
        for k in found
    ]
    print_table(
        ("id", "name", "key", "scopes", "state", "last used"), rows, empty="No key yet: linkspan key create --help"
    )


@app.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for.")] = "default",
    scope: Annotated[
        list[KeyScope] | None, typer.Option(help="What it may do; may be repeated. Default: everything but proxy.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires. Default: never.")] = None,
    per_minute: Annotated[int | None, typer.Option(min=1, help="Most requests in a minute. Default: no limit.")] = None,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """Create an API key and print it, this once."""
    from linkspan.usecases.access import USUAL_SCOPES
    from linkspan.usecases.create_key import NewKey, create_key

    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    new = NewKey(
        name=name, scopes=frozenset(scope) if scope else USUAL_SCOPES, expires_at=expires_at, per_minute=per_minute
    )

    async def story(hall: Hall) -> tuple[ApiKey, Secret]:
        return await create_key(hall, await operator(hall, project), new)

    key, text = in_hall(story)
    told = {**facts(key), "key": text.reveal()}
    print_json(told) if as_json else print_facts(told)


@app.command()
def disable(
    key_id: Annotated[str, typer.Argument(help="Key id, as `linkspan key list` shows it; not the key's text.")],
    project: ProjectOption = None,
) -> None:
    """Switch an API key off, at once and for every server of this installation."""
    from linkspan.usecases.change_key import change_key

    async def story(hall: Hall) -> ApiKey:
        return await change_key(hall, await operator(hall, project), key_id, {"enabled": False})

    in_hall(story)
    console.print(f"Key {key_id} is off.")


@app.command()
def limit(
    key_id: Annotated[str, typer.Argument(help="Key id, as `linkspan key list` shows it.")],
    per_minute: Annotated[
        int | None, typer.Argument(min=1, help="Most requests in a minute. Without it: no limit.")
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Limit how many requests an API key may send in a minute; each server counts for itself."""
    from linkspan.usecases.change_key import change_key

    async def story(hall: Hall) -> ApiKey:
        return await change_key(hall, await operator(hall, project), key_id, {"per_minute": per_minute})

    in_hall(story)
    console.print(f"Key {key_id} has {f'{per_minute} requests a minute' if per_minute else 'no limit of its own'}.")


def facts(key: ApiKey) -> dict[str, object]:
    """What may be shown of a key."""
    return {
        "id": key.id, "name": key.name, "prefix": key.prefix, "scopes": sorted(key.scopes), "enabled": key.enabled,
        "per_minute": key.per_minute,
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
    }  # fmt: skip
