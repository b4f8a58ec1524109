"""The doctor: is this account in order, and if not, what is the first thing to mend?"""

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from linkspan.connectors.action import Connector
from linkspan.engine.call import Inputs
from linkspan.engine.target import target_of
from linkspan.errors import (
    AccountSuspendedError,
    CompanyNotFoundError,
    LinkspanError,
    NotFoundError,
    ProfileDisabledError,
)
from linkspan.model import Account, AccountState, Caller, KeyScope, Profile, Secret, Verb
from linkspan.providerauth.endpoints import endpoints_of, tenant_field
from linkspan.providerauth.scopes import enabled_actions
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_log import LinkRun
from linkspan.usecases.offer_companies import choice_of, company_rows
from linkspan.usecases.read_accounts import find_account
from linkspan.usecases.read_profiles import find_profile


class CheckState(enum.StrEnum):
    """How a check came out; what comes behind the first failure is not tried."""

    OK = "ok"
    FAILED = "failed"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at and what was found; for a failure the next step and the error's code.

    `name`: profile, secret, tenant, account, token, environment, company, permission.
    """

    name: str
    state: CheckState
    what: str
    next_step: str | None = None
    code: str | None = None
    error: LinkspanError | None = None


class AccountToken:
    """The token of a linked account (engine's port `TokenSource`)."""

    def __init__(self, hall: Hall, account: Account, profile: Profile, run: LinkRun) -> None:
        self._hall, self._account, self._profile, self._run = hall, account, profile, run

    async def token(self, *, refused: Secret | None = None) -> Secret:
        """A token that should work."""
        return await self._hall.tokens.token(self._account, self._profile, refused=refused, steps=self._run)


@dataclass(slots=True)
class _Patient:
    """What the checks look at."""

    hall: Hall
    account: Account
    profile: Profile
    connector: Connector
    run: LinkRun = field(default_factory=LinkRun)


async def check_account(hall: Hall, caller: Caller, account_id: str) -> list[Check]:
    """Every check in order; asks the provider for a fresh token. Raises NotFoundError for an account of another project."""
    require(caller, KeyScope.PLATFORM_READ)
    account = await find_account(hall, caller.project_id, account_id)
    profile = await find_profile(hall, caller.project_id, account.profile_id)
    patient = _Patient(hall, account, profile, hall.catalog.connectors[account.connector])
    checks: list[Check] = []
    for name, look in _LOOKS.items():
        if any(check.state is CheckState.FAILED for check in checks):
            checks.append(Check(name, CheckState.NOT_TRIED, "Not tried: something before it failed."))
            continue
        checks.append(await _check(name, look, patient))
    return checks


async def _check(name: str, look: Callable[[_Patient], Awaitable[str]], patient: _Patient) -> Check:
    try:
        return Check(name, CheckState.OK, await look(patient))
    except LinkspanError as error:
        text = error.message
        if error.provider is not None and error.provider.message:
            text = f"{text} The provider says: {error.provider.message}"
        return Check(name, CheckState.FAILED, text, error.next_step, error.code, error)


async def _profile(patient: _Patient) -> str:
    if not patient.profile.enabled:
        raise ProfileDisabledError
    return f"The connector profile {patient.profile.name!r} is enabled."


async def _secret(patient: _Patient) -> str:
    if await patient.hall.tokens.client_secret(patient.profile) is None:
        raise NotFoundError(
            "The connector profile has no client secret.",
            next_step="Enter the client secret's value in the connector profile.",
        )
    return "The connector profile has a client secret; the token check proves it."


async def _tenant(patient: _Patient) -> str:
    method = patient.connector.auth_methods[patient.profile.auth_method]
    name = tenant_field(method)
    if name is None or method.discovery_url is None:
        return "The provider has no tenants."
    tenant = patient.account.fields.get(name, "")
    endpoints = endpoints_of(patient.connector, patient.profile, patient.account.fields)
    found = await patient.hall.oauth.resolve_tenant(endpoints, tenant, patient.run)
    return f"The tenant {found} exists."


async def _account(patient: _Patient) -> str:
    if patient.account.state is AccountState.SUSPENDED:
        raise AccountSuspendedError
    return f"The account is {patient.account.state.value}."


async def _token(patient: _Patient) -> str:
    tokens, account, profile = patient.hall.tokens, patient.account, patient.profile
    held = await tokens.token(account, profile, steps=patient.run)
    await tokens.token(account, profile, refused=held, steps=patient.run)
    return "The provider gave a fresh token: client secret, consent and grant are good."


async def _environment(patient: _Patient) -> str:
    if choice_of(patient.connector) is None:
        return "The provider lists no companies; the permission check asks it something."
    source = AccountToken(patient.hall, patient.account, patient.profile, patient.run)
    rows = await company_rows(patient.hall, patient.profile, patient.account, source, patient.run)
    name = patient.account.fields.get("environment")
    return f"{f'The environment {name}' if name else patient.connector.name} answers: {len(rows)} companies."


async def _company(patient: _Patient) -> str:
    choice = choice_of(patient.connector)
    if choice is None:
        return "The provider has no companies."
    source = AccountToken(patient.hall, patient.account, patient.profile, patient.run)
    rows = await company_rows(patient.hall, patient.profile, patient.account, source, patient.run)
    wanted = patient.account.fields.get(choice.name)
    found = next((company for company in rows if company.id == wanted), None)
    if found is None:
        raise CompanyNotFoundError("The account's company is not among those that its user may enter.")
    return f"The company {found.name} is there."


async def _permission(patient: _Patient) -> str:
    enabled = enabled_actions(patient.connector, patient.profile)
    action = next(
        (
            action
            for action in patient.connector.actions.values()
            if action.id in enabled and action.verb is Verb.LIST and action.company_scoped and action.parent is None
        ),
        None,
    )
    if action is None:
        return "No enabled action can be tried without changing anything."
    hall, account, profile = patient.hall, patient.account, patient.profile
    call = hall.engine.prepare(action, target_of(patient.connector, profile, account), Inputs(query={"top": 1}))
    await hall.engine.execute(call, AccountToken(hall, account, profile, patient.run), patient.run)
    return f"The user may run {action.id}."


_LOOKS: dict[str, Callable[[_Patient], Awaitable[str]]] = {
    "profile": _profile,
    "secret": _secret,
    "tenant": _tenant,
    "account": _account,
    "token": _token,
    "environment": _environment,
    "company": _company,
    "permission": _permission,
}
