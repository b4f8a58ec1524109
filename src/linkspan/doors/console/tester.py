"""The action tester: choose an account and an action, fill the form that its schema gives, run it, look at the answer, copy the call."""

from collections.abc import Mapping
from itertools import groupby

from starlette.responses import Response

from linkspan.connectors.action import Action
from linkspan.connectors.names import words
from linkspan.doors.console.call_texts import PLACEHOLDER, Copied, call_texts
from linkspan.doors.console.input_form import draw, placed
from linkspan.doors.console.pages import ConsolePages
from linkspan.doors.console.result_view import MOST_ROWS, view_of
from linkspan.doors.console.tester_form import Filled, deed_of, example_of, fresh, read_filled
from linkspan.doors.console.visit import Visit
from linkspan.doors.porch.inputs import GROUPS
from linkspan.errors import InvalidInputError, LinkspanError, Mistake, UnauthenticatedError
from linkspan.people_records import Role
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.body_log import LEFT_OUT
from linkspan.usecases.choose_action import Chosen, choose_account, choose_action, search_actions
from linkspan.usecases.read_accounts import list_accounts
from linkspan.usecases.read_runs import read_run
from linkspan.usecases.run_action import ActionRequest, Answer, run_action
from linkspan.usecases.run_bodies import read_bodies

_MOST_ACCOUNTS = 200
_PAGE_FAILED = 424


class Tester:
    """Endpoints of the tester."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def show(self, visit: Visit) -> Response:
        """The choice of an account, then of an action, then the form."""
        account_id, action_id = visit.query.get("account", "").strip(), visit.query.get("action", "").strip()
        if not account_id:
            return await self._choose_account(visit)
        chosen = await choose_account(visit.hall, visit.caller, account_id)
        if not action_id:
            return self._choose_action(visit, chosen)
        action = choose_action(visit.hall, chosen, action_id)
        wanted = example_of(action) if visit.query.get("example") else await _asked_by(visit, action)
        return self._form(visit, chosen, fresh(action, wanted, as_json=visit.query.get("as") == "json"))

    async def submit(self, visit: Visit) -> Response:
        """What the form's buttons do: run, dry run, another page, another row, the other way to enter, or just the texts to copy."""
        form = visit.form
        chosen = await choose_account(visit.hall, visit.caller, form.get("account"))
        filled = read_filled(choose_action(visit.hall, chosen, form.get("action")), form)
        deed = deed_of(form)
        if deed not in ("run", "dry"):
            return self._form(visit, chosen, filled)
        if filled.mistakes:
            return self._form(visit, chosen, filled, error=InvalidInputError(mistakes=filled.mistakes))
        if filled.action.verb.writes and deed == "run" and form.get("sure") != "yes":
            told = "Nothing was sent: this action writes, so say first that it shall."
            unsure = InvalidInputError(told, mistakes=[Mistake("sure", "tick the box above the button")])
            return self._form(visit, chosen, filled, error=unsure)
        try:
            answer = await run_action(visit.hall, visit.caller, _request(chosen, filled, visit, dry_run=deed == "dry"))
        except LinkspanError as error:
            return self._form(visit, chosen, filled, error=error)
        return self._form(visit, chosen, filled, answer=answer, dry=deed == "dry")

    async def _choose_account(self, visit: Visit) -> Response:
        search = visit.query.get("find", "").strip()
        wanted = AccountFilter(search=search, page_size=_MOST_ACCOUNTS)
        accounts = await list_accounts(visit.hall, visit.caller, wanted)
        return self._pages.page(
            visit, "tester_accounts.html", "Action tester", "tester",
            accounts=accounts, find=search, more=len(accounts) == _MOST_ACCOUNTS,
        )  # fmt: skip

    def _choose_action(self, visit: Visit, chosen: Chosen) -> Response:
        search = visit.query.get("find", "").strip()
        found = search_actions(visit.hall, chosen, search)
        by_resource = [(words(name), list(group)) for name, group in groupby(found, key=lambda action: action.resource)]
        return self._pages.page(
            visit, "tester_actions.html", "Action tester", "tester",
            account=chosen.account, profile=chosen.profile, groups=by_resource, find=search, total=len(chosen.actions),
        )  # fmt: skip

    def _form(
        self, visit: Visit, chosen: Chosen, filled: Filled, *,
        error: LinkspanError | None = None, answer: Answer | None = None, dry: bool = False,
    ) -> Response:  # fmt: skip
        parts = draw(filled.action, filled.values, error.mistakes if error else filled.mistakes)
        told = None if answer is None else view_of(answer.result, filled.action.columns)
        return self._pages.page(
            visit, "tester.html", filled.action.label, "tester", status=_status(error),
            account=chosen.account, action=filled.action, filled=filled, parts=parts,
            where=_where(chosen.account.fields, chosen.account.label or chosen.account.owner.name),
            error=error, places=placed(parts) | {"sure": "sure"}, answer=answer, told=told, dry=dry, wrote=answer is not None and filled.action.verb.writes and not dry, most_rows=MOST_ROWS,
            may_run=visit.here.role.reaches(Role.DEVELOPER),
            texts=call_texts(_copied(visit, chosen, filled)), placeholder=PLACEHOLDER,
        )  # fmt: skip


async def _asked_by(visit: Visit, action: Action) -> Mapping[str, object]:
    """What the run in the address was asked, if it ran this action and that is kept. Raises NotFoundError."""
    if not visit.query.get("run"):
        return {}
    run = await read_run(visit.hall, visit.caller, visit.query["run"])
    asked = (await read_bodies(visit.hall, visit.caller, run.id)).get("asked")
    if run.action != action.id or not isinstance(asked, dict) or LEFT_OUT in asked:
        return {}
    return {name: group for name, group in asked.items() if name in GROUPS and group}


def _request(chosen: Chosen, filled: Filled, visit: Visit, *, dry_run: bool) -> ActionRequest:
    return ActionRequest(
        action=filled.action.id,
        account_id=chosen.account.id,
        inputs=filled.asked,
        door="console",
        dry_run=dry_run,
        idempotency_key=filled.key if filled.action.verb.writes else None,
        caller_gone=visit.request.is_disconnected,
    )


def _copied(visit: Visit, chosen: Chosen, filled: Filled) -> Copied:
    """The call as it stands in the form; a key of its own keeps what is copied apart from what this page has written."""
    key = f"copied-{filled.key}" if filled.action.verb.writes else None
    return Copied(visit.hall.settings.base_url, chosen.account.id, filled.action, filled.inputs, key)


def _where(fields: Mapping[str, str], name: str) -> str:
    """Where a write goes, for people: the names among an account's fields rather than its ids."""
    told = [value for field, value in fields.items() if not field.endswith("_id")]
    return f"{name} ({', '.join(told)})" if told else name


def _status(error: LinkspanError | None) -> int:
    """The page's HTTP status. A provider's failure is no failure of this page: proxies put pages of their own in the place of a 502."""
    if error is None:
        return 200
    refused = isinstance(error, UnauthenticatedError) or error.http_status >= 500  # noqa: PLR2004
    return _PAGE_FAILED if refused else error.http_status
