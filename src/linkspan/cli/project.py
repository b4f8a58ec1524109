"""`linkspan project`: the tenants of this installation."""

from pathlib import Path
from typing import Annotated

import typer

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import print_facts, print_json, print_table
from linkspan.cli.profile import AsJson, ProjectOption
from linkspan.link_records import Brand
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


@app.command()
def brand(
    name: Annotated[str | None, typer.Option(help="What the pages call your product; empty: the project's name.")] = None,
    colour: Annotated[str | None, typer.Option(help="Accent colour, such as #0b6e4f; empty: ours.")] = None,
    logo: Annotated[Path | None, typer.Option(help="PNG, JPEG, WebP or SVG of at most 200 KB.", exists=True)] = None,
    no_logo: Annotated[bool, typer.Option("--no-logo", help="Take the logo away.")] = False,
    project: ProjectOption = None,
) -> None:  # fmt: skip
    """Make the link pages look like your product. Without options: show how they look now."""
    from linkspan.usecases.keep_brand import BrandChange, change_brand

    changes = BrandChange()
    if name is not None:
        changes["name"] = name
    if colour is not None:
        changes["colour"] = colour or None
    if logo is not None or no_logo:
        changes["logo"] = logo.read_bytes() if logo else None

    async def story(hall: Hall) -> Brand:
        return await change_brand(hall, await operator(hall, project), changes)

    found = in_hall(story)
    print_facts({"name": found.name, "colour": found.colour, "logo": found.logo_digest and found.logo_digest[:12]})


def facts(project: Project) -> dict[str, object]:
    """What is shown of a project."""
    return {
        "id": project.id,
        "name": project.name,
        "organization_id": project.organization_id,
        "created_at": project.created_at.isoformat(),
    }
