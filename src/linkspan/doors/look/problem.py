"""The page that every failure ends on: what happened, why, who must do what next, and the codes to quote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import HTMLResponse

from linkspan.doors.look.pages import OURS, Look, Pages
from linkspan.errors import LinkspanError, Who

_PERSON = "You can put this right yourself."
_TENANT_ADMIN = "An administrator of your organisation's Microsoft Entra tenant can put this right."
_PRODUCT = "The team of the product that sent you here must put this right."
_OPERATOR = "Whoever runs this installation must put this right."

# Who can put it right, by error code; a code that is not here says so in its next step.
_WHO: Mapping[str, str] = {
    "connect_session_expired": _PERSON,
    "link_state_invalid": _PERSON,
    "link_state_used": _PERSON,
    "link_failed": _PERSON,
    "consent_refused": _PERSON,
    "tenant_not_found": _PERSON,
    "tenant_not_allowed": _PERSON,
    "environment_not_found": _PERSON,
    "company_not_found": _PERSON,
    "code_already_redeemed": _PERSON,
    "invalid_input": _PERSON,
    "provider_unavailable": _PERSON,
    "provider_timeout": _PERSON,
    "admin_consent_required": _TENANT_ADMIN,
    "sign_in_refused": _TENANT_ADMIN,
    "provider_refused_token": _TENANT_ADMIN,
    "provider_forbidden": _TENANT_ADMIN,
    "client_secret_wrong": _PRODUCT,
    "client_secret_expired": _PRODUCT,
    "application_not_found": _PRODUCT,
    "redirect_uri_mismatch": _PRODUCT,
    "profile_disabled": _PRODUCT,
    "internal_error": _OPERATOR,
    "configuration_error": _OPERATOR,
}
_BY_WHO: Mapping[Who, str] = {
    Who.PERSON: _PERSON,
    Who.TENANT_ADMIN: _TENANT_ADMIN,
    Who.INTEGRATOR: _PRODUCT,
    Who.OPERATOR: _OPERATOR,
    Who.NOBODY: "Nobody has to do anything: it passes.",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A way on from a problem: a text and an address on this installation."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What a problem page shows."""

    what: str
    why: str
    who: str
    next_step: str
    code: str
    at: datetime
    run_id: str | None
    provider_says: str | None
    provider_code: str | None
    trace: str | None
    mistakes: Sequence[str]
    links: Sequence[Link]


def problem_of(error: LinkspanError, *, at: datetime, links: Sequence[Link] = ()) -> Problem:
    """The error as a person should read it: the class tells what happened, this message why."""
    what = (type(error).__doc__ or "").splitlines()[0]
    provider = error.provider
    said = provider.message if provider else None
    return Problem(
        what=what,
        why=error.message.removeprefix(what).strip(),
        who=_BY_WHO[error.who] if error.who is not None else _WHO.get(error.code, ""),
        next_step=error.next_step,
        code=error.code,
        at=at,
        run_id=error.run_id,
        provider_says=said if said and said not in error.message else None,
        provider_code=provider.code if provider else None,
        trace=provider.request_id if provider else None,
        mistakes=[str(mistake) for mistake in error.mistakes],
        links=links,
    )


def problem_page(
    pages: Pages,
    error: LinkspanError,
    *,
    at: datetime,
    links: Sequence[Link] = (),
    template: str = "problem.html",
    look: Look = OURS,
) -> HTMLResponse:
    """The error as a page with the error's own HTTP status; `look`: whose it is."""
    problem = problem_of(error, at=at, links=links)
    return pages.page(
        template, status=error.http_status, title=problem.what.removesuffix("."), problem=problem, here="", **look
    )
