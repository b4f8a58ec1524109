"""Tries to link an account, and the one transaction that makes an account of them."""

import enum
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, Update, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.audit_records import AuditNote
from linkspan.errors import ConnectSessionExpiredError
from linkspan.event_records import EventType
from linkspan.model import Account, AccountState, ConnectSession, LinkAttempt, SealedGrant
from linkspan.storage.account_rows import account_cells
from linkspan.storage.account_store import account_of_owner
from linkspan.storage.audit_store import note_audit
from linkspan.storage.change_counter import bump
from linkspan.storage.database import Database
from linkspan.storage.event_outbox import note_event
from linkspan.storage.grant_log import GrantKind, note_token
from linkspan.storage.grant_store import grant_cells
from linkspan.storage.tables import accounts, connect_sessions, grants, link_attempts, projects
from linkspan.storage.watch_store import is_cancelled, settle_watches


class Completed(enum.Enum):
    """How `complete` ended: DONE, or why it wrote nothing."""

    DONE = "done"
    SESSION_USED = "session_used"
    OTHER_ACCOUNT = "other_account"
    CANCELLED = "cancelled"


class LinkStore:
    """Reads and writes link attempts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self, attempt: LinkAttempt, *, state_digest: str) -> None:
        """Store a new try under the digest of its state. Raises ConnectSessionExpiredError when its session was just deleted."""
        statement = insert(link_attempts).values(
            id=attempt.id,
            project_id=attempt.project_id,
            session_id=attempt.session_id,
            account_id=attempt.account_id,
            state_digest=state_digest,
            browser_digest=attempt.browser_digest,
            fields=dict(attempt.fields),
            verifier=attempt.verifier,
            scope="",
            companies={},
            created_at=attempt.created_at,
            expires_at=attempt.expires_at,
        )
        try:
            async with self._database.begin() as connection:
                await connection.execute(statement)
        except IntegrityError:
            raise ConnectSessionExpiredError("This link was taken back.") from None

    async def by_state(self, state_digest: str) -> LinkAttempt | None:
        """The try of that state, in whatever project: the state is what names it."""
        return await self._first(select(link_attempts).where(link_attempts.c.state_digest == state_digest))

    async def latest_of(self, browser_digest: str) -> LinkAttempt | None:
        """The newest try of a browser."""
        query = select(link_attempts).where(link_attempts.c.browser_digest == browser_digest)
        return await self._first(query.order_by(link_attempts.c.created_at.desc(), link_attempts.c.id).limit(1))

    async def of_browser(self, attempt_id: str, browser_digest: str) -> LinkAttempt | None:
        """A try by its id, if it is that browser's."""
        return await self._first(
            select(link_attempts).where(
                link_attempts.c.id == attempt_id, link_attempts.c.browser_digest == browser_digest
            )
        )

    async def claim(self, project_id: str, attempt_id: str, now: datetime) -> bool:
        """Use a try's state up; False: it was used before."""
        statement = update(link_attempts).where(
            link_attempts.c.project_id == project_id,
            link_attempts.c.id == attempt_id,
            link_attempts.c.used_at.is_(None),
        )
        async with self._database.begin() as connection:
            return (await connection.execute(statement.values(used_at=now))).rowcount == 1

    async def keep_tokens(self, attempt: LinkAttempt) -> None:
        """Store the sealed tokens of a try, their scope and times, and its new end."""
        await self._change(
            attempt.project_id,
            attempt.id,
            {
                "access": attempt.access,
                "refresh": attempt.refresh,
                "scope": attempt.scope,
                "obtained_at": attempt.obtained_at,
                "token_expires_at": attempt.token_expires_at,
                "expires_at": attempt.expires_at,
            },
        )

    async def keep_fields(self, attempt: LinkAttempt, fields: Mapping[str, str]) -> LinkAttempt:
        """Store corrected fields of a try: what was listed with the old ones no longer counts."""
        await self._change(attempt.project_id, attempt.id, {"fields": dict(fields), "companies": {}})
        return replace(attempt, fields=dict(fields), companies={})

    async def keep_companies(
        self, project_id: str, attempt_id: str, companies: Mapping[str, Mapping[str, str]]
    ) -> None:
        """Store which companies were offered, by id."""
        await self._change(
            project_id, attempt_id, {"companies": {key: dict(value) for key, value in companies.items()}}
        )

    async def complete(
        self, attempt: LinkAttempt, session: ConnectSession, account: Account, grant: SealedGrant
    ) -> Completed:
        """Store account and grant, use the session up and forget the try's tokens: all or nothing.

        OTHER_ACCOUNT: the owner's account is no longer the one that `account` was made from; look again.
        """
        async with self._database.begin() as connection:
            # Two links of one owner at once must not make two accounts. SQLite has one writer anyway and ignores FOR UPDATE.
            # NO KEY: whoever writes something that belongs to the project (an event, a run) need not wait.
            await connection.execute(
                select(projects.c.id).where(projects.c.id == session.project_id).with_for_update(key_share=True)
            )
            if not await _is_still(connection, attempt, session, account):
                return Completed.OTHER_ACCOUNT
            used = update(connect_sessions).where(
                connect_sessions.c.project_id == session.project_id,
                connect_sessions.c.id == session.id,
                connect_sessions.c.used_at.is_(None),
            )
            if await is_cancelled(connection, attempt):
                return Completed.CANCELLED
            if (await connection.execute(used.values(used_at=account.updated_at))).rowcount != 1:
                return Completed.SESSION_USED
            await settle_watches(connection, attempt, account.id)
            kind = await _put_account(connection, account)
            await _put_grant(connection, grant)
            linked = GrantKind.LINKED if kind is EventType.ACCOUNT_CREATED else GrantKind.RELINKED
            await note_token(connection, grant, linked, account.updated_at)
            await note_event(connection, account, kind, account.updated_at)
            await note_audit(connection, _note(account, kind))
            await connection.execute(
                _here(attempt.project_id, attempt.id).values(
                    account_id=account.id, done_at=account.updated_at, access=None, refresh=None
                )
            )
            await bump(connection)
        return Completed.DONE

    async def _change(self, project_id: str, attempt_id: str, cells: Mapping[str, object]) -> None:
        async with self._database.begin() as connection:
            await connection.execute(_here(project_id, attempt_id).values(dict(cells)))

    async def _first(self, query: Select[*tuple[Any, ...]]) -> LinkAttempt | None:
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _attempt(row) if row else None


def _here(project_id: str, attempt_id: str) -> Update:
    return update(link_attempts).where(link_attempts.c.project_id == project_id, link_attempts.c.id == attempt_id)


async def _is_still(
    connection: AsyncConnection, attempt: LinkAttempt, session: ConnectSession, account: Account
) -> bool:
    if session.account_id is not None:
        here = select(accounts.c.id).where(accounts.c.project_id == account.project_id, accounts.c.id == account.id)
        return (await connection.execute(here)).first() is not None
    if session.multiple:
        return True
    existing = await account_of_owner(connection, session.project_id, session.connector, session.owner)
    return (existing.id if existing else attempt.account_id) == account.id


async def _put_account(connection: AsyncConnection, account: Account) -> EventType:
    """Write the account, and answer what happened to it."""
    cells = account_cells(account)
    if account.state is AccountState.SUSPENDED:
        cells["resume_state"] = AccountState.ACTIVE.value
    here = update(accounts).where(accounts.c.project_id == account.project_id, accounts.c.id == account.id)
    if (await connection.execute(here.values(cells))).rowcount:
        return EventType.ACCOUNT_UPDATED
    await connection.execute(insert(accounts).values(cells))
    return EventType.ACCOUNT_CREATED


async def _put_grant(connection: AsyncConnection, grant: SealedGrant) -> None:
    cells = grant_cells(grant)
    here = update(grants).where(grants.c.project_id == grant.project_id, grants.c.account_id == grant.account_id)
    # The version goes on counting, so that a refresh of the old grant that is still under way loses.
    if (await connection.execute(here.values(cells | {"version": grants.c.version + 1}))).rowcount == 0:
        await connection.execute(insert(grants).values(cells))


def _note(account: Account, kind: EventType) -> AuditNote:
    """Whoever holds the link may link; nobody else is known."""
    event = "account.linked" if kind is EventType.ACCOUNT_CREATED else "account.relinked"
    return AuditNote(
        account.project_id,
        account.updated_at,
        "link_page",
        event,
        account.id,
        fields=("grant", *sorted(account.fields)),
    )


def _attempt(row: RowMapping) -> LinkAttempt:
    return LinkAttempt(
        id=row["id"],
        project_id=row["project_id"],
        session_id=row["session_id"],
        account_id=row["account_id"],
        browser_digest=row["browser_digest"],
        fields=row["fields"],
        verifier=bytes(row["verifier"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
        access=None if row["access"] is None else bytes(row["access"]),
        refresh=None if row["refresh"] is None else bytes(row["refresh"]),
        scope=row["scope"],
        obtained_at=row["obtained_at"],
        token_expires_at=row["token_expires_at"],
        companies=row["companies"],
        done_at=row["done_at"],
        cancelled_at=row["cancelled_at"],
    )
