"""What an agent says of the tools it used: kept for whoever looks after them."""

from collections.abc import Sequence

from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Caller, KeyScope, ToolFeedback
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_feedback_id

LONGEST_TEXT = 10_000
MOST_TOOLS = 100
_LONGEST_NAME = 128


async def give_feedback(hall: Hall, caller: Caller, account_id: str, text: str, tools: Sequence[str]) -> ToolFeedback:
    """Keep it. Raises MissingScopeError, NotFoundError for an account that is not the project's, InvalidInputError."""
    require(caller, KeyScope.ACTIONS_READ)
    mistakes = []
    if not 1 <= len(text.strip()) <= LONGEST_TEXT:
        mistakes.append(Mistake("feedback", f"must have 1 to {LONGEST_TEXT} characters"))
    if len(tools) > MOST_TOOLS or any(not 1 <= len(name) <= _LONGEST_NAME for name in tools):
        about = f"must be at most {MOST_TOOLS} names of at most {_LONGEST_NAME} characters"
        mistakes.append(Mistake("tool_names", about))
    if mistakes:
        raise InvalidInputError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
    account = await hall.warm.account(caller.project_id, account_id)
    given = ToolFeedback(
        new_feedback_id(), caller.project_id, account.id, caller.key_id, hall.clock(), tuple(tools), text.strip()
    )
    await hall.feedback.add(given)
    return given


async def read_feedback(hall: Hall, caller: Caller, *, limit: int = 100) -> list[ToolFeedback]:
    """The project's feedback, newest first. Raises MissingScopeError."""
    require(caller, KeyScope.LOGS_READ)
    return await hall.feedback.list(caller.project_id, limit=limit)
