"""The public door to the guides: connectors, their guides in three forms, and permission sets to download."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from linkspan.connectors.action import Connector
from linkspan.connectors.permissions import permission_set_al, permission_set_xml
from linkspan.doors.guides.markdown import guide_markdown
from linkspan.doors.guides.page import PUBLIC, guide_page
from linkspan.doors.look.headers import SAFE_HEADERS, page_headers
from linkspan.doors.look.packing import packed
from linkspan.doors.look.pages import Pages
from linkspan.doors.look.problem import Link, problem_page
from linkspan.doors.porch.guide_choice import read_asked, short_address
from linkspan.doors.porch.guide_json import guide_json
from linkspan.engine import json_text
from linkspan.errors import LinkspanError, NotFoundError
from linkspan.usecases.guide_address import guide_path
from linkspan.usecases.guide_selection import read_selection, selected_actions
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_guide import read_guide

Endpoint = Callable[[Request], Awaitable[Response]]
_LOG = structlog.get_logger(__name__)
_READERS = {
    "connector-profile": "For whoever registers the application, once",
    "link-account": "For each person who links an account",
}
_ALL = Link("All connectors", "/connectors")


class GuideDoor:
    """The endpoints over one hall."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._pages = Pages(hall.settings, Path(__file__).with_name("templates"))

    def routes(self) -> list[BaseRoute]:
        """What this door answers."""
        return [
            Route("/", self._shown(self._front)),
            Route("/connectors", self._shown(self._index)),
            Route("/connectors/{key}", self._shown(self._connector)),
            Route("/connectors/{key}/logo.svg", self._shown(self._logo)),
            Route("/connectors/{key}/permission-set.{form}", self._shown(self._rights)),
            Route("/connectors/{key}/guides/{kind}/{leaf}", self._shown(self._guide)),
            # The last route of the house: no address is answered without a way on.
            Route("/{rest:path}", self._shown(self._nothing)),
        ]

    def _shown(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with every failure turned into a page: the outermost handler of this door."""

        async def answer(request: Request) -> Response:
            try:
                return packed(request, await endpoint(request))
            except LinkspanError as error:
                return self._failed(request, error)
            except Exception:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
                _LOG.exception("request_failed", door="guides", path=request.url.path)
                return self._failed(request, LinkspanError())

        return answer

    def _failed(self, request: Request, error: LinkspanError) -> Response:
        """The failure in the form that was asked for: a page, or a few lines for programs."""
        accepted = request.headers.get("accept", "")
        if request.url.path.endswith(".json") or ("json" in accepted and "html" not in accepted):
            told = {"code": error.code, "message": error.message, "next_step": error.next_step, "run_id": error.run_id}
            return _file(json_text.dump({"error": told}), "application/json", status=error.http_status)
        if request.url.path.endswith(".md"):
            text = f"# {error.message}\n\n{error.next_step}\n\nCode: `{error.code}`\n"
            return _file(text.encode(), "text/markdown; charset=utf-8", status=error.http_status)
        return problem_page(self._pages, error, at=self._hall.clock(), links=[_ALL])

    def _find(self, request: Request) -> Connector:
        return self._hall.catalog.connector(request.path_params["key"])

    async def _front(self, _: Request) -> Response:
        return RedirectResponse("/connectors", status_code=303)

    async def _nothing(self, _: Request) -> Response:
        step = "Choose a connector and then one of its guides; programs find their addresses in /v1/openapi.json."
        raise NotFoundError("There is no such page.", next_step=step)

    async def _index(self, _: Request) -> Response:
        connectors = list(self._hall.catalog.connectors.values())
        return self._pages.page(
            "connectors.html", cache=PUBLIC, title="Connectors", here="connectors", connectors=connectors
        )

    async def _connector(self, request: Request) -> Response:
        connector = self._find(request)
        guides = [
            {
                "path": guide_path(connector.key, kind, method.key),
                "title": guide.title,
                "reader": _READERS[kind],
                "method": method.label,
            }
            for method in connector.auth_methods.values()
            for kind, guide in sorted(method.guides.items())
        ]
        return self._pages.page(
            "connector.html", cache=PUBLIC, title=connector.name, here="connectors", connector=connector, guides=guides
        )

    async def _logo(self, request: Request) -> Response:
        connector = self._find(request)
        headers = page_headers(https=False, cache="public, max-age=3600")
        return Response(connector.logo_svg, media_type="image/svg+xml", headers=headers)

    async def _rights(self, request: Request) -> Response:
        connector, form = self._find(request), request.path_params["form"]
        if form not in ("xml", "al"):
            raise NotFoundError("A permission set is offered as XML and as AL.")
        selection = read_selection(connector, request.query_params.get("a", ""))
        actions = selected_actions(connector, selection)
        if form == "xml":
            text, media = permission_set_xml(actions, connector.tables), "application/xml; charset=utf-8"
        else:
            text, media = permission_set_al(actions), "text/plain; charset=utf-8"
        name = f"linkspan-{connector.key}.{form}"
        headers = {**SAFE_HEADERS, "content-disposition": f'attachment; filename="{name}"', "cache-control": PUBLIC}
        return Response(text, media_type=media, headers=headers)

    async def _guide(self, request: Request) -> Response:
        connector = self._find(request)
        method, dot, form = request.path_params["leaf"].partition(".")
        kind = request.path_params["kind"]
        asked = read_asked(connector, kind, method, request.query_params)
        view = read_guide(self._hall.settings.base_url, asked.request)
        if form == "md":
            return _file(guide_markdown(view).encode(), "text/markdown; charset=utf-8")
        if form == "json":
            return _file(json_text.dump(guide_json(view)), "application/json")
        if dot:
            raise NotFoundError("A guide is offered as a page, as .md and as .json.")
        if asked.long_form:
            path = guide_path(connector.key, kind, method)
            return RedirectResponse(short_address(asked, path, view.addresses.dynamic) + "#choose", status_code=303)
        return guide_page(self._pages, view, asked.request.search)


def _file(content: bytes, media: str, *, status: int = 200) -> Response:
    # Public and the same for everybody: any page may fetch a guide to show it.
    cache = PUBLIC if status == 200 else "no-store"  # noqa: PLR2004 - only the guide itself is worth keeping
    headers = {**SAFE_HEADERS, "cache-control": cache, "access-control-allow-origin": "*"}
    return Response(content, status_code=status, media_type=media, headers=headers)


def routes(hall: Hall) -> list[BaseRoute]:
    """The routes of the guide door."""
    return GuideDoor(hall).routes()
