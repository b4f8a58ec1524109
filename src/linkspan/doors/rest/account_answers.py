"""What the REST API answers about linked accounts."""

from datetime import datetime

from pydantic import Field

from linkspan.doors.rest.answers import Answer
from linkspan.doors.rest.profile_answers import ExpiryAnswer
from linkspan.model import Account, AccountState
from linkspan.usecases.check_account import Check, CheckState, first_to_fix
from linkspan.usecases.hall import Hall


class StateReasonAnswer(Answer):
    """Why an account is in its state."""

    code: str
    description: str
    at: datetime


class AccountAnswer(Answer):
    """One customer's link."""

    id: str
    connector: str
    profile_id: str
    state: AccountState
    state_reasons: list[StateReasonAnswer]
    origin_owner_id: str
    origin_owner_name: str
    origin_username: str | None
    fields: dict[str, str] = Field(description="Where it points: tenant, environment, company.")
    label: str | None
    type: str = Field(description="production or test")
    metadata: dict[str, object]
    read_only: bool = Field(description="Whether every write on the account is refused.")
    last_success_at: datetime | None
    warnings: list[ExpiryAnswer] = Field(description="Credentials of its connector profile that expire within 30 days.")
    created_at: datetime
    updated_at: datetime

    @classmethod
    async def of(cls, hall: Hall, account: Account) -> "AccountAnswer":
        """The account as it may be seen."""
        profile = await hall.warm.profile(account.project_id, account.profile_id)
        reasons = [
            StateReasonAnswer(code=item.code, description=item.description, at=item.at) for item in account.reasons
        ]
        return cls(
            id=account.id,
            connector=account.connector,
            profile_id=account.profile_id,
            state=account.state,
            state_reasons=reasons,
            origin_owner_id=account.owner.id,
            origin_owner_name=account.owner.name,
            origin_username=account.owner.username,
            fields=dict(account.fields),
            label=account.label,
            type=account.kind,
            metadata=dict(account.metadata),
            read_only=account.read_only,
            last_success_at=account.last_success_at,
            warnings=ExpiryAnswer.all_of(hall, profile),
            created_at=account.created_at,
            updated_at=account.updated_at,
        )


class CheckAnswer(Answer):
    """One thing that the doctor looked at."""

    name: str = Field(
        description="account, profile, secret, redirect, tenant, consent, token, environment, company or permission"
    )
    state: CheckState
    what: str
    next_step: str | None
    who: str | None
    link: str | None
    code: str | None


class CheckUpAnswer(Answer):
    """The doctor's findings, in the order in which things are needed; `first_to_fix` is null when all is well."""

    account_id: str
    first_to_fix: CheckAnswer | None
    checks: list[CheckAnswer]

    @classmethod
    def of(cls, account_id: str, checks: list[Check]) -> "CheckUpAnswer":
        """The findings as they may be seen."""
        first = first_to_fix(checks)
        return cls(
            account_id=account_id,
            first_to_fix=_check(first) if first is not None else None,
            checks=[_check(check) for check in checks],
        )


def _check(check: Check) -> CheckAnswer:
    return CheckAnswer(
        name=check.name,
        state=check.state,
        what=check.what,
        next_step=check.next_step,
        who=check.who,
        link=check.link,
        code=check.code,
    )
