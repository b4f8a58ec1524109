"""How the link pages of a project look."""

from datetime import datetime

from sqlalchemy import insert, select, update

from linkspan.audit_records import AuditNote
from linkspan.link_records import Brand, Logo
from linkspan.storage.audit_store import note_audit
from linkspan.storage.database import Database
from linkspan.storage.link_tables import brands
from linkspan.storage.tables import projects


class BrandStore:
    """Reads and writes brands; a project without one is called by its own name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, project_id: str) -> Brand | None:
        """A project's brand; None: there is no such project."""
        query = (
            select(projects.c.name.label("project"), brands.c.name, brands.c.colour, brands.c.logo_digest)
            .select_from(projects.outerjoin(brands, brands.c.project_id == projects.c.id))
            .where(projects.c.id == project_id)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return Brand(project_id, row.name or row.project, row.colour, row.logo_digest) if row else None

    async def logo(self, digest: str) -> Logo | None:
        """A logo by the digest of its content, in whatever project: it is public, and its name cannot be guessed without having it."""
        query = select(brands.c.logo, brands.c.logo_type).where(brands.c.logo_digest == digest).limit(1)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return Logo(bytes(row.logo), row.logo_type, digest) if row else None

    async def change(
        self, project_id: str, cells: dict[str, object], now: datetime, note: AuditNote | None = None
    ) -> None:
        """Store some columns of a brand."""
        here = update(brands).where(brands.c.project_id == project_id)
        async with self._database.begin() as connection:
            if (await connection.execute(here.values(updated_at=now, **cells))).rowcount == 0:
                await connection.execute(insert(brands).values(project_id=project_id, updated_at=now, **cells))
            await note_audit(connection, note)
