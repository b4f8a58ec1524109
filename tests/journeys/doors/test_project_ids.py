"""A project's id is its name with four digits: one that another project has is drawn again, and never taken over."""

import pytest

from linkspan.errors import AlreadyExistsError
from linkspan.usecases.create_project import create_project, read_project

pytestmark = pytest.mark.asyncio(loop_scope="session")
DRAWS = "linkspan.usecases.create_project.new_project_id"


async def test_an_id_that_is_taken_is_drawn_again(world, monkeypatch):
    drawn = iter([world.project.id, world.project.id, "drawn-1001"])
    monkeypatch.setattr(DRAWS, lambda _: next(drawn))
    made = await create_project(world.hall, "Drawn")

    assert "drawn-1001" == made.id
    assert world.project == await read_project(world.hall, world.project.id)


async def test_a_name_that_is_used_up_is_told(world, monkeypatch):
    monkeypatch.setattr(DRAWS, lambda _: world.project.id)
    with pytest.raises(AlreadyExistsError, match="Too many projects"):
        await create_project(world.hall, "Drawn")
