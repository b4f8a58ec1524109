"""Keeping and reading the bodies of runs, where a retention is set."""

from linkspan.engine import json_text
from linkspan.engine.call import Inputs
from linkspan.errors import LinkspanError, NotFoundError
from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.body_log import Bodies
from linkspan.usecases.hall import Hall

_LONGEST_ID = 40


def note_bodies(
    hall: Hall, caller: Caller, run: tuple[str, str | None], inputs: Inputs, answered: object | LinkspanError
) -> None:
    """Note what a run, given as (run id, account id as asked), was asked and answered."""
    run_id, account_id = run
    if isinstance(answered, LinkspanError):
        answered = told_of(answered)
    # What was asked for may be anything: an id that no account can have is not one.
    known = account_id if account_id and account_id.isalnum() and len(account_id) <= _LONGEST_ID else None
    asked = {"path": inputs.path, "query": inputs.query, "body": inputs.body, "headers": inputs.headers}
    hall.body_log.note(Bodies(run_id, caller.project_id, known, hall.clock(), asked, answered))


def told_of(error: LinkspanError) -> dict[str, object]:
    """A failure as bodies keep it."""
    provider = error.provider
    return {
        "error": error.code,
        "message": error.message,
        "mistakes": [str(mistake) for mistake in error.mistakes],
        "provider": provider and {"status": provider.status, "code": provider.code, "message": provider.message},
    }


async def read_bodies(hall: Hall, caller: Caller, run_id: str) -> dict[str, object]:
    """`asked` and `answered` of a run. Raises MissingScopeError, and NotFoundError where none are kept."""
    require(caller, KeyScope.LOGS_READ)
    await hall.body_log.flush()
    sealed = await hall.body_log.store.read(caller.project_id, run_id)
    if sealed is None:
        raise NotFoundError(
            "No bodies of this run are kept.", next_step="Bodies are kept only while LINKSPAN_BODIES_KEPT_DAYS is set."
        )
    return await open_bodies(hall, caller.project_id, run_id, sealed)


async def open_bodies(hall: Hall, project_id: str, run_id: str, sealed: bytes) -> dict[str, object]:
    """Sealed bodies in clear."""
    text = await hall.vault.open(project_id, f"run:{run_id}", "bodies", sealed)
    told = json_text.parse(text.reveal().encode())
    return told if isinstance(told, dict) else {}
