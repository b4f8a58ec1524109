"""Grants: sealed tokens with a version, every write of which names the version that it read."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, Update, func, or_, select, update

from linkspan.model import AccountState, SealedGrant, StateReason
from linkspan.storage.account_store import set_state
from linkspan.storage.database import Database
from linkspan.storage.grant_log import GrantKind, note_failure, note_token
from linkspan.storage.tables import accounts, grants, profiles

_CLOCKS_DIFFER = timedelta(days=1)


class GrantStore:
    """Reads and writes grants by compare-and-swap: a late loser never overwrites a winner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, project_id: str, account_id: str) -> SealedGrant | None:
        """The grant of an account as it is now."""
        query = select(grants).where(grants.c.project_id == project_id, grants.c.account_id == account_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _grant(row) if row else None

    async def newest(self, project_id: str, profile_id: str) -> datetime | None:
        """When an account of a profile last got a token; None: none has one."""
        query = (
            select(func.max(grants.c.obtained_at))
            .join(accounts, accounts.c.id == grants.c.account_id)
            .where(
                grants.c.project_id == project_id,
                accounts.c.project_id == project_id,
                accounts.c.profile_id == profile_id,
            )
        )
        async with self._database.read() as connection:
            found: datetime | None = (await connection.execute(query)).scalar()
            return found

    async def idle(
        self, method: tuple[str, str], *, now: datetime, before: datetime, after: str, limit: int
    ) -> list[tuple[str, str]]:
        """Grants last renewed before a moment that could still be refreshed, of one (connector, authentication method).

        A grant from the future, renewed while a clock was ahead, counts as one: who knows how old it is. As (project id, account id) by account id, from behind `after`; those of disabled profiles are left out.
        """
        query = (
            select(grants.c.project_id, grants.c.account_id)
            .join(accounts, accounts.c.id == grants.c.account_id)
            .join(profiles, profiles.c.id == accounts.c.profile_id)
            .where(
                profiles.c.connector == method[0],
                profiles.c.auth_method == method[1],
                profiles.c.enabled.is_(True),
                or_(grants.c.obtained_at < before, grants.c.obtained_at > now + _CLOCKS_DIFFER),
                grants.c.refused.is_(False),
                grants.c.refresh.is_not(None),
                grants.c.account_id > after,
            )
            .order_by(grants.c.account_id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [(row.project_id, row.account_id) for row in await connection.execute(query)]

    async def swap(self, grant: SealedGrant, *, now: datetime) -> SealedGrant | None:
        """Store refreshed tokens over the version that `grant` names; the account becomes active.

        Answers the grant with its new version, or None when another version is there by now (nothing is written then). Raises
        ServerBusyError while the database is away.
        """
        after = replace(grant, version=grant.version + 1, failure=None, refused=False)
        async with self._database.begin() as connection:
            done = await connection.execute(_at_version(grant).values(grant_cells(after)))
            if done.rowcount != 1:
                return None
            await note_token(connection, after, GrantKind.REFRESHED, now)
            await set_state(connection, (grant.project_id, grant.account_id), AccountState.ACTIVE, (), now)
        return after

    async def fail(self, grant: SealedGrant, reason: StateReason, *, refused: bool) -> bool:
        """Note that refreshing this version failed: passing (account `degraded`) or refused by the provider (`needs_reauth`).

        False when another version is there by now: then nothing is written.
        """
        cells = {
            "failure_code": reason.code,
            "failure_text": reason.description,
            "failed_at": reason.at,
            "refused": refused,
        }
        state = AccountState.NEEDS_REAUTH if refused else AccountState.DEGRADED
        async with self._database.begin() as connection:
            done = await connection.execute(_at_version(grant).where(grants.c.refused.is_(False)).values(cells))
            if done.rowcount != 1:
                return False
            await note_failure(connection, grant, reason, refused=refused)
            await set_state(connection, (grant.project_id, grant.account_id), state, (reason,), reason.at)
        return True


def grant_cells(grant: SealedGrant) -> dict[str, object]:
    """A grant as its row."""
    failure = grant.failure
    return {
        "account_id": grant.account_id,
        "project_id": grant.project_id,
        "version": grant.version,
        "access": grant.access,
        "refresh": grant.refresh,
        "scope": grant.scope,
        "obtained_at": grant.obtained_at,
        "expires_at": grant.expires_at,
        "failure_code": failure.code if failure else None,
        "failure_text": failure.description if failure else None,
        "failed_at": failure.at if failure else None,
        "refused": grant.refused,
    }


def _at_version(grant: SealedGrant) -> Update:
    return update(grants).where(
        grants.c.project_id == grant.project_id,
        grants.c.account_id == grant.account_id,
        grants.c.version == grant.version,
    )


def _grant(row: RowMapping) -> SealedGrant:
    failure = None
    if row["failure_code"] is not None:
        failure = StateReason(row["failure_code"], row["failure_text"] or "", row["failed_at"])
    return SealedGrant(
        account_id=row["account_id"],
        project_id=row["project_id"],
        version=row["version"],
        access=bytes(row["access"]),
        refresh=None if row["refresh"] is None else bytes(row["refresh"]),
        scope=row["scope"],
        obtained_at=row["obtained_at"],
        expires_at=row["expires_at"],
        failure=failure,
        refused=row["refused"],
    )
