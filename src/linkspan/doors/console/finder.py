"""Finding a page, a deed or a thing of the project: as a page, and as data for the palette that a key opens."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import quote, urlencode

from starlette.responses import JSONResponse, Response

from linkspan.doors.console.pages import MENU, ConsolePages, MenuEntry
from linkspan.doors.console.visit import Visit
from linkspan.doors.look.headers import SAFE_HEADERS
from linkspan.people_records import Role
from linkspan.usecases.find_in_project import LONGEST, Things, find_in_project

DEEDS = (
    MenuEntry("accounts#link-h", "Make a link page", Role.DEVELOPER),
    MenuEntry("profiles/new", "Make a connector profile", Role.DEVELOPER),
    MenuEntry("tester", "Run an action", Role.DEVELOPER),
    MenuEntry("keys", "Take an API key", Role.DEVELOPER),
    MenuEntry("members", "Add a member", Role.OWNER),
    MenuEntry("logs?status=failed", "See what failed", Role.VIEWER),
)
"""What can be done on a page: the page with the place on it, and what it is called."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: what it is called, a word about it, and its address."""

    title: str
    more: str
    address: str


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Things of one kind."""

    name: str
    hits: Sequence[Hit]


class Finder:
    """Endpoints of finding."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def show(self, visit: Visit) -> Response:
        """The page, which needs no script."""
        words = _words(visit)
        return self._pages.page(visit, "find.html", "Find", "find", words=words, groups=await _found(visit, words))

    async def answer(self, visit: Visit) -> Response:
        """The same for the palette: groups with their hits."""
        groups = [asdict(group) for group in await _found(visit, _words(visit))]
        return JSONResponse({"groups": groups}, headers={**SAFE_HEADERS, "cache-control": "no-store"})


def _words(visit: Visit) -> str:
    return visit.query.get("q", "").strip()[:LONGEST]


async def _found(visit: Visit, words: str) -> Sequence[HitGroup]:
    """Groups with something in them; without words every page and deed."""
    things = await find_in_project(visit.hall, visit.caller, words)
    return [HitGroup(name, hits) for name, hits in _groups(visit, words, things) if hits]


def _groups(visit: Visit, words: str, things: Things) -> Iterator[tuple[str, Sequence[Hit]]]:
    run = things.run
    yield "Runs", [Hit(run.id, run.action, visit.to(f"logs/{run.id}"))] if run else []
    yield "Pages", _named(visit, MENU, words)
    yield "Do", _named(visit, DEEDS, words)
    yield (
        "Accounts",
        [
            Hit(one.label or one.owner.name, one.id, visit.to(f"accounts/{quote(one.id, safe='')}"))
            for one in things.accounts
        ],
    )
    yield (
        "Connector profiles",
        [Hit(one.name, one.connector, visit.to(f"profiles/{one.id}")) for one in things.profiles],
    )
    tester = visit.to("tester")
    yield "Actions", [Hit(one.id, one.label, f"{tester}?{urlencode({'action': one.id})}") for one in things.actions]


def _named(visit: Visit, entries: Sequence[MenuEntry], words: str) -> list[Hit]:
    """The entries that the visitor's role sees and whose name holds each word."""
    asked = words.casefold().split()
    return [
        Hit(entry.name, "", visit.to(entry.page))
        for entry in entries
        if visit.here.role.reaches(entry.role) and all(word in entry.name.casefold() for word in asked)
    ]
