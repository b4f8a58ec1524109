"""Who the operator is: all scopes on the one project that the command works on."""

from linkspan.errors import NotFoundError
from linkspan.model import Caller, KeyScope, Project
from linkspan.usecases.create_project import create_project, list_projects, read_project
from linkspan.usecases.hall import Hall

DEFAULT_NAME = "default"


async def chosen_project(hall: Hall, project: str | None = None) -> Project:
    """The project of that id; without one the only project, made now if there is none yet.

    Raises NotFoundError when the id is unknown or several projects leave it open.
    """
    if project:
        return await read_project(hall, project)
    projects = await list_projects(hall)
    if len(projects) > 1:
        names = ", ".join(each.id for each in projects)
        raise NotFoundError(f"There are several projects ({names}).", next_step="Name one with --project.")
    return projects[0] if projects else await create_project(hall, DEFAULT_NAME)


async def operator(hall: Hall, project: str | None = None) -> Caller:
    """The caller that a command acts as."""
    chosen = await chosen_project(hall, project)
    return Caller(project_id=chosen.id, scopes=frozenset(KeyScope), source="cli")
