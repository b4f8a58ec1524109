"""Events that an integrator puts in for one webhook: told as they would be if they had happened, to try a receiver or to tell it anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from linkspan.event_records import Event, EventType
from linkspan.model import Account, Caller, KeyScope
from linkspan.storage.event_outbox import new_event_id, snapshot
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_webhooks import read_webhook
from linkspan.usecases.read_accounts import read_account


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event to put in: its type and the record that it is about, which is the account itself."""

    event: str
    record_id: str


@dataclass(frozen=True, slots=True)
class Injected:
    """What became of one: the event, or why there is none (`status` 400: no such event for it, 404: another record)."""

    wanted: Wanted
    status: int
    message: str
    event: Event | None = None


async def inject_events(
    hall: Hall, caller: Caller, webhook_id: str, account_id: str, wanted: Sequence[Wanted]
) -> Sequence[Injected]:
    """Put events of one account in, each by itself. Raises NotFoundError for a webhook or an account that is not the project's."""
    require(caller, KeyScope.PLATFORM_WRITE)
    view = await read_webhook(hall, caller, webhook_id)
    account = await read_account(hall, caller, account_id)
    told = view.webhook.events or frozenset(EventType) - {EventType.WEBHOOK_TEST}
    return [await _inject(hall, view.webhook.id, account, one, told) for one in wanted]


async def _inject(
    hall: Hall, webhook_id: str, account: Account, wanted: Wanted, told: frozenset[EventType]
) -> Injected:
    kind = next((kind for kind in told if kind.value == wanted.event), None)
    if kind is None:
        return Injected(wanted, 400, f"The webhook is told of {', '.join(sorted(told))} only.")
    if wanted.record_id != account.id:
        return Injected(wanted, 404, "The record of an account's event is the account that x-account-id names.")
    event = Event(new_event_id(), account.project_id, account.id, kind, hall.clock(), snapshot(account))
    await hall.webhooks.send_event(event, webhook_id)
    return Injected(wanted, 202, f"On its way as {event.id}.", event)
