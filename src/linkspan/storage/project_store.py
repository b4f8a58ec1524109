"""Projects: the tenants of this installation."""

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from linkspan.audit_records import AuditNote
from linkspan.model import Project
from linkspan.storage.audit_store import note_audit
from linkspan.storage.database import Database
from linkspan.storage.tables import projects


class ProjectStore:
    """Reads and writes projects; they are the one thing that is not looked up within a project."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, project: Project) -> bool:
        """Store a new project; False when its id is taken."""
        new = insert(projects).values(
            id=project.id, name=project.name, organization_id=project.organization_id, created_at=project.created_at
        )
        try:
            async with self._database.begin() as connection:
                await connection.execute(new)
        except IntegrityError:
            return False
        return True

    async def read(self, project_id: str) -> Project | None:
        """One project."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(projects).where(projects.c.id == project_id))).mappings().first()
        return _project(row) if row else None

    async def rename(self, project_id: str, name: str, note: AuditNote | None = None) -> bool:
        """Give a project another name, told to the audit log; False if there is none of that id."""
        change = update(projects).where(projects.c.id == project_id).values(name=name)
        async with self._database.begin() as connection:
            done = (await connection.execute(change)).rowcount == 1
            await note_audit(connection, note if done else None)
            return done

    async def list(self) -> list[Project]:
        """Every project, oldest first."""
        async with self._database.read() as connection:
            rows = (
                await connection.execute(select(projects).order_by(projects.c.created_at, projects.c.id))
            ).mappings()
            return [_project(row) for row in rows]


def _project(row: RowMapping) -> Project:
    return Project(id=row["id"], name=row["name"], organization_id=row["organization_id"], created_at=row["created_at"])
