"""When each API key, or each permit, was last used: noted on the hot path, written in groups."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import structlog

from linkspan.errors import ServerBusyError

_SECONDS = 5.0

log = structlog.get_logger(__name__)


class UsedStore(Protocol):
    """Where last uses are stored."""

    async def note_used(self, uses: Iterable[tuple[str, str, datetime]]) -> None:
        """Store last uses, given as (project id, id, moment)."""
        ...


class KeyUses:
    """Holds the last use of each key until `keep_writing` (a task of the server) stores it, some seconds later."""

    def __init__(self, keys: UsedStore) -> None:
        self._keys = keys
        self._latest: dict[tuple[str, str], datetime] = {}

    def note(self, project_id: str, key_id: str, moment: datetime) -> None:
        """Note a use. Never waits."""
        self._latest[project_id, key_id] = moment

    async def flush(self) -> None:
        """Store every use noted so far."""
        latest, self._latest = self._latest, {}
        try:
            # In one order in every process, so that two of them never wait for each other's rows.
            await self._keys.note_used((*key, moment) for key, moment in sorted(latest.items()))
        except ServerBusyError:
            self._latest = latest | self._latest
            raise

    async def keep_writing(self) -> None:
        """Store uses every few seconds until cancelled; the caller flushes once more at the end."""
        while True:
            await asyncio.sleep(_SECONDS)
            try:
                await self.flush()
            except ServerBusyError:
                log.warning("key_uses_not_written", waiting=len(self._latest))
