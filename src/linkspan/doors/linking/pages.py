"""Draws the link pages: fields, company choice, the finished link, and every way it can fail."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypedDict

from starlette.requests import Request
from starlette.responses import Response

from linkspan.connectors.action import AccountField, Connector
from linkspan.doors.linking.cookies import form_token, session_token
from linkspan.doors.look.pages import Pages
from linkspan.doors.look.problem import Link, Problem, problem_of, problem_page
from linkspan.errors import ConnectSessionExpiredError, LinkspanError, LinkStateUsedError
from linkspan.model import Profile
from linkspan.usecases.guide_address import LINK_GUIDE, guide_path, with_query
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_views import Company, LinkView, SessionView

_MANY = 8
_SHOWN_AT_ONCE = 50


class Asked(TypedDict):
    """One field of a form: what it asks, what it holds, and what is wrong with that."""

    field: AccountField
    value: str
    wrong: str | None


class LinkPages:
    """The pages of this door."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._pages = Pages(hall.settings, Path(__file__).with_name("templates"))

    def start(
        self,
        request: Request,
        view: SessionView,
        product: str,
        *,
        values: Mapping[str, str] | None = None,
        error: LinkspanError | None = None,
    ) -> Response:
        """The first page: whose link it is, and the fields that tell where the account points."""
        return self._pages.page(
            "start.html",
            status=error.http_status if error else 200,
            form_targets=_sign_in_targets(view.profile),
            title=f"Link {view.connector.name}",
            product=product,
            connector=view.connector,
            relink=view.account is not None,
            asked=_asked(view.fields, values if values is not None else view.values, error),
            form_token=form_token(self._hall, request),
            guide=_guide(view),
            problem=self._told(error),
        )

    def companies(self, request: Request, view: LinkView, product: str, *, search: str) -> Response:
        """The companies to choose from, narrowed by a search."""
        fitting = [company for company in view.companies if search.casefold() in company.name.casefold()]
        return self._pages.page(
            "companies.html",
            title="Choose the company",
            product=product,
            connector=view.connector,
            view=view,
            search=search,
            searchable=len(view.companies) > _MANY,
            companies=fitting[:_SHOWN_AT_ONCE],
            hidden=max(0, len(fitting) - _SHOWN_AT_ONCE),
            form_token=form_token(self._hall, request),
        )

    def correct(self, request: Request, view: LinkView, product: str, error: LinkspanError | None) -> Response:
        """The fields once more, after a sign-in that led nowhere: no new sign-in is needed."""
        return self._pages.page(
            "correct.html",
            status=error.http_status if error else 200,
            title="Check the environment",
            product=product,
            connector=view.connector,
            attempt_id=view.attempt_id,
            asked=_asked(view.fields, view.values, error),
            form_token=form_token(self._hall, request),
            problem=self._told(error),
        )

    def done(self, view: LinkView, product: str) -> Response:
        """The account is linked."""
        company = next((company for company in view.companies if company.id == view.values.get("company_id")), None)
        return self._pages.page(
            "done.html",
            title="Linked",
            product=product,
            connector=view.connector,
            view=view,
            company=company or _company_of(view),
        )

    def consent(self, connector: Connector, tenant: str) -> Response:
        """An administrator has agreed for the whole tenant."""
        return self._pages.page("consent.html", title="Consent granted", product="", connector=connector, tenant=tenant)

    def problem(self, request: Request, error: LinkspanError) -> Response:
        """A failure, with the way back if there is one."""
        over = isinstance(error, ConnectSessionExpiredError | LinkStateUsedError)
        links = [] if over or session_token(request) is None else [Link("Back to the link page", "/connect")]
        return problem_page(self._pages, error, at=self._hall.clock(), links=links, template="broken.html")

    def _told(self, error: LinkspanError | None) -> Problem | None:
        return problem_of(error, at=self._hall.clock()) if error else None


def _asked(fields: Iterable[AccountField], values: Mapping[str, str], error: LinkspanError | None) -> list[Asked]:
    wrong = {mistake.where: mistake.what for mistake in error.mistakes} if error else {}
    return [Asked(field=field, value=values.get(field.name, ""), wrong=wrong.get(field.name)) for field in fields]


def _guide(view: SessionView) -> str:
    """The guide with this profile chosen, so that its admin-consent link is ready to send."""
    path = guide_path(view.connector.key, LINK_GUIDE, view.profile.auth_method)
    return with_query(path, {"client": view.profile.client_id, "profile": view.profile.id})


def _company_of(view: LinkView) -> Company | None:
    fields = view.account.fields if view.account else view.values
    name = fields.get("company_name")
    return Company(fields.get("company_id", ""), name) if name else None


def _sign_in_targets(profile: Profile) -> tuple[str, ...]:
    """Where the form's redirect may end.

    A provider may pass the browser on to a customer's own identity provider at once, so every https address is allowed;
    plain http only for the one origin that the profile names (the simulator).
    """
    return ("https:", profile.provider_url) if profile.provider_url else ("https:",)
