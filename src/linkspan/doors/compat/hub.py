"""`/hub`: what the published hub element asks on the page of somebody's product, held by a session token only (wire contract 2.11)."""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from linkspan.connectors.action import AccountField
from linkspan.doors.compat.errors import error_answer
from linkspan.doors.porch.body import read_object
from linkspan.engine import json_text
from linkspan.errors import LinkspanError, NotFoundError, UnauthenticatedError
from linkspan.link_records import LinkWatch
from linkspan.model import Secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_brand import read_brand
from linkspan.usecases.link_by_form import is_linked_by_form, link_by_form
from linkspan.usecases.link_views import SessionView
from linkspan.usecases.offer_companies import choice_of
from linkspan.usecases.watch_linking import cancel_watch, read_watch, start_watch, watched_session

_TOKEN = "x-hub-session-token"  # noqa: S105  the header's name
_METHODS = ["GET", "POST", "PATCH", "DELETE", "OPTIONS"]
# Any page may ask: what lets it is the token, which the browser never sends by itself.
_CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": ", ".join(_METHODS),
    "access-control-allow-headers": f"content-type, {_TOKEN}, x-hub-version",
    "access-control-max-age": "600",
    "cache-control": "no-store",
}
_MOST_BODY = 64 * 1024
_CATEGORY = "accounting"
_LOG = structlog.get_logger(__name__)

Endpoint = Callable[[Request], Awaitable[Mapping[str, object]]]


class Hub:
    """The endpoints of the hub element."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def settings(self, request: Request) -> Mapping[str, object]:
        """What the element may do; with an account of the session it opens in edit mode. `linkspan` is for our own script."""
        view = await self._view(request)
        brand = await read_brand(self._hall, view.session.project_id)
        return {
            "enabled_features": ["hub_link_account_release"],
            "existing_account_id": view.session.account_id,
            "linkspan": {"product": brand.name, "connector": view.connector.name, "colour": brand.colour},
        }

    async def connectors(self, request: Request) -> Mapping[str, object]:
        """The one integration that the session is for."""
        view = await self._view(request)
        wanted = request.query_params.get("provider")
        fits = wanted in {None, "", view.session.connector}
        return {"integrations": [self._integration(view)] if fits else [], "external_trigger_token": None}

    async def connector(self, request: Request) -> Mapping[str, object]:
        """What to ask before the sign-in."""
        view = await self._view(request)
        if request.path_params["integration"] != view.profile.id:
            raise NotFoundError("The session is for another connector profile.")
        guide = f"{self._hall.settings.base_url}/connectors/{view.connector.key}/guides/link-account/{view.profile.auth_method}"
        config = {
            "key": view.connector.key,
            "name": view.connector.name,
            "type": "oauth2",
            "grantType": "client_credentials" if is_linked_by_form(view) else "authorization_code",
            "configFields": _fields(view),
            "configNotices": [],
            "assets": {"icon": self._logo(view)},
            "support": {"link": guide, "description": view.connector.about},
        }
        return {"config": config, "hub_settings": {"configured_webhook_events": {}, "project_settings": {}}}

    async def account(self, request: Request) -> Mapping[str, object]:
        """The account that the session links again."""
        view = await self._view(request)
        account = view.account
        if account is None or account.id != request.path_params["account"]:
            raise NotFoundError("The session is not for that account.")
        return {
            "secureId": account.id,
            "provider": account.connector,
            "setupInformation": dict(account.fields),
            "secrets": {},
            "version": view.connector.version,
            "authConfigKey": view.profile.auth_method,
            "environment": "production",
            "integrationId": account.profile_id,
        }

    async def link(self, request: Request) -> Mapping[str, object]:
        """Link an account out of a form, where the application signs in by itself; elsewhere it takes a sign-in at the provider."""
        view = await self._view(request)
        body = await read_object(request, limit=_MOST_BODY)
        if body.get("integration_id", view.profile.id) != view.profile.id:
            raise NotFoundError("The session is for another connector profile.")
        wanted = request.path_params.get("account", view.session.account_id)
        if wanted != view.session.account_id:
            raise NotFoundError("The session is not for that account.")
        given = body.get("credentials")
        fields = (
            {name: text for name, text in given.items() if isinstance(text, str)} if isinstance(given, dict) else {}
        )
        account = await link_by_form(self._hall, _token(request), fields)
        return {"id": account.id, "provider": account.connector}

    async def begin(self, request: Request) -> Mapping[str, object]:
        """Wait for a linking in another window."""
        body = await read_object(request, limit=_MOST_BODY)
        token = request.headers.get(_TOKEN) or body.get("token")
        if not isinstance(token, str) or not token:
            raise UnauthenticatedError("The session token is missing.")
        return {"id": (await start_watch(self._hall, Secret(token))).id}

    async def attempt(self, request: Request) -> Mapping[str, object]:
        """How it goes."""
        return _attempt(await read_watch(self._hall, _token(request), request.path_params["attempt"]))

    async def cancel(self, request: Request) -> Mapping[str, object]:
        """Call it off."""
        return _attempt(await cancel_watch(self._hall, _token(request), request.path_params["attempt"]))

    async def nothing(self, request: Request) -> Mapping[str, object]:
        """An address below /hub that is not served."""
        raise NotFoundError(f"There is no {request.method} {request.url.path} here.")

    async def _view(self, request: Request) -> SessionView:
        return await watched_session(self._hall, _token(request))

    def _integration(self, view: SessionView) -> Mapping[str, object]:
        return {
            "active": view.profile.enabled,
            "name": view.connector.name,
            "provider": view.connector.key,
            "type": _CATEGORY,
            "version": view.connector.version,
            "authentication_config_key": view.profile.auth_method,
            "environment": "production",
            "integration_id": view.profile.id,
            "logo_url": self._logo(view),
        }

    def _logo(self, view: SessionView) -> str:
        return f"{self._hall.settings.base_url}/connectors/{view.connector.key}/logo.svg"


def routes(hall: Hall) -> list[BaseRoute]:
    """The routes of the hub, each answering from any origin."""
    hub = Hub(hall)

    def open_to_all(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint with CORS, and every failure in the wire's shape: the outermost handler of these routes."""

        async def answer(request: Request) -> Response:
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=_CORS)
            try:
                response = Response(json_text.dump(await endpoint(request)), media_type="application/json")
            except LinkspanError as error:
                response = error_answer(error, hall.clock())
            except Exception:  # noqa: BLE001 - the outermost handler; the log gets the traceback
                _LOG.exception("request_failed", door="hub", path=request.url.path)
                response = error_answer(LinkspanError(), hall.clock())
            response.headers.update(_CORS)
            if "www-authenticate" in response.headers:
                # A browser would answer it with a password box of its own.
                del response.headers["www-authenticate"]
            return response

        return answer

    paths: list[tuple[str, Mapping[str, Endpoint]]] = [
        ("/hub/settings", {"GET": hub.settings}),
        ("/hub/connectors", {"GET": hub.connectors}),
        ("/hub/connectors/{integration}", {"GET": hub.connector}),
        ("/hub/accounts", {"POST": hub.link}),
        ("/hub/accounts/{account}", {"GET": hub.account, "PATCH": hub.link}),
        ("/hub/connection_attempts", {"POST": hub.begin}),
        ("/hub/connection_attempts/{attempt}", {"GET": hub.attempt, "DELETE": hub.cancel}),
        ("/hub/{rest:path}", {}),
    ]
    return [Route(path, open_to_all(_by_method(served, hub.nothing)), methods=_METHODS) for path, served in paths]


def _by_method(served: Mapping[str, Endpoint], other: Endpoint) -> Endpoint:
    async def chosen(request: Request) -> Mapping[str, object]:
        return await served.get(request.method, other)(request)

    return chosen


def _token(request: Request) -> Secret:
    token = request.headers.get(_TOKEN)
    if not token:
        raise UnauthenticatedError("The session token is missing.", next_step=f"Send it in the header {_TOKEN}.")
    return Secret(token)


def _attempt(watch: LinkWatch) -> Mapping[str, object]:
    error = {"code": watch.error_code, "description": watch.error_text} if watch.error_code else None
    return {
        "id": watch.id,
        "status": watch.state.value,
        "account": {"id": watch.account_id} if watch.account_id else None,
        "error": error,
    }


def _fields(view: SessionView) -> list[Mapping[str, object]]:
    """What the form asks: the fields before a sign-in, and where there is none the company as well."""
    asked = [_field(field, view.values.get(field.name)) for field in view.fields]
    choice = choice_of(view.connector) if is_linked_by_form(view) else None
    if choice is None:
        return asked
    about = f"{choice.about} Its name or id; it may be left empty where there is only one."
    known = view.account.fields.get(choice.name) if view.account else None
    company = {**_field(choice, known), "required": False, "placeholder": "", "description": about}
    company.pop("validation", None)
    return [*asked, company]


def _field(field: AccountField, value: str | None) -> Mapping[str, object]:
    told: dict[str, object] = {
        "key": field.name,
        "label": field.label,
        "type": "text",
        "required": True,
        "readOnly": False,
        "secret": False,
        "placeholder": field.example or "",
        "description": field.about,
    }
    if field.pattern is not None:
        wrong = f"This is not a {field.label.lower()}."
        told["validation"] = {"type": "html-pattern", "pattern": field.pattern, "error": wrong}
    return told | ({"value": value} if value else {})
