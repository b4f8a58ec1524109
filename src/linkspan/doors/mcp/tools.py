"""The tools of a visit: one for each action that its accounts' profiles enable, made once for each set of accounts."""

from collections.abc import Mapping, Sequence

from linkspan.connectors.action import Action
from linkspan.connectors.tool_schema import ToolInput, tool_input
from linkspan.doors.mcp.layout import schema_of
from linkspan.doors.mcp.visit import ParamStyle, Visit
from linkspan.doors.porch.account import ACCOUNT_HEADER
from linkspan.engine import json_text
from linkspan.model import Account
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
        key = (visit.style, *(_mark(opening) for opening in openings))
        found = self._lists.get(key)
        if found is None:
            if len(self._lists) >= _MOST_KEPT:
                self._lists.clear()
            tools = [self._tool(offer, visit.style) for offer in offers_of(self._hall, openings)]
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


def with_account(wanted: ToolInput, accounts: Sequence[Account]) -> ToolInput:
    """The input with the choice of the account, which must be made where there are several."""
    choice = {
        "type": "string",
        "enum": [account.id for account in accounts],
        "description": "; ".join(f"{account.id}: {account_label(account)}" for account in accounts),
    }
    headers: Mapping[str, Mapping[str, object]] = {ACCOUNT_HEADER: choice, **wanted.properties.get("headers", {})}
    return ToolInput(
        {**wanted.properties, "headers": headers},
        {**wanted.required, "headers": (ACCOUNT_HEADER, *wanted.required.get("headers", ()))},
    )


def account_label(account: Account) -> str:
    """What people call an account: its label, or owner and company."""
    company = account.fields.get("company_name")
    told = account.label or account.owner.name
    return f"{told} ({company})" if company else told


def _mark(opening: Opening) -> tuple[object, ...]:
    """What a list of tools depends on."""
    account, profile = opening.account, opening.profile
    return account.id, account_label(account), profile.id, profile.updated_at, profile.enabled
