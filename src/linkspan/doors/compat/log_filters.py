"""The filters of the older log as the published clients write them: bare or bracketed, several values joined by commas (wire contract 2.8)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from starlette.datastructures import QueryParams

from linkspan.doors.compat.asked import count_of, value_of, values_of
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Verb
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.read_runs import MOST_RUNS

PAGE = 25
SOURCES: Mapping[str, str] = {
    "rpc": "API", "rest": "API", "mcp": "MCP", "cli": "DASHBOARD", "linking": "CONNECTION_TEST",
}  # fmt: skip
"""What each door is called in this log."""

_COLUMNS: Mapping[str, str] = {
    "account_ids": "account_id", "actions": "action", "resources": "action", "providers": "connector", "request_ids": "id",
    "source_ids": "key_id", "source_values": "door",
}  # fmt: skip
_VERBS: Mapping[str, tuple[Verb, ...]] = {
    "get": (Verb.LIST, Verb.GET), "post": (Verb.CREATE, Verb.ACT), "put": (Verb.UPDATE,), "patch": (Verb.UPDATE,), "delete": (Verb.DELETE,),
}  # fmt: skip
# Runs have none of these, so whoever asks for one finds nothing.
_NOBODYS = ("child_resources", "sub_resources")
_ORDER = "eventDatetime"


def wanted_runs(query: QueryParams) -> RunFilter:
    """The runs that a query asks for. Raises InvalidInputError for what is no date or number, and for an order that there is not."""
    order, direction = value_of(query, "order_by"), (value_of(query, "order_direction") or "desc").lower()
    mistakes = [Mistake("order_by", f"can only be {_ORDER}")] if order not in (None, _ORDER) else []
    if direction not in ("asc", "desc"):
        mistakes.append(Mistake("order_direction", "must be asc or desc"))
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
    success = (value_of(query, "success") or "").lower()
    return RunFilter(
        failed={"true": False, "false": True}.get(success),
        since=_time(query, "start_date"),
        until=_time(query, "end_date"),
        before=query.get("next") or None,
        limit=count_of(query, "page_size", PAGE, most=MOST_RUNS),
        oldest_first=direction == "asc",
        among=_among(query),
    )


def _among(query: QueryParams) -> dict[str, Sequence[str | int]]:
    """The values that columns may have; of a column that two filters are about, those that fit both."""
    asked: list[tuple[str, Sequence[str | int]]] = [
        (column, values) for name, column in _COLUMNS.items() if (values := values_of(query, name))
    ]
    if codes := values_of(query, "status_codes"):
        asked.append(("status", [_code(text) for text in codes]))
    if methods := values_of(query, "http_methods"):
        asked.append(("verb", [verb.value for method in methods for verb in _VERBS.get(method.lower(), ())]))
    if kinds := {kind.upper() for kind in values_of(query, "source_types")}:
        asked.append(("door", [door for door, kind in SOURCES.items() if kind in kinds]))
    services = values_of(query, "services")
    if (services and "actions" not in services) or any(values_of(query, name) for name in _NOBODYS):
        asked.append(("id", []))
    found: dict[str, Sequence[str | int]] = {}
    for column, allowed in asked:
        found[column] = [value for value in allowed if value in found.get(column, allowed)]
    return found


def _code(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4):  # noqa: PLR2004 - HTTP's statuses have three digits
        raise InvalidInputError(mistakes=[Mistake("status_codes", "must be HTTP statuses, such as 200")])
    return int(text)


def _time(query: QueryParams, name: str) -> datetime | None:
    text = value_of(query, name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(mistakes=[Mistake(name, "must be an ISO 8601 date and time")]) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
