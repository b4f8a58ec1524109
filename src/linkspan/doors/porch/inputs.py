"""Turns the JSON of a call into the engine's inputs: the four groups, without what is meant for Linkspan itself."""

import re
from collections.abc import Mapping

from linkspan.engine.call import Inputs
from linkspan.errors import InvalidInputError, Mistake

GROUPS = ("path", "query", "body", "headers")
ALLOW_DUPLICATE = "allow_duplicate"
DRY_RUN = "dry_run"
IDEMPOTENCY_KEY = "idempotency_key"
_KEY_FORM = re.compile(r"[\x21-\x7e]{1,255}")
# OData's own spelling, which the published client packages use.
ODATA_ALIASES: Mapping[str, str] = {
    "$filter": "filter",
    "$select": "select",
    "$expand": "expand",
    "$orderby": "order_by",
    "$top": "top",
    "$skip": "skip",
    "$count": "count",
}
_NOT_FOR_ACTIONS: Mapping[str, frozenset[str]] = {
    "query": frozenset({"debug", "idempotency_key"}),
    "headers": frozenset(
        {"x-account-id", "authorization", "x-connector-profile-id", "idempotency_key", "idempotency-key"}
    ),
}


def inner_headers(payload: Mapping[str, object]) -> Mapping[str, object]:
    """The `headers` group as sent, or nothing if it is not an object."""
    headers = payload.get("headers")
    return headers if isinstance(headers, dict) else {}


def inputs_of(payload: Mapping[str, object], *, odata_aliases: bool = False) -> Inputs:
    """The inputs of a call. Raises InvalidInputError with every group that is no object and every option said twice."""
    groups: dict[str, dict[str, object]] = {}
    mistakes: list[Mistake] = []
    for group in GROUPS:
        value = payload.get(group)
        if isinstance(value, dict):
            groups[group] = value
        elif value is not None:
            mistakes.append(Mistake(group, "must be an object"))
    query = _without_ours(groups, "query")
    if odata_aliases and query:
        mistakes += [
            Mistake(f"query.{alias}", f"is the same as {name}, which is given too")
            for alias, name in ODATA_ALIASES.items()
            if alias in query and name in query
        ]
        query = {ODATA_ALIASES.get(name, name): value for name, value in query.items()}
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
    return Inputs(groups.get("path", {}), query, groups.get("body"), _without_ours(groups, "headers"))


def flag_of(payload: Mapping[str, object], name: str) -> bool:
    """A yes or no of the call itself; left out or null means no. Raises InvalidInputError for anything else."""
    value = payload.get(name)
    if value is not None and not isinstance(value, bool):
        raise InvalidInputError(mistakes=[Mistake(name, "must be true or false")])
    return bool(value)


def _without_ours(groups: Mapping[str, dict[str, object]], group: str) -> dict[str, object]:
    given, ours = groups.get(group, {}), _NOT_FOR_ACTIONS[group]
    return {name: item for name, item in given.items() if name.lower() not in ours} if given else given


def key_of(header: str | None, payload: Mapping[str, object]) -> str | None:
    """The idempotency key: the HTTP header `Idempotency-Key` first, then the call's own field, then what its groups carry.

    Raises InvalidInputError for a key that is not 1 to 255 visible ASCII characters.
    """
    headers, query = inner_headers(payload), payload.get("query")
    if header is None and not headers and not query and IDEMPOTENCY_KEY not in payload:
        return None
    inner = next((value for name, value in headers.items() if name.lower().replace("-", "_") == IDEMPOTENCY_KEY), None)
    asked = query.get(IDEMPOTENCY_KEY) if isinstance(query, dict) else None
    found = next((value for value in (header, payload.get(IDEMPOTENCY_KEY), inner, asked) if value is not None), None)
    if found is None:
        return None
    text = found.strip() if isinstance(found, str) else ""
    if not _KEY_FORM.fullmatch(text):
        raise InvalidInputError(mistakes=[Mistake(IDEMPOTENCY_KEY, "must be 1 to 255 visible ASCII characters")])
    return text
