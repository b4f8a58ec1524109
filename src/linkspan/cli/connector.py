"""`linkspan connector`: look at connectors, and check those of one's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from linkspan.cli.opening import root_settings, stop
from linkspan.cli.output import complaints, console, print_facts, print_json, print_table
from linkspan.errors import LinkspanError

if TYPE_CHECKING:
    from linkspan.connectors.action import Action, Connector
    from linkspan.connectors.catalog import Catalog
    from linkspan.connectors.mistakes import ConnectorMistake

app = typer.Typer(help="Connectors and their actions.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("check")
def check(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FOLDER]...", help="Connector folders, or folders of them. Default: all known."),
    ] = None,
) -> None:
    """Read connectors and print every mistake as file:line: path: what to write instead. Exit code 1 if there is one."""
    from linkspan.connectors.catalog import operator_folders, packaged_folders
    from linkspan.connectors.compiler import compile_connector
    from linkspan.connectors.loader import read_connector
    from linkspan.connectors.mistakes import ConnectorInvalidError

    found: list[ConnectorMistake] = []
    given = list(folders or ())
    try:
        checked = (
            operator_folders(given)
            if given
            else [*packaged_folders(), *operator_folders(root_settings().connector_dirs)]
        )
    except ConnectorInvalidError as error:
        checked, found = [], list(error.found)
    for folder in checked:
        try:
            connector = compile_connector(read_connector(folder))
        except ConnectorInvalidError as error:
            found += error.found
        else:
            facts = f"{len(connector.actions)} actions, {len(connector.contract.entities)} entities, {len(connector.guides)} guides"
            console.print(Text.assemble(("ok", "green"), f" {connector.key} {connector.version}: {facts}"))
    for mistake in found:
        complaints.print(str(mistake))
    if found:
        complaints.print(f"{len(found)} mistake{'s' * (len(found) > 1)}", style="bold red")
        raise typer.Exit(1)


@app.command("list")
def list_connectors(as_json: AsJson = False) -> None:
    """List the connectors that this installation knows."""
    connectors = _catalog().connectors.values()
    if as_json:
        print_json([_connector_facts(connector) for connector in connectors])
        return
    rows = [(connector.key, connector.name, connector.version, len(connector.actions)) for connector in connectors]
    print_table(("key", "name", "version", "actions"), rows, empty="No connector is known.")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ACTION_OR_CONNECTOR", help="An action's id or a connector's key.")],
    as_json: AsJson = False,
) -> None:
    """Show a connector with its actions, or an action with its input."""
    catalog = _catalog()
    try:
        if name in catalog.connectors:
            _show_connector(catalog.connectors[name], as_json=as_json)
        else:
            _show_action(catalog.find(name), as_json=as_json)
    except LinkspanError as error:
        stop(error)


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of a connector's YAML files, for editors."""
    from linkspan.connectors.spec import editor_schema

    print_json(editor_schema())


def _catalog() -> "Catalog":
    from linkspan.connectors.catalog import load_catalog

    try:
        return load_catalog(root_settings().connector_dirs)
    except LinkspanError as error:
        stop(error)


def _connector_facts(connector: "Connector") -> dict[str, object]:
    return {
        "key": connector.key,
        "name": connector.name,
        "version": connector.version,
        "about": connector.about,
        "auth_methods": list(connector.auth_methods),
        "account_fields": [field.name for field in connector.account_fields],
        "scopes": list(connector.scopes),
        "guides": list(connector.guides),
        "actions": list(connector.actions),
    }


def _show_connector(connector: "Connector", *, as_json: bool) -> None:
    if as_json:
        print_json(_connector_facts(connector))
        return
    limits = connector.limits
    print_facts(
        {
            "key": connector.key,
            "name": connector.name,
            "version": connector.version,
            "about": connector.about,
            "sign-in": ", ".join(f"{method.key} ({method.label})" for method in connector.auth_methods.values()),
            "account": ", ".join(field.name for field in connector.account_fields),
            "scopes": ", ".join(connector.scopes),
            "limits": f"{limits.concurrent} at once, {limits.requests} in {limits.window:.0f} s, pages of at most {limits.max_page} rows",
        }
    )
    console.print()
    width = max(map(len, connector.actions), default=0)
    for action in connector.actions.values():
        console.print(f"{action.id.ljust(width)}  {action.label}")


def _show_action(action: "Action", *, as_json: bool) -> None:
    if as_json:
        print_json(_action_facts(action))
        return
    flags = action.annotations
    print_facts(
        {
            "id": action.id,
            "label": action.label,
            "about": action.description,
            "scopes": ", ".join(action.required_scopes),
            "effect": "reads" if flags.read_only else "overwrites or deletes" if flags.destructive else "adds",
        }
    )
    console.print()
    print_table(("input", "type", "needed", "meaning"), _input_rows(action), empty="It takes no input.")
    console.print("\nexample", style="bold")
    print_json(action.example)


def _action_facts(action: "Action") -> dict[str, object]:
    flags = action.annotations
    return {
        "id": action.id,
        "label": action.label,
        "description": action.description,
        "connector": action.connector,
        "resource": action.resource,
        "verb": action.verb.value,
        "annotations": {"read_only": flags.read_only, "destructive": flags.destructive, "idempotent": flags.idempotent},
        "required_scopes": list(action.required_scopes),
        "input_schema": action.input_schema,
        "output_schema": action.output_schema,
        "example": action.example,
        "tables": action.rights,
    }


def _input_rows(action: "Action") -> list[tuple[str, str, str, str]]:
    """One row for each input: `query.filter`, its type, whether it must be there, and what it means."""
    rows: list[tuple[str, str, str, str]] = []
    for group, schema in _part(action.input_schema, "properties").items():
        inside = schema if isinstance(schema, Mapping) else {}
        required = inside.get("required", [])
        for name, part in _part(inside, "properties").items():
            needed = "yes" if isinstance(required, list) and name in required else ""
            rows.append(
                (
                    f"{group}.{name}",
                    _type_of(part),
                    needed,
                    str(part.get("description", "")) if isinstance(part, Mapping) else "",
                )
            )
    return rows


def _part(schema: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = schema.get(name)
    return part if isinstance(part, Mapping) else {}


def _type_of(schema: object) -> str:
    """A schema's type in words: `text`, `number or text`, `list`."""
    if not isinstance(schema, Mapping):
        return ""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type_of(one) for one in schema["anyOf"]))
    kinds = schema.get("type", "")
    named = {"string": "text", "array": "list", "integer": "whole number", "boolean": "true or false"}
    return " or ".join(named.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))
