"""The start page of a project: what to do next, and how things are at a glance."""

from starlette.responses import Response

from linkspan.doors.console.next_steps import ILL, troubles, way_to_the_first_action
from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.pictures import run_pictures
from linkspan.doors.console.visit import Visit
from linkspan.model import AccountState
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.read_accounts import count_accounts
from linkspan.usecases.read_figures import RANGES, USUAL, read_figures
from linkspan.usecases.read_keys import list_keys
from linkspan.usecases.read_profiles import list_profiles
from linkspan.usecases.read_runs import read_runs

_SHOWN = 8
# Linking is in the log of runs, too, but is no action.
DOORS = ("rest", "rpc", "mcp", "cli", "console")
_AN_ACTION = RunFilter(among={"door": DOORS}, limit=1)


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
        profiles, states = await list_profiles(hall, caller), await count_accounts(hall, caller)
        accounts = sum(count for state, count in states.items() if state is not AccountState.ARCHIVED)
        keys = [key for key in await list_keys(hall, caller) if key.enabled]
        runs = (await read_runs(hall, caller, RunFilter(limit=_SHOWN))).runs
        wanted = visit.query.get("range", "")
        wanted = wanted if wanted in RANGES else USUAL
        figures = await read_figures(hall, caller, wanted)
        counts = {"profiles": len(profiles), "accounts": accounts, "keys": len(keys)}
        ran = any(run.door in DOORS for run in runs) or bool((await read_runs(hall, caller, _AN_ACTION)).runs)
        return self._pages.page(
            visit, "start.html", visit.project.name, "",
            steps=way_to_the_first_action(visit, ran=ran, **counts), troubles=await troubles(visit, states, profiles),
            accounts=accounts, well=accounts - sum(states.get(state, 0) for state in ILL), runs=runs,
            figures=figures, pictures=run_pictures(figures), ranges=RANGES, range=wanted,
        )  # fmt: skip

    async def connectors(self, visit: Visit) -> Response:
        """The gallery of connectors."""
        profiles = await list_profiles(visit.hall, visit.caller)
        rows = [
            (connector, [profile for profile in profiles if profile.connector == connector.key])
            for connector in visit.hall.catalog.connectors.values()
        ]
        return self._pages.page(visit, "connectors_console.html", "Connectors", "connectors", rows=rows)
