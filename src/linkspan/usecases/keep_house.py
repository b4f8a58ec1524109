"""What is over is thrown away: runs beyond their retention, events that everybody knows, and sessions, permits, registrations that have ended."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from linkspan.errors import ServerBusyError
from linkspan.usecases.console_sign_in import LONGEST_IDLE
from linkspan.usecases.hall import Hall
from linkspan.usecases.process_life import OLD, PREFIX
from linkspan.usecases.write_in_doubt import KEY_KEPT

_SESSIONS_KEPT = timedelta(days=1)
_EVENTS_KEPT = timedelta(days=30)
# A code that comes a second time within this time still ends its permit.
_PERMITS_KEPT = timedelta(days=1)


async def keep_house(hall: Hall) -> None:
    """Throw away once, over all projects; several processes may do it at once."""
    now = hall.clock()
    await hall.sessions.prune(now - _SESSIONS_KEPT)
    await hall.console_sessions.prune(now, now - LONGEST_IDLE)
    await hall.passkeys.prune(now)
    await hall.runs.prune(now - timedelta(days=hall.settings.runs_kept_days))
    await hall.grant_log.prune(now - timedelta(days=hall.settings.runs_kept_days))
    await hall.feedback.prune(now - timedelta(days=hall.settings.runs_kept_days))
    await hall.body_log.store.prune(now - timedelta(days=hall.settings.bodies_kept_days))
    await hall.owners.sweep(now)
    await hall.journal.free_keys(now - KEY_KEPT)
    await hall.leases.prune(PREFIX, now - OLD)
    await hall.webhooks.prune(now - _EVENTS_KEPT)
    await hall.permits.prune(now - _PERMITS_KEPT)
    await hall.clients.prune(now)


async def keep_house_forever(hall: Hall, every: float = 3600.0) -> None:
    """Call `keep_house` every so many seconds until cancelled."""
    while True:
        with suppress(ServerBusyError):
            await keep_house(hall)
        await asyncio.sleep(every)
