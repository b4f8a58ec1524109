"""The log book: runs are noted without waiting and written in groups."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog
from sqlalchemy.exc import DBAPIError

from linkspan.errors import ServerBusyError
from linkspan.model import Run
from linkspan.storage.run_store import RunStore

_GROUP = 1000
_SECONDS = 0.5
_MOST_WAITING = 20_000
_PATIENCE_SECONDS = 10.0

log = structlog.get_logger(__name__)


class RunLog:
    """Holds finished runs until `keep_writing` (a task of the server) stores them, at most half a second later.

    Nothing is dropped: when the store cannot keep up, `ready()` makes new calls wait, and refuses them in the end.
    """

    def __init__(self, store: RunStore, *, most_waiting: int = _MOST_WAITING) -> None:
        self._store = store
        self._most_waiting = most_waiting
        self._waiting: list[Run] = []
        self._some, self._group_full, self._room = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._room.set()
        self._writing = asyncio.Lock()

    def add(self, run: Run) -> None:
        """Note a finished run. Never waits."""
        self._waiting.append(run)
        self._some.set()
        if len(self._waiting) >= _GROUP:
            self._group_full.set()
        if len(self._waiting) >= self._most_waiting:
            self._room.clear()

    @property
    def has_room(self) -> bool:
        """Whether a call may begin without `ready`."""
        return len(self._waiting) < self._most_waiting

    async def ready(self) -> None:
        """Wait, before a call begins, until the log has room. Raises ServerBusyError after ten seconds without any."""
        if not self._room.is_set():
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._room.wait()
            except TimeoutError:
                raise ServerBusyError("The log of runs cannot be written at the moment.") from None

    async def flush(self) -> None:
        """Store everything noted so far. Raises ServerBusyError while the database is away; nothing is lost then."""
        await self._store_groups(least=1)

    async def _store_groups(self, *, least: int) -> None:
        """Store groups of at least so many runs."""
        async with self._writing:
            while len(self._waiting) >= least:
                group = self._waiting[:_GROUP]
                await self._put(group)
                del self._waiting[: len(group)]
                if len(self._waiting) < self._most_waiting:
                    self._room.set()
            if not self._waiting:
                self._some.clear()
            if len(self._waiting) < _GROUP:
                self._group_full.clear()

    async def keep_writing(self) -> None:
        """Store groups until cancelled; the caller flushes once more at the end."""
        while True:
            await self._some.wait()
            # Not wait_for: Python 3.11's loses a cancellation that comes together with the event, and then the server never ends.
            with suppress(TimeoutError):
                async with asyncio.timeout(_SECONDS):
                    await self._group_full.wait()
            try:
                # Under load only full groups: what came meanwhile is the next one's, or each would be followed by ever smaller ones.
                await self._store_groups(least=_GROUP if self._group_full.is_set() else 1)
            except ServerBusyError:
                log.warning("run_log_not_written", waiting=len(self._waiting))
                await asyncio.sleep(1)

    async def _put(self, group: Sequence[Run]) -> None:
        try:
            await self._store.put(group)
        except DBAPIError:
            if len(group) == 1:
                # A run that the database can never take must not hold up all that come behind it.
                log.exception("run_not_storable", run_id=group[0].id)
                return
            for run in group:
                await self._put([run])
