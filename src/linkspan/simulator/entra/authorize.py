"""The sign-in side of the directory: authorize, sign-in, account, consent and sign-out pages."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from linkspan.simulator.entra.asking import (
    AdminConsentRequest,
    AuthorizeRequest,
    RedirectedError,
    ReturnAddress,
    SignInRequest,
    read_admin_consent_request,
    read_authorize_request,
    refusal_answer,
)
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.directory import User
from linkspan.simulator.entra.errors import EntraError, entra_error
from linkspan.simulator.entra.forms import parse_parameters, read_form
from linkspan.simulator.entra.outcome import (
    accept_consent,
    admin_refusal,
    admin_success,
    code_answer,
    missing_consents,
    stays_behind,
)
from linkspan.simulator.entra.pages import page
from linkspan.simulator.entra.screens import (
    account_screen,
    approval_screen,
    consent_screen,
    multifactor_screen,
    sign_in_screen,
)
from linkspan.simulator.entra.sessions import Flow

SESSION_COOKIE: Final = "sim_session"
BROWSER_COOKIE: Final = "sim_browser"
_BLOCKED: Final = 53003
Handler = Callable[[Request], Awaitable[Response]]


class SignInPages:
    """Walks a person from an application's request to the answer that goes back to it."""

    def __init__(self, authority: Authority) -> None:
        """Serve the sign-in of `authority`."""
        self.authority = authority

    def routes(self) -> list[Route]:
        """Return the routes of all pages."""
        return [
            Route("/{tenant}/oauth2/v2.0/authorize", self._guarded(self.authorize), methods=["GET", "POST"]),
            Route("/{tenant}/v2.0/adminconsent", self._guarded(self.admin_consent), methods=["GET"]),
            Route("/{tenant}/adminconsent", self._guarded(self.admin_consent_v1), methods=["GET"]),
            Route("/{tenant}/login", self._guarded(self.login), methods=["POST"]),
            Route("/{tenant}/account", self._guarded(self.account), methods=["POST"]),
            Route("/{tenant}/multifactor", self._guarded(self.multifactor), methods=["POST"]),
            Route("/{tenant}/consent", self._guarded(self.consent), methods=["POST"]),
            Route("/{tenant}/oauth2/v2.0/logout", self._guarded(self.logout), methods=["GET", "POST"]),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except RedirectedError as refusal:
                return self._refuse(request, refusal.cause, refusal.back)
            except EntraError as refusal:
                incident = self.authority.incident(request.headers.get("client-request-id"))
                return page("error.html", status=400, values={"error": refusal, "incident": incident})

        return guarded

    async def authorize(self, request: Request) -> Response:
        """Start a sign-in, or answer at once when nothing needs to be asked."""
        parameters = await read_form(request) if request.method == "POST" else parse_parameters(request.url.query)
        wanted = read_authorize_request(self.authority, request.path_params["tenant"], parameters)
        return self.start(request, wanted)

    async def admin_consent(self, request: Request) -> Response:
        """Start an administrator's consent (version 2: the scopes asked for)."""
        parameters = parse_parameters(request.url.query)
        wanted = read_admin_consent_request(self.authority, request.path_params["tenant"], parameters, 2)
        return self.start(request, wanted)

    async def admin_consent_v1(self, request: Request) -> Response:
        """Start an administrator's consent (version 1: everything that is registered)."""
        parameters = parse_parameters(request.url.query)
        wanted = read_admin_consent_request(self.authority, request.path_params["tenant"], parameters, 1)
        return self.start(request, wanted)

    async def login(self, request: Request) -> Response:
        """Check user name and password, then go on."""
        form = await read_form(request)
        flow = self._flow(request, form)
        wanted = flow.request
        try:
            user = self.authority.user_in(wanted.realm, form.get("username", ""), form.get("password", ""))
        except EntraError as refusal:
            return sign_in_screen(self.authority, flow, refusal=refusal, typed=form.get("username", ""))
        cookie = self.authority.desk.sign_in(request.cookies.get(SESSION_COOKIE), user.id)
        response = self._advance(request, self.authority.desk.identify(flow, user.id), user, cookie)
        response.set_cookie(SESSION_COOKIE, cookie, httponly=True, samesite="lax")
        return response

    async def account(self, request: Request) -> Response:
        """Go on with one of the signed-in accounts, or to the sign-in page for another one."""
        form = await read_form(request)
        flow = self._flow(request, form)
        chosen = [user for user in self._signed_in(request, flow.request) if str(user.id) == form.get("user_id")]
        if not chosen:
            return sign_in_screen(self.authority, flow)
        flow = self.authority.desk.identify(flow, chosen[0].id)
        return self._advance(request, flow, chosen[0], request.cookies.get(SESSION_COOKIE))

    async def multifactor(self, request: Request) -> Response:
        """Take the second proof."""
        form = await read_form(request)
        flow = self._flow(request, form)
        user = self.authority.directory.user(flow.user_id) if flow.user_id else None
        if user is None:
            raise entra_error(50089)
        if form.get("answer") != "approve":
            self.authority.desk.close_flow(flow)
            raise RedirectedError(entra_error(50074), flow.request.back)
        cookie = request.cookies.get(SESSION_COOKIE)
        self.authority.desk.prove(cookie, user.id)
        return self._advance(request, flow, user, cookie)

    async def consent(self, request: Request) -> Response:
        """Take the answer of the consent page."""
        form = await read_form(request)
        flow = self._flow(request, form)
        user = self.authority.directory.user(flow.user_id) if flow.user_id else None
        if user is None:
            raise entra_error(50089)
        self.authority.desk.close_flow(flow)
        if form.get("answer") != "accept":
            return self._decline(request, flow)
        if stays_behind(self.authority, flow.request, user):
            raise RedirectedError(entra_error(90094), flow.request.back)
        accept_consent(self.authority, flow.request, user, for_everyone=form.get("for_everyone") == "yes")
        return self._finish(flow.request, user, request.cookies.get(SESSION_COOKIE))

    async def logout(self, request: Request) -> Response:
        """End the browser's session; go to post_logout_redirect_uri when some application has it registered."""
        self.authority.desk.sign_out(request.cookies.get(SESSION_COOKIE))
        parameters = parse_parameters(request.url.query)
        target = parameters.get("post_logout_redirect_uri", "")
        known = any(app.accepts_redirect(target) for app in self.authority.directory.apps)
        response = RedirectResponse(target, 302) if known else page("signed_out.html", values={})
        response.delete_cookie(SESSION_COOKIE)
        return response

    def start(self, request: Request, wanted: SignInRequest) -> Response:
        """Begin a checked request: ask who it is, or go on with whoever is signed in."""
        users = self._signed_in(request, wanted)
        if wanted.prompt == "none":
            return self._silently(request, wanted, users)
        browser = request.cookies.get(BROWSER_COOKIE) or secrets.token_urlsafe(24)
        flow = self.authority.desk.open_flow(wanted, browser, self.authority.clock.now())
        if wanted.prompt == "login" or not users:
            response = sign_in_screen(self.authority, flow, typed=wanted.login_hint or "")
        elif wanted.prompt == "select_account" or len(users) > 1:
            response = account_screen(flow, users)
        else:
            flow = self.authority.desk.identify(flow, users[0].id)
            response = self._advance(request, flow, users[0], request.cookies.get(SESSION_COOKIE))
        response.set_cookie(BROWSER_COOKIE, browser, httponly=True, samesite="lax")
        return response

    def _silently(self, request: Request, wanted: SignInRequest, users: list[User]) -> Response:
        if not isinstance(wanted, AuthorizeRequest) or not users:
            raise RedirectedError(entra_error(50058), wanted.back)
        if len(users) > 1:
            raise RedirectedError(entra_error(16000), wanted.back)
        if missing_consents(self.authority, wanted, users[0]) is not None:
            refusal = entra_error(65001, client_id=wanted.app.client_id, name=wanted.app.name)
            raise RedirectedError(refusal, wanted.back)
        cookie = request.cookies.get(SESSION_COOKIE)
        kept_out = self._kept_out(users[0], cookie)
        if kept_out is not None:
            raise RedirectedError(kept_out, wanted.back)
        return self._finish(wanted, users[0], cookie)

    def _kept_out(self, user: User, cookie: str | None) -> EntraError | None:
        return self.authority.access_refusal(user, multifactor=self.authority.desk.has_proved(cookie, user.id))

    def _signed_in(self, request: Request, wanted: SignInRequest) -> list[User]:
        session = self.authority.desk.session(request.cookies.get(SESSION_COOKIE))
        if session is None:
            return []
        users = [self.authority.directory.user(user_id) for user_id in session.user_ids]
        hint = (wanted.login_hint or "").lower()
        return [
            user
            for user in users
            if user is not None and self.authority.belongs(user, wanted.realm) and hint in {"", user.upn}
        ]

    def _flow(self, request: Request, form: dict[str, str]) -> Flow:
        browser = request.cookies.get(BROWSER_COOKIE)
        now = self.authority.clock.now()
        return self.authority.desk.find_flow(form.get("flow", ""), form.get("form_token", ""), browser, now)

    def _advance(self, request: Request, flow: Flow, user: User, cookie: str | None) -> Response:
        wanted = flow.request
        kept_out = self._kept_out(user, cookie)
        if kept_out is not None and kept_out.code == _BLOCKED:
            self.authority.desk.close_flow(flow)
            raise kept_out
        if kept_out is not None:
            return multifactor_screen(flow, user)
        missing = missing_consents(self.authority, wanted, user)
        if missing is not None and self.authority.consents.policy == "refuse":
            self.authority.desk.close_flow(flow)
            return self._decline(request, flow)
        if missing is not None and stays_behind(self.authority, wanted, user):
            return approval_screen(flow, user)
        if missing is not None:
            return consent_screen(self.authority, flow, user, missing)
        self.authority.desk.close_flow(flow)
        return self._finish(wanted, user, cookie)

    def _decline(self, request: Request, flow: Flow) -> Response:
        incident = self.authority.incident(request.headers.get("client-request-id"))
        wanted = flow.request
        if isinstance(wanted, AdminConsentRequest):
            return self._answer(wanted.back, admin_refusal(wanted, incident))
        return self._refuse(request, entra_error(65004), wanted.back)

    def _finish(self, wanted: SignInRequest, user: User, cookie: str | None) -> Response:
        if isinstance(wanted, AdminConsentRequest):
            return self._answer(wanted.back, admin_success(wanted, user))
        session = self.authority.desk.session(cookie)
        return self._answer(wanted.back, code_answer(self.authority, wanted, user, session))

    def _refuse(self, request: Request, refusal: EntraError, back: ReturnAddress) -> Response:
        incident = self.authority.incident(request.headers.get("client-request-id"))
        return self._answer(back, refusal_answer(refusal, incident))

    def _answer(self, back: ReturnAddress, answer: dict[str, str]) -> Response:
        complete = back.with_state(answer)
        if back.mode == "form_post":
            target = back.redirect_uri
            return page("form_post.html", leads_to=target, values={"target": target, "fields": complete})
        return RedirectResponse(back.url(complete), 302, headers={"cache-control": "no-store"})
