"""What agents say of the tools they use."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from linkspan.model import ToolFeedback
from linkspan.storage.database import Database
from linkspan.storage.house_tables import tool_feedback


class FeedbackStore:
    """Reads and writes feedback; it is pruned with the runs that it is about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, feedback: ToolFeedback) -> None:
        """Store one."""
        cells = {name: getattr(feedback, name) for name in ("id", "project_id", "account_id", "key_id", "at", "text")}
        async with self._database.begin() as connection:
            await connection.execute(insert(tool_feedback).values(tools=list(feedback.tools), **cells))

    async def list(self, project_id: str, *, limit: int) -> list[ToolFeedback]:
        """The project's, newest first."""
        table = tool_feedback.c
        query = select(tool_feedback).where(table.project_id == project_id).order_by(table.at.desc(), table.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query.limit(limit))).mappings().all()
        return [ToolFeedback(**{**row, "tools": tuple(row["tools"])}) for row in rows]

    async def prune(self, before: datetime) -> None:
        """Delete what was said before a moment, in every project."""
        async with self._database.begin() as connection:
            await connection.execute(delete(tool_feedback).where(tool_feedback.c.at < before))
