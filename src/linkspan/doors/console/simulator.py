"""The simulators in place of providers: how they are, and how to start one."""

from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages
from linkspan.doors.console.visit import Visit
from linkspan.usecases.look_at_simulators import look_at_simulators


class SimulatorPage:
    """The endpoint of the simulator's page."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def show(self, visit: Visit) -> Response:
        """Every simulator that the project's profiles point at."""
        views = await look_at_simulators(visit.hall, visit.caller)
        return self._pages.page(visit, "simulator.html", "Simulator", "simulator", views=views)
