"""Writes that a dead process left open: after a while nobody will tell how they ended, and the journal and the log say so."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from linkspan.errors import ServerBusyError, WriteOutcomeUnknownError
from linkspan.journal_records import Write
from linkspan.model import Run
from linkspan.storage.run_store import DOOR_OF_GUESS
from linkspan.usecases.hall import Hall

_LEAST_AGE = timedelta(minutes=15)
_TRIES = 6


async def give_up_writes(hall: Hall) -> int:
    """Make old `started` lines `unknown` and log each as a run, since its process did not; gives how many.

    Old: older than any write of a living process can be, by the provider time-out that this process knows. A process that does live
    on still notes the true end afterwards.
    """
    age = max(_LEAST_AGE, timedelta(seconds=hall.settings.provider_timeout * _TRIES))
    given_up = 0
    for line in await hall.journal.unfinished(hall.clock() - age):
        if await hall.journal.give_up(line):
            given_up += 1
            if await hall.runs.read(line.project_id, line.run_id) is None:
                hall.run_log.add(_run_of(hall, line))
    return given_up


async def give_up_writes_forever(hall: Hall, every: float = 60.0) -> None:
    """Call `give_up_writes` every so many seconds until cancelled."""
    while True:
        with suppress(ServerBusyError):
            await give_up_writes(hall)
        await asyncio.sleep(every)


def _run_of(hall: Hall, line: Write) -> Run:
    action = hall.catalog.actions.get(line.action)
    return Run(
        id=line.run_id,
        project_id=line.project_id,
        account_id=line.account_id,
        profile_id=None,
        connector=line.action.partition("_")[0],
        action=line.action,
        verb=action.verb.value if action else "unknown",
        door=DOOR_OF_GUESS,
        key_id=line.key_id,
        started_at=line.started_at,
        duration_ms=0,
        status=WriteOutcomeUnknownError.http_status,
        error_code=WriteOutcomeUnknownError.code,
        error_message="The process that sent this write ended before it was told how the write ended.",
    )
