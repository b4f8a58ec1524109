"""Linking in one step out of a form, for an application that signs in by itself: nobody is sent to the provider."""

from collections.abc import Mapping

from linkspan.errors import CompanyNotFoundError, FixRequestError, InvalidInputError, Mistake
from linkspan.model import Account, Secret
from linkspan.usecases.choose_company import choose_company
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_token
from linkspan.usecases.link_views import Company, LinkView, SessionView
from linkspan.usecases.offer_companies import choice_of, read_linking
from linkspan.usecases.start_linking import start_linking
from linkspan.usecases.watch_linking import watched_session

_MOST_NAMES = 20


def is_linked_by_form(view: SessionView) -> bool:
    """Whether the session's accounts are linked without a sign-in."""
    return view.connector.auth_methods[view.profile.auth_method].by_application


async def link_by_form(hall: Hall, token: Secret, fields: Mapping[str, str]) -> Account:
    """Link the session's account with these fields; what a form leaves out keeps its known value.

    The company is given by id or name in the field that is otherwise chosen after the sign-in; it may be left out where there is one only,
    or where the account that is linked again may still enter its own. Raises FixRequestError for a profile whose users sign in,
    InvalidInputError (the companies' names among it) and whatever `start_linking` raises.
    """
    view = await watched_session(hall, token)
    if not is_linked_by_form(view):
        raise FixRequestError(
            "This connector is linked by signing in at the provider, not by entering credentials.",
            next_step="Open a connection attempt and send the browser to /connect/oauth2.",
        )
    known = dict(view.account.fields) if view.account else {}
    given = {**known, **view.values, **{name: text.strip() for name, text in fields.items() if text.strip()}}
    browser = new_token()  # the caller is its own browser: nobody else goes on with this try
    address = await start_linking(hall, token, given, browser)
    linking = await read_linking(hall, address.rpartition("/")[2], browser)
    if linking.account is not None:
        return linking.account
    company = _chosen(linking, given)
    linked = await choose_company(hall, linking.attempt_id, company.id, browser)
    if linked.account is None:
        raise CompanyNotFoundError
    return linked.account


def _chosen(linking: LinkView, given: Mapping[str, str]) -> Company:
    """The company that a form names. Raises InvalidInputError."""
    field = choice_of(linking.connector)
    name = field.name if field is not None else ""
    wanted = given.get(name, "").casefold()
    for company in linking.companies:
        if wanted and wanted in {company.id.casefold(), company.name.casefold()}:
            return company
    names = ", ".join(company.name for company in linking.companies[:_MOST_NAMES])
    more = " and others" if len(linking.companies) > _MOST_NAMES else ""
    what = "is not among them" if wanted else "is needed, since there are several"
    raise InvalidInputError(
        mistakes=[Mistake(name, f"{field.label if field else 'a company'} {what}: {names}{more}")],
        next_step="Enter the name of one of the companies and send the form again.",
    )
