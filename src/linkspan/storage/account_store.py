"""Linked accounts: where they point and the state they are in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.model import Account, AccountState, Owner, StateReason
from linkspan.storage.change_counter import bump
from linkspan.storage.database import Database
from linkspan.storage.tables import accounts, grants


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts a list shall hold; an empty tuple means any. `page` counts from 1."""

    connectors: tuple[str, ...] = ()
    account_ids: tuple[str, ...] = ()
    owner_ids: tuple[str, ...] = ()
    states: tuple[AccountState, ...] = ()
    profile_ids: tuple[str, ...] = ()
    page: int = 1
    page_size: int = 1000


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
        query = query.order_by(accounts.c.created_at, accounts.c.id)
        query = query.limit(wanted.page_size).offset((wanted.page - 1) * wanted.page_size)
        async with self._database.read() as connection:
            return [account_of(row) for row in (await connection.execute(query)).mappings()]

    async def of_owner(self, project_id: str, connector: str, owner: Owner) -> Account | None:
        """The account that was linked last for this owner (id and name)."""
        async with self._database.read() as connection:
            return await account_of_owner(connection, project_id, connector, owner)

    async def change(self, account: Account) -> None:
        """Store what the integrator says about an account: owner, label, kind, metadata."""
        statement = update(accounts).where(accounts.c.project_id == account.project_id, accounts.c.id == account.id)
        cells = {
            "owner_id": account.owner.id,
            "owner_name": account.owner.name,
            "owner_username": account.owner.username,
            "label": account.label,
            "kind": account.kind,
            "metadata": dict(account.metadata),
            "updated_at": account.updated_at,
        }
        async with self._database.begin() as connection:
            await connection.execute(statement.values(cells))
            await bump(connection)

    async def suspend(self, project_id: str, account_id: str, reason: StateReason, now: datetime) -> None:
        """Suspend an account, remembering the state to come back to."""
        statement = update(accounts).where(
            accounts.c.project_id == project_id, accounts.c.id == account_id, accounts.c.state != AccountState.SUSPENDED
        )
        async with self._database.begin() as connection:
            await connection.execute(
                statement.values(
                    resume_state=accounts.c.state,
                    state=AccountState.SUSPENDED.value,
                    reasons=reasons_json((reason,)),
                    updated_at=now,
                )
            )
            await bump(connection)

    async def resume(self, project_id: str, account_id: str, now: datetime) -> None:
        """Take a suspended account back to the state that it was in."""
        statement = update(accounts).where(
            accounts.c.project_id == project_id, accounts.c.id == account_id, accounts.c.state == AccountState.SUSPENDED
        )
        async with self._database.begin() as connection:
            await connection.execute(
                statement.values(state=accounts.c.resume_state, resume_state=None, reasons=[], updated_at=now)
            )
            await bump(connection)

    async def remove(self, project_id: str, account_id: str) -> bool:
        """Delete an account and its grant; False: there is no such account in the project."""
        async with self._database.begin() as connection:
            await connection.execute(
                delete(grants).where(grants.c.project_id == project_id, grants.c.account_id == account_id)
            )
            gone = await connection.execute(
                delete(accounts).where(accounts.c.project_id == project_id, accounts.c.id == account_id)
            )
            await bump(connection)
            return gone.rowcount == 1


async def account_of_owner(
    connection: AsyncConnection, project_id: str, connector: str, owner: Owner
) -> Account | None:
    """As `AccountStore.of_owner`, within the caller's transaction."""
    query = select(accounts).where(
        accounts.c.project_id == project_id,
        accounts.c.connector == connector,
        accounts.c.owner_id == owner.id,
        accounts.c.owner_name == owner.name,
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
    here = and_(accounts.c.project_id == account[0], accounts.c.id == account[1])
    current = (await connection.execute(select(accounts.c.state, accounts.c.resume_state).where(here))).first()
    if current is None:
        return
    suspended = current.state == AccountState.SUSPENDED
    if state == (current.resume_state if suspended else current.state):
        return
    if suspended:
        await connection.execute(update(accounts).where(here).values(resume_state=state.value))
    else:
        await connection.execute(
            update(accounts).where(here).values(state=state.value, reasons=reasons_json(reasons), updated_at=now)
        )
    await bump(connection)


def account_cells(account: Account) -> dict[str, object]:
    """An account as its row."""
    return {
        "id": account.id,
        "project_id": account.project_id,
        "profile_id": account.profile_id,
        "connector": account.connector,
        "owner_id": account.owner.id,
        "owner_name": account.owner.name,
        "owner_username": account.owner.username,
        "state": account.state.value,
        "reasons": reasons_json(account.reasons),
        "fields": dict(account.fields),
        "label": account.label,
        "kind": account.kind,
        "metadata": dict(account.metadata),
        "last_success_at": account.last_success_at,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }


def account_of(row: RowMapping) -> Account:
    """A row as an account."""
    return Account(
        id=row["id"],
        project_id=row["project_id"],
        profile_id=row["profile_id"],
        connector=row["connector"],
        owner=Owner(row["owner_id"], row["owner_name"], row["owner_username"]),
        state=AccountState(row["state"]),
        fields=row["fields"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        reasons=tuple(
            StateReason(reason["code"], reason["description"], datetime.fromisoformat(reason["at"]))
            for reason in row["reasons"]
        ),
        label=row["label"],
        kind=row["kind"],
        metadata=row["metadata"],
        last_success_at=row["last_success_at"],
    )


def reasons_json(reasons: Iterable[StateReason]) -> list[dict[str, str]]:
    """Reasons as the column keeps them."""
    return [{"code": reason.code, "description": reason.description, "at": reason.at.isoformat()} for reason in reasons]
