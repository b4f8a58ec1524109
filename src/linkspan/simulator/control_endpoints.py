"""The control plane over HTTP: `/_sim/{command}`, and the state page for people."""

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from linkspan.simulator.command import COMMANDS, Command, ControlError
from linkspan.simulator.control import Control
from linkspan.simulator.entra.pages import page, stylesheet

_LAST_REQUESTS = 50
_LAST_DELIVERIES = 10


class ControlEndpoints:
    """Serves the commands of one control."""

    def __init__(self, control: Control) -> None:
        """Serve `control`."""
        self.control = control

    def routes(self) -> list[Route]:
        """Return the routes under `/_sim`, and the way to the state page from `/`."""
        return [
            Route("/", self.home),
            Route("/_sim", self.home),
            Route("/_sim/", self.state_page),
            Route("/_sim/style.css", self.style),
            Route("/_sim/commands", self.list_commands),
            Route("/_sim/{name}", self.run, methods=["GET", "POST"]),
        ]

    async def home(self, _request: Request) -> Response:
        """Lead to the state page."""
        return RedirectResponse("/_sim/", 307)

    async def style(self, _request: Request) -> Response:
        """Return the stylesheet of all pages."""
        return stylesheet()

    async def state_page(self, _request: Request) -> Response:
        """Show the present state and the last requests."""
        last = self.control.requests()[-_LAST_REQUESTS:]
        told = self.control.deliveries()[-_LAST_DELIVERIES:]
        values = {"state": self.control.state(), "requests": last[::-1], "deliveries": told[::-1]}
        return page("state.html", values=values)

    async def list_commands(self, _request: Request) -> Response:
        """List the commands with their parameters as JSON Schema."""
        listed = [
            {
                "name": known.name,
                "method": "GET" if known.reads else "POST",
                "about": known.about,
                "parameters": msgspec.json.schema(known.parameters, schema_hook=_any_value),
            }
            for known in COMMANDS.values()
        ]
        return _json(listed)

    async def run(self, request: Request) -> Response:
        """Run one command: parameters in the query (GET) or in a JSON object (POST)."""
        name = request.path_params["name"]
        known = COMMANDS.get(name)
        if known is None:
            return _json({"error": f"There is no command {name}; see /_sim/commands."}, 404)
        if request.method == "GET" and not known.reads:
            return _json({"error": f"{name} changes something: send it by POST."}, 405)
        try:
            parameters = await _parameters(request, known)
            result = getattr(self.control, name)(**msgspec.structs.asdict(parameters))
        except (ControlError, msgspec.DecodeError) as mistake:
            return _json({"error": str(mistake)}, 400)
        return _json(result)


def _any_value(kind: type) -> dict[str, object]:
    if kind is not object:
        raise NotImplementedError
    return {"description": "Any JSON value."}


async def _parameters(request: Request, known: Command) -> msgspec.Struct:
    if request.method == "GET":
        return msgspec.convert(dict(request.query_params), known.parameters, strict=False)
    body = await request.body()
    # A page of another site can post a form here but not JSON; so nothing but JSON is taken.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise ControlError("Send a JSON object with content type application/json.")
    return msgspec.json.decode(body or b"{}", type=known.parameters, strict=False)


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, {"cache-control": "no-store"}, media_type="application/json")
