"""After the sign-in: which companies the signed-in user may enter, or what to correct first."""

from collections.abc import Mapping
from dataclasses import replace

from linkspan.connectors.action import AccountField, Connector
from linkspan.engine.call import Inputs, TokenSource
from linkspan.engine.target import target_of
from linkspan.errors import (
    CompanyNotFoundError,
    EnvironmentNotFoundError,
    InvalidInputError,
    LinkCancelledError,
    LinkStateInvalidError,
    Mistake,
    ProviderRefusedTokenError,
    WaitError,
)
from linkspan.model import Account, AccountState, ConnectSession, LinkAttempt, Profile, Secret
from linkspan.providerauth.endpoints import tenant_field
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_account import link_account
from linkspan.usecases.link_fields import asked_before, check_fields
from linkspan.usecases.link_log import LinkRun, link_run
from linkspan.usecases.link_views import Company, LinkStage, LinkView
from linkspan.usecases.open_session import usable_profile

_MOST_COMPANIES = 1000


class FreshToken:
    """The token of a sign-in that is not yet an account's: it cannot be refreshed."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    async def token(self, *, refused: Secret | None = None) -> Secret:
        """The token. Raises ProviderRefusedTokenError when the provider has refused it."""
        if refused is not None:
            raise ProviderRefusedTokenError
        return self._token


async def offer_companies(
    hall: Hall, attempt: LinkAttempt, session: ConnectSession, profile: Profile, run: LinkRun
) -> LinkView:
    """List the companies; with exactly one, or for a connector without companies, the account is linked at once."""
    connector = hall.catalog.connectors[session.connector]
    view = LinkView(attempt.id, LinkStage.CHOOSE_COMPANY, session, connector, attempt.fields, asked_before(connector))
    if choice_of(connector) is None:
        return replace(
            view, stage=LinkStage.LINKED, account=await link_account(hall, attempt, session, attempt.fields, run)
        )
    try:
        companies = await _companies(hall, attempt, session, profile, run)
    except (EnvironmentNotFoundError, CompanyNotFoundError, WaitError) as problem:
        run.problem = problem
        return replace(view, stage=LinkStage.CORRECT_FIELDS, problem=problem)
    run.rows = len(companies)
    offered = {company.id: {"name": company.name, **company.sets} for company in companies}
    await hall.links.keep_companies(attempt.project_id, attempt.id, offered)
    if len(companies) == 1:
        values = {**attempt.fields, **companies[0].sets}
        account = await link_account(hall, attempt, session, values, run)
        return replace(view, stage=LinkStage.LINKED, values=values, account=account, companies=companies)
    return replace(view, companies=companies)


async def correct_fields(hall: Hall, attempt_id: str, fields: Mapping[str, str], browser: Secret | None) -> LinkView:
    """Look again with corrected fields (or the same, after a passing failure), without a second sign-in.

    Another tenant needs a new sign-in: InvalidInputError. Raises LinkStateInvalidError for a try that is not this browser's.
    """
    attempt, session = await find_attempt(hall, attempt_id, browser)
    connector = hall.catalog.connectors[session.connector]
    async with link_run(hall, session) as run:
        profile = await usable_profile(hall, session)
        bound = tenant_field(connector.auth_methods[profile.auth_method])
        merged = check_fields(connector, {**attempt.fields, **fields}, profile)
        if bound is not None and merged.get(bound) != attempt.fields.get(bound):
            raise InvalidInputError(
                mistakes=[Mistake(bound, "another tenant needs a new sign-in")],
                next_step="Start again from the link page.",
            )
        attempt = await hall.links.keep_fields(attempt, merged)
        return await offer_companies(hall, attempt, session, profile, run)


async def read_linking(hall: Hall, attempt_id: str, browser: Secret | None) -> LinkView:
    """A linking after the sign-in as it stands, for showing its page again. Raises LinkStateInvalidError."""
    attempt, session = await find_attempt(hall, attempt_id, browser, finished=True)
    connector = hall.catalog.connectors[session.connector]
    companies = offered_companies(attempt)
    view = LinkView(
        attempt.id,
        LinkStage.CHOOSE_COMPANY if companies else LinkStage.CORRECT_FIELDS,
        session,
        connector,
        attempt.fields,
        asked_before(connector),
        companies,
    )
    if attempt.done_at is None:
        return view
    return replace(
        view, stage=LinkStage.LINKED, account=await hall.accounts.read(attempt.project_id, attempt.account_id)
    )


async def find_attempt(
    hall: Hall, attempt_id: str, browser: Secret | None, *, finished: bool = False
) -> tuple[LinkAttempt, ConnectSession]:
    """The signed-in try of this browser, and its session. `finished`: an account may have come of it already.

    Raises LinkStateInvalidError.
    """
    binding = hall.vault.digest("link-browser", browser) if browser else ""
    attempt = await hall.links.of_browser(attempt_id, binding)
    session = await hall.sessions.read(attempt.project_id, attempt.session_id) if attempt else None
    if attempt is None or session is None:
        raise LinkStateInvalidError("This browser has not started that linking.")
    if attempt.cancelled_at is not None and attempt.done_at is None:
        raise LinkCancelledError
    if attempt.done_at is None and (attempt.access is None or attempt.expires_at <= hall.clock()):
        raise LinkStateInvalidError("The sign-in was too long ago.")
    if attempt.done_at is not None and not finished:
        raise LinkStateInvalidError("The account is linked already.", next_step="Nothing more to do here.")
    return attempt, session


def offered_companies(attempt: LinkAttempt) -> tuple[Company, ...]:
    """The companies that a try has offered, by name."""
    found = [
        Company(key, kept["name"], {name: value for name, value in kept.items() if name != "name"})
        for key, kept in attempt.companies.items()
    ]
    return tuple(sorted(found, key=lambda company: company.name.casefold()))


def choice_of(connector: Connector) -> AccountField | None:
    """The account field that is chosen after the sign-in, if the connector has one."""
    return next((field for field in connector.account_fields if field.choice is not None), None)


def pending_account(hall: Hall, attempt: LinkAttempt, session: ConnectSession) -> Account:
    """The account as it will be, before its company is chosen; not stored."""
    now = hall.clock()
    return Account(
        id=attempt.account_id,
        project_id=attempt.project_id,
        profile_id=session.profile_id,
        connector=session.connector,
        owner=session.owner,
        state=AccountState.ACTIVE,
        fields=attempt.fields,
        created_at=now,
        updated_at=now,
        label=session.label,
        kind=session.kind,
        metadata=session.metadata,
    )


async def _companies(
    hall: Hall, attempt: LinkAttempt, session: ConnectSession, profile: Profile, run: LinkRun
) -> tuple[Company, ...]:
    token = await hall.vault.open(attempt.project_id, f"link:{attempt.id}", "access_token", attempt.access or b"")
    rows = await company_rows(hall, profile, pending_account(hall, attempt, session), FreshToken(token), run)
    if not rows:
        raise CompanyNotFoundError(
            "The signed-in user may enter no company in this environment.",
            next_step="Choose another environment, or sign in as a user with access to a company.",
        )
    return rows


async def company_rows(
    hall: Hall, profile: Profile, account: Account, tokens: TokenSource, run: LinkRun
) -> tuple[Company, ...]:
    """The companies of the environment that an account points to, by name."""
    connector = hall.catalog.connectors[account.connector]
    field = choice_of(connector)
    if field is None or field.choice is None:
        return ()
    choice, action = field.choice, connector.actions[field.choice.action]
    call = hall.engine.prepare(
        action, target_of(connector, profile, account), Inputs(query={"page_size": _MOST_COMPANIES})
    )
    result = await hall.engine.execute(call, tokens, run)
    rows = result.data if isinstance(result.data, list) else []
    companies = (
        Company(
            id=str(row[choice.value]),
            name=str(row.get(choice.label) or row[choice.value]),
            sets={field.name: str(row[choice.value])}
            | {name: str(row.get(of, "")) for name, of in choice.also.items()},
        )
        for row in rows
    )
    return tuple(sorted(companies, key=lambda company: company.name.casefold()))
