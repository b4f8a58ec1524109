"""Reading the log of runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from linkspan.errors import NotFoundError
from linkspan.model import Caller, KeyScope, Run
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall

MOST_RUNS = 500


@dataclass(frozen=True, slots=True)
class RunPage:
    """Runs, newest first, with their steps; `next` is the `before` of the following page, None at the end."""

    runs: Sequence[Run]
    next: str | None


async def read_runs(hall: Hall, caller: Caller, wanted: RunFilter) -> RunPage:
    """The project's runs that fit, at most 500 at a time. Raises MissingScopeError."""
    require(caller, KeyScope.LOGS_READ)
    limit = max(1, min(wanted.limit, MOST_RUNS))
    # What this process has just run is still waiting to be written.
    await hall.run_log.flush()
    found = await hall.runs.list(caller.project_id, replace(wanted, limit=limit + 1))
    return RunPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


async def read_run(hall: Hall, caller: Caller, run_id: str) -> Run:
    """One run of the project with its steps. Raises MissingScopeError, NotFoundError."""
    require(caller, KeyScope.LOGS_READ)
    await hall.run_log.flush()
    run = await hall.runs.read(caller.project_id, run_id)
    if run is None:
        message = "There is no such run in this project, or it is older than runs are kept."
        raise NotFoundError(message)
    return run
