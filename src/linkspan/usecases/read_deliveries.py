"""What was delivered to a webhook and what was not, and delivering it once more."""

from collections.abc import Sequence
from datetime import datetime

from linkspan.errors import NotFoundError
from linkspan.event_records import Attempt, Delivery
from linkspan.model import Caller, KeyScope
from linkspan.storage.delivery_store import DeliveryFilter
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall


async def list_deliveries(hall: Hall, caller: Caller, wanted: DeliveryFilter) -> list[Delivery]:
    """Deliveries that fit the filter, newest first. Raises NotFoundError for a webhook that is not the project's."""
    require(caller, KeyScope.PLATFORM_READ)
    if wanted.webhook_id is not None:
        await _check(hall, caller, wanted.webhook_id)
    return await hall.deliveries.list(caller.project_id, wanted)


async def read_delivery(
    hall: Hall, caller: Caller, webhook_id: str, event_id: str
) -> tuple[Delivery, Sequence[Attempt]]:
    """The delivery of one event to one webhook, and its tries, newest first. Raises NotFoundError."""
    found = await list_deliveries(hall, caller, DeliveryFilter(webhook_id, event_id=event_id))
    if not found:
        raise _missing()
    return found[0], await hall.deliveries.attempts(caller.project_id, found[0].position)


async def replay_event(hall: Hall, caller: Caller, webhook_id: str, event_id: str) -> None:
    """Deliver one event to a webhook once more, whatever became of it. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    now = hall.clock()
    if not await hall.deliveries.replay(caller.project_id, webhook_id, now=now, event_id=event_id):
        raise _missing()


async def replay_deliveries(hall: Hall, caller: Caller, webhook_id: str, since: datetime | None = None) -> int:
    """Deliver once more what was given up or waits for its next try, or everything since a moment: how many.

    Within an account they go out in the order in which they happened. Raises NotFoundError.
    """
    require(caller, KeyScope.PLATFORM_WRITE)
    await _check(hall, caller, webhook_id)
    return await hall.deliveries.replay(caller.project_id, webhook_id, now=hall.clock(), since=since)


def _missing() -> NotFoundError:
    return NotFoundError("There is no delivery of that event to that webhook in this project.")


async def _check(hall: Hall, caller: Caller, webhook_id: str) -> None:
    if await hall.webhooks.read(caller.project_id, webhook_id) is None:
        raise NotFoundError("There is no such webhook in this project.")
