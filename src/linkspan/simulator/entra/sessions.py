"""Sign-in state kept on the server: who is signed in in which browser, and which sign-in pages are open."""

import hmac
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from linkspan.simulator.entra.errors import entra_error

if TYPE_CHECKING:
    from linkspan.simulator.entra.asking import SignInRequest

PAGE_LIFETIME: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser's signed-in users, last one first; `id` is the public session_state.

    `proved_ids` are the users who have given a second proof.
    """

    id: UUID
    user_ids: tuple[UUID, ...]
    proved_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Flow:
    """One open sign-in: the request it serves, the browser it belongs to, and the user once that is known."""

    id: str
    request: "SignInRequest"
    browser: str = field(repr=False)
    form_token: str = field(repr=False)
    expires: datetime
    user_id: UUID | None = None


class SignInDesk:
    """Keeps sessions by cookie value and open flows by id."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Sign everybody out and close every page."""
        self._sessions: dict[str, Session] = {}
        self._flows: dict[str, Flow] = {}

    def session(self, cookie: str | None) -> Session | None:
        """Return the session behind a cookie, or None."""
        return self._sessions.get(cookie or "")

    def sign_in(self, cookie: str | None, user_id: UUID) -> str:
        """Put a user first in the browser's session and return a new cookie value; the old one dies."""
        session = self._sessions.pop(cookie or "", None) or Session(uuid4(), ())
        others = tuple(other for other in session.user_ids if other != user_id)
        fresh = secrets.token_urlsafe(32)
        self._sessions[fresh] = replace(session, user_ids=(user_id, *others))
        return fresh

    def prove(self, cookie: str | None, user_id: UUID) -> None:
        """Note that a signed-in user has given a second proof."""
        session = self.session(cookie)
        if session is not None:
            self._sessions[cookie or ""] = replace(session, proved_ids=session.proved_ids | {user_id})

    def has_proved(self, cookie: str | None, user_id: UUID) -> bool:
        """Tell whether a user has given a second proof in this browser."""
        session = self.session(cookie)
        return session is not None and user_id in session.proved_ids

    def sign_out(self, cookie: str | None) -> None:
        """End the session behind a cookie."""
        self._sessions.pop(cookie or "", None)

    def open_flow(self, request: "SignInRequest", browser: str, now: datetime) -> Flow:
        """Start a sign-in for `request` in the browser with that cookie value."""
        self._flows = {key: flow for key, flow in self._flows.items() if flow.expires > now}
        flow = Flow(secrets.token_urlsafe(24), request, browser, secrets.token_urlsafe(24), now + PAGE_LIFETIME)
        self._flows[flow.id] = flow
        return flow

    def find_flow(self, flow_id: str, form_token: str, browser: str | None, now: datetime) -> Flow:
        """Return the open flow that a form belongs to; raises EntraError 50089 when anything does not match."""
        flow = self._flows.get(flow_id)
        if flow is None or flow.expires <= now:
            raise entra_error(50089)
        same_browser = hmac.compare_digest(flow.browser.encode(), (browser or "").encode())
        if not (same_browser and hmac.compare_digest(flow.form_token.encode(), form_token.encode())):
            raise entra_error(50089)
        return flow

    def identify(self, flow: Flow, user_id: UUID) -> Flow:
        """Note who signs in in this flow."""
        known = replace(flow, user_id=user_id)
        self._flows[flow.id] = known
        return known

    def close_flow(self, flow: Flow) -> None:
        """Forget a flow; its forms are void from now on."""
        self._flows.pop(flow.id, None)
