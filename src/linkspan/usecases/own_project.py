"""A project that somebody at the console makes: they become its owner."""

from linkspan.errors import AccessError
from linkspan.model import Caller, Project
from linkspan.people_records import Role
from linkspan.usecases.audit import note_of
from linkspan.usecases.console_sign_in import SOURCE, SignedIn
from linkspan.usecases.create_project import create_project
from linkspan.usecases.hall import Hall


def may_make_projects(signed_in: SignedIn) -> bool:
    """Whoever owns a project here may make another."""
    return any(membership.role is Role.OWNER for membership in signed_in.memberships)


async def make_own_project(hall: Hall, signed_in: SignedIn, name: str) -> Project:
    """A new project with the person as its owner. Raises AccessError for somebody who owns none, InvalidInputError."""
    if not may_make_projects(signed_in):
        raise AccessError("Only somebody who owns a project here makes another.")
    project = await create_project(hall, name)
    caller = Caller(project.id, frozenset(), signed_in.person.id, SOURCE)
    note = note_of(hall, caller, "project.created", project.id, ("name",))
    await hall.people.put_member(project.id, signed_in.person, Role.OWNER, note)
    return project
