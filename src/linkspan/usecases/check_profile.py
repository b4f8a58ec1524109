"""What can be proved of a connector profile without an account: its credentials, its redirect URI, its tenant, and for an application that asks for itself a token."""

from collections.abc import Awaitable, Callable, Mapping

from linkspan.connectors.action import AuthMethod
from linkspan.model import Account, AccountState, Caller, KeyScope, Owner, Profile
from linkspan.providerauth.endpoints import tenant_field
from linkspan.providerauth.oauth import RefreshRefused
from linkspan.usecases.access import require
from linkspan.usecases.account_checks import LOOKS, Found, Patient
from linkspan.usecases.check_account import HARMLESS, Check, CheckState, check_one
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_profiles import find_profile

Look = Callable[[Patient], Awaitable[Found]]
_NO_ACCOUNT = "no-account"


async def check_profile(hall: Hall, caller: Caller, profile_id: str) -> list[Check]:
    """Every check that needs no account, in order: profile, secret, tenant, redirect, token. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_READ)
    profile = await find_profile(hall, caller.project_id, profile_id)
    connector = hall.catalog.connectors[profile.connector]
    method = connector.auth_methods[profile.auth_method]
    fields = _fields(method, profile)
    patient = Patient(hall, _nobody(hall, profile, fields or {}), profile, connector)
    checks: list[Check] = []
    for name, look in _looks(method, profile).items():
        if any(check.state is CheckState.FAILED and check.name != HARMLESS for check in checks):
            checks.append(Check(name, CheckState.NOT_TRIED, "Not tried: something before it failed."))
        elif fields is None and name != "profile":
            step = "Enter the tenant in the profile, or link the first account."
            checks.append(Check(name, CheckState.NOT_TRIED, "Not tried: the profile's tenant is not known yet.", step))
        else:
            checks.append(await check_one(name, look, patient))
    if not method.by_application:
        told = "Whether the credentials are good shows at the first sign-in: nobody can get a token without one."
        checks.append(Check("token", CheckState.NOT_TRIED, told, "Link an account with this profile."))
    return checks


def _looks(method: AuthMethod, profile: Profile) -> Mapping[str, Look]:
    looks = {name: LOOKS[name] for name in ("profile", "secret")}
    if profile.tenant is not None:
        looks["tenant"] = LOOKS["tenant"]
    return looks | ({"token": _token} if method.by_application else {"redirect": LOOKS["redirect"]})


async def _token(patient: Patient) -> Found:
    """Asks for a token of the application's own; nothing of it is kept."""
    app = await patient.hall.tokens.app(patient.profile, patient.account.fields)
    try:
        await patient.hall.oauth.acquire(app, steps=patient.run)
    except RefreshRefused as refused:
        raise refused.refusal.error() from refused
    return Found("The provider gave the application a token: client ID and credentials are good.")


def _fields(method: AuthMethod, profile: Profile) -> dict[str, str] | None:
    """What the addresses of the provider need; None while no tenant is known that could be asked."""
    name = tenant_field(method)
    if name is None:
        return {}
    known = profile.tenant or (method.any_tenant.word if method.any_tenant is not None else None)
    return {name: known} if known is not None else None


def _nobody(hall: Hall, profile: Profile, fields: Mapping[str, str]) -> Account:
    """Stands where the checks look for an account; it is stored nowhere."""
    now = hall.clock()
    return Account(
        id=_NO_ACCOUNT,
        project_id=profile.project_id,
        profile_id=profile.id,
        connector=profile.connector,
        owner=Owner(_NO_ACCOUNT, _NO_ACCOUNT),
        state=AccountState.ACTIVE,
        fields=fields,
        created_at=now,
        updated_at=now,
    )
