"""Everything of one origin owner, over all tables: told, and erased for good."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Table, and_, delete, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.audit_records import AuditNote
from linkspan.event_records import EventType
from linkspan.model import Account, Owner
from linkspan.storage.account_rows import account_of
from linkspan.storage.audit_store import note_audit
from linkspan.storage.change_counter import bump
from linkspan.storage.database import Database
from linkspan.storage.event_outbox import note_event
from linkspan.storage.event_tables import events
from linkspan.storage.house_tables import gone_accounts, run_bodies, tool_feedback
from linkspan.storage.permit_tables import permits
from linkspan.storage.tables import accounts, connect_sessions, grants, link_attempts, projects, run_steps, runs, writes

_PAGE = 500
_LATE = timedelta(days=1)
# Sealed columns, digests and what steers Linkspan alone are left out: nobody could read them.
_TOLD = (
    ("account", accounts, accounts.c.id, ()),
    ("grant", grants, grants.c.account_id, ("access", "refresh")),
    ("run", runs, runs.c.id, ()),
    ("run_step", run_steps, run_steps.c.run_id, ()),
    ("run_body", run_bodies, run_bodies.c.run_id, ()),
    ("tool_feedback", tool_feedback, tool_feedback.c.id, ()),
    ("write", writes, writes.c.run_id, ("digest", "guard", "sealed_answer", "sealed_intent")),
    ("connect_session", connect_sessions, connect_sessions.c.id, ("token_digest",)),
    ("event", events, events.c.id, ()),
    ("permit", permits, permits.c.id, ()),
)


_BY_ACCOUNT = {kind: table for kind, table, _, _ in _TOLD if "account_id" in table.c}


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows were erased of each kind."""

    accounts: int
    runs: int
    writes: int
    connect_sessions: int
    events: int


async def note_gone(connection: AsyncConnection, account: Account, now: datetime) -> None:
    """Remember whose account it was that is deleted in this transaction: its runs name the account only."""
    await connection.execute(
        insert(gone_accounts).values(
            account_id=account.id, project_id=account.project_id, owner_id=account.owner.id, gone_at=now
        )
    )


class OwnerStore:
    """Reads and erases what belongs to one owner id of a project, accounts deleted before included."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(
        self, project_id: str, owner_id: str
    ) -> AsyncGenerator[tuple[str, Sequence[Mapping[str, object]]], None]:
        """Every row of the owner in groups of one kind: account, grant, run, run_step, run_body, tool_feedback, write, connect_session, event, permit."""
        for kind, table, key, hidden in _TOLD:
            columns = [column for column in table.c if column.name not in hidden]
            query = select(*columns).where(table.c.project_id == project_id, _is_of(kind, project_id, owner_id))
            query = query.order_by(*table.primary_key.columns if kind == "run_step" else (key,))
            offset = 0
            while True:
                async with self._database.read() as connection:
                    found = (await connection.execute(query.limit(_PAGE).offset(offset))).mappings().all()
                if found:
                    yield kind, [dict(row) for row in found]
                if len(found) < _PAGE:
                    break
                offset += _PAGE

    async def erase(self, project_id: str, owner_id: str, now: datetime, note: AuditNote) -> tuple[Erased, list[str]]:
        """Delete all of it in one transaction, and tell the webhooks which accounts are gone, without saying whose: counts, and their ids."""
        async with self._database.begin() as connection:
            # A linking that ends at this moment comes before or after, never in between.
            await connection.execute(
                select(projects.c.id).where(projects.c.id == project_id).with_for_update(key_share=True)
            )
            told = await _mark_gone(connection, project_id, owner_id, now)
            ids = _ids(project_id, owner_id)

            async def gone(table: Table, which: ColumnElement[bool]) -> int:
                here = delete(table).where(table.c.project_id == project_id, which)
                return (await connection.execute(here)).rowcount

            session = or_(connect_sessions.c.owner_id == owner_id, connect_sessions.c.account_id.in_(ids))
            for table in (grants, link_attempts, run_bodies, tool_feedback):
                await gone(table, table.c.account_id.in_(ids))
            erased = Erased(
                accounts=await gone(accounts, accounts.c.id.in_(ids)),
                runs=await gone(runs, runs.c.account_id.in_(ids)),
                writes=await gone(writes, writes.c.account_id.in_(ids)),
                connect_sessions=await gone(connect_sessions, session),
                events=await gone(events, events.c.account_id.in_(ids)),
            )
            await gone(permits, permits.c.owner_id == owner_id)
            mine = and_(gone_accounts.c.project_id == project_id, gone_accounts.c.owner_id == owner_id)
            await connection.execute(update(gone_accounts).where(mine).values(owner_id=None, gone_at=now))
            for account in told:
                await note_event(connection, account, EventType.ACCOUNT_DELETED, now)
            await note_audit(connection, note)
            await bump(connection)
        return erased, [account.id for account in told]

    async def sweep(self, now: datetime) -> None:
        """Delete what other processes still logged of erased accounts, in every project; after a day nothing more can come."""
        erased = select(gone_accounts.c.account_id).where(gone_accounts.c.owner_id.is_(None))
        async with self._database.begin() as connection:
            for table in (runs, run_bodies, tool_feedback, writes):
                await connection.execute(delete(table).where(table.c.account_id.in_(erased)))
            old = and_(gone_accounts.c.owner_id.is_(None), gone_accounts.c.gone_at < now - _LATE)
            await connection.execute(delete(gone_accounts).where(old))


async def _mark_gone(connection: AsyncConnection, project_id: str, owner_id: str, now: datetime) -> list[Account]:
    """Enter the owner's accounts among the gone ones; each as it may still be told of."""
    query = select(accounts).where(accounts.c.project_id == project_id, accounts.c.owner_id == owner_id)
    found = [account_of(row) for row in (await connection.execute(query.with_for_update())).mappings()]
    for account in found:
        await note_gone(connection, account, now)
    return [replace(each, owner=Owner("", ""), fields={}, label=None, metadata={}, reasons=()) for each in found]


def _ids(project_id: str, owner_id: str) -> Select[tuple[str]]:
    """The ids of the owner's accounts that are gone."""
    return select(gone_accounts.c.account_id).where(
        gone_accounts.c.project_id == project_id, gone_accounts.c.owner_id == owner_id
    )


def _is_of(kind: str, project_id: str, owner_id: str) -> ColumnElement[bool]:
    """Whether a row of that kind is the owner's, whose accounts may still be there."""
    here = select(accounts.c.id).where(accounts.c.project_id == project_id, accounts.c.owner_id == owner_id)
    ids = here.union_all(_ids(project_id, owner_id))
    if kind in {"account", "permit"}:
        return (accounts if kind == "account" else permits).c.owner_id == literal(owner_id)
    if kind == "run_step":
        mine = select(runs.c.id).where(runs.c.project_id == project_id, runs.c.account_id.in_(ids))
        return run_steps.c.run_id.in_(mine)
    if kind == "connect_session":
        return or_(connect_sessions.c.owner_id == literal(owner_id), connect_sessions.c.account_id.in_(ids))
    return _BY_ACCOUNT[kind].c.account_id.in_(ids)
