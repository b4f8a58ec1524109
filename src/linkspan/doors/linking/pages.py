"""Draws the link pages: fields, company choice, the finished link, and every way it can fail."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import Response

from linkspan.connectors.action import AccountField, Connector
from linkspan.doors.linking.cookies import form_token, in_popup, session_token
from linkspan.doors.look.colour import accent_style
from linkspan.doors.look.pages import OURS, Look, Pages
from linkspan.doors.look.problem import Link, Problem, problem_of, problem_page
from linkspan.errors import ConnectSessionExpiredError, LinkCancelledError, LinkspanError, LinkStateUsedError
from linkspan.link_records import Brand
from linkspan.model import ConnectSession, Profile
from linkspan.permit_records import Permit
from linkspan.usecases.guide_address import LINK_GUIDE, guide_path, with_query
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_tenant import offers_any_tenant
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
        # The page of a product that opened this one in a window of its own must notice when a person closes it.
        self._pages = Pages(hall.settings, Path(__file__).with_name("templates"), keeps_opener=True)

    def start(
        self,
        request: Request,
        view: SessionView,
        brand: Brand,
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
            **_look(brand),
            connector=view.connector,
            relink=view.account is not None,
            asked=_asked(view.fields, values if values is not None else view.values, error),
            form_token=form_token(self._hall, request),
            guide=_guide(view),
            any_tenant=view.account is None and offers_any_tenant(view.connector, view.profile),
            problem=self._told(error),
        )

    def companies(self, request: Request, view: LinkView, brand: Brand, *, search: str) -> Response:
        """The companies to choose from, narrowed by a search."""
        fitting = [company for company in view.companies if search.casefold() in company.name.casefold()]
        return self._pages.page(
            "companies.html",
            title="Choose the company",
            **_look(brand),
            connector=view.connector,
            view=view,
            search=search,
            searchable=len(view.companies) > _MANY,
            companies=fitting[:_SHOWN_AT_ONCE],
            hidden=max(0, len(fitting) - _SHOWN_AT_ONCE),
            form_token=form_token(self._hall, request),
        )

    def correct(self, request: Request, view: LinkView, brand: Brand, error: LinkspanError | None) -> Response:
        """The fields once more, after a sign-in that led nowhere: no new sign-in is needed."""
        return self._pages.page(
            "correct.html",
            status=error.http_status if error else 200,
            title="Check the environment",
            **_look(brand),
            connector=view.connector,
            attempt_id=view.attempt_id,
            asked=_asked(view.fields, view.values, error),
            form_token=form_token(self._hall, request),
            problem=self._told(error),
        )

    def done(self, request: Request, view: LinkView, brand: Brand) -> Response:
        """The account is linked; a popup closes itself, a full page leads back to the product."""
        company = next((company for company in view.companies if company.id == view.values.get("company_id")), None)
        account = {"linkspan_account_id": view.account.id} if view.account else {}
        return self._pages.page(
            "done.html",
            title="Linked",
            **_look(brand),
            connector=view.connector,
            view=view,
            company=company or _company_of(view),
            popup=in_popup(request),
            back=_back(view.session, {"linkspan_status": "linked"} | account),
        )

    def cancelled(self, view: SessionView, brand: Brand, *, popup: bool) -> Response:
        """Nothing was linked."""
        return self._pages.page(
            "cancelled.html",
            title="Cancelled",
            **_look(brand),
            connector=view.connector,
            popup=popup,
            until=view.session.expires_at,
            back=_back(view.session, {"linkspan_status": "cancelled"}),
        )

    def own(
        self,
        request: Request,
        template: str,
        title: str,
        brand: Brand,
        shown: Sequence[object],
        *,
        permits: Sequence[Permit] = (),
    ) -> Response:
        """A page of linked accounts, in the look of their project."""
        token = form_token(self._hall, request)
        return self._pages.page(template, title=title, **_look(brand), shown=shown, permits=permits, form_token=token)

    def close(self) -> Response:
        """A window that has nothing more to show."""
        return self._pages.page("close.html", title="You can close this window", **OURS)

    def consent(self, connector: Connector, tenant: str) -> Response:
        """An administrator has agreed for the whole tenant."""
        return self._pages.page("consent.html", title="Consent granted", connector=connector, tenant=tenant, **OURS)

    def problem(
        self, request: Request, error: LinkspanError, brand: Brand | None = None, session: ConnectSession | None = None
    ) -> Response:
        """A failure, with the ways on that there are."""
        over = isinstance(error, ConnectSessionExpiredError | LinkStateUsedError | LinkCancelledError)
        links = [] if over or session_token(request) is None else [Link("Back to the link page", "/connect")]
        back = _back(session, {"linkspan_status": "error", "linkspan_code": error.code}) if session else None
        if brand and back and not in_popup(request):
            links.append(Link(f"Back to {brand.name}", back))
        return problem_page(
            self._pages, error, at=self._hall.clock(), links=links, template="broken.html", look=_look(brand)
        )

    def _told(self, error: LinkspanError | None) -> Problem | None:
        return problem_of(error, at=self._hall.clock()) if error else None


def _look(brand: Brand | None) -> Look:
    if brand is None:
        return OURS
    return Look(
        product=brand.name,
        logo=f"/connect/brand/{brand.logo_digest}" if brand.logo_digest else None,
        style=accent_style(brand.colour) if brand.colour else "",
    )


def _back(session: ConnectSession, told: Mapping[str, str]) -> str | None:
    """The address of the product's page, with how it went."""
    if session.return_url is None:
        return None
    parts = urlsplit(session.return_url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(told))))))


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
