"""What the doctor looks at, one thing after another."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from linkspan.connectors.action import AuthMethod, Connector
from linkspan.engine.call import Inputs
from linkspan.engine.target import target_of
from linkspan.errors import (
    AccountSuspendedError,
    AdminConsentRequiredError,
    ClientSecretExpiredError,
    ClientSecretWrongError,
    CompanyNotFoundError,
    ConsentRefusedError,
    LinkspanError,
    ProfileDisabledError,
    TenantNotAllowedError,
    Who,
)
from linkspan.model import Account, AccountState, Profile, Secret, Verb
from linkspan.providerauth.endpoints import endpoints_of, tenant_field
from linkspan.providerauth.entra import row_of_reason
from linkspan.providerauth.refusals import json_object
from linkspan.providerauth.scopes import enabled_actions
from linkspan.usecases.expiry import expiries
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_log import LinkRun
from linkspan.usecases.offer_companies import choice_of, company_rows

_REFUSED = 401
_CONSENT_REASONS = frozenset(
    {"consent_missing", "admin_consent_required", "consent_refused", "application_not_in_tenant"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found: `warning` is something that works now and will not for long."""

    what: str
    warning: str | None = None


class AccountToken:
    """The token of a linked account (engine's port `TokenSource`)."""

    def __init__(self, hall: Hall, account: Account, profile: Profile, run: LinkRun) -> None:
        self._hall, self._account, self._profile, self._run = hall, account, profile, run

    async def token(self, *, refused: Secret | None = None) -> Secret:
        """A token that should work."""
        return await self._hall.tokens.token(self._account, self._profile, refused=refused, steps=self._run)


@dataclass(slots=True)
class Patient:
    """What the checks look at. `refusal`: why the provider gave no fresh token; `fresh`: the one it gave."""

    hall: Hall
    account: Account
    profile: Profile
    connector: Connector
    run: LinkRun = field(default_factory=LinkRun)
    fresh: Secret | None = None
    refusal: LinkspanError | None = None

    @property
    def method(self) -> AuthMethod:
        """How the account signs in."""
        return self.connector.auth_methods[self.profile.auth_method]

    def source(self) -> AccountToken:
        """The account's token, for the engine."""
        return AccountToken(self.hall, self.account, self.profile, self.run)


async def _account(patient: Patient) -> Found:
    if patient.account.state is AccountState.SUSPENDED:
        raise AccountSuspendedError
    return Found(f"The account is {patient.account.state.value}.")


async def _profile(patient: Patient) -> Found:
    if not patient.profile.enabled:
        raise ProfileDisabledError
    return Found(f"The connector profile {patient.profile.name!r} is enabled.")


async def _secret(patient: Patient) -> Found:
    profile, facts = patient.profile, patient.hall.tokens.facts(patient.profile, patient.account.fields)
    app = await patient.hall.tokens.app(profile, patient.account.fields)
    what = "certificate" if patient.method.by_certificate else "client secret"
    if not (app.credentials.certificate if patient.method.by_certificate else app.credentials.secrets):
        raise ClientSecretWrongError(
            f"The connector profile has no {what}.",
            next_step=f"Enter the {what} in the connector profile; {facts['secrets']} is where it comes from.",
            who=Who.INTEGRATOR,
            link=facts["secrets"],
        )
    ending = [expiry for expiry in expiries(profile, patient.hall.clock()) if expiry.code != "old_client_secret"]
    if ending and ending[0].over and not profile.has_old_secret:
        raise ClientSecretExpiredError(
            ending[0].message,
            next_step=f"{ending[0].next_step} {facts['secrets']}",
            who=Who.INTEGRATOR,
            link=facts["secrets"],
        )
    warning = f"{ending[0].message} {ending[0].next_step}" if ending else None
    if profile.has_old_secret:
        return Found("The connector profile has a client secret, and the one before it.", warning)
    return Found(f"The connector profile has a {what}; the token check proves it.", warning)


async def _redirect(patient: Patient) -> Found:
    app = await patient.hall.tokens.app(patient.profile, patient.account.fields)
    if not patient.method.authorize_url:
        return Found("Nobody signs in with this method, so no redirect URI is needed.")
    refusal = await patient.hall.oauth.probe(app, patient.run)
    if refusal is not None:
        raise refusal
    return Found(f"The sign-in page takes the redirect URI {app.redirect_uri}.")


async def _tenant(patient: Patient) -> Found:
    method, profile = patient.method, patient.profile
    name = tenant_field(method)
    if name is None or method.discovery_url is None:
        return Found("The provider has no tenants.")
    tenant = patient.account.fields.get(name, "")
    endpoints = endpoints_of(patient.connector, profile, patient.account.fields)
    found = await patient.hall.oauth.resolve_tenant(endpoints, tenant, patient.run)
    if profile.audience == "one_tenant" and profile.tenant not in (None, found) and "-" in (profile.tenant or ""):
        raise TenantNotAllowedError(
            f"The account is of tenant {found}, but its connector profile is for {profile.tenant} only.",
            who=Who.INTEGRATOR,
        )
    return Found(f"The tenant {found} exists.")


async def _consent(patient: Patient) -> Found:
    """Asks for a fresh token, which tells about the consent too; any other refusal is the next look's."""
    tokens, account, profile = patient.hall.tokens, patient.account, patient.profile
    try:
        held = await tokens.token(account, profile, steps=patient.run)
        patient.fresh = await tokens.token(account, profile, refused=held, steps=patient.run)
    except LinkspanError as error:
        if isinstance(error, AdminConsentRequiredError | ConsentRefusedError) or _reason(error) in _CONSENT_REASONS:
            raise
        patient.refusal = error
        return Found("The provider did not complain of a missing consent.")
    if patient.method.by_application and not _roles(patient.fresh):
        link = tokens.facts(profile, account.fields)["admin_consent_url"]
        raise AdminConsentRequiredError(
            "The application's token carries no permission: an administrator has not agreed to any application permission.",
            next_step=f"Add the application permission that the guide names, and let an administrator of the tenant open {link}",
            who=Who.TENANT_ADMIN,
            link=link,
        )
    return Found("The provider gave a token for what the profile asks: the consent stands.")


async def _token(patient: Patient) -> Found:
    if patient.refusal is not None:
        raise patient.refusal
    fell_back = any(step.status == _REFUSED for step in patient.run.steps)
    warning = (
        "The provider refused one of the profile's two client secrets and took the other: see which one is wrong."
        if fell_back
        else None
    )
    return Found("The provider gave a fresh token: credentials and grant are good.", warning)


async def _environment(patient: Patient) -> Found:
    if choice_of(patient.connector) is None:
        return Found("The provider lists no companies; the permission check asks it something.")
    rows = await company_rows(patient.hall, patient.profile, patient.account, patient.source(), patient.run)
    name = patient.account.fields.get("environment")
    return Found(f"{f'The environment {name}' if name else patient.connector.name} answers: {len(rows)} companies.")


async def _company(patient: Patient) -> Found:
    choice = choice_of(patient.connector)
    if choice is None:
        return Found("The provider has no companies.")
    rows = await company_rows(patient.hall, patient.profile, patient.account, patient.source(), patient.run)
    wanted = patient.account.fields.get(choice.name)
    found = next((company for company in rows if company.id == wanted), None)
    if found is None:
        raise CompanyNotFoundError("The account's company is not among those that its user may enter.")
    return Found(f"The company {found.name} is there.")


async def _permission(patient: Patient) -> Found:
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
        return Found("No enabled action can be tried without changing anything.")
    hall, account, profile = patient.hall, patient.account, patient.profile
    call = hall.engine.prepare(action, target_of(patient.connector, profile, account), Inputs(query={"top": 1}))
    await hall.engine.execute(call, patient.source(), patient.run)
    return Found(f"The user may run {action.id}.")


LOOKS: Mapping[str, Callable[[Patient], Awaitable[Found]]] = MappingProxyType(
    {
        "account": _account,
        "profile": _profile,
        "secret": _secret,
        "redirect": _redirect,
        "tenant": _tenant,
        "consent": _consent,
        "token": _token,
        "environment": _environment,
        "company": _company,
        "permission": _permission,
    }
)
"""The checks in order: what comes later needs what comes before."""


def _reason(error: LinkspanError) -> str | None:
    row = row_of_reason("", error.message)
    return row.reason if row else None


def _roles(token: Secret | None) -> bool:
    """Whether an access token names application permissions; one that cannot be read counts as if it did."""
    parts = token.reveal().split(".") if token is not None else []
    if len(parts) != 3:  # noqa: PLR2004  header, claims, signature
        return True
    try:
        claims = json_object(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return True
    return bool(claims.get("roles")) or "aud" not in claims
