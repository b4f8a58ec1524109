"""The log of linkings: each try is a run of `{connector}_link_account`, with every provider request as a step."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from linkspan.errors import LinkspanError
from linkspan.model import ConnectSession, Run, Step
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_run_id


@dataclass(slots=True)
class LinkRun:
    """What one try has done so far.

    `account_id` is set when an account came of it (or is linked again); `problem` is an error that the person can put right without
    starting again: logged as one, not raised. `watched`: whoever waits in another window is told of an error.
    """

    account_id: str | None = None
    rows: int | None = None
    problem: LinkspanError | None = None
    watched: bool = False
    steps: list[Step] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Take one finished provider request; steps are numbered in order of their end."""
        self.steps.append(msgspec.structs.replace(step, index=len(self.steps)))


@asynccontextmanager
async def link_run(hall: Hall, session: ConnectSession, *, quiet: bool = False) -> AsyncIterator[LinkRun]:
    """Log what happens inside as one run; an error gets the run's id. `quiet`: only failures are worth a line."""
    started, tick = hall.clock(), time.perf_counter()
    run_id, work = new_run_id(started), LinkRun(account_id=session.account_id)
    error: LinkspanError | None = None
    try:
        yield work
    except LinkspanError as caught:
        error = caught
        error.run_id = run_id
        if work.watched:
            await hall.watches.fail((session.project_id, session.id), error.code, error.message)
        raise
    finally:
        if error is None and work.problem is not None:
            error = work.problem
            error.run_id = run_id
        if error is not None or not quiet:
            hall.run_log.add(
                Run(
                    id=run_id,
                    project_id=session.project_id,
                    account_id=work.account_id,
                    profile_id=session.profile_id,
                    connector=session.connector,
                    action=f"{session.connector}_link_account",
                    verb="link",
                    door="linking",
                    key_id=None,
                    started_at=started,
                    duration_ms=(time.perf_counter() - tick) * 1000,
                    status=error.http_status if error else 200,
                    error_code=error.code if error else None,
                    error_message=error.message if error else None,
                    rows=work.rows,
                    steps=tuple(work.steps),
                )
            )
