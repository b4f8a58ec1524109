"""A finished linking becomes an account: new, or the owner's existing one linked again."""

from collections.abc import Mapping
from dataclasses import replace

from linkspan.errors import (
    ConnectSessionExpiredError,
    LinkCancelledError,
    LinkStateInvalidError,
    NotFoundError,
    ServerBusyError,
)
from linkspan.model import Account, AccountState, ConnectSession, LinkAttempt, SealedGrant
from linkspan.storage.link_store import Completed
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_log import LinkRun
from linkspan.usecases.link_tenant import remember_tenant
from linkspan.usecases.read_profiles import find_profile

_TRIES = 5


async def link_account(
    hall: Hall, attempt: LinkAttempt, session: ConnectSession, fields: Mapping[str, str], run: LinkRun
) -> Account:
    """Store account and grant in one transaction, and use the session up.

    The same connector, owner id and owner name again mean the same account, unless the session says `multiple`.
    """
    for _ in range(_TRIES):
        existing = await _existing(hall, session)
        account = _account(hall, attempt, session, fields, existing)
        grant = await _reseal(hall, attempt, account.id)
        outcome = await hall.links.complete(attempt, session, account, grant)
        if outcome is Completed.DONE:
            profile = await find_profile(hall, account.project_id, account.profile_id)
            await remember_tenant(hall, hall.catalog.connectors[account.connector], profile, account.fields)
            hall.warm.drop()
            run.account_id = account.id
            return account
        if outcome is Completed.CANCELLED:
            raise LinkCancelledError
        if outcome is Completed.SESSION_USED:
            raise ConnectSessionExpiredError("This link was used already: its account is linked.")
    raise ServerBusyError


async def _existing(hall: Hall, session: ConnectSession) -> Account | None:
    if session.account_id is not None:
        account = await hall.accounts.read(session.project_id, session.account_id)
        if account is None:
            raise NotFoundError("The account that this link is for was removed.")
        return account
    if session.multiple:
        return None
    return await hall.accounts.of_owner(session.project_id, session.connector, session.owner)


def _account(
    hall: Hall, attempt: LinkAttempt, session: ConnectSession, fields: Mapping[str, str], existing: Account | None
) -> Account:
    now = hall.clock()
    if existing is None:
        return Account(
            id=attempt.account_id,
            project_id=session.project_id,
            profile_id=session.profile_id,
            connector=session.connector,
            owner=session.owner,
            state=AccountState.ACTIVE,
            fields=dict(fields),
            created_at=now,
            updated_at=now,
            label=session.label,
            kind=session.kind,
            metadata=session.metadata,
            last_success_at=now,
            read_only=session.read_only,
        )
    suspended = existing.state is AccountState.SUSPENDED
    return replace(
        existing,
        profile_id=session.profile_id,
        owner=session.owner,
        fields=dict(fields),
        updated_at=now,
        last_success_at=now,
        state=existing.state if suspended else AccountState.ACTIVE,
        # The last reason is that of the suspension; what was wrong with the grant before is mended now.
        reasons=existing.reasons[-1:] if suspended else (),
        label=session.label or existing.label,
        metadata=session.metadata or existing.metadata,
        # Whoever links again must not gain a right that was taken on purpose.
        read_only=session.read_only or existing.read_only,
    )


async def _reseal(hall: Hall, attempt: LinkAttempt, account_id: str) -> SealedGrant:
    """The try's tokens, sealed for the account: a sealed text opens only for the owner that it was made for."""
    if attempt.access is None or attempt.obtained_at is None or attempt.token_expires_at is None:
        raise LinkStateInvalidError
    vault, project, before, after = hall.vault, attempt.project_id, f"link:{attempt.id}", f"account:{account_id}"
    access = await vault.open(project, before, "access_token", attempt.access)
    # An application that asks for itself has no refresh token.
    refresh = await vault.open(project, before, "refresh_token", attempt.refresh) if attempt.refresh else None
    return SealedGrant(
        account_id=account_id,
        project_id=project,
        version=1,
        scope=attempt.scope,
        access=await vault.seal(project, after, "access_token", access),
        refresh=await vault.seal(project, after, "refresh_token", refresh) if refresh else None,
        obtained_at=attempt.obtained_at,
        expires_at=attempt.token_expires_at,
    )
