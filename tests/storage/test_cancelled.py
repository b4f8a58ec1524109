"""A task that is cancelled while it writes: its transaction ends with it, and the next writer does not wait."""

import asyncio

from records import PROJECT, add_project
from sqlalchemy import text

from linkspan.storage.database import open_database

STEP = 0.0001
STEPS = 60


async def test_a_cancelled_writer_leaves_no_lock(database_url):
    mine, other = open_database(database_url), open_database(database_url)
    await add_project(mine)

    async def rename(name: str) -> None:
        async with mine.begin() as connection:
            await connection.execute(text("UPDATE projects SET name = :name RETURNING id, name"), {"name": name})
            await connection.execute(text("SELECT id FROM projects"))

    for step in range(STEPS):
        writing = asyncio.create_task(rename(f"Cancelled {step}"))
        await asyncio.sleep(step * STEP)
        writing.cancel()
        await asyncio.wait({writing})
        async with asyncio.timeout(10), other.begin() as connection:
            told = await connection.execute(
                text("UPDATE projects SET name = 'Next' WHERE id = :id"), {"id": PROJECT.id}
            )

            assert 1 == told.rowcount, step
    await mine.close()
    await other.close()
