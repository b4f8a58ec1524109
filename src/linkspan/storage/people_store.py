"""People and the projects they are members of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from linkspan.audit_records import AuditNote
from linkspan.model import Project
from linkspan.people_records import Member, Membership, Person, Role
from linkspan.storage.audit_store import note_audit
from linkspan.storage.database import Database
from linkspan.storage.people_tables import console_sessions, members, passkeys, people
from linkspan.storage.tables import projects

# Short pauses: longer ones would let anybody lock somebody out, and a guess a minute finds no password of ten letters.
_FREE_ATTEMPTS = 5
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=2), timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class PasswordState:
    """A person with the Argon2 hash of their password (None: none set yet)."""

    person: Person
    password_hash: str | None


class PeopleStore:
    """Reads and writes people; like projects, they are looked up in the whole installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self) -> int:
        """How many people there are."""
        async with self._database.read() as connection:
            return int((await connection.execute(select(func.count()).select_from(people))).scalar_one())

    async def add_first(self, person: Person, password_hash: str, notes: list[AuditNote]) -> bool:
        """Store the first person of the installation, owner of the projects that the notes name; False if there is one already."""
        async with self._database.begin() as connection:
            # Two browsers at once: the projects' rows are locked, and the second one finds the first one's person.
            await connection.execute(select(projects.c.id).order_by(projects.c.id).with_for_update())
            if (await connection.execute(select(func.count()).select_from(people))).scalar_one():
                return False
            await connection.execute(insert(people).values(**_cells(person), password_hash=password_hash))
            for note in notes:
                owner = {"person_id": person.id, "project_id": note.project_id, "role": Role.OWNER.value}
                await connection.execute(insert(members).values(**owner))
                await note_audit(connection, note)
        return True

    async def find(self, email: str) -> PasswordState | None:
        """The person of that e-mail address in small letters, with what a sign-in is checked against."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(people).where(people.c.email == email))).mappings().first()
        return _password_state(row) if row else None

    async def read(self, person_id: str) -> PasswordState | None:
        """The person of that id, with what a sign-in is checked against."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(people).where(people.c.id == person_id))).mappings().first()
        return _password_state(row) if row else None

    async def take_attempt(self, person_id: str, now: datetime) -> datetime | None:
        """Count a sign-in before it is checked, so that many at once cannot slip by; the moment until which none is accepted, if so.

        A sign-in that succeeds sets the count back (`ConsoleSessionStore.add`).
        """
        mine = people.c.id == person_id
        async with self._database.begin() as connection:
            query = select(people.c.failed, people.c.closed_until).where(mine).with_for_update()
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            closed: datetime | None = row.closed_until
            if closed is not None and closed > now:
                return closed
            failed = row.failed + 1
            closed_until = now + _pause(failed) if failed >= _FREE_ATTEMPTS else None
            await connection.execute(update(people).where(mine).values(failed=failed, closed_until=closed_until))
        return None

    async def set_password(self, person: Person, password_hash: str, *, keep: str | None = None) -> bool:
        """Set a password, if no newer invitation was made since; every session of the person ends, but for the one of digest `keep`."""
        change = (
            update(people)
            .where(people.c.id == person.id, people.c.invitation == person.invitation)
            .values(password_hash=password_hash, failed=0, closed_until=None)
        )
        async with self._database.begin() as connection:
            if (await connection.execute(change)).rowcount != 1:
                return False
            ended = delete(console_sessions).where(console_sessions.c.person_id == person.id)
            await connection.execute(ended.where(console_sessions.c.digest != keep) if keep else ended)
        return True

    async def find_subject(self, subject: str) -> Person | None:
        """The person whom the OpenID provider knows by that subject."""
        query = select(people).where(people.c.provider_subject == subject)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _person(row) if row else None

    async def bind_subject(self, person: Person, subject: str, notes: Sequence[AuditNote]) -> bool:
        """Let a person sign in at the provider; False: they do so by another subject, it is another person's, or they were invited anew."""
        free = (people.c.id == person.id) & (people.c.invitation == person.invitation)
        change = update(people).where(free, people.c.provider_subject.is_(None)).values(provider_subject=subject)
        try:
            async with self._database.begin() as connection:
                bound = (await connection.execute(change)).rowcount == 1
                for note in notes if bound else ():
                    await note_audit(connection, note)
        except IntegrityError:
            return False
        return bound

    async def unbind_subject(self, person_id: str, notes: Sequence[AuditNote]) -> bool:
        """Let a person with a password no longer sign in at the provider; False: nothing to take away, or nothing would be left."""
        mine = (people.c.id == person_id) & people.c.provider_subject.is_not(None) & people.c.password_hash.is_not(None)
        async with self._database.begin() as connection:
            changed = (await connection.execute(update(people).where(mine).values(provider_subject=None))).rowcount == 1
            for note in notes if changed else ():
                await note_audit(connection, note)
        return changed

    async def memberships(self, person_id: str) -> list[Membership]:
        """The projects of a person, by name."""
        query = (
            select(projects, members.c.role)
            .join(members, members.c.project_id == projects.c.id)
            .where(members.c.person_id == person_id)
            .order_by(projects.c.name, projects.c.id)
        )
        async with self._database.read() as connection:
            return [_membership(row) for row in (await connection.execute(query)).mappings()]

    async def list(self, project_id: str) -> list[Member]:
        """The members of a project, by name."""
        query = (
            select(people, members.c.role)
            .join(members, members.c.person_id == people.c.id)
            .where(members.c.project_id == project_id)
            .order_by(people.c.name, people.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [Member(project_id, _person(row), Role(row["role"])) for row in rows]

    async def put_member(self, project_id: str, person: Person, role: Role, note: AuditNote) -> bool:
        """Add a person (new or known) to a project; False: they are a member already, or another person has that e-mail address."""
        try:
            async with self._database.begin() as connection:
                known = (await connection.execute(select(people.c.id).where(people.c.id == person.id))).first()
                if known is None:
                    await connection.execute(insert(people).values(**_cells(person)))
                row = {"person_id": person.id, "project_id": project_id, "role": role.value}
                await connection.execute(insert(members).values(**row))
                await note_audit(connection, note)
        except IntegrityError:
            return False
        return True

    async def invite_again(self, project_id: str, person_id: str, note: AuditNote) -> bool:
        """Void a member's password, passkeys and sessions, and every invitation made before; False: there is no such member."""
        change = (
            update(people)
            .where(people.c.id == person_id, people.c.id.in_(_of_project(project_id)))
            .values(
                password_hash=None,
                provider_subject=None,
                invitation=people.c.invitation + 1,
                failed=0,
                closed_until=None,
            )
        )
        async with self._database.begin() as connection:
            changed = (await connection.execute(change)).rowcount == 1
            if changed:
                await connection.execute(delete(console_sessions).where(console_sessions.c.person_id == person_id))
                await connection.execute(delete(passkeys).where(passkeys.c.person_id == person_id))
                await note_audit(connection, note)
        return changed

    async def change_role(self, project_id: str, person_id: str, role: Role | None, note: AuditNote) -> bool:
        """Give a member another role, or (None) take them out of the project; False: no such member, or nobody would own the project then."""
        here = members.c.project_id == project_id
        async with self._database.begin() as connection:
            # Two changes at once wait for each other, so that the last two owners cannot both go.
            await connection.execute(select(projects.c.id).where(projects.c.id == project_id).with_for_update())
            rows = (await connection.execute(select(members.c.person_id, members.c.role).where(here))).all()
            roles = {row.person_id: row.role for row in rows}
            after = {**roles, person_id: role.value if role else ""}
            if person_id not in roles or (Role.OWNER in roles.values() and Role.OWNER not in after.values()):
                return False
            mine = here & (members.c.person_id == person_id)
            statement = update(members).where(mine).values(role=role.value) if role else delete(members).where(mine)
            await connection.execute(statement)
            await note_audit(connection, note)
        return True


def _pause(failed: int) -> timedelta:
    """How long nothing is accepted after so many failures in a row."""
    doublings = min(max(failed - _FREE_ATTEMPTS, 0), 10)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)


def _of_project(project_id: str) -> Select[tuple[str]]:
    return select(members.c.person_id).where(members.c.project_id == project_id)


def _cells(person: Person) -> dict[str, object]:
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "invitation": person.invitation,
        "failed": 0,
        "created_at": person.created_at,
        "last_sign_in": person.last_sign_in,
    }


def _person(row: RowMapping) -> Person:
    return Person(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        has_password=row["password_hash"] is not None,
        invitation=row["invitation"],
        created_at=row["created_at"],
        last_sign_in=row["last_sign_in"],
        at_provider=row["provider_subject"] is not None,
    )


def _password_state(row: RowMapping) -> PasswordState:
    return PasswordState(_person(row), row["password_hash"])


def _membership(row: RowMapping) -> Membership:
    project = Project(row["id"], row["name"], row["organization_id"], row["created_at"])
    return Membership(project, Role(row["role"]))
