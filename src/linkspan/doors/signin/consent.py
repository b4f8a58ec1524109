"""The page on which a person lets an MCP client work for them: who asks, who agrees, which accounts, which actions."""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from linkspan.doors.porch.browser import (
    OWNER,
    PATH,
    browser_value,
    cookie_of,
    keep_browser,
    new_browser,
    owner_token,
    set_cookie,
)
from linkspan.doors.signin.choices import Choices, read_choices
from linkspan.doors.signin.consent_pages import Asked, ConsentPages
from linkspan.doors.signin.forms import page_form, query_pairs
from linkspan.errors import AccessError, ClientRequestInvalidError, InvalidInputError, LinkingError, LinkspanError
from linkspan.model import Secret
from linkspan.usecases.give_permit import give_permit
from linkspan.usecases.hall import Hall
from linkspan.usecases.name_grantor import (
    PASS_SECONDS,
    Grantor,
    grantor_of_key,
    grantor_of_link,
    grantor_of_pass,
    pass_of,
)
from linkspan.usecases.oauth_addresses import AUTHORIZE, answered_at
from linkspan.usecases.offer_consent import offer_consent
from linkspan.usecases.owner_page import read_pass
from linkspan.usecases.read_authorization import SentBackError, read_authorization

Endpoint = Callable[[Request], Awaitable[Response]]
_PORTS = {"http": 80, "https": 443}
_LOG = structlog.get_logger(__name__)
_PASS = "linkspan_consent"  # noqa: S105 - a cookie's name


class ConsentDoor:
    """The authorization endpoint (OAuth 2.1, 3.1)."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._pages = ConsentPages(hall)

    def routes(self) -> list[BaseRoute]:
        """The page and its form."""
        return [
            Route(AUTHORIZE, self._shown(self._show), methods=["GET"]),
            Route(AUTHORIZE, self._shown(self._submit), methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        """The page for this request: who are you, or what shall it be allowed."""
        ask = await read_authorization(self._hall, query_pairs(request))
        browser = browser_value(request) or new_browser()
        asked = Asked(ask, _same(request), self._form_token(request, browser))
        grantor = await self._grantor(request)
        if grantor is None:
            page = self._pages.who(asked)
        else:
            page = await self._choose(asked, grantor, Choices(untouched=True))
        keep_browser(self._hall, request, page, browser)
        return page

    async def _submit(self, request: Request) -> Response:
        """One press of a button."""
        ask = await read_authorization(self._hall, query_pairs(request))
        choices = read_choices(await page_form(request))
        browser = browser_value(request)
        token = self._form_token(request, browser) if browser is not None else ""
        if (
            browser is None
            or not self._is_own(request)
            or not secrets.compare_digest(token.encode(), choices.form_token.encode())
        ):
            raise ClientRequestInvalidError(
                "The form did not come from a page that this browser was shown.",
                next_step="Start the sign-in again from your program, with cookies allowed for this site.",
            )
        if choices.button == "deny":
            told = {"error": "access_denied", "error_description": "The person did not agree."}
            return _to(answered_at(self._hall.settings, ask.redirect_uri, ask.state, **told))
        if choices.button == "prove":
            return await self._prove(Asked(ask, _same(request), token), choices, browser)
        if choices.button == "other":
            return _forgotten(_to(_same(request)))
        return await self._decided(request, Asked(ask, _same(request), token), choices)

    async def _decided(self, request: Request, asked: Asked, choices: Choices) -> Response:
        """What somebody who is known has chosen."""
        grantor = await self._grantor(request)
        if grantor is None:
            return self._pages.who(asked)
        if choices.button != "allow":
            return await self._choose(asked, grantor, choices)
        try:
            return _to(await give_permit(self._hall, grantor, asked.ask, choices.consent))
        except InvalidInputError as error:
            return await self._choose(asked, grantor, choices, error)

    async def _prove(self, asked: Asked, choices: Choices, browser: Secret) -> Response:
        """An API key or a link was pasted: the browser keeps what stands for it, and the page is shown anew."""
        try:
            if choices.linked:
                grantor = grantor_of_link(self._hall, choices.proof)
            else:
                grantor = await grantor_of_key(self._hall, choices.proof)
        except (AccessError, LinkingError) as error:
            return self._pages.who(asked, error)
        response = _to(asked.action)
        if grantor.key_id is not None:
            kept, _ = pass_of(self._hall, grantor, browser)
            set_cookie(self._hall, response, _PASS, kept.reveal(), PASS_SECONDS)
            return response
        until = datetime.fromtimestamp(read_pass(self._hall, choices.proof).until, UTC)
        set_cookie(
            self._hall,
            response,
            OWNER,
            choices.proof.reveal(),
            max(1, int((until - self._hall.clock()).total_seconds())),
        )
        response.delete_cookie(_PASS, path=PATH)
        return response

    async def _choose(
        self, asked: Asked, grantor: Grantor, choices: Choices, error: LinkspanError | None = None
    ) -> Response:
        offer = await offer_consent(self._hall, grantor, search=choices.search, named=choices.accounts)
        return await self._pages.choose(asked, grantor, offer, choices, error)

    async def _grantor(self, request: Request) -> Grantor | None:
        """Who has proved to this browser who they are: with a key some minutes ago, or by the link to their own page."""
        browser, kept, link = browser_value(request), cookie_of(request, _PASS), owner_token(request)
        found = await grantor_of_pass(self._hall, kept, browser) if kept is not None and browser is not None else None
        if found is None and link is not None:
            try:
                return grantor_of_link(self._hall, link)
            except (AccessError, LinkingError):
                return None
        return found

    def _is_own(self, request: Request) -> bool:
        """Whether a form comes from our own origin, where the browser says so: a neighbour's page could have planted our cookies."""
        origin, ours = request.headers.get("origin"), urlsplit(self._hall.settings.base_url)
        if origin is None:
            return True
        try:
            parts = urlsplit(origin)
            told = (parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme))
        except ValueError:
            return False
        return told == (ours.scheme, ours.hostname, ours.port or _PORTS.get(ours.scheme))

    def _form_token(self, request: Request, browser: Secret) -> str:
        """What a form must carry: it is this browser's, and for this very request of a client."""
        key = self._hall.vault.digest("consent-form", browser)
        return hmac.digest(key.encode(), request.scope["query_string"], "sha256").hex()

    def _shown(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with every failure told: to the client where it may be, else on a page."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            except SentBackError as error:
                return _to(error.address)
            except LinkspanError as error:
                return self._pages.problem(error)
            except Exception:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
                # The query holds a state and a challenge, the form a key: none of them is logged.
                _LOG.exception("request_failed", door="signin")
                return self._pages.problem(LinkspanError())

        return answer


def _forgotten(response: Response) -> Response:
    """The browser no longer says who this is."""
    for name in (_PASS, OWNER):
        response.delete_cookie(name, path=PATH)
    return response


def _same(request: Request) -> str:
    return f"{AUTHORIZE}?{request.scope['query_string'].decode('latin-1')}"


def _to(address: str) -> Response:
    response = RedirectResponse("/", status_code=303)
    # As it is: Starlette would escape what a client has escaped in its own way.
    response.headers["location"] = address
    response.headers["cache-control"] = "no-store"
    response.headers["referrer-policy"] = "no-referrer"
    return response
