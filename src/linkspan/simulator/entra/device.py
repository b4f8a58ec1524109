"""The device code grant: a device asks for a code, a person types it in a browser and signs in."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from linkspan.simulator.entra.asking import AuthorizeRequest, ReturnAddress, need
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.authorize import SignInPages
from linkspan.simulator.entra.devices import INTERVAL, LIFETIME
from linkspan.simulator.entra.errors import EntraError, entra_error, error_body
from linkspan.simulator.entra.forms import parse_parameters, read_form
from linkspan.simulator.entra.pages import page
from linkspan.simulator.entra.scopes import read_scopes


class DeviceEndpoints:
    """The device's request for a code, and the page on which a person types it."""

    def __init__(self, authority: Authority, pages: SignInPages) -> None:
        """Serve the devices of `authority`; people sign in at `pages`."""
        self.authority = authority
        self.pages = pages

    def routes(self) -> list[Route]:
        """Return the routes."""
        front = "/{tenant}/oauth2"
        return [
            Route(front + "/v2.0/devicecode", self.issue, methods=["GET", "POST"]),
            Route(front + "/deviceauth", self._guarded(self.ask), methods=["GET"]),
            Route(front + "/deviceauth", self._guarded(self.begin), methods=["POST"]),
            Route(front + "/deviceauth/done", self._guarded(self.finish), methods=["GET"]),
        ]

    def _guarded(self, handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except EntraError as refusal:
                return self._page(request, refusal=refusal)

        return guarded

    async def issue(self, request: Request) -> Response:
        """Answer a device: its code, the person's code and where to type it."""
        try:
            form = await read_form(request)
            realm = self.authority.realm(request.path_params["tenant"])
            app = self.authority.app_in(realm, need(form, "client_id"))
            place = realm.tenant.name if realm.tenant else realm.segment
            scopes = read_scopes(need(form, "scope"), app, tenant_name=place, at_authorize=True)
        except EntraError as refusal:
            incident = self.authority.incident(request.headers.get("client-request-id"))
            return JSONResponse(error_body(refusal, incident), refusal.status)
        value, device = self.authority.devices.open(app, realm, scopes, self.authority.clock.now())
        address = f"{request.base_url}common/oauth2/deviceauth"
        return JSONResponse(
            {
                "user_code": device.user_code,
                "device_code": value,
                "verification_uri": address,
                "expires_in": int(LIFETIME.total_seconds()),
                "interval": INTERVAL.seconds,
                "message": f"To sign in, open {address} in a browser and enter the code {device.user_code}.",
            },
            headers={"cache-control": "no-store"},
        )

    async def ask(self, request: Request) -> Response:
        """Show the page on which the code is typed."""
        return self._page(request)

    async def begin(self, request: Request) -> Response:
        """Take the code and go on to the sign-in, which ends at `finish`."""
        form = await read_form(request)
        device = self.authority.devices.find(form.get("user_code", ""), self.authority.clock.now())
        back = ReturnAddress(f"/{device.realm.segment}/oauth2/deviceauth/done", "query", device.user_code)
        return self.pages.start(request, AuthorizeRequest(device.realm, device.app, back, device.scopes))

    async def finish(self, request: Request) -> Response:
        """Take the outcome of the sign-in and hand it to the device."""
        answer = parse_parameters(request.url.query)
        device = self.authority.devices.find(answer.get("state", ""), self.authority.clock.now())
        if "error" in answer:
            self.authority.devices.answer(device.user_code, None)
            return page("device_done.html", values={"agreed": False})
        value = need(answer, "code")
        code = self.authority.grants.look_up_code(value, self.authority.clock.now())
        if code.grant.client_id != device.app.client_id or code.redirect_uri != request.url.path:
            raise entra_error(70000, reason="the code was issued to another application")
        self.authority.grants.close_code(value)
        self.authority.devices.answer(device.user_code, code.grant)
        return page("device_done.html", values={"agreed": True})

    def _page(self, request: Request, refusal: EntraError | None = None) -> Response:
        action = f"/{request.path_params['tenant']}/oauth2/deviceauth"
        return page("device.html", status=400 if refusal else 200, values={"refusal": refusal, "action": action})
