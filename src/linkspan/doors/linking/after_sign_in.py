"""The link pages from the provider's redirect on: company choice, corrections, and the finished link."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from linkspan.connectors.action import Connector
from linkspan.doors.linking.cookies import is_own_form
from linkspan.doors.linking.forms import read_form
from linkspan.doors.linking.pages import LinkPages
from linkspan.doors.porch.browser import browser_value
from linkspan.errors import (
    AdminConsentRequiredError,
    CompanyNotFoundError,
    EnvironmentNotFoundError,
    InvalidInputError,
    LinkspanError,
    LinkStateInvalidError,
    Mistake,
    NotFoundError,
    ProviderAnswer,
)
from linkspan.link_records import Brand
from linkspan.usecases.choose_company import choose_company
from linkspan.usecases.finish_linking import finish_linking
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_brand import read_brand
from linkspan.usecases.link_views import LinkStage, LinkView
from linkspan.usecases.offer_companies import correct_fields, read_linking


class AfterSignIn:
    """Endpoints of the provider's redirect and of a linking under way."""

    def __init__(self, hall: Hall, pages: LinkPages) -> None:
        self._hall = hall
        self._pages = pages

    async def callback(self, request: Request) -> Response:
        """Back from the provider: `code` or `error`, or the answer to an admin-consent link."""
        connector = self._connector(request)
        params = dict(request.query_params)
        if "admin_consent" in params and "code" not in params:
            return self._consented(connector, params)
        view = await finish_linking(self._hall, connector.key, params, browser_value(request))
        if view.problem is not None:
            return await self._correct(request, view, view.problem)
        # The spent code leaves the address bar too, and a reload shows the page again.
        return _to(view)

    async def show(self, request: Request) -> Response:
        """The linking as it stands."""
        view = await read_linking(self._hall, request.path_params["attempt"], browser_value(request))
        if view.stage is LinkStage.LINKED:
            return self._pages.done(request, view, await self._brand(view))
        if view.stage is LinkStage.CORRECT_FIELDS:
            return await self._correct(request, view, None)
        search = request.query_params.get("q", "").strip()
        return self._pages.companies(request, view, await self._brand(view), search=search)

    async def submit(self, request: Request) -> Response:
        """A chosen company, or corrected fields."""
        attempt, browser = request.path_params["attempt"], browser_value(request)
        form = await read_form(request)
        if not is_own_form(self._hall, request, form.get("form_token", "")):
            raise LinkStateInvalidError("The form did not come from a page that this browser was shown.")
        if "company_id" in form:
            return _to(await choose_company(self._hall, attempt, form["company_id"], browser))
        before = await read_linking(self._hall, attempt, browser)
        if before.stage is LinkStage.CHOOSE_COMPANY and not any(field.name in form for field in before.fields):
            raise CompanyNotFoundError(
                "No company was chosen.", next_step="Go back and choose one of the listed companies."
            )
        try:
            view = await correct_fields(self._hall, attempt, form, browser)
        except InvalidInputError as error:
            return await self._correct(request, before, error)
        return await self._correct(request, view, view.problem) if view.problem else _to(view)

    def _connector(self, request: Request) -> Connector:
        connector = self._hall.catalog.connectors.get(request.path_params["connector"])
        if connector is None:
            raise NotFoundError("There is no such connector here.", next_step="Open the link that you were sent.")
        return connector

    def _consented(self, connector: Connector, params: dict[str, str]) -> Response:
        if "error" in params:
            said = params.get("error_description", "").partition("\r")[0] or None
            raise AdminConsentRequiredError(
                "The administrator did not grant the consent.",
                provider=ProviderAnswer(status=400, url="", code=params["error"][:80], message=said and said[:500]),
            )
        return self._pages.consent(connector, params.get("tenant", "")[:80])

    async def _correct(self, request: Request, view: LinkView, error: LinkspanError | None) -> Response:
        if isinstance(error, EnvironmentNotFoundError) and not error.mistakes:
            error.mistakes = (Mistake("environment", "no environment of this name is in the tenant"),)
        return self._pages.correct(request, view, await self._brand(view), error)

    async def _brand(self, view: LinkView) -> Brand:
        return await read_brand(self._hall, view.session.project_id)


def _to(view: LinkView) -> Response:
    response = RedirectResponse(f"/connect/linking/{view.attempt_id}", status_code=303)
    response.headers["cache-control"] = "no-store"
    return response
