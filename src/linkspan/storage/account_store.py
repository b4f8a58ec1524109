"""Linked accounts: where they point and the state they are in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, Update, and_, delete, func, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.audit_records import AuditNote
from linkspan.event_records import EventType
from linkspan.model import Account, AccountState, Owner, StateReason
from linkspan.storage.account_rows import account_of, reasons_json
from linkspan.storage.audit_store import note_audit
from linkspan.storage.change_counter import bump
from linkspan.storage.database import Database
from linkspan.storage.event_outbox import note_event
from linkspan.storage.grant_log import GrantKind, GrantNote, forget_grants, note_grant
from linkspan.storage.owner_store import note_gone
from linkspan.storage.tables import accounts, grants, link_attempts

# Passing states: to the outside the account is active all the while, so that no event is due.
_QUIET = frozenset({AccountState.ACTIVE, AccountState.REFRESHING, AccountState.DEGRADED})
_OFF = frozenset({AccountState.SUSPENDED, AccountState.ARCHIVED})


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts a list shall hold; an empty tuple means any (of states: any but archived). `page` counts from 1.

    `search`: a part of an account's label, owner, id or fields, upper and lower case alike.
    """

    connectors: tuple[str, ...] = ()
    account_ids: tuple[str, ...] = ()
    owner_ids: tuple[str, ...] = ()
    states: tuple[AccountState, ...] = ()
    profile_ids: tuple[str, ...] = ()
    page: int = 1
    page_size: int = 1000
    search: str = ""


class AccountStore:
    """Reads and writes accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, project_id: str, account_id: str) -> Account | None:
        """One account of a project."""
        query = select(accounts).where(accounts.c.project_id == project_id, accounts.c.id == account_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return account_of(row) if row else None

    async def list(self, project_id: str, wanted: AccountFilter) -> list[Account]:
        """The accounts of a project that fit, oldest first."""
        query = select(accounts).where(accounts.c.project_id == project_id)
        for column, values in (
            (accounts.c.connector, wanted.connectors),
            (accounts.c.id, wanted.account_ids),
            (accounts.c.owner_id, wanted.owner_ids),
            (accounts.c.state, wanted.states),
            (accounts.c.profile_id, wanted.profile_ids),
        ):
            if values:
                query = query.where(column.in_(values))
        if wanted.search:
            told = (accounts.c.label, accounts.c.owner_name, accounts.c.owner_id, accounts.c.id, accounts.c.fields)
            query = query.where(
                or_(*(type_coerce(cell, Text).icontains(wanted.search, autoescape=True) for cell in told))
            )
        if not wanted.states and not wanted.account_ids:
            query = query.where(accounts.c.state != AccountState.ARCHIVED)
        query = query.order_by(accounts.c.created_at, accounts.c.id)
        query = query.limit(wanted.page_size).offset((wanted.page - 1) * wanted.page_size)
        async with self._database.read() as connection:
            return [account_of(row) for row in (await connection.execute(query)).mappings()]

    async def count_by_state(self, project_id: str) -> dict[AccountState, int]:
        """How many accounts of a project are in each state; states without any are left out."""
        query = select(accounts.c.state, func.count().label("many")).where(accounts.c.project_id == project_id)
        async with self._database.read() as connection:
            rows = await connection.execute(query.group_by(accounts.c.state))
            return {AccountState(row.state): row.many for row in rows}

    async def of_owner(self, project_id: str, connector: str, owner: Owner) -> Account | None:
        """The account that was linked last for this owner (id and name), archived ones left out."""
        async with self._database.read() as connection:
            return await account_of_owner(connection, project_id, connector, owner)

    async def change(self, account: Account, note: AuditNote | None = None) -> None:
        """Store what the integrator says about an account: owner, label, kind, metadata, whether it only reads."""
        cells = {
            "owner_id": account.owner.id,
            "owner_name": account.owner.name,
            "owner_username": account.owner.username,
            "label": account.label,
            "kind": account.kind,
            "metadata": dict(account.metadata),
            "read_only": account.read_only,
            "updated_at": account.updated_at,
        }
        async with self._database.begin() as connection:
            await connection.execute(_here(account.project_id, account.id).values(cells))
            await _tell(connection, account.project_id, account.id, account.updated_at)
            await note_audit(connection, note)
            await bump(connection)

    async def suspend(
        self, project_id: str, account_id: str, reason: StateReason, now: datetime, note: AuditNote | None = None
    ) -> None:
        """Suspend an account, remembering the state to come back to, and why it was in that."""
        async with self._database.begin() as connection:
            before = await _locked(connection, project_id, account_id)
            if before is None or before.state in _OFF:
                return
            cells = {
                "resume_state": before.state.value,
                "state": AccountState.SUSPENDED.value,
                "reasons": reasons_json((*before.reasons, reason)),
                "updated_at": now,
            }
            await connection.execute(_here(project_id, account_id).values(cells))
            await _tell(connection, project_id, account_id, now)
            await note_audit(connection, note)
            await bump(connection)

    async def resume(self, project_id: str, account_id: str, now: datetime, note: AuditNote | None = None) -> None:
        """Take a suspended account back to the state that it would be in, with the reasons for that."""
        async with self._database.begin() as connection:
            before = await _locked(connection, project_id, account_id)
            if before is None or before.state is not AccountState.SUSPENDED:
                return
            # The last reason is that of the suspension.
            cells = {
                "state": accounts.c.resume_state,
                "resume_state": None,
                "reasons": reasons_json(before.reasons[:-1]),
                "updated_at": now,
            }
            await connection.execute(_here(project_id, account_id).values(cells))
            await _tell(connection, project_id, account_id, now)
            await note_audit(connection, note)
            await bump(connection)

    async def close(
        self, account: tuple[str, str], state: AccountState, reason: StateReason, note: AuditNote | None = None
    ) -> None:
        """Erase the tokens of an account (project id, account id) and make it archived or revoked; linking it again opens it.

        A suspended account that is revoked stays suspended, for its user may not undo that, and comes back as revoked.
        """
        project_id, account_id = account
        async with self._database.begin() as connection:
            before = await _locked(connection, project_id, account_id)
            if before is None or before.state in (state, AccountState.ARCHIVED):
                return
            stays = before.state is AccountState.SUSPENDED and state is AccountState.REVOKED
            cells = {
                "state": (before.state if stays else state).value,
                "resume_state": state.value if stays else None,
                "reasons": reasons_json((reason, *before.reasons[-1:]) if stays else (reason,)),
                "updated_at": reason.at,
            }
            await connection.execute(_here(project_id, account_id).values(cells))
            await _erase_tokens(connection, project_id, account_id)
            ended = GrantNote(GrantKind.ENDED, reason.at, reason.code)
            await note_grant(connection, account, ended)
            await _tell(connection, project_id, account_id, reason.at)
            await note_audit(connection, note)
            await bump(connection)

    async def remove(self, project_id: str, account_id: str, now: datetime, note: AuditNote | None = None) -> bool:
        """Delete an account and every token of it; False: there is no such account in the project."""
        async with self._database.begin() as connection:
            before = await _locked(connection, project_id, account_id)
            if before is None:
                return False
            await _erase_tokens(connection, project_id, account_id)
            await connection.execute(
                delete(accounts).where(accounts.c.project_id == project_id, accounts.c.id == account_id)
            )
            await forget_grants(connection, project_id, account_id)
            await note_gone(connection, before, now)
            await note_event(connection, before, EventType.ACCOUNT_DELETED, now)
            await note_audit(connection, note)
            await bump(connection)
            return True


async def account_of_owner(
    connection: AsyncConnection, project_id: str, connector: str, owner: Owner
) -> Account | None:
    """As `AccountStore.of_owner`, within the caller's transaction."""
    query = select(accounts).where(
        accounts.c.project_id == project_id,
        accounts.c.connector == connector,
        accounts.c.owner_id == owner.id,
        accounts.c.owner_name == owner.name,
        accounts.c.state != AccountState.ARCHIVED,
    )
    rows = await connection.execute(query.order_by(accounts.c.updated_at.desc(), accounts.c.id).limit(1))
    row = rows.mappings().first()
    return account_of(row) if row else None


async def set_state(
    connection: AsyncConnection,
    account: tuple[str, str],
    state: AccountState,
    reasons: Iterable[StateReason],
    now: datetime,
) -> None:
    """Move an account, given as (project id, account id), to another state within the caller's transaction.

    A suspended account stays suspended, and comes back to the new state. Nothing is written when nothing changes.
    """
    project_id, account_id = account
    before = await _locked(connection, project_id, account_id)
    resume_state = await connection.scalar(select(accounts.c.resume_state).where(_is(project_id, account_id)))
    if before is None or before.state is AccountState.ARCHIVED:
        return
    suspended = before.state is AccountState.SUSPENDED
    was = AccountState(resume_state) if suspended and resume_state else before.state
    if state is was:
        return
    here, told = _here(project_id, account_id), reasons_json(reasons)
    if suspended:
        kept = [*told, *reasons_json(before.reasons[-1:])]
        await connection.execute(here.values(resume_state=state.value, reasons=kept, updated_at=now))
    else:
        await connection.execute(here.values(state=state.value, reasons=told, updated_at=now))
    if not {state, was} <= _QUIET:
        needs_reauth = state is AccountState.NEEDS_REAUTH
        kind = EventType.ACCOUNT_NEEDS_REAUTH if needs_reauth else EventType.ACCOUNT_UPDATED
        await _tell(connection, project_id, account_id, now, kind=kind)
    await bump(connection)


def _is(project_id: str, account_id: str) -> ColumnElement[bool]:
    return and_(accounts.c.project_id == project_id, accounts.c.id == account_id)


def _here(project_id: str, account_id: str) -> Update:
    return update(accounts).where(_is(project_id, account_id))


async def _locked(connection: AsyncConnection, project_id: str, account_id: str) -> Account | None:
    """The account, held until the transaction ends. SQLite has one writer anyway and ignores FOR UPDATE."""
    query = select(accounts).where(_is(project_id, account_id)).with_for_update(key_share=True)
    row = (await connection.execute(query)).mappings().first()
    return account_of(row) if row else None


async def _tell(
    connection: AsyncConnection,
    project_id: str,
    account_id: str,
    now: datetime,
    *,
    kind: EventType = EventType.ACCOUNT_UPDATED,
) -> None:
    """Note an event with the account as it is now."""
    row = (await connection.execute(select(accounts).where(_is(project_id, account_id)))).mappings().first()
    if row is not None:
        await note_event(connection, account_of(row), kind, now)


async def _erase_tokens(connection: AsyncConnection, project_id: str, account_id: str) -> None:
    """Every token of an account: its grant's, and those of a linking that is under way."""
    await connection.execute(delete(grants).where(grants.c.project_id == project_id, grants.c.account_id == account_id))
    await connection.execute(
        update(link_attempts)
        .where(link_attempts.c.project_id == project_id, link_attempts.c.account_id == account_id)
        .values(access=None, refresh=None)
    )
