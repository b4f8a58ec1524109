"""Writes whose outcome is open, looked for in the background: those that a dead process left, and those that nobody asked about again."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from linkspan.connectors.action import Action
from linkspan.engine.proxy import ProxyAction
from linkspan.errors import LinkspanError, NotFoundError, ServerBusyError, WriteNotDoneError, WriteOutcomeUnknownError
from linkspan.journal_records import Write, WriteState
from linkspan.model import Account, Run, Step
from linkspan.storage.run_store import DOOR_OF_GUESS
from linkspan.usecases.admit_action import AccountTokens
from linkspan.usecases.hall import Hall
from linkspan.usecases.process_life import sender_is_gone
from linkspan.usecases.settle_line import settle_line
from linkspan.usecases.settle_write import Settled
from linkspan.usecases.wire_state import closing_error

_LOOKED_FOR = timedelta(hours=24)
_LEASE, _LEASED = "settling writes", timedelta(seconds=30)
_FIRST_PAUSE, _LONGEST_PAUSE = 15.0, 3600.0
_ENDS: Mapping[WriteState, type[LinkspanError] | None] = {
    WriteState.DONE: None,
    WriteState.NOT_DONE: WriteNotDoneError,
    WriteState.UNKNOWN: WriteOutcomeUnknownError,
}

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Steps:
    """The provider requests of a look."""

    taken: list[Step] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Take one request."""
        self.taken.append(step)

    def about(self, action: Action | ProxyAction, account: Account | None = None) -> None:
        """Nothing: the line says what it is about."""


@dataclass(slots=True)
class Lookout:
    """Looks for open writes; each again after a while that doubles, for a day."""

    hall: Hall
    _next: dict[str, tuple[float, float]] = field(default_factory=dict)

    async def look(self) -> int:
        """Look once for everything that is due; gives how many lines changed."""
        now, changed = self.hall.clock(), 0
        if not await self.hall.leases.take(_LEASE, self.hall.process, now=now, until=now + _LEASED):
            return 0
        lines = await self.hall.journal.to_look_for()
        self._next = {line.run_id: self._next[line.run_id] for line in lines if line.run_id in self._next}
        for line in lines:
            if line.state is WriteState.STARTED and not await sender_is_gone(self.hall, line):
                continue
            if line.state is WriteState.UNKNOWN and line.started_at < now - _LOOKED_FOR:
                await self.hall.journal.forget_intent(line)
            elif self._is_due(line):
                changed += await self._settle(line)
        return changed

    def _is_due(self, line: Write) -> bool:
        if line.run_id not in self._next:
            self._next[line.run_id] = (time.monotonic() + self._first_wait(line), _FIRST_PAUSE)
        return self._next[line.run_id][0] <= time.monotonic()

    def _first_wait(self, line: Write) -> float:
        """Seconds until a look can tell more than the one that its own run had; a dead process had none."""
        if line.state is WriteState.STARTED:
            return 0.0
        action = self.hall.catalog.actions.get(line.action)
        if line.settles_from is None or line.finished_at is None or action is None:
            return _FIRST_PAUSE
        settles = self.hall.engine.settles(self.hall.catalog.connectors[action.connector])
        return max(0.0, settles - (self.hall.clock() - line.finished_at).total_seconds())

    async def _settle(self, line: Write) -> bool:
        pause = self._next[line.run_id][1]
        steps = Steps()
        settled = await self._asked(line, steps)
        if settled is not None and settled.state is WriteState.UNKNOWN and settled.wait is not None:
            pause = max(1.0, min(pause, settled.wait))
        self._next[line.run_id] = (time.monotonic() + pause, min(_LONGEST_PAUSE, pause * 2))
        state = settled.state if settled is not None else WriteState.UNKNOWN
        if settled is None and line.state is WriteState.STARTED:
            await self.hall.journal.give_up(line)
        if state is line.state:
            return False
        log.info("write_settled", run_id=line.run_id, state=state.value)
        if await self.hall.runs.read(line.project_id, line.run_id) is None:
            self.hall.run_log.add(_run_of(self.hall, line, state, steps))
        return True

    async def _asked(self, line: Write, steps: Steps) -> Settled | None:
        """How the line ended; None where its account cannot be used."""
        hall = self.hall
        try:
            account = await hall.warm.account(line.project_id, line.account_id)
            profile = await hall.warm.profile(line.project_id, account.profile_id)
        except NotFoundError:
            return None
        if closing_error(account, lambda: hall.tokens.facts(profile, account.fields)) is not None:
            return None
        target = hall.engine.target(hall.catalog.connectors[account.connector], profile, account)
        return await settle_line(hall, line, target, AccountTokens(hall, account, profile, steps), steps)


async def settle_writes_forever(hall: Hall, every: float = 5.0) -> None:
    """Look for open writes every so many seconds until cancelled."""
    lookout = Lookout(hall)
    while True:
        try:
            with suppress(ServerBusyError):
                await lookout.look()
                await give_up_writes(hall)
        except LinkspanError as error:
            log.warning("writes_not_settled", reason=error.code)
        await asyncio.sleep(every)


async def give_up_writes(hall: Hall) -> int:
    """Make `started` lines `unknown` that nobody will ever tell of, and log each as a run, since its process did not; gives how many."""
    given_up = 0
    for line in await hall.journal.unfinished(hall.clock() - timedelta(minutes=15)):
        if line.sealed_intent is None and await sender_is_gone(hall, line) and await hall.journal.give_up(line):
            given_up += 1
            if await hall.runs.read(line.project_id, line.run_id) is None:
                hall.run_log.add(_run_of(hall, line, WriteState.UNKNOWN, Steps()))
    return given_up


def _run_of(hall: Hall, line: Write, state: WriteState, steps: Steps) -> Run:
    action, error = hall.catalog.actions.get(line.action), _ENDS[state]
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
        status=error.http_status if error else 200,
        error_code=error.code if error else None,
        error_message="The process that sent this write ended before it was told how the write ended."
        if error
        else None,
        steps=tuple(steps.taken),
    )
