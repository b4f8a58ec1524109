"""Settings of a project, for its owners: name, brand of its pages, how long things are kept, and the keys that seal its secrets."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.undo import Done
from linkspan.doors.console.visit import Visit
from linkspan.doors.look.headers import SAFE_HEADERS
from linkspan.errors import InvalidInputError, LinkspanError
from linkspan.settings import Settings
from linkspan.usecases.create_project import rename_project
from linkspan.usecases.keep_brand import change_brand, show_brand
from linkspan.usecases.rotate_keys import DataKey, read_data_keys, rotate_project_keys

_LOG = structlog.get_logger(__name__)
_SAID = {
    "renamed": "The project has its new name. Its id stays.",
    "branded": "The link pages look like that from now on.",
    "rotating": "A new data key seals from now on; what is sealed already follows.",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of thing that is kept: how long, and the setting that says so, if there is one."""

    what: str
    how_long: str
    setting: str | None = None


class ProjectSettings:
    """Endpoints of the settings page."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages
        self._turning: dict[str, asyncio.Task[None]] = {}

    async def show(self, visit: Visit) -> Response:
        """Everything that can be set."""
        return await self._page(visit)

    async def rename(self, visit: Visit) -> Response:
        """Give the project another name."""
        try:
            await rename_project(visit.hall, visit.project.id, visit.form.get("name"), visit.caller)
        except InvalidInputError as error:
            return await self._page(visit, error)
        return see_other(visit.to("settings?done=renamed"))

    async def brand(self, visit: Visit) -> Response:
        """Change the name and the colour that customers see."""
        form = visit.form
        colour = form.get("colour") if form.get("own_colour") == "yes" else None
        # The project's own name is no name of the brand's: it follows when the project is renamed.
        name = form.get("brand_name") if form.get("brand_name") != visit.project.name else None
        try:
            await change_brand(visit.hall, visit.caller, {"name": name or None, "colour": colour})
        except InvalidInputError as error:
            return await self._page(visit, error)
        return see_other(visit.to("settings?done=branded"))

    async def rotate(self, visit: Visit) -> Response:
        """Start a rotation of the project's data keys; it goes on while its owner looks elsewhere."""
        project_id = visit.project.id
        if project_id not in self._turning:
            task = asyncio.create_task(rotate_project_keys(visit.hall, visit.caller), name=f"keys of {project_id}")
            self._turning[project_id] = task
            task.add_done_callback(lambda done: self._turned(project_id, done))
        return see_other(visit.to("settings?done=rotating#keys"))

    async def progress(self, visit: Visit) -> Response:
        """How far the secrets are sealed by the newest key, for the page's script."""
        keys = await read_data_keys(visit.hall, visit.caller)
        told = {**_progress(keys), "running": visit.project.id in self._turning}
        headers = {**SAFE_HEADERS, "cache-control": "no-store"}
        return Response(json.dumps(told), media_type="application/json", headers=headers)

    def _turned(self, project_id: str, task: asyncio.Task[None]) -> None:
        self._turning.pop(project_id, None)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            _LOG.warning("key_rotation_interrupted", project_id=project_id, exc_info=error)

    async def _page(self, visit: Visit, error: LinkspanError | None = None) -> Response:
        settings = visit.hall.settings
        keys = await read_data_keys(visit.hall, visit.caller)
        said = _SAID.get(visit.query.get("done", ""))
        return self._pages.page(
            visit, "settings.html", "Settings", "settings", status=error.http_status if error else 200, error=error,
            done=Done(said) if said else None, brand=await show_brand(visit.hall, visit.caller), kept=_kept(settings),
            keys=keys, progress=_progress(keys), running=visit.project.id in self._turning,
            master_key=_master_key(settings), given=dict(visit.form.pairs) if error else {},
        )  # fmt: skip


def _progress(keys: Sequence[DataKey]) -> dict[str, int]:
    return {"done": keys[0].seals if keys else 0, "all": sum(key.seals for key in keys)}


def _kept(settings: Settings) -> list[Kept]:
    bodies = f"{settings.bodies_kept_days} days" if settings.bodies_kept_days else "not kept"
    return [
        Kept("Runs, with their steps", f"{settings.runs_kept_days} days", "LINKSPAN_RUNS_KEPT_DAYS"),
        Kept("Bodies of requests and answers, redacted and sealed", bodies, "LINKSPAN_BODIES_KEPT_DAYS"),
        Kept("Events and their deliveries", "30 days; longer while one waits"),
        Kept("Link pages that are over", "1 day"),
        Kept("The audit log", "for good"),
    ]


def _master_key(settings: Settings) -> str:
    """Where the master key comes from, as the page says it."""
    if settings.kms_key:
        return "kms"
    return "environment" if settings.master_key else "file"
