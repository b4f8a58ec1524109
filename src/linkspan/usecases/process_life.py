"""Which processes live: each renews a lease, so that the writes of a dead one are settled by the others."""

import asyncio
import secrets
from contextlib import suppress
from datetime import timedelta

from linkspan.errors import ServerBusyError
from linkspan.journal_records import Write
from linkspan.usecases.hall import Hall

LEASE = timedelta(seconds=20)
OLD = timedelta(days=2)
PREFIX = "process:"
LONGEST_WRITE = timedelta(minutes=15)
"""How long a write of a living process may take at most, with all its tries."""
_TRIES = 6


def new_process_id() -> str:
    """A name that no other process has."""
    return secrets.token_hex(12)


async def show_life(hall: Hall) -> None:
    """Renew this process's lease."""
    now = hall.clock()
    await hall.leases.take(PREFIX + hall.process, hall.process, now=now, until=now + LEASE)


async def show_life_forever(hall: Hall) -> None:
    """Call `show_life` several times a lease until cancelled."""
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 4)
        with suppress(ServerBusyError):
            await show_life(hall)


async def end_life(hall: Hall) -> None:
    """Give the lease back: nothing of this process is under way any more."""
    with suppress(ServerBusyError):
        await hall.leases.drop(PREFIX + hall.process, hall.process)


async def sender_is_gone(hall: Hall, line: Write) -> bool:
    """Whether nobody is at a write any more that is still `started`.

    A process knows what it is at; of another one its lease tells. A line that names no process is of an older version: its age tells.
    """
    now = hall.clock()
    if line.process is None:
        longest = max(LONGEST_WRITE, timedelta(seconds=hall.settings.provider_timeout * _TRIES))
        return line.started_at + longest <= now
    if line.process == hall.process:
        return line.run_id not in hall.in_flight
    return not await hall.leases.held(PREFIX + line.process, now)
