"""`/requests/logs…` and `/logs/…`: runs and their provider requests as the published clients read them (wire contract 2.8)."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.compat.asked import answer_of, caller_of, values_of
from linkspan.doors.compat.log_filters import PAGE, SOURCES, wanted_runs
from linkspan.doors.compat.moments import moment
from linkspan.doors.porch.body import read_object
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Run, Step
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_runs import MOST_RUNS, RunPage, read_run, read_runs

_TRANSPORTS = {"rpc": "ACTION_RPC", "mcp": "MCP"}


class CompatLogs:
    """The endpoints of the log, older and newer."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def requests(self, request: Request) -> Response:
        """Runs that fit the filters, newest first."""
        page = await self._page(request)
        steps = "step_logs" in values_of(request.query_params, "include")
        return answer_of({"data": [_request(run, steps=steps) for run in page.runs], "next": page.next})

    async def request(self, request: Request) -> Response:
        """One run, with what is known of its request and answer; their bodies are not kept."""
        run = await read_run(self._hall, await caller_of(self._hall, request), request.path_params["id"])
        return answer_of({"data": {**_request(run, steps=True), **_detail(run)}})

    async def steps(self, request: Request) -> Response:
        """The provider requests of the runs that fit."""
        page = await self._page(request)
        return answer_of({"data": [_step(run, step) for run in page.runs for step in run.steps], "next": page.next})

    async def platform(self, request: Request) -> Response:
        """Calls of the platform's own API are not kept in this log."""
        await read_runs(self._hall, await caller_of(self._hall, request), RunFilter(limit=1))
        return answer_of({"data": [], "next": None})

    async def action_run(self, request: Request) -> Response:
        """One run in the newer shape."""
        return answer_of(
            _action_run(await read_run(self._hall, await caller_of(self._hall, request), request.path_params["id"]))
        )

    async def action_runs(self, request: Request) -> Response:
        """Runs in the newer shape."""
        runs, page, size = await self._asked_runs(request)
        rows = [_action_run(run) for run in runs]
        return answer_of({"data": rows, "query": {"page": page, "page_size": size}, "total": len(rows)})

    async def action_steps(self, request: Request) -> Response:
        """Steps in the newer shape; `filter.action_run_id` names one run."""
        runs, page, size = await self._asked_runs(request)
        rows = [_action_step(run, step) for run in runs for step in run.steps]
        return answer_of({"data": rows, "query": {"page": page, "page_size": size}, "total": len(rows)})

    async def _page(self, request: Request) -> RunPage:
        return await read_runs(self._hall, await caller_of(self._hall, request), wanted_runs(request.query_params))

    async def _asked_runs(self, request: Request) -> tuple[list[Run], int, int]:
        caller, body = await caller_of(self._hall, request), await read_object(request)
        asked = body.get("filter")
        chosen = asked if isinstance(asked, dict) else {}
        size = body.get("page_size", PAGE)
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MOST_RUNS:
            raise InvalidInputError(mistakes=[Mistake("page_size", f"must be a whole number from 1 to {MOST_RUNS}")])
        run_id = chosen.get("action_run_id")
        if isinstance(run_id, str):
            return [await read_run(self._hall, caller, run_id)], 1, size
        account = chosen.get("account_id")
        wanted = RunFilter(account_id=account if isinstance(account, str) else None, limit=size)
        return list((await read_runs(self._hall, caller, wanted)).runs), 1, size


def _request(run: Run, *, steps: bool) -> dict[str, object]:
    first = run.steps[0] if run.steps else None
    told: dict[str, object] = {
        "request_id": run.id,
        "event_datetime": moment(run.started_at),
        **_times(run.started_at, run.duration_ms),
        "account_id": run.account_id,
        "project_id": run.project_id,
        "http_method": first.method.lower() if first else None,
        "path": urlsplit(first.url).path if first else None,
        "url": first.url if first else None,
        "status": run.status,
        "duration": run.duration_ms,
        "success": run.error_code is None,
        "provider": run.connector,
        "service": "actions",
        "resource": run.action,
        "child_resource": None,
        "sub_resource": None,
        "action": run.verb,
        "is_worker": False,
        "source_type": SOURCES.get(run.door, "API"),
        "source_value": run.door,
        "source_id": run.key_id,
        "source_ip": None,
    }
    if steps:
        told["step_requests"] = [_step(run, step) for step in run.steps]
    return told


def _step(run: Run, step: Step) -> dict[str, object]:
    return {
        "id": f"{run.id}.{step.index}",
        "request_id": run.id,
        "event_datetime": moment(step.started_at),
        **_times(step.started_at, step.duration_ms),
        "account_id": run.account_id,
        "project_id": run.project_id,
        "http_method": step.method.lower(),
        "path": urlsplit(step.url).path,
        "url": step.url,
        "status": step.status,
        "duration": step.duration_ms,
        "success": _is_success(step),
        "provider": run.connector,
        "service": "actions",
        "resource": run.action,
        "action": run.verb,
        "is_worker": False,
    }


def _detail(run: Run) -> dict[str, object]:
    first = run.steps[0] if run.steps else None
    url = urlsplit(first.url) if first else urlsplit("")
    asked: dict[str, object] = {
        "id": run.id,
        "method": first.method.lower() if first else None,
        "headers": {},
        "url": {"url": url.geturl(), "hostname": url.hostname, "path": url.path, "query_params": {}},
        "body": None,
    }
    said = (
        [{"status": run.status, "raw": {"code": run.error_code, "message": run.error_message}}]
        if run.error_code
        else []
    )
    return {
        "request": asked,
        "response": {
            "status_code": run.status,
            "headers": {},
            "body": None,
            "provider_errors": said,
            "custom_mapping_errors": [],
        },
    }


def _action_run(run: Run) -> dict[str, object]:
    return {
        "log_id": run.id,
        "log_type": "action",
        "action_run_id": run.id,
        "event_time": moment(run.started_at),
        **_times(run.started_at, run.duration_ms),
        "duration_ms": run.duration_ms,
        "project_id": run.project_id,
        "account_id": run.account_id,
        "success": run.error_code is None,
        "status_code": run.status,
        "connector_key": run.connector,
        "connector_profile_id": run.profile_id,
        "action_id": run.action,
        "action_type": run.verb,
        "source_type": SOURCES.get(run.door, "API"),
        "source_value": run.door,
        "auth_type": "API_KEY" if run.key_id else "USER_SESSION",
        "auth_id": run.key_id,
        "transport_type": _TRANSPORTS.get(run.door, "HTTP"),
        "is_background": False,
    }


def _action_step(run: Run, step: Step) -> dict[str, object]:
    return {
        "log_type": "step",
        "action_run_id": run.id,
        "step_index": step.index,
        "step_id": f"{run.id}.{step.index}",
        "step_function_name": step.method.lower(),
        "step_iterations": 1,
        "event_time": moment(step.started_at),
        **_times(step.started_at, step.duration_ms),
        "duration_ms": step.duration_ms,
        "project_id": run.project_id,
        "account_id": run.account_id,
        "skipped": False,
        "success": _is_success(step),
        "status_code": step.status,
        "message": step.error,
    }


def _is_success(step: Step) -> bool:
    return step.status is not None and step.status < 400  # noqa: PLR2004 - HTTP's own border between answers and refusals


def _times(start: datetime, duration_ms: float) -> dict[str, object]:
    return {"start_time": moment(start), "end_time": moment(start + timedelta(milliseconds=duration_ms))}
