"""What runs were asked and answered, noted without waiting, redacted, sealed and written in groups."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from linkspan.engine import json_text
from linkspan.errors import ServerBusyError
from linkspan.model import Secret
from linkspan.providerauth.vault import Vault
from linkspan.storage.body_store import BodyStore, SealedBodies

_MOST_WAITING = 2000
_SECONDS = 0.5
_LONGEST = 256 * 1024
HIDDEN: Final = "(redacted)"
LEFT_OUT: Final = "left_out"
# Names under which systems keep what opens something. Amounts and addresses are the matter itself and stay.
_SECRET_NAME = re.compile(
    r"passw|secret|token|api[-_]?key|authori[sz]ation|cookie|credential|signature|private[-_]?key", re.IGNORECASE
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bodies:
    """One run's: `asked` are the groups of its inputs, `answered` its data or its error."""

    run_id: str
    project_id: str
    account_id: str | None
    at: datetime
    asked: Mapping[str, object]
    answered: object


class BodyLog:
    """Holds bodies until `keep_writing` stores them. They help to find mistakes, so a run never waits for them or fails with them.

    When the store cannot keep up, the oldest that wait are dropped, and the log says so. `store`: where they are read.
    """

    def __init__(self, store: BodyStore, vault: Vault) -> None:
        self.store = store
        self._vault = vault
        self._waiting: list[Bodies] = []
        self._writing = asyncio.Lock()

    def note(self, bodies: Bodies) -> None:
        """Note what a run was asked and answered. Never waits."""
        if len(self._waiting) >= _MOST_WAITING:
            log.warning("run_bodies_dropped", run_id=self._waiting.pop(0).run_id)
        self._waiting.append(bodies)

    async def flush(self) -> None:
        """Store everything noted so far. Raises ServerBusyError while the database is away."""
        async with self._writing:
            group = self._waiting[:]
            if group:
                await self.store.add([await self._sealed(each) for each in group])
                written = {id(each) for each in group}
                self._waiting = [each for each in self._waiting if id(each) not in written]

    async def keep_writing(self) -> None:
        """Store groups until cancelled; the caller flushes once more at the end."""
        while True:
            await asyncio.sleep(_SECONDS)
            try:
                await self.flush()
            except ServerBusyError:
                log.warning("run_bodies_not_written", waiting=len(self._waiting))

    async def _sealed(self, bodies: Bodies) -> SealedBodies:
        told = {"asked": _short(redacted(bodies.asked)), "answered": _short(redacted(bodies.answered))}
        text = Secret(json_text.dump(told).decode())
        sealed = await self._vault.seal(bodies.project_id, f"run:{bodies.run_id}", "bodies", text)
        return SealedBodies(bodies.run_id, bodies.project_id, bodies.account_id, bodies.at, sealed)


def redacted(value: object) -> object:
    """A value without what stands under the name of a secret, however deep."""
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if _SECRET_NAME.search(str(name)) and item is not None else redacted(item)
            for name, item in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [redacted(item) for item in value]
    return value


def _short(value: object) -> object:
    """The value, or how long it is when that is too long to keep."""
    size = len(json_text.dump(value))
    return value if size <= _LONGEST else {LEFT_OUT: f"{size} bytes"}
