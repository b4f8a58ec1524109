"""The tools of a visit: one for each action that its accounts' profiles enable, made once for each set of accounts."""

from linkspan.connectors.action import Action
from linkspan.connectors.tool_schema import ToolInput, tool_input
from linkspan.doors.mcp.layout import account_label, schema_of, with_account
from linkspan.doors.mcp.meta_tools import meta_tools
from linkspan.doors.mcp.visit import ParamStyle, ToolMode, Visit
from linkspan.engine import json_text
from linkspan.model import KeyScope
from linkspan.usecases.access import has
from linkspan.usecases.hall import Hall
from linkspan.usecases.offer_actions import Offer, Opening, offers_of, open_accounts

_MOST_KEPT = 256


class Tools:
    """The lists that were asked for last, as JSON text, and the input of each action."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._lists: dict[tuple[object, ...], bytes] = {}
        self._inputs: dict[str, ToolInput] = {}

    async def listed(self, visit: Visit) -> bytes:
        """The JSON array of all tools of a visit, on one page: published clients read no second one. Raises NotFoundError."""
        openings = await open_accounts(self._hall, visit.caller, visit.account_ids)
        writes, bounds = has(visit.caller, KeyScope.ACTIONS), visit.caller.bounds
        # A sign-in never changes, so its id stands for its bounds.
        held = visit.caller.key_id if bounds is not None else None
        key = (visit.style, visit.mode, writes, held, *(_mark(opening) for opening in openings))
        found = self._lists.get(key)
        if found is None:
            if len(self._lists) >= _MOST_KEPT:
                self._lists.clear()
            offers = offers_of(self._hall, visit.caller, openings)
            if visit.mode is ToolMode.SEARCH_EXECUTE:
                tools = meta_tools(offers)
            else:
                tools = [self._tool(offer, visit.style) for offer in offers]
            found = self._lists[key] = json_text.dump(tools)
        return found

    def input_of(self, action: Action) -> ToolInput:
        """An action's input for models."""
        found = self._inputs.get(action.id)
        if found is None or self._hall.catalog.actions.get(action.id) is not action:
            found = self._inputs[action.id] = tool_input(action)
        return found

    def _tool(self, offer: Offer, style: ParamStyle) -> dict[str, object]:
        action = offer.action
        wanted = self.input_of(action)
        if len(offer.accounts) > 1:
            wanted = with_account(wanted, offer.accounts)
        return {
            "name": action.id,
            "description": action.brief,
            "inputSchema": schema_of(wanted, style),
            "annotations": annotations_of(action),
        }


def annotations_of(action: Action) -> dict[str, bool]:
    """MCP's hints; those that mean nothing for a tool that only reads are left out, and so is what is the default (open world)."""
    hints = action.annotations
    if hints.read_only:
        return {"readOnlyHint": True}
    return {"readOnlyHint": False, "destructiveHint": hints.destructive, "idempotentHint": hints.idempotent}


def _mark(opening: Opening) -> tuple[object, ...]:
    """What a list of tools depends on."""
    account, profile = opening.account, opening.profile
    return account.id, account_label(account), profile.id, profile.updated_at, profile.enabled
