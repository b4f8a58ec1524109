"""A source for clients of Microsoft's own Business Central MCP server: its routing headers and meta tools, on linked accounts."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request

from linkspan.connectors.action import Action
from linkspan.connectors.names import nearest
from linkspan.doors.mcp.answers import error_text
from linkspan.doors.mcp.calls import Calls, ToolAnswer
from linkspan.doors.mcp.message import INVALID_PARAMS, Message, ProtocolError
from linkspan.doors.mcp.revisions import decoded
from linkspan.doors.mcp.routed.arguments import groups_of, read_search, schema_of
from linkspan.doors.mcp.routed.names import CONNECTOR, Names, name_of
from linkspan.doors.mcp.routed.tools import DESCRIBE, INSTRUCTIONS, INVOKE, READ, SEARCH, tools_of
from linkspan.doors.mcp.server import KEPT_SECONDS
from linkspan.doors.mcp.source import Asked, Handler, cacheable
from linkspan.doors.mcp.tools import Tools, annotations_of
from linkspan.doors.mcp.visit import ParamStyle, ToolMode, Visit, read_visit
from linkspan.engine import json_text
from linkspan.errors import (
    ActionNotEnabledError,
    InsufficientScopeError,
    InvalidInputError,
    LinkspanError,
    Mistake,
    UnknownActionError,
)
from linkspan.usecases.access import needed_for, require
from linkspan.usecases.find_actions import find_among
from linkspan.usecases.hall import Hall
from linkspan.usecases.offer_actions import Opening, offers_of
from linkspan.usecases.route_to_account import Place, route_to_account, rules_named

_TENANT, _ENVIRONMENT, _COMPANY, _CONFIGURATION = "TenantId", "EnvironmentName", "Company", "ConfigurationName"
# The header → the account fields that may hold its value.
_PLACES: Mapping[str, tuple[str, ...]] = {
    _TENANT: ("tenant_id",),
    _ENVIRONMENT: ("environment",),
    _COMPANY: ("company_name", "company_id"),
}
_NOTHING: Mapping[str, str] = {}


class RoutedSource:
    """Admits by API key, as the actions' own source does; the account is the one at the place that the headers name."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.tools = Tools(hall)
        self.calls = Calls(hall, self.tools)
        self._names: tuple[Mapping[str, Action], Names] = ({}, Names(()))

    async def admit(self, request: Request) -> "RoutedOffering":
        """What the headers lead to; where they lead nowhere is told when tools are asked for. Raises the errors of `read_visit`."""
        visit = await read_visit(self.hall, request)
        # As sent: a name that comes twice says nothing sure.
        headers = {
            name: [text for one in request.headers.getlist(name) if (text := decoded(one) or "")]
            for name in (*_PLACES, _CONFIGURATION)
        }
        return RoutedOffering(self, replace(visit, style=ParamStyle.NESTED, mode=ToolMode.INDIVIDUAL), headers)

    @property
    def names(self) -> Names:
        """The names of all actions of the connector, made anew when the catalog changes."""
        actions = self.hall.catalog.actions
        if self._names[0] is not actions:
            self._names = (actions, Names(action for action in actions.values() if action.connector == CONNECTOR))
        return self._names[1]


class RoutedOffering:
    """The meta tools on one account."""

    instructions = INSTRUCTIONS

    def __init__(self, source: RoutedSource, visit: Visit, headers: Mapping[str, list[str]]) -> None:
        self._source, self._visit, self._headers = source, visit, headers

    def capabilities(self, *, stateless: bool) -> Mapping[str, object]:
        """Tools, in both eras."""
        del stateless
        return {"tools": {}}

    def handler(self, method: str, *, stateless: bool) -> Handler | None:
        """Lists and runs tools, in both eras."""
        del stateless
        return {"tools/list": self._list, "tools/call": self._call}.get(method)

    def talks(self, message: Message) -> bool:
        """Never."""
        del message
        return False

    def mirrored(self, message: Message) -> Mapping[str, str]:
        """No argument is repeated in headers."""
        del message
        return _NOTHING

    async def _list(self, asked: Asked) -> bytes:
        visit, allowed = await self._routed()
        del visit
        writes = any(action.verb.writes for action in allowed.values())
        return cacheable(json_text.dump({"tools": tools_of(writes=writes)}), asked, seconds=KEPT_SECONDS)

    async def _call(self, asked: Asked) -> bytes:
        name, given = asked.message.params.get("name"), asked.message.params.get("arguments")
        if name not in (SEARCH, DESCRIBE, INVOKE, READ):
            raise ProtocolError(INVALID_PARAMS, f"There is no tool {name!r}: {SEARCH}, {DESCRIBE}, {READ}, {INVOKE}.")
        if given is not None and not isinstance(given, dict):
            raise ProtocolError(INVALID_PARAMS, "params.arguments must be an object.")
        try:
            answer = await self._answered(str(name), given or {}, asked)
        except InsufficientScopeError:
            raise
        except LinkspanError as error:
            answer = ToolAnswer([error_text(error)], failed=True)
        return answer.result()

    async def _answered(self, tool: str, arguments: Mapping[str, object], asked: Asked) -> ToolAnswer:
        visit, allowed = await self._routed()
        if tool == SEARCH:
            return ToolAnswer([self._found(arguments, allowed)])
        action = self._action(arguments.get("ActionName"), allowed)
        wanted = self._source.tools.input_of(action)
        if tool == DESCRIBE:
            by = READ if not action.verb.writes and any(one.verb.writes for one in allowed.values()) else INVOKE
            told = {"name": name_of(action), "description": action.description, "tool": by}
            return ToolAnswer(
                [_json({**told, "annotations": annotations_of(action), "schema": schema_of(action, wanted)})]
            )
        if tool == READ and action.verb.writes:
            message = f"{name_of(action)} writes, and {READ} only reads."
            raise ActionNotEnabledError(message, next_step=f"Run it with {INVOKE}.")
        return await self._source.calls.run(visit, action, groups_of(action, wanted, arguments), asked.gone)

    def _found(self, arguments: Mapping[str, object], allowed: Mapping[str, Action]) -> str:
        asked = read_search(arguments)
        fit = {name for name, action in allowed.items() if not asked.verbs or action.verb in asked.verbs}
        if asked.text:
            actions = [one.action for one in find_among(self._source.hall, asked.text, fit, CONNECTOR, asked.most)]
        else:
            actions = [action for name, action in allowed.items() if name in fit][: asked.most]
        names = [name_of(action) for action in actions]
        # The very form of that server's answers, which its clients read: a sentence, then an array of names.
        return (
            f"Found {len(names)} Business Central actions.\n{_json(names)}"
            if names
            else "No matching Business Central actions found."
        )

    def _action(self, name: object, allowed: Mapping[str, Action]) -> Action:
        """The action of a name, if it is allowed. Raises UnknownActionError, ActionNotEnabledError, InvalidInputError."""
        if not isinstance(name, str) or not name.strip():
            raise InvalidInputError(mistakes=[Mistake("ActionName", f"is missing: find names with {SEARCH}")])
        action = self._source.names.find(name.strip())
        if action is None:
            near = nearest(name, [each for one in allowed.values() if (each := name_of(one))])
            hint = f" Did you mean {near}?" if near else ""
            raise UnknownActionError(f"There is no action {name!r}.{hint}", next_step=f"Find names with {SEARCH}.")
        if self._visit.caller.bounds is not None and self._headers[_CONFIGURATION]:
            require(self._visit.caller, needed_for(action))
        if action.id not in allowed:
            configured = self._headers[_CONFIGURATION]
            why = (
                f"the connector profile {configured[0]!r} does not enable it for this key"
                if configured
                else f"without the header {_CONFIGURATION} only what reads is allowed"
            )
            raise ActionNotEnabledError(f"{name} is not allowed here: {why}.")
        return action

    async def _routed(self) -> tuple[Visit, Mapping[str, Action]]:
        """The visit of the one account, and the actions that may be run on it by id: all that read, or what the named profile enables."""
        hall, caller = self._source.hall, self._visit.caller
        mistakes = [
            Mistake(f"headers.{name}", "is missing" if not values else "came more than once")
            for name, values in self._headers.items()
            if len(values) != 1 and (name in _PLACES or values)
        ]
        if len(self._visit.account_ids) > 1:
            mistakes.append(Mistake("headers.x-account-id", "must name one account here"))
        if mistakes:
            raise InvalidInputError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
        place = Place(CONNECTOR, tuple((fields, self._headers[name][0]) for name, fields in _PLACES.items()))
        opening = await route_to_account(hall, caller, place, next(iter(self._visit.account_ids), None))
        configured = self._headers[_CONFIGURATION]
        rules = await rules_named(hall, caller, opening, configured[0]) if configured else opening.profile
        held = caller.bounds and (caller.bounds.actions, caller.bounds.accounts.get(opening.account.id))
        at = ("routed actions", opening.account.id, rules.id, caller.scopes, held, bool(configured))
        allowed = await hall.warm.remembered(at, lambda: self._allowed(Opening(opening.account, rules)))
        return replace(self._visit, account_ids=(opening.account.id,), profile_id=rules.id), allowed or {}

    async def _allowed(self, opening: Opening) -> Mapping[str, Action]:
        offers = offers_of(self._source.hall, self._visit.caller, [opening])
        return {
            offer.action.id: offer.action
            for offer in offers
            if name_of(offer.action) and (self._headers[_CONFIGURATION] or not offer.action.verb.writes)
        }


def _json(value: object) -> str:
    return json_text.dump(value).decode()
