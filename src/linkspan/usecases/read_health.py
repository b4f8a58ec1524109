"""Whether this process can serve."""

import asyncio

from linkspan.usecases.hall import Hall

_PATIENCE = 2.0


async def read_health(hall: Hall) -> None:
    """Return when the database has answered; raise whatever keeps it from answering, TimeoutError after two seconds."""
    async with asyncio.timeout(_PATIENCE):
        await hall.changes.read()
