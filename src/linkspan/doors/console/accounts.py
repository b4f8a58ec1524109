"""Linked accounts: which there are and how they are, one with its reasons and last runs, and what can be done with it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.responses import Response

from linkspan.doors.console.account_events import told_events
from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.pictures import grant_picture, limits_picture, run_pictures
from linkspan.doors.console.undo import Done
from linkspan.doors.console.visit import Visit
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Account, AccountState, Caller, Owner
from linkspan.storage.account_store import AccountFilter
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.change_account import archive_account, resume_account, suspend_account
from linkspan.usecases.check_account import Check, check_account
from linkspan.usecases.create_connect_session import NewSession, create_connect_session
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_accounts import list_accounts, read_account
from linkspan.usecases.read_figures import RANGES, USUAL, read_figures, read_grant_history, read_limits_used
from linkspan.usecases.read_profiles import list_profiles
from linkspan.usecases.read_runs import read_runs

# How a state is shown: its tone, and its words.
STATES: Mapping[AccountState, tuple[str, str]] = {
    AccountState.ACTIVE: ("good", "Working"),
    AccountState.REFRESHING: ("good", "Fetching a token"),
    AccountState.DEGRADED: ("warn", "Trouble, still trying"),
    AccountState.NEEDS_REAUTH: ("bad", "Must be linked again"),
    AccountState.REVOKED: ("bad", "Access taken back"),
    AccountState.SUSPENDED: ("warn", "Suspended"),
    AccountState.ARCHIVED: ("soft", "Archived"),
}
_DEEDS: Mapping[str, Callable[[Hall, Caller, str], Awaitable[Account]]] = {
    "suspend": suspend_account,
    "resume": resume_account,
    "archive": archive_account,
}
_LAST_RUNS = 10


class Accounts:
    """Endpoints of the account pages."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def list(self, visit: Visit) -> Response:
        """Every account of the project."""
        wanted = AccountFilter(owner_ids=(visit.query["owner"],)) if visit.query.get("owner") else AccountFilter()
        accounts = await list_accounts(visit.hall, visit.caller, wanted)
        profiles = await list_profiles(visit.hall, visit.caller)
        return self._pages.page(
            visit, "accounts.html", "Accounts", "accounts",
            accounts=accounts, states=STATES, profiles=[one for one in profiles if one.enabled], link=None,
        )  # fmt: skip

    async def link(self, visit: Visit) -> Response:
        """A link page for a customer, whose address is shown this once."""
        form = visit.form
        owner = Owner(form.get("owner_id"), form.get("owner_name"))
        if not owner.id or not owner.name:
            raise InvalidInputError(
                mistakes=[Mistake("owner", "tell whose account it will be: an id of yours, and a name")]
            )
        opened = await create_connect_session(
            visit.hall, visit.caller, NewSession(owner, profile_id=form.get("profile"))
        )
        return self._pages.page(
            visit, "link_made.html", "The link page is ready", "accounts", opened=opened, owner=owner
        )

    async def show(self, visit: Visit) -> Response:
        """One account."""
        return await self._account(visit)

    async def check(self, visit: Visit) -> Response:
        """The doctor's look at one account."""
        checks = await check_account(visit.hall, visit.caller, visit.path["account"])
        return await self._account(visit, checks=checks)

    async def change(self, visit: Visit) -> Response:
        """Suspend, resume or archive an account."""
        deed = _DEEDS.get(visit.form.get("deed"))
        if deed is None:
            raise InvalidInputError(mistakes=[Mistake("deed", f"is one of {', '.join(_DEEDS)}")])
        account = await deed(visit.hall, visit.caller, visit.path["account"])
        return see_other(visit.to(f"accounts/{account.id}?done={visit.form.get('deed')}"))

    async def relink(self, visit: Visit) -> Response:
        """A link page on which just this account is linked again."""
        account = await read_account(visit.hall, visit.caller, visit.path["account"])
        new = NewSession(account.owner, profile_id=account.profile_id, account_id=account.id)
        opened = await create_connect_session(visit.hall, visit.caller, new)
        return self._pages.page(
            visit, "link_made.html", "The link page is ready", "accounts", opened=opened, owner=account.owner
        )

    async def _account(self, visit: Visit, checks: Sequence[Check] | None = None) -> Response:
        account = await read_account(visit.hall, visit.caller, visit.path["account"])
        page = await read_runs(visit.hall, visit.caller, RunFilter(account_id=account.id, limit=_LAST_RUNS))
        connector = visit.hall.catalog.connectors.get(account.connector)
        title = account.label or account.owner.name
        return self._pages.page(
            visit, "account.html", title, "accounts",
            account=account, state=STATES[account.state], runs=page.runs, connector=connector,
            checks=checks, events=await told_events(visit, account.id), done=_done(visit, account), over_time=await _pictures(visit, account),
        )  # fmt: skip


def _done(visit: Visit, account: Account) -> Done | None:
    """What was done just now and how to undo it, if that is still how things are."""
    deed, suspended = visit.query.get("done"), account.state is AccountState.SUSPENDED
    page = f"accounts/{account.id}"
    if deed == "suspend" and suspended:
        return Done("The account is suspended: no action runs on it.", page, {"deed": "resume"})
    if deed == "resume" and not suspended:
        return Done("The account is in use again.", page, {"deed": "suspend"})
    if deed == "archive" and account.state is AccountState.ARCHIVED:
        return Done(
            "The account is archived and its tokens are erased. “Link again” makes a page on which its owner opens it anew."
        )
    return None


async def _pictures(visit: Visit, account: Account) -> Mapping[str, object]:
    """What the account's page shows as pictures, over the range in the address."""
    wanted = visit.query.get("range", "")
    wanted = wanted if wanted in RANGES else USUAL
    figures = await read_figures(visit.hall, visit.caller, wanted, account.id)
    limits = limits_picture(await read_limits_used(visit.hall, visit.caller, wanted, account.id))
    grant = grant_picture(await read_grant_history(visit.hall, visit.caller, wanted, account.id))
    pictures = [grant, *([limits] if limits else []), *run_pictures(figures)]
    return {"pictures": pictures, "ranges": RANGES, "range": wanted}
