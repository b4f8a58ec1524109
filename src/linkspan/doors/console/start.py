"""The start page of a project: what to do next, and how things are at a glance."""

from dataclasses import dataclass

from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.pictures import run_pictures
from linkspan.doors.console.visit import Visit
from linkspan.model import AccountState
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.read_accounts import list_accounts
from linkspan.usecases.read_figures import RANGES, USUAL, read_figures
from linkspan.usecases.read_keys import list_keys
from linkspan.usecases.read_profiles import list_profiles
from linkspan.usecases.read_runs import read_runs

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do until the first action runs: `page` is where, `done` whether it is."""

    title: str
    text: str
    page: str
    done: bool


class Start:
    """Endpoints of the start pages."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def enter(self, visit: Visit) -> Response:
        """On to the first project; a page of its own for somebody who is in none."""
        memberships = visit.signed_in.memberships
        if memberships:
            return see_other(f"/console/p/{memberships[0].project.id}")
        return self._pages.page(visit, "nowhere.html", "No project yet")

    async def show(self, visit: Visit) -> Response:
        """The start page."""
        hall, caller = visit.hall, visit.caller
        profiles, accounts = await list_profiles(hall, caller), await list_accounts(hall, caller)
        keys = [key for key in await list_keys(hall, caller) if key.enabled]
        runs = (await read_runs(hall, caller, RunFilter(limit=_SHOWN))).runs
        wanted = visit.query.get("range", "")
        wanted = wanted if wanted in RANGES else USUAL
        figures = await read_figures(hall, caller, wanted)
        ill = [one for one in accounts if one.state in {AccountState.NEEDS_REAUTH, AccountState.DEGRADED}]
        steps = (
            NextStep("Make a connector profile", "Register an application at the provider and enter it here.", "profiles", bool(profiles)),
            NextStep("Link an account", "Send a customer the link page, or try it yourself.", "accounts", bool(accounts)),
            NextStep("Take an API key", "Your application and its agents ask with it.", "keys", bool(keys)),
            NextStep("Run an action", "Over REST, MCP, the SDK or the command line; it shows up in the log.", "logs", bool(runs)),
        )  # fmt: skip
        return self._pages.page(
            visit, "start.html", visit.project.name, "",
            steps=steps, ready=all(step.done for step in steps), accounts=accounts, ill=ill, runs=runs,
            figures=figures, pictures=run_pictures(figures), ranges=RANGES, range=wanted,
        )  # fmt: skip

    async def profiles(self, visit: Visit) -> Response:
        """Every connector profile."""
        profiles = await list_profiles(visit.hall, visit.caller)
        return self._pages.page(visit, "profiles.html", "Connector profiles", "profiles", profiles=profiles)

    async def connectors(self, visit: Visit) -> Response:
        """The gallery of connectors."""
        profiles = await list_profiles(visit.hall, visit.caller)
        rows = [
            (connector, [profile for profile in profiles if profile.connector == connector.key])
            for connector in visit.hall.catalog.connectors.values()
        ]
        return self._pages.page(visit, "connectors_console.html", "Connectors", "connectors", rows=rows)
