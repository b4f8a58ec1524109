"""Endpoints: the log of runs."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from linkspan.doors.rest.access import CallerOf, HallOf
from linkspan.doors.rest.answers import Page
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.doors.rest.log_answers import BodiesAnswer, RunAnswer
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.read_runs import read_run, read_runs
from linkspan.usecases.run_bodies import read_bodies

router = APIRouter(route_class=BoundedRoute, tags=["Runs"])


@router.get("/runs", summary="List runs")
async def list_all(  # noqa: PLR0913 - each filter is one query parameter
    hall: HallOf,
    caller: CallerOf,
    account_id: Annotated[str | None, Query()] = None,
    action: Annotated[str | None, Query()] = None,
    failed: Annotated[
        bool | None, Query(description="true: only runs with an error; false: only those without.")
    ] = None,
    error_code: Annotated[str | None, Query()] = None,
    since: Annotated[datetime | None, Query(description="Started at or after this time.")] = None,
    until: Annotated[datetime | None, Query(description="Started before this time.")] = None,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
    page_size: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Page[RunAnswer]:
    """Runs that fit every given filter, newest first, each with its provider requests. Needs the key scope `logs:read`."""
    wanted = RunFilter(
        account_id=account_id,
        action=action,
        failed=failed,
        error_code=error_code,
        since=_aware(since),
        until=_aware(until),
        before=cursor,
        limit=page_size,
    )
    page = await read_runs(hall, caller, wanted)
    return Page(data=[RunAnswer.of(run) for run in page.runs], next=page.next)


@router.get("/runs/{run_id}", summary="Get a run")
async def get(run_id: str, hall: HallOf, caller: CallerOf) -> RunAnswer:
    """One run with each provider request: method, URL without secrets, status, duration, the provider's request id."""
    return RunAnswer.of(await read_run(hall, caller, run_id))


@router.get("/runs/{run_id}/bodies", summary="Get the bodies of a run")
async def bodies(run_id: str, hall: HallOf, caller: CallerOf) -> BodiesAnswer:
    """What the run was asked and answered, redacted, where bodies are kept (`LINKSPAN_BODIES_KEPT_DAYS`). Needs `logs:read`."""
    return BodiesAnswer.model_validate(await read_bodies(hall, caller, run_id))


def _aware(moment: datetime | None) -> datetime | None:
    """A time without a zone is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
