"""The log of runs: filtered, page by page, and live."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages
from linkspan.doors.console.visit import Visit
from linkspan.model import Run
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.read_runs import read_runs

_PAGE = 50
# The choices of the time filter, by their name in the address.
SPANS = {
    "hour": ("Last hour", timedelta(hours=1)),
    "day": ("Last day", timedelta(days=1)),
    "week": ("Last week", timedelta(days=7)),
    "month": ("Last 30 days", timedelta(days=30)),
}
DOORS = ("rest", "rpc", "mcp", "cli", "console", "linking")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for, each empty for any."""

    account: str
    action: str
    status: str
    door: str
    span: str

    @property
    def query(self) -> str:
        """The same as a query."""
        given = {
            "account": self.account,
            "action": self.action,
            "status": self.status,
            "door": self.door,
            "span": self.span,
        }
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the log: `older` is the query of the page after it, `mark` changes with what it shows."""

    wanted: Wanted
    runs: Sequence[Run]
    older: str | None
    mark: str


class Logs:
    """Endpoints of the log's pages."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def list(self, visit: Visit) -> Response:
        """The runs that fit, newest first; while it is open, its script asks `live` for the newest page again."""
        listed = await _listed(visit)
        live = None if visit.query.get("before") else f"{visit.to('live/logs')}?{listed.wanted.query}"
        return self._pages.page(
            visit, "logs.html", "Logs", "logs",
            listed=listed, wanted=listed.wanted, live=live, spans=SPANS, doors=DOORS,
        )  # fmt: skip

    async def live(self, visit: Visit) -> Response:
        """The newest page of the list alone, for the page's script; nothing (204) while it is the one that `mark` names."""
        listed = await _listed(visit)
        if visit.query.get("mark") == listed.mark:
            return Response(status_code=204, headers={"cache-control": "no-store"})
        return self._pages.page(visit, "logs_live.html", "Logs", "logs", listed=listed, wanted=listed.wanted)


async def _listed(visit: Visit) -> Listed:
    query = visit.query
    wanted = Wanted(*(query.get(name, "").strip() for name in ("account", "action", "status", "door", "span")))
    span = SPANS.get(wanted.span)
    page = await read_runs(
        visit.hall,
        visit.caller,
        RunFilter(
            account_id=wanted.account or None,
            action=wanted.action or None,
            failed={"failed": True, "done": False}.get(wanted.status),
            door=wanted.door or None,
            since=visit.hall.clock() - span[1] if span else None,
            before=query.get("before") or None,
            limit=_PAGE,
        ),
    )
    older = f"?{'&'.join(filter(None, (wanted.query, f'before={page.next}')))}" if page.next else None
    shown = "\n".join(f"{run.id} {run.door} {run.error_code}" for run in page.runs)
    return Listed(wanted, page.runs, older, hashlib.sha256(shown.encode()).hexdigest()[:16])
