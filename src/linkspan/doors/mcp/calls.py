"""`tools/call`: one action run for a model, with short lists and small answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from linkspan.connectors.action import Action
from linkspan.connectors.names import nearest
from linkspan.connectors.tool_schema import FORMATS
from linkspan.doors.mcp.answers import answer_texts, error_text
from linkspan.doors.mcp.layout import Groups, read_arguments
from linkspan.doors.mcp.message import INVALID_PARAMS, ProtocolError
from linkspan.doors.mcp.meta_tools import SEARCH, found_text, meta_tool_of, read_search
from linkspan.doors.mcp.tools import Tools
from linkspan.doors.mcp.visit import ParamStyle, ToolMode, Visit
from linkspan.doors.porch.account import ACCOUNT_HEADER
from linkspan.doors.porch.inputs import inputs_of
from linkspan.engine import json_text
from linkspan.errors import InsufficientScopeError, InvalidInputError, LinkspanError, Mistake, NotFoundError
from linkspan.model import Account, Verb
from linkspan.usecases.access import needed_for, require
from linkspan.usecases.find_actions import find_actions
from linkspan.usecases.hall import Hall
from linkspan.usecases.offer_actions import offers_of, open_accounts
from linkspan.usecases.run_action import ActionRequest, run_action

DEFAULT_ROWS, MOST_ROWS = 20, 500


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """The texts of an answer, and whether they tell of a failure; `choice`: the accounts among which the call must choose first."""

    texts: list[str]
    failed: bool = False
    choice: Sequence[Account] = ()

    def result(self) -> bytes:
        """As `tools/call` answers it."""
        content = b",".join(b'{"type":"text","text":' + json_text.dump(text) + b"}" for text in self.texts)
        return b'{"content":[' + content + (b'],"isError":true}' if self.failed else b"]}")


class _ChoiceNeeded(Exception):  # noqa: N818  no error: a question
    """No account was named, and there are several."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        super().__init__()
        self.accounts = accounts


class Calls:
    """Runs tools."""

    def __init__(self, hall: Hall, tools: Tools) -> None:
        self._hall, self._tools = hall, tools

    async def call(self, visit: Visit, params: Mapping[str, object], gone: Callable[[], Awaitable[bool]]) -> ToolAnswer:
        """The answer of one tool, failures of the action included.

        Raises ProtocolError for what is no call of a tool, InsufficientScopeError where a sign-in must first cover more.
        """
        name, arguments = params.get("name"), params.get("arguments")
        if arguments is not None and not isinstance(arguments, dict):
            raise ProtocolError(INVALID_PARAMS, "params.arguments must be an object.")
        try:
            if visit.mode is ToolMode.SEARCH_EXECUTE:
                return await self._meta(visit, name, arguments or {}, gone)
            return await self.run(visit, self._action(name), arguments or {}, gone)
        except InsufficientScopeError:
            # The host asks its person for more, and calls again: it must be told by HTTP (RFC 6750, 3.1).
            raise
        except _ChoiceNeeded as needed:
            about = f"must be one of {', '.join(account.id for account in needed.accounts)}"
            error = InvalidInputError(mistakes=[Mistake(f"headers.{ACCOUNT_HEADER}", about)])
            return ToolAnswer([error_text(error)], failed=True, choice=needed.accounts)
        except LinkspanError as error:
            return ToolAnswer([error_text(error)], failed=True)

    def _action(self, name: object) -> Action:
        action = self._hall.catalog.actions.get(name) if isinstance(name, str) else None
        if action is None:
            raise ProtocolError(INVALID_PARAMS, _unknown(name, self._hall))
        return action

    async def _meta(
        self, visit: Visit, name: object, arguments: dict[str, object], gone: Callable[[], Awaitable[bool]]
    ) -> ToolAnswer:
        """One of the two tools of the mode search_execute."""
        connector, tool = meta_tool_of(name, self._hall.catalog.connectors)
        if tool == SEARCH:
            asked = read_search(arguments)
            found = await find_actions(
                self._hall,
                visit.caller,
                asked.question,
                connector=connector,
                limit=asked.limit,
                account_ids=visit.account_ids,
            )
            return ToolAnswer([found_text(found, self._tools.input_of)])
        rest = {group: value for group, value in arguments.items() if group != "action_id"}
        action = self._hall.catalog.find(str(arguments.get("action_id")))
        # Groups are groups in this mode, whatever the style of single tools is.
        return await self.run(replace(visit, style=ParamStyle.NESTED), action, rest, gone)

    async def run(
        self, visit: Visit, action: Action, arguments: Mapping[str, object], gone: Callable[[], Awaitable[bool]]
    ) -> ToolAnswer:
        """The answer of an action. Raises LinkspanError."""
        if visit.caller.bounds is not None:
            require(visit.caller, needed_for(action))
        read = read_arguments(arguments, self._tools.input_of(action), visit.style)
        account_id = await self._account(visit, action, read.groups)
        form = _form(action, read.groups)
        request = ActionRequest(
            action=action.id,
            account_id=account_id,
            inputs=inputs_of(read.groups),
            door="mcp",
            profile_id=visit.profile_id,
            dry_run=read.dry_run,
            idempotency_key=read.idempotency_key,
            allow_duplicate=read.allow_duplicate,
            caller_gone=gone,
            # An agent whose call broke off asks again, and no idempotency key says that it is the same call.
            repeated_by_clients=True,
        )
        return ToolAnswer(answer_texts(action, await run_action(self._hall, visit.caller, request), form))

    async def _account(self, visit: Visit, action: Action, groups: Groups) -> str | None:
        """The account that the arguments (else the visit's answer) name, which must be one of the visit's; else the only one there is."""
        given = _account_said(groups) or visit.chosen
        if given is None and len(visit.account_ids) == 1:
            return visit.account_ids[0]
        if isinstance(given, str) and await self._is_there(visit, given):
            return given
        if given is not None and visit.account_ids:
            possible = list(visit.account_ids)
        else:
            openings = await open_accounts(self._hall, visit.caller, visit.account_ids)
            offers = offers_of(self._hall, visit.caller, openings, only=action)
            accounts = [account for offer in offers for account in offer.accounts]
            if given is None and len(accounts) == 1:
                return accounts[0].id
            if given is None and accounts:
                raise _ChoiceNeeded(accounts)
            possible = [account.id for account in accounts]
        about = f"must be one of {', '.join(possible)}" if possible else "has no account that offers this action"
        raise InvalidInputError(mistakes=[Mistake(f"headers.{ACCOUNT_HEADER}", about)])

    async def _is_there(self, visit: Visit, account_id: str) -> bool:
        """Whether an account is one of the visit's, or of the caller's where the visit names none; whether it offers the action is told later."""
        if visit.account_ids:
            return account_id in visit.account_ids
        try:
            return bool(await open_accounts(self._hall, visit.caller, [account_id]))
        except NotFoundError:
            return False


def _account_said(groups: Groups) -> object:
    """The account in the arguments, in whatever letter case its name came, as headers have none. Raises InvalidInputError for two."""
    headers = groups.get("headers")
    if not headers:
        return None
    said = [value for name, value in headers.items() if name.lower() == ACCOUNT_HEADER and value is not None]
    if len(said) > 1 and any(value != said[0] for value in said):
        raise InvalidInputError(mistakes=[Mistake(f"headers.{ACCOUNT_HEADER}", "is said twice, and not the same")])
    return said[0] if said else None


def _form(action: Action, groups: Groups) -> str:
    """The form of the answer, taken out of the query; lists get a short page and their usual columns. Raises InvalidInputError."""
    query = groups.setdefault("query", {})
    form = query.pop("format", None)
    if form is not None and form not in FORMATS:
        raise InvalidInputError(mistakes=[Mistake("query.format", f"must be one of {', '.join(FORMATS)}")])
    if action.verb is Verb.LIST and query.get("cursor") is None:
        top = query.get("top")
        if isinstance(top, int) and not isinstance(top, bool) and top > 0:
            query.setdefault("page_size", min(top, MOST_ROWS))
        else:
            query.setdefault("page_size", DEFAULT_ROWS)
        if form != "full" and query.get("select") is None and action.columns:
            query["select"] = list(action.columns)
    return str(form) if form is not None else "table" if action.verb is Verb.LIST else "json"


def _unknown(name: object, hall: Hall) -> str:
    near = nearest(name, hall.catalog.actions) if isinstance(name, str) else None
    return f"There is no tool {name!r}." + (f" Did you mean {near}?" if near else "")
