"""A new project: the tenant that owns keys, profiles, accounts and logs."""

from linkspan.errors import AlreadyExistsError, InvalidInputError, Mistake, NotFoundError
from linkspan.model import Caller, Project
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_number, new_project_id

MOST_LETTERS = 80
_TRIES = 20


async def create_project(hall: Hall, name: str) -> Project:
    """Make a project of that name. For the operator (CLI and first start); no API key can do it.

    An id is a name with four digits, so that another may have it already: then other digits are tried. Raises InvalidInputError,
    AlreadyExistsError.
    """
    given = checked_name(name)
    for _ in range(_TRIES):
        project = Project(new_project_id(given), given, new_number(), hall.clock())
        if await hall.projects.add(project):
            return project
    raise AlreadyExistsError("Too many projects have this name.", next_step="Choose another name.")


async def rename_project(hall: Hall, project_id: str, name: str, by: Caller | None = None) -> Project:
    """Change what people see as the project's name (its id stays). `by`: an owner; None: the operator.

    Raises NotFoundError, InvalidInputError.
    """
    caller = by or Caller(project_id, frozenset(), source="cli")
    note = note_of(hall, caller, "project.changed", project_id, ["name"])
    await hall.projects.rename(project_id, checked_name(name), note)
    return await read_project(hall, project_id)


def checked_name(name: str) -> str:
    """The name without surrounding blanks. Raises InvalidInputError if nothing, or too much, is left."""
    stripped = name.strip()
    if not 1 <= len(stripped) <= MOST_LETTERS:
        raise InvalidInputError(
            mistakes=[Mistake("name", f"give the project a name of at most {MOST_LETTERS} characters")]
        )
    return stripped


async def read_project(hall: Hall, project_id: str) -> Project:
    """One project. Raises NotFoundError."""
    project = await hall.projects.read(project_id)
    if project is None:
        raise NotFoundError("There is no such project.")
    return project


async def list_projects(hall: Hall) -> list[Project]:
    """Every project of this installation, oldest first. For the operator only."""
    return await hall.projects.list()
