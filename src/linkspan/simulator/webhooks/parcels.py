"""From single changes to the notifications that are sent: coalescing, dropping, collecting, grouping by address."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from linkspan.simulator.books.changes import Change, ChangeKind
from linkspan.simulator.odata.representation import write_moment
from linkspan.simulator.webhooks.subscription import Subscription

COALESCING: Final = timedelta(seconds=30)
"""From the first change to its notification."""
MOST_CHANGES: Final = 1_000
"""Changes that are told one by one; more become one notice of the collection."""
NULL_UPDATE: Final = timedelta(milliseconds=2_000)
"""A record that is deleted this soon after its creation is not mentioned."""
RETRY_DELAYS: Final = tuple(timedelta(seconds=seconds) for seconds in (60, 60, 600, 6_000, 60_000))
"""Waits before the second to sixth attempt."""
_BEFORE: Final = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True)
class Notice:
    """One item of a notification."""

    subscription_id: str
    resource: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """One notification to one address; `failures` counts the attempts that failed, `due` is simulated time."""

    url: str
    notices: tuple[Notice, ...]
    due: datetime
    failures: int = 0


def pack(url: str, changes: Sequence[tuple[Subscription, Sequence[Change]]], due: datetime) -> Parcel | None:
    """Return the notification for all changes of the subscriptions with one address; None when nothing is left."""
    notices = [notice for one, seen in changes for notice in _notices(one, seen)]
    return Parcel(url, tuple(notices), due) if notices else None


def body_of(parcel: Parcel, subscriptions: Iterable[Subscription]) -> dict[str, object]:
    """Return the JSON document of a parcel; notices of subscriptions that ended meanwhile are left out."""
    known = {one.id: one for one in subscriptions}
    return {
        "value": [
            {
                "subscriptionId": notice.subscription_id,
                "clientState": known[notice.subscription_id].client_state,
                "expirationDateTime": write_moment(known[notice.subscription_id].expires),
                "resource": notice.resource,
                "changeType": notice.kind,
                "lastModifiedDateTime": write_moment(notice.at),
            }
            for notice in parcel.notices
            if notice.subscription_id in known
        ]
    }


def is_worth_a_retry(status: int | None) -> bool:
    """Tell whether an answer (None: there was none) lets the same notification be sent again."""
    return status is None or status in {408, 429} or status >= 500  # noqa: PLR2004 - the documented statuses


def _notices(one: Subscription, changes: Sequence[Change]) -> list[Notice]:
    if len(changes) > MOST_CHANGES:
        since = write_moment(changes[0].at - _BEFORE)
        resource = f"{one.resource}?$filter=lastModifiedDateTime%20gt%20{since}"
        return [Notice(one.id, resource, "collection", changes[-1].at)]
    by_row: dict[UUID, list[Change]] = defaultdict(list)
    for change in changes:
        by_row[change.row_id].append(change)
    found = []
    for row_id, history in by_row.items():
        kind = _outcome(history)
        if kind is not None:
            found.append(Notice(one.id, f"{one.resource}({row_id})", kind, history[-1].at))
    return found


def _outcome(history: Sequence[Change]) -> ChangeKind | None:
    first, last = history[0], history[-1]
    if last.kind == "deleted":
        soon = first.kind == "created" and last.at - first.at <= NULL_UPDATE
        return None if soon else "deleted"
    return "created" if first.kind == "created" else "updated"
