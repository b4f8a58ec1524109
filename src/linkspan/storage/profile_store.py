"""Connector profiles and their sealed client secrets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.audit_records import AuditNote
from linkspan.errors import AlreadyExistsError
from linkspan.model import Profile
from linkspan.sealed import SealedCredentials
from linkspan.storage.audit_store import note_audit
from linkspan.storage.change_counter import bump
from linkspan.storage.database import Database
from linkspan.storage.tables import accounts, profiles

_SEALED = ("secret", "old_secret", "certificate_key")
_PUBLIC = [column for column in profiles.c if column.name not in _SEALED]


class ProfileStore:
    """Reads and writes profiles. At most one profile of a connector is a project's default."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, profile: Profile, sealed: SealedCredentials, note: AuditNote | None = None) -> None:
        """Store a new profile with its sealed credentials. Raises AlreadyExistsError for a name in use."""
        try:
            async with self._database.begin() as connection:
                await _clear_default(connection, profile)
                await connection.execute(insert(profiles).values(_cells(profile) | _sealed_cells(sealed)))
                await note_audit(connection, note)
                await bump(connection)
        except IntegrityError as error:
            raise _name_in_use(profile) from error

    async def change(
        self, profile: Profile, sealed: SealedCredentials | None = None, note: AuditNote | None = None
    ) -> None:
        """Store a changed profile, and its sealed credentials if they are given. Raises AlreadyExistsError."""
        cells = _cells(profile) if sealed is None else _cells(profile) | _sealed_cells(sealed)
        statement = update(profiles).where(profiles.c.project_id == profile.project_id, profiles.c.id == profile.id)
        try:
            async with self._database.begin() as connection:
                await _clear_default(connection, profile)
                await connection.execute(statement.values(**cells))
                await note_audit(connection, note)
                await bump(connection)
        except IntegrityError as error:
            raise _name_in_use(profile) from error

    async def read(self, project_id: str, profile_id: str) -> Profile | None:
        """One profile of a project."""
        query = _select().where(profiles.c.project_id == project_id, profiles.c.id == profile_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _profile(row) if row else None

    async def list(self, project_id: str, connector: str | None = None) -> list[Profile]:
        """The profiles of a project (of one connector), oldest first."""
        query = _select().where(profiles.c.project_id == project_id).order_by(profiles.c.created_at, profiles.c.id)
        if connector is not None:
            query = query.where(profiles.c.connector == connector)
        async with self._database.read() as connection:
            return [_profile(row) for row in (await connection.execute(query)).mappings()]

    async def credentials(self, project_id: str, profile_id: str) -> SealedCredentials:
        """What proves a profile's application; nothing of it if there is no such profile."""
        columns = [profiles.c[name] for name in _SEALED]
        query = select(*columns).where(profiles.c.project_id == project_id, profiles.c.id == profile_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return SealedCredentials(*(None if cell is None else bytes(cell) for cell in row or ()))

    async def fix_tenant(self, project_id: str, profile_id: str, tenant: str) -> None:
        """Give a one-tenant profile its tenant, if it has none yet: the first linked account decides."""
        statement = update(profiles).where(
            profiles.c.project_id == project_id,
            profiles.c.id == profile_id,
            profiles.c.audience == "one_tenant",
            profiles.c.tenant.is_(None),
        )
        async with self._database.begin() as connection:
            if (await connection.execute(statement.values(tenant=tenant))).rowcount:
                await bump(connection)

    async def all_expiring(self, before: datetime) -> Sequence[Profile]:
        """The enabled profiles of every project with a certificate, or with a secret that expires before a moment."""
        query = _select().where(
            profiles.c.enabled.is_(True),
            or_(
                profiles.c.certificate.is_not(None),
                profiles.c.secret_expires_at < before,
                profiles.c.old_secret_expires_at < before,
            ),
        )
        async with self._database.read() as connection:
            return [_profile(row) for row in (await connection.execute(query)).mappings()]

    async def remove(self, project_id: str, profile_id: str, note: AuditNote | None = None) -> int:
        """Delete a profile with its open connect sessions, unless accounts are linked through it: their number (0: deleted)."""
        used = select(func.count()).where(accounts.c.project_id == project_id, accounts.c.profile_id == profile_id)
        async with self._database.begin() as connection:
            count = int((await connection.execute(used)).scalar_one())
            if count == 0:
                await connection.execute(
                    delete(profiles).where(profiles.c.project_id == project_id, profiles.c.id == profile_id)
                )
                await note_audit(connection, note)
                await bump(connection)
        return count


async def _clear_default(connection: AsyncConnection, profile: Profile) -> None:
    if profile.is_default:
        await connection.execute(
            update(profiles)
            .where(
                profiles.c.project_id == profile.project_id,
                profiles.c.connector == profile.connector,
                profiles.c.id != profile.id,
            )
            .values(is_default=False)
        )


def _name_in_use(profile: Profile) -> AlreadyExistsError:
    msg = f"There is a connector profile {profile.name!r} for {profile.connector} already."
    return AlreadyExistsError(msg)


def _sealed_cells(sealed: SealedCredentials) -> dict[str, object]:
    return {name: getattr(sealed, name) for name in _SEALED}


def _cells(profile: Profile) -> dict[str, object]:
    return {
        "id": profile.id,
        "project_id": profile.project_id,
        "connector": profile.connector,
        "name": profile.name,
        "auth_method": profile.auth_method,
        "client_id": profile.client_id,
        "scopes": list(profile.scopes),
        "enabled_actions": None if profile.enabled_actions is None else sorted(profile.enabled_actions),
        "provider_url": profile.provider_url,
        "enabled": profile.enabled,
        "is_default": profile.is_default,
        "created_at": profile.created_at,
        "updated_at": profile.updated_at,
        "audience": profile.audience,
        "tenant": profile.tenant,
        "secret_expires_at": profile.secret_expires_at,
        "old_secret_expires_at": profile.old_secret_expires_at,
        "certificate": profile.certificate,
    }


def _select() -> Select[*tuple[Any, ...]]:
    return select(
        *_PUBLIC,
        profiles.c.secret.is_not(None).label("has_secret"),
        profiles.c.old_secret.is_not(None).label("has_old_secret"),
    )


def _profile(row: RowMapping) -> Profile:
    enabled_actions = row["enabled_actions"]
    return Profile(
        id=row["id"],
        project_id=row["project_id"],
        connector=row["connector"],
        name=row["name"],
        auth_method=row["auth_method"],
        client_id=row["client_id"],
        has_secret=bool(row["has_secret"]),
        scopes=tuple(row["scopes"]),
        enabled_actions=None if enabled_actions is None else frozenset(enabled_actions),
        provider_url=row["provider_url"],
        enabled=row["enabled"],
        is_default=row["is_default"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        audience=row["audience"],
        tenant=row["tenant"],
        secret_expires_at=row["secret_expires_at"],
        has_old_secret=bool(row["has_old_secret"]),
        old_secret_expires_at=row["old_secret_expires_at"],
        certificate=row["certificate"],
    )
