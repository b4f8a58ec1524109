"""The one place where a run is written into the log: every outcome, refusals before anything was sent included."""

import time
from types import TracebackType
from typing import Self

import msgspec
import structlog

from linkspan.connectors.action import Action
from linkspan.engine.proxy import ProxyAction
from linkspan.errors import LinkspanError, WriteOutcomeUnknownError
from linkspan.model import Account, Caller, Run, Step
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_run_id

_LONGEST_NAME = 120
_LONGEST_MESSAGE = 2000
_OK = 200
_CLIENT_GONE = 499

log = structlog.get_logger(__name__)


class Recording:
    """A run while it happens: a sink of steps, and a context manager that adds the run to the log when it is left.

    A failure without a name becomes a LinkspanError with the run's id, once `write_may_leave` is set WriteOutcomeUnknownError.
    """

    __slots__ = (
        "_account", "_action", "_action_id", "_began", "_caller", "_door", "_hall", "_rows", "_steps", "key_id", "run_id", "started_at",
        "write_may_leave",
    )  # fmt: skip

    def __init__(self, hall: Hall, caller: Caller, action_id: str, door: str) -> None:
        self._hall, self._caller, self._door = hall, caller, door
        self._action_id = action_id[:_LONGEST_NAME]
        self._action: Action | ProxyAction | None = None
        self._account: Account | None = None
        self._rows: int | None = None
        self._steps: list[Step] = []
        self._began = time.perf_counter()
        self.started_at = hall.clock()
        self.run_id = new_run_id(self.started_at)
        self.key_id = caller.key_id
        self.write_may_leave = False

    def add(self, step: Step) -> None:
        """Take one provider request; steps are numbered in the order they come, token requests among them."""
        self._steps.append(
            step if step.index == len(self._steps) else msgspec.structs.replace(step, index=len(self._steps))
        )

    def about(self, action: Action | ProxyAction, account: Account | None = None) -> None:
        """Take what the run is about."""
        self._action_id = action.id
        self._action = action
        self._account = account

    def succeeded(self, rows: int) -> None:
        """Take how many rows the answer has."""
        self._rows = rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        named = self._named(error) if isinstance(error, Exception) else None
        if named is not None:
            named.run_id = self.run_id
        self._hall.run_log.add(self._run(named or error))
        if named is not None and named is not error:
            log.error("run_failed", run_id=self.run_id, action=self._action_id, exc_info=error)
            raise named from error

    def _named(self, error: Exception) -> LinkspanError:
        """The error itself, or in place of a fault in Linkspan one that says whether a write may have happened."""
        if isinstance(error, LinkspanError):
            return error
        if self.write_may_leave:
            return WriteOutcomeUnknownError(
                "Linkspan failed while the write was under way: it may or may not have happened."
            )
        return LinkspanError()

    def _run(self, error: BaseException | None) -> Run:
        action, account = self._action, self._account
        status, code, message = _outcome(error)
        return Run(
            id=self.run_id,
            project_id=self._caller.project_id,
            account_id=account.id if account else None,
            profile_id=account.profile_id if account else None,
            connector=action.connector if action else self._action_id.partition("_")[0],
            action=self._action_id,
            verb=action.verb.value if action else "unknown",
            door=self._door,
            key_id=self.key_id,
            started_at=self.started_at,
            duration_ms=round((time.perf_counter() - self._began) * 1000, 3),
            status=status,
            error_code=code,
            error_message=message,
            rows=self._rows,
            steps=tuple(self._steps),
        )


def _outcome(error: BaseException | None) -> tuple[int, str | None, str | None]:
    """Status, code and message for the log; what is no error of ours is a caller who went away, or a process that ends."""
    if error is None:
        return _OK, None, None
    if isinstance(error, LinkspanError):
        return error.http_status, error.code, error.message[:_LONGEST_MESSAGE]
    return _CLIENT_GONE, "cancelled", "The caller went away before the end."
