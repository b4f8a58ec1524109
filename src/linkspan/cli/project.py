"""`linkspan project`: the tenants of this installation."""

from typing import Annotated

import typer

from linkspan.cli.opening import in_hall
from linkspan.cli.output import print_facts, print_json, print_table
from linkspan.cli.profile import AsJson
from linkspan.model import Project
from linkspan.usecases.hall import Hall

app = typer.Typer(help="Projects: each has keys, profiles, accounts and logs of its own.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="What link pages call your product.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the projects."""
    from linkspan.usecases.create_project import list_projects

    async def story(hall: Hall) -> list[Project]:
        return await list_projects(hall)

    found = in_hall(story)
    if as_json:
        print_json([facts(project) for project in found])
        return
    rows = [(project.id, project.name, f"{project.created_at:%Y-%m-%d}") for project in found]
    print_table(("id", "name", "since"), rows, empty="No project yet: linkspan project create NAME")


@app.command()
def create(name: Name) -> None:
    """Make a project. Its name is what link pages call your product."""
    from linkspan.usecases.create_project import create_project

    async def story(hall: Hall) -> Project:
        return await create_project(hall, name)

    print_facts(facts(in_hall(story)))


@app.command()
def rename(
    project_id: Annotated[str, typer.Argument(help="Project id, as `linkspan project list` shows it.")], name: Name
) -> None:
    """Change a project's name; its id stays."""
    from linkspan.usecases.create_project import rename_project

    async def story(hall: Hall) -> Project:
        return await rename_project(hall, project_id, name)

    print_facts(facts(in_hall(story)))


def facts(project: Project) -> dict[str, object]:
    """What is shown of a project."""
    return {
        "id": project.id,
        "name": project.name,
        "organization_id": project.organization_id,
        "created_at": project.created_at.isoformat(),
    }
