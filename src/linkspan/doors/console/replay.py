"""One run: its steps, bodies and token, and asking a simulator the same again."""

import re
import uuid

from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages
from linkspan.doors.console.result_view import json_for_page
from linkspan.doors.console.visit import Visit
from linkspan.errors import InvalidInputError, Mistake, NotFoundError
from linkspan.people_records import Role
from linkspan.usecases.read_runs import read_run
from linkspan.usecases.replay_run import offer_replay, replay_run
from linkspan.usecases.run_bodies import read_bodies
from linkspan.usecases.token_state import read_token_states

_KEY = re.compile(r"replay-[0-9a-f]{32}")
TOKENS = {
    "fresh": ("good", "Fresh"),
    "refreshed": ("good", "Refreshed for it"),
    "expired": ("warn", "Expired"),
    "failed": ("warn", "Could not be refreshed"),
    "refused": ("bad", "Refused by the provider"),
    "ended": ("bad", "Access ended"),
    "unknown": ("soft", "Not known any more"),
}
"""How a token's state is shown: its tone, and its words."""


class RunPages:
    """Endpoints of a run."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def show(self, visit: Visit) -> Response:
        """One run with its steps, its token, and what it was asked and answered where that is kept."""
        run = await read_run(visit.hall, visit.caller, visit.path["run"])
        try:
            bodies = await read_bodies(visit.hall, visit.caller, run.id)
        except NotFoundError:
            bodies = None
        return self._pages.page(
            visit, "run.html", f"Run {run.id}", "logs", run=run, bodies=bodies and {name: json_for_page(one) for name, one in bodies.items()}, token_words=TOKENS,
            tokens=await read_token_states(visit.hall, visit.caller, run),
            offer=await offer_replay(visit.hall, visit.caller, run, bodies),
            key=f"replay-{uuid.uuid4().hex}", may_run=visit.here.role.reaches(Role.DEVELOPER),
        )  # fmt: skip

    async def replay(self, visit: Visit) -> Response:
        """Ask the simulator what the run asked, and tell the differences."""
        form, hall = visit.form, visit.hall
        run = await read_run(hall, visit.caller, visit.path["run"])
        action = hall.catalog.find(run.action)
        if action.verb.writes and form.get("sure") != "yes":
            told = "Nothing was sent: the run writes, so say first that it shall write in the simulator."
            raise InvalidInputError(told, mistakes=[Mistake("sure", "tick the box above the button")])
        key = form.get("idempotency_key")
        if not _KEY.fullmatch(key):
            raise InvalidInputError(mistakes=[Mistake("idempotency_key", "is not the one of the page")])
        done = await replay_run(hall, visit.caller, run.id, form.get("account"), key)
        return self._pages.page(visit, "replay.html", "Replay", "logs", run=run, done=done, writes=action.verb.writes)
