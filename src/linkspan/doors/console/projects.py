"""The projects that somebody is in: which they are, and a new one."""

from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.visit import Visit
from linkspan.errors import InvalidInputError, LinkspanError
from linkspan.usecases.own_project import make_own_project, may_make_projects


class Projects:
    """Endpoints of the projects' page."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def list(self, visit: Visit) -> Response:
        """Every project in which one has a role."""
        return self._page(visit)

    async def make(self, visit: Visit) -> Response:
        """A new project, owned by whoever makes it."""
        try:
            project = await make_own_project(visit.hall, visit.signed_in, visit.form.get("name"))
        except InvalidInputError as error:
            return self._page(visit, error)
        return see_other(f"/console/p/{project.id}")

    def _page(self, visit: Visit, error: LinkspanError | None = None) -> Response:
        return self._pages.page(
            visit, "projects.html", "Projects", status=error.http_status if error else 200, error=error,
            may_make=may_make_projects(visit.signed_in), name=visit.form.get("name"),
        )  # fmt: skip
