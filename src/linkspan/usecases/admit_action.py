"""Whether a caller may run an action on an account: scope, project, states and the profile's choice of actions."""

from collections.abc import Coroutine
from typing import Any, Protocol

import msgspec

from linkspan.connectors.action import Action
from linkspan.engine.call import Target
from linkspan.engine.proxy import ProxyAction
from linkspan.engine.ready_read import ReadyRead
from linkspan.errors import (
    ActionNotEnabledError,
    InvalidInputError,
    Mistake,
    NotFoundError,
    NotPermittedError,
    ProfileDisabledError,
)
from linkspan.model import Account, Caller, Profile, Secret, Step
from linkspan.usecases.access import check_named, check_permitted, check_read_only, needed_for, require
from linkspan.usecases.hall import Hall
from linkspan.usecases.wire_state import closing_error


class Subject(Protocol):
    """What learns, while a request is looked at, which action and account it is about, and then each request to the provider."""

    def add(self, step: Step) -> None:
        """Take one finished provider request."""
        ...

    def about(self, action: Action | ProxyAction, account: Account | None = None) -> None:
        """Take the action, and the account once it is known to belong to the project."""
        ...


class AccountTokens(msgspec.Struct, frozen=True, gc=False):
    """The token source of one account."""

    hall: Hall
    account: Account
    profile: Profile
    steps: Subject

    def token(self, *, refused: Secret | None = None) -> Coroutine[Any, Any, Secret]:
        """A token that should work; a newer one than `refused`."""
        return self.hall.tokens.token(self.account, self.profile, refused=refused, steps=self.steps)


class Admitted(msgspec.Struct, frozen=True, gc=False):
    """A request that may go on: the action, the account and where it points, its tokens, and the short way if it is a plain read."""

    action: Action
    account: Account
    target: Target
    tokens: AccountTokens
    ready: ReadyRead | None


class AdmittedProxy(msgspec.Struct, frozen=True, gc=False):
    """The same of a request of the caller's own, which is no action."""

    account: Account
    target: Target
    tokens: AccountTokens


async def admit_action(
    hall: Hall,
    caller: Caller,
    action_id: str,
    subject: Subject,
    *,
    account_id: str | None,
    profile_id: str | None = None,
) -> Admitted:
    """Check what can be checked without the provider; no database read when warm.

    Raises UnknownActionError, MissingScopeError, InvalidInputError, NotFoundError, AccountSuspendedError, AccountRevokedError,
    NeedsReauthError, AccountReadOnlyError, ProfileDisabledError, ActionNotEnabledError, InsufficientScopeError, NotPermittedError.
    """
    at = ("admission", caller.project_id, caller.scopes, account_id, profile_id, action_id)
    found: _Admission | None = hall.warm.at_hand(at)
    if found is None:
        action = hall.catalog.find(action_id)
        subject.about(action)
        require(caller, needed_for(action))
        if not account_id:
            raise InvalidInputError(mistakes=[Mistake("headers.x-account-id", "is missing: name the linked account")])
        check_named(caller, account_id)
        found = await hall.warm.remembered(
            at, lambda: _admission(hall, caller, action, subject, account_id=account_id, profile_id=profile_id)
        )
        if found is None:
            raise NotFoundError
    subject.about(found.action, found.account)
    if caller.bounds is not None:
        _check_bounds(caller, found, account_id, profile_id)
    tokens = AccountTokens(hall, found.account, found.profile, subject)
    return Admitted(found.action, found.account, found.target, tokens, found.ready)


class _Admission(msgspec.Struct, frozen=True, gc=False):
    """What is concluded about a project, a caller's scopes, an account and an action, and holds until a record changes."""

    action: Action
    account: Account
    profile: Profile
    target: Target
    ready: ReadyRead | None


def _check_bounds(caller: Caller, found: _Admission, account_id: str | None, profile_id: str | None) -> None:
    """Hold a caller who signed in to what was chosen then. Raises NotFoundError, NotPermittedError."""
    check_named(caller, account_id or "")
    check_permitted(caller, found.account, found.action)
    if profile_id not in (None, found.profile.id):
        raise NotPermittedError("A sign-in holds for what the account's own connector profile enables.")


async def _admission(
    hall: Hall, caller: Caller, action: Action, subject: Subject, *, account_id: str, profile_id: str | None
) -> _Admission:
    account = await hall.warm.account(caller.project_id, account_id)
    subject.about(action, account)
    if account.connector != action.connector:
        mistake = Mistake("action", f"belongs to {action.connector}, but the account is linked to {account.connector}")
        raise InvalidInputError(mistakes=[mistake])
    profile = await hall.warm.profile(caller.project_id, account.profile_id)
    if (closed := closing_error(account, lambda: hall.tokens.facts(profile, account.fields))) is not None:
        raise closed
    check_read_only(account, writes=action.verb.writes)
    rules = (
        await _other_profile(hall, caller, profile_id, action) if profile_id and profile_id != profile.id else profile
    )
    if not profile.enabled or not rules.enabled:
        raise ProfileDisabledError
    if not (action.default if rules.enabled_actions is None else action.id in rules.enabled_actions):
        message = f"The connector profile {rules.name!r} does not enable {action.id}."
        raise ActionNotEnabledError(message)
    target = hall.engine.target(hall.catalog.connectors[action.connector], profile, account)
    return _Admission(action, account, profile, target, hall.engine.ready_read(action, target))


async def _other_profile(hall: Hall, caller: Caller, profile_id: str, action: Action) -> Profile:
    try:
        profile = await hall.warm.profile(caller.project_id, profile_id)
    except NotFoundError:
        profile = None
    if profile is None or profile.connector != action.connector:
        mistake = Mistake("headers.x-connector-profile-id", f"is no {action.connector} profile of this project")
        raise InvalidInputError(mistakes=[mistake])
    return profile
