"""The action reference and the guides, from the connectors' own data."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping

from page import Page, fence, joined, table

from linkspan.connectors.action import Action, Connector
from linkspan.connectors.catalog import Catalog
from linkspan.doors.guides.markdown import guide_markdown
from linkspan.usecases.guide_selection import Selection
from linkspan.usecases.read_guide import GuideRequest, read_guide

ADDRESS = "https://linkspan.example.com"
"""The invented installation that guides speak of; a running one shows its own address."""
KINDS = {"connector-profile": "Set up the application", "link-account": "Link an account"}
_TYPES = {"string": "text", "array": "list", "integer": "whole number", "boolean": "true or false"}


def action_pages(catalog: Catalog) -> Iterator[Page]:
    """For each connector a page that lists its actions, and one page for each kind of record."""
    for connector in catalog.connectors.values():
        below: dict[str, list[Action]] = defaultdict(list)
        for action in connector.actions.values():
            below[action.resource].append(action)
        group = ("Actions", connector.name)
        yield Page(
            f"actions/{connector.key}/index.md", "All actions", _overview(connector, below), group, generated=True
        )
        for resource, actions in sorted(below.items()):
            path = f"actions/{connector.key}/{resource}.md"
            yield Page(path, words(resource), _resource(connector, resource, actions), group, generated=True)


def guide_pages(catalog: Catalog) -> Iterator[Page]:
    """Each guide of each sign-in method, for the usual actions and an invented address."""
    for connector in catalog.connectors.values():
        for method in connector.auth_methods.values():
            for kind in method.guides:
                view = read_guide(ADDRESS, GuideRequest(connector, kind, method.key, Selection(), {}))
                note = (
                    f"> This is the guide for the usual actions and the invented address {ADDRESS}. Your own installation shows it with "
                    "its own address, for the actions that you choose, at `/connectors` and with `linkspan guide`."
                )
                head, _, rest = guide_markdown(view).partition("\n\n")
                path = f"guides/{connector.key}/{kind}.{method.key}.md"
                title = f"{KINDS[kind]}: {method.label}"
                yield Page(path, title, joined(head, note, rest), ("Guides", connector.name), generated=True)


def words(name: str) -> str:
    """`sales_quote_line` as people say it."""
    return name.replace("_", " ").capitalize()


def _overview(connector: Connector, below: Mapping[str, list[Action]]) -> str:
    limits = connector.limits
    rows = [
        (f"[{words(resource)}]({resource}.md)", ", ".join(f"`{action.id}`" for action in actions))
        for resource, actions in sorted(below.items())
    ]
    return joined(
        f"# Actions of {connector.name}",
        connector.about,
        f"{len(connector.actions)} actions on {len(below)} kinds of records; a new connector profile allows "
        f"{sum(action.default for action in connector.actions.values())} of them. At most {limits.concurrent} requests at once and "
        f"{limits.requests} in {limits.window:.0f} seconds for one linked account; {limits.max_page} rows a page at most. "
        "What all actions have in common (filters, paging, etags, dry runs): [Run actions](../../actions.md).",
        "## Scopes",
        table(("scope", "meaning"), [(f"`{scope.name}`", scope.about) for scope in connector.scopes.values()]),
        "## By record",
        table(("records", "actions"), rows),
    )


def _resource(connector: Connector, resource: str, actions: list[Action]) -> str:
    listed = table(("action", "what it does"), [(f"[`{one.id}`](#{one.id})", one.label) for one in actions])
    about = f"{len(actions)} actions of [{connector.name}](index.md)."
    return joined(f"# {words(resource)}", about, listed, *(_action(action) for action in actions))


def _action(action: Action) -> str:
    flags = action.annotations
    effect = "reads" if flags.read_only else "overwrites or deletes" if flags.destructive else "adds or acts"
    facts = [
        ("effect", effect + (", may be repeated" if flags.idempotent and not flags.read_only else "")),
        ("scopes", ", ".join(f"`{scope}`" for scope in action.required_scopes) or "none"),
        ("new profiles allow it", "yes" if action.default else "no: it has to be chosen"),
        ("filters worth using", ", ".join(f"`{name}`" for name in action.filter_fields)),
        ("records that can be expanded", ", ".join(f"`{name}`" for name in action.expand_links)),
    ]
    return joined(
        f"## {action.label} {{ #{action.id} }}",
        f"`{action.id}`",
        action.description,
        action.notes if action.notes and action.notes not in action.description else "",
        table(("", ""), [row for row in facts if row[1]]),
        "**Input**" if (rows := _inputs(action.input_schema)) else "",
        table(("input", "type", "needed", "meaning"), rows) if rows else "It takes no input.",
        "**Example**",
        fence("json", json.dumps(action.example, indent=2, ensure_ascii=False)),
        "**Output**",
        _output(action.output_schema),
    )


def _inputs(schema: Mapping[str, object]) -> list[tuple[str, str, str, str]]:
    rows = []
    for group, inside in _properties(schema).items():
        required = inside.get("required")
        for name, part in _properties(inside).items():
            needed = "yes" if isinstance(required, list) and name in required else ""
            rows.append((f"`{group}.{name}`", _type(part), needed, _meaning(part)))
    return rows


def _output(schema: Mapping[str, object]) -> str:
    data = _properties(schema).get("data", {})
    many = data.get("items")
    record = many if isinstance(many, Mapping) else data
    rows = [(f"`{name}`", _type(part), _meaning(part)) for name, part in _properties(record).items()]
    if not rows:
        return str(data.get("description") or "`data` is empty: the action answers that it is done.")
    told = "`data` is a list of records:" if many else "`data` is one record:"
    return joined(told, table(("field", "type", "meaning"), rows))


def _properties(schema: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    found = schema.get("properties")
    return (
        {name: part for name, part in found.items() if isinstance(part, Mapping)} if isinstance(found, Mapping) else {}
    )


def _meaning(part: Mapping[str, object]) -> str:
    values = part.get("enum")
    told = f" One of: {', '.join(f'`{value}`' for value in values if value != '')}." if isinstance(values, list) else ""
    length = f" At most {part['maxLength']} characters." if "maxLength" in part else ""
    return f"{part.get('description', '')}{told}{length}".strip()


def _type(part: Mapping[str, object]) -> str:
    several = part.get("anyOf")
    if isinstance(several, list):
        return " or ".join(dict.fromkeys(_type(one) for one in several))
    kinds = part.get("type", "")
    named = [
        _TYPES.get(kind, kind)
        for kind in ([kinds] if isinstance(kinds, str) else list(kinds) if isinstance(kinds, list) else [])
    ]
    form = part.get("format")
    return " or ".join(named) + (f" ({form})" if form else "")
