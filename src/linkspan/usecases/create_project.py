"""A new project: the tenant that owns keys, profiles, accounts and logs."""

from linkspan.errors import NotFoundError
from linkspan.model import Project
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_number, new_project_id


async def create_project(hall: Hall, name: str) -> Project:
    """Make a project of that name. For the operator (CLI and first start); no API key can do it."""
    project = Project(new_project_id(name), name, new_number(), hall.clock())
    await hall.projects.add(project)
    return project


async def read_project(hall: Hall, project_id: str) -> Project:
    """One project. Raises NotFoundError."""
    project = await hall.projects.read(project_id)
    if project is None:
        raise NotFoundError("There is no such project.")
    return project


async def list_projects(hall: Hall) -> list[Project]:
    """Every project of this installation, oldest first. For the operator only."""
    return await hall.projects.list()
