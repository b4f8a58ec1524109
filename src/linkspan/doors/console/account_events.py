"""How an account's events are told: in words, with a tone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from linkspan.doors.console.visit import Visit
from linkspan.usecases.read_account_events import AccountEvent, read_account_events

_SHOWN = 20
_WORDS: Mapping[str, tuple[str, str]] = {
    "linked": ("good", "Linked"),
    "relinked": ("good", "Linked again"),
    "refreshed": ("soft", "Token refreshed"),
    "failed": ("warn", "Token not refreshed, tried again"),
    "refused": ("bad", "Token refused"),
    "ended": ("warn", "Access ended, tokens erased"),
    "account.changed": ("soft", "Changed"),
    "account.suspended": ("warn", "Suspended"),
    "account.resumed": ("good", "Resumed"),
    "account.archived": ("warn", "Archived"),
    "account.revoked": ("bad", "Access taken back by its owner"),
}
_SOURCES: Mapping[str, str] = {
    "api_key": "over an API key",
    "cli": "on the command line",
    "console": "at the console",
    "link_page": "on a link page",
    "owner_page": "on the page of the owner",
    "mcp_sign_in": "at a sign-in of an MCP client",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of an account's story."""

    at: datetime
    tone: str
    text: str
    more: str
    code: str | None


async def told_events(visit: Visit, account_id: str) -> Sequence[Told]:
    """The newest events of an account, newest first."""
    events = await read_account_events(visit.hall, visit.caller, account_id)
    return [_told(event) for event in events[:_SHOWN]]


def _told(event: AccountEvent) -> Told:
    tone, words = _WORDS.get(event.kind, ("soft", event.kind))
    more = [f"{event.times} times in a row"] if event.times > 1 else []
    if event.fields:
        more.append(", ".join(event.fields))
    if event.by or event.source:
        who = f"by {event.by} " if event.by else ""
        more.append(who + _SOURCES.get(event.source or "", event.source or ""))
    return Told(event.at, tone, words, "; ".join(more), event.code)
