"""Making a connector profile: choose a connector, choose what it may do, follow the guide's steps, enter what came of them."""

from dataclasses import dataclass, replace

from starlette.datastructures import QueryParams
from starlette.responses import Response

from linkspan.connectors.action import AuthMethod, Connector
from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.profile_forms import new_profile
from linkspan.doors.console.visit import Visit
from linkspan.doors.porch.guide_choice import Asked, read_asked, short_address
from linkspan.errors import LinkspanError, NotFoundError
from linkspan.usecases.create_profile import create_profile
from linkspan.usecases.guide_address import PROFILE_GUIDE, guide_path
from linkspan.usecases.guide_selection import SEPARATORS
from linkspan.usecases.guide_views import GuideView
from linkspan.usecases.read_guide import find_guide, read_guide

# What a form that is shown again may hold: never what is secret.
_SHOWN_AGAIN = ("name", "client_id", "tenant_id", "scopes", "secret_expires", "provider_url")


@dataclass(frozen=True, slots=True)
class _Kind:
    """One connector and authentication method, from the address."""

    connector: Connector
    method: AuthMethod
    path: str


class ProfileWizard:
    """Endpoints of the wizard. Each of its pages is an address of its own and works without JavaScript."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def gallery(self, visit: Visit) -> Response:
        """Search and choose a connector and its authentication method."""
        search = visit.query.get("q", "").strip()[:100]
        words = search.lower().split()
        found = [
            connector
            for connector in visit.hall.catalog.connectors.values()
            if all(word in f"{connector.name} {connector.key} {connector.about}".lower() for word in words)
        ]
        return self._pages.page(
            visit, "profile_gallery.html", "New connector profile", "profiles", connectors=found, search=search
        )

    async def show(self, visit: Visit) -> Response:
        """The guide for the selection in the address, and the form for what came of it."""
        kind = _kind(visit)
        asked = read_asked(kind.connector, PROFILE_GUIDE, kind.method.key, visit.request.query_params)
        if asked.long_form:
            view = read_guide(visit.hall.settings.base_url, asked.request)
            return see_other(short_address(asked, kind.path, view.addresses.dynamic))
        return self._page(visit, kind, asked)

    async def create(self, visit: Visit) -> Response:
        """Make the profile and show it."""
        kind = _kind(visit)
        try:
            profile = await create_profile(
                visit.hall, visit.caller, new_profile(kind.connector, kind.method.key, visit.form)
            )
        except LinkspanError as error:
            choice = QueryParams({"a": visit.form.get("a"), "for": visit.form.get("for")})
            return self._page(
                visit, kind, read_asked(kind.connector, PROFILE_GUIDE, kind.method.key, choice), error=error
            )
        return see_other(visit.to(f"profiles/{profile.id}?done=created"))

    def _page(self, visit: Visit, kind: _Kind, asked: Asked, *, error: LinkspanError | None = None) -> Response:
        view = read_guide(visit.hall.settings.base_url, asked.request)
        shortened = not asked.request.search and view.usual < view.total
        if shortened:
            view = _usual_rows(view, kind.connector)
        entered = {name: visit.form.get(name) for name in _SHOWN_AGAIN}
        entered["client_id"] = entered["client_id"] or view.options.get("client", "")
        entered["tenant_id"] = entered["tenant_id"] or view.options.get("tenant", "")
        entered["name"] = entered["name"] or kind.connector.name
        return self._pages.page(
            visit, "profile_new.html", f"New profile: {kind.connector.name}", "profiles",
            status=error.http_status if error else 200, view=view, method=kind.method, search=asked.request.search,
            separators=list(SEPARATORS), plain_path=kind.path, shortened=shortened, entered=entered, error=error,
            guide=guide_path(kind.connector.key, PROFILE_GUIDE, kind.method.key),
        )  # fmt: skip


def _usual_rows(view: GuideView, connector: Connector) -> GuideView:
    """The selector with the usual actions alone: hundreds of rows would make a slow page, and one with a form's token is never packed.

    What is chosen besides stays chosen; without the script the search is the server's and finds every action.
    """
    groups = tuple(
        replace(group, rows=tuple(replace(row, shown=connector.actions[row.id].default) for row in group.rows))
        for group in view.groups
    )
    chosen = tuple(replace(row, shown=connector.actions[row.id].default) for row in view.chosen)
    return replace(view, groups=groups, chosen=chosen)


def _kind(visit: Visit) -> _Kind:
    """Raises NotFoundError for a connector or method that is not there."""
    connector = visit.hall.catalog.connectors.get(visit.path["connector"])
    if connector is None:
        raise NotFoundError("There is no such connector.")
    _, method = find_guide(connector, PROFILE_GUIDE, visit.path["method"])
    return _Kind(connector, method, visit.to(f"profiles/new/{connector.key}/{method.key}"))
