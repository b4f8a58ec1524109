"""A guide for a selection of actions: pure, so that every door and the CLI print the same."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from linkspan.connectors.action import Action, AuthMethod, Connector
from linkspan.connectors.guide import Guide, GuideStep
from linkspan.connectors.permissions import permission_set
from linkspan.errors import NotFoundError
from linkspan.model import Verb
from linkspan.usecases.guide_address import address_warnings, guide_addresses
from linkspan.usecases.guide_selection import (
    SEPARATORS,
    Selection,
    covered_scopes,
    selected_actions,
    smallest_scopes,
    write_selection,
)
from linkspan.usecases.guide_values import fill, guide_values
from linkspan.usecases.guide_views import ActionGroup, ActionRow, CopyText, GuideView, StepView, TableRight

AUDIENCES: Mapping[str, str] = {
    "one_tenant": "One tenant: the people of one organisation use it",
    "many_tenants": "Many tenants: your customers link tenants of their own",
}
COPY_LABELS: Mapping[str, str] = {
    "redirect_uri": "Redirect URI",
    "admin_consent_url": "Admin-consent link",
    "scopes": "Scopes of your selection",
}
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TENANT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|([A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "client": (_GUID, "is not an application (client) ID"),
    "tenant": (_TENANT, "is neither a tenant ID nor a domain name"),
    "profile": (_GUID, "is not the id of a connector profile"),
}


@dataclass(frozen=True, slots=True)
class GuideRequest:
    """Which guide, for whom, and for which actions.

    `options` as they stand in the address: `sep` (space, comma, newline, plus), `for` (one_tenant, many_tenants), `client`
    (application ID), `tenant`, `profile`; `search` narrows the list of actions and nothing else.
    """

    connector: Connector
    kind: str
    method: str
    selection: Selection = field(default_factory=Selection)
    options: Mapping[str, str] = field(default_factory=dict)
    search: str = ""


def read_guide(base_url: str, request: GuideRequest) -> GuideView:
    """The guide as it is shown. Raises NotFoundError if the connector has no such guide."""
    guide, method = find_guide(request.connector, request.kind, request.method)
    connector, selection = request.connector, request.selection
    options, notices = _checked(request)
    actions = selected_actions(connector, selection)
    needed = smallest_scopes(connector, actions)
    scopes = method.fixed_scopes or needed
    separator = options.get("sep") or _separator_name(method)
    joined = SEPARATORS[separator].join(scopes)
    query = _query(connector, selection, options, method)
    addresses = guide_addresses(base_url, (connector.key, guide.kind, guide.method), query)
    values = guide_values(connector, method, base_url=base_url, addresses=addresses, options=options)
    values["scopes"] = joined
    groups = _groups(connector, selection, request.search)
    audience = options.get("for", "one_tenant")
    rows = {row.id: row for group in groups for row in group.rows}
    return GuideView(
        connector=connector.key,
        connector_name=connector.name,
        kind=guide.kind,
        method=guide.method,
        method_label=method.label,
        title=fill(guide.title, values),
        intro=fill(guide.intro, values),
        needs=tuple(fill(text, values) for text in guide.before),
        notices=(*_unknown(connector, selection), *notices),
        groups=groups,
        chosen=tuple(rows[id_] for id_ in selection.chosen),
        everything=not selection.chosen,
        usual=sum(action.default for action in connector.actions.values()),
        selection=write_selection(connector, selection.chosen),
        scopes=scopes,
        scopes_text=joined,
        separator=separator,
        audience=audience,
        audiences=AUDIENCES if any(step.audience for step in guide.steps) else {},
        steps=_steps(request, guide, values, _Shown(audience, needed, tuple(rows[action.id] for action in actions))),
        rights=table_rights(connector, actions),
        addresses=addresses,
        options=options,
    )


def find_guide(connector: Connector, kind: str, method_key: str) -> tuple[Guide, AuthMethod]:
    """A guide and its sign-in method. Raises NotFoundError that names the guides there are."""
    method = connector.auth_methods.get(method_key)
    guide = method.guides.get(kind) if method else None
    if method is None or guide is None:
        known = ", ".join(f"{kind}/{key}" for key, known in connector.auth_methods.items() for kind in known.guides)
        raise NotFoundError(
            f"{connector.name} has no guide {kind}/{method_key}.", next_step=f"Open one of its guides: {known}."
        )
    return guide, method


def table_rights(connector: Connector, actions: Iterable[Action]) -> tuple[TableRight, ...]:
    """The smallest rights that let a person run all these actions, by table."""
    return tuple(
        TableRight(table, connector.tables.get(table), rights) for table, rights in permission_set(actions).items()
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """What decides which steps are shown: the audience, the scopes that the actions need (whatever is asked for at sign-in), and the rows of the actions spoken of."""

    audience: str
    scopes: tuple[str, ...]
    rows: tuple[ActionRow, ...]


def _steps(request: GuideRequest, guide: Guide, values: Mapping[str, str], shown: _Shown) -> tuple[StepView, ...]:
    kept = [step for step in guide.steps if _is_shown(step, request.selection, shown)]
    return tuple(_step(request.connector, step, number, values, shown) for number, step in enumerate(kept, start=1))


def _is_shown(step: GuideStep, selection: Selection, shown: _Shown) -> bool:
    if step.audience not in (None, shown.audience):
        return False
    return not step.scopes or not selection.chosen or bool(set(step.scopes) & set(shown.scopes))


def _step(connector: Connector, step: GuideStep, number: int, values: Mapping[str, str], shown: _Shown) -> StepView:
    enabling = covered_scopes(connector, step.scopes)
    lists = step.lists_actions
    return StepView(
        number=number,
        id=step.id,
        title=fill(step.title, values),
        markdown=fill(step.body, values),
        older=step.older,
        copies=_copies(step, values),
        scopes=tuple(scope for scope in step.scopes if scope in shown.scopes) if lists else (),
        enables=tuple(row for row in shown.rows if lists and (not step.scopes or enabling & set(row.scopes))),
        warnings=address_warnings(values["public_url"]) if step.copy == "redirect_uri" else (),
        proved_by=step.proved_by,
    )


def _copies(step: GuideStep, values: Mapping[str, str]) -> tuple[CopyText, ...]:
    """The step's value to copy, unless it stands alone in the text: there it is a box to copy from already."""
    name = step.copy
    if name is None or name not in values or f"\n`{{{name}}}`\n" in f"\n{step.body}\n":
        return ()
    return (CopyText(COPY_LABELS.get(name, name.replace("_", " ").capitalize()), values[name]),)


def _groups(connector: Connector, selection: Selection, search: str) -> tuple[ActionGroup, ...]:
    words = search.lower().split()
    by_resource: dict[str, list[ActionRow]] = {}
    for action in connector.actions.values():
        by_resource.setdefault(action.resource, []).append(_row(action, selection, words))
    return tuple(
        ActionGroup(resource, resource.replace("_", " ").capitalize(), tuple(rows))
        for resource, rows in by_resource.items()
    )


def _row(action: Action, selection: Selection, words: list[str]) -> ActionRow:
    text = f"{action.label} {action.id} {' '.join(action.required_scopes)}".lower()
    return ActionRow(
        id=action.id,
        label=action.label,
        verb=action.verb.value,
        read_only=action.verb in (Verb.LIST, Verb.GET),
        scopes=action.required_scopes,
        chosen=action.id in selection.chosen,
        shown=all(word in text for word in words),
    )


def _checked(request: GuideRequest) -> tuple[dict[str, str], list[str]]:
    """The options that can be used, and a notice for each that cannot."""
    known: Mapping[str, Mapping[str, str]] = {"sep": SEPARATORS, "for": AUDIENCES}
    options: dict[str, str] = {}
    notices: list[str] = []
    for name, value in request.options.items():
        form = _FORMS.get(name)
        if not value or (name not in known and form is None):
            continue
        if form is not None and not form[0].fullmatch(value):
            notices.append(f"“{value[:80]}” {form[1]}, so it is left out.")
        elif name in known and value not in known[name]:
            notices.append(f"“{value[:80]}” is none of {', '.join(known[name])}, so the usual choice is shown.")
        else:
            options[name] = value
    return options, notices


def _query(
    connector: Connector, selection: Selection, options: Mapping[str, str], method: AuthMethod
) -> dict[str, str]:
    """The query of the dynamic address: only what differs from the plain page."""
    query = {"a": write_selection(connector, selection.chosen), **options}
    if query.get("sep") == _separator_name(method):
        del query["sep"]
    if query.get("for") == "one_tenant":
        del query["for"]
    return query


def _separator_name(method: AuthMethod) -> str:
    return next((name for name, text in SEPARATORS.items() if text == method.scope_separator), "space")


def _unknown(connector: Connector, selection: Selection) -> list[str]:
    return [
        f"{connector.name} has no action “{item.name}”, so it is left out."
        + (f" Did you mean {item.nearest}?" if item.nearest else "")
        for item in selection.unknown
    ]
