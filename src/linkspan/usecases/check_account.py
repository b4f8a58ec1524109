"""The doctor: is this account in order, and if not, what is the first thing to mend?"""

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from linkspan.errors import LinkspanError
from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.account_checks import LOOKS, Found, Patient
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_accounts import find_account
from linkspan.usecases.read_profiles import find_profile

HARMLESS = "redirect"
"""A failure that only a new sign-in would meet: what comes behind it is tried all the same."""


class CheckState(enum.StrEnum):
    """How a check came out; what comes behind the first failure is not tried. `warning`: it works, but not for long."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at and what was found; for a failure the next step, who must act, the page to open and the error's code.

    `name`: account, profile, secret, redirect, tenant, consent, token, environment, company, permission.
    """

    name: str
    state: CheckState
    what: str
    next_step: str | None = None
    code: str | None = None
    error: LinkspanError | None = None
    who: str | None = None
    link: str | None = None


async def check_account(hall: Hall, caller: Caller, account_id: str) -> list[Check]:
    """Every check in order; asks the provider for a fresh token. Raises NotFoundError for an account of another project."""
    require(caller, KeyScope.PLATFORM_READ)
    account = await find_account(hall, caller.project_id, account_id)
    profile = await find_profile(hall, caller.project_id, account.profile_id)
    patient = Patient(hall, account, profile, hall.catalog.connectors[account.connector])
    checks: list[Check] = []
    for name, look in LOOKS.items():
        if any(check.state is CheckState.FAILED and check.name != HARMLESS for check in checks):
            checks.append(Check(name, CheckState.NOT_TRIED, "Not tried: something before it failed."))
            continue
        checks.append(await check_one(name, look, patient))
    return checks


def first_to_fix(checks: list[Check]) -> Check | None:
    """What to mend first: the failure, or else the first warning; None when all is well."""
    for state in (CheckState.FAILED, CheckState.WARNING):
        found = next((check for check in checks if check.state is state), None)
        if found is not None:
            return found
    return None


async def check_one(name: str, look: Callable[[Patient], Awaitable[Found]], patient: Patient) -> Check:
    """One look, with its failure told as a failed check."""
    try:
        found = await look(patient)
    except LinkspanError as error:
        text = error.message
        if error.provider is not None and error.provider.message:
            text = f"{text} The provider says: {error.provider.message}"
        who = error.who.value if error.who else None
        return Check(name, CheckState.FAILED, text, error.next_step, error.code, error, who, error.link)
    if found.warning is not None:
        return Check(name, CheckState.WARNING, found.what, found.warning)
    return Check(name, CheckState.OK, found.what)
