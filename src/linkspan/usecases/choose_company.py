"""The last step of a linking: the company is chosen and the account becomes active."""

from linkspan.errors import CompanyNotFoundError
from linkspan.model import Secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_account import link_account
from linkspan.usecases.link_log import link_run
from linkspan.usecases.link_views import LinkStage, LinkView
from linkspan.usecases.offer_companies import find_attempt, offered_companies
from linkspan.usecases.open_session import usable_profile


async def choose_company(hall: Hall, attempt_id: str, company_id: str, browser: Secret | None) -> LinkView:
    """Link the account to a company that was offered.

    Raises CompanyNotFoundError, LinkStateInvalidError (not this browser's, too late, done already) and ConnectSessionExpiredError.
    """
    attempt, session = await find_attempt(hall, attempt_id, browser)
    async with link_run(hall, session) as run:
        run.watched = True
        await usable_profile(hall, session)
        companies = offered_companies(attempt)
        chosen = next((company for company in companies if company.id == company_id), None)
        if chosen is None:
            raise CompanyNotFoundError("That company was not offered.", next_step="Choose one of the listed companies.")
        values = {**attempt.fields, **chosen.sets}
        account = await link_account(hall, attempt, session, values, run)
    connector = hall.catalog.connectors[session.connector]
    return LinkView(attempt.id, LinkStage.LINKED, session, connector, values, companies=companies, account=account)
