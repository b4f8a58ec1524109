"""Walks every page that the table of routes names: one page for each route, found by the links of the pages before it."""

import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

from playwright.async_api import Page
from starlette.routing import Route

from linkspan.server import build_app
from linkspan.usecases.hall import Hall

# Whether the answer is a whole page, found out without waiting for its end: a stream of events has none.
_WHOLE = """async address => {
  const stop = new AbortController();
  const answer = await fetch(address, {signal: stop.signal, cache: "no-store", headers: {"x-walk": "1"}});
  const kind = answer.headers.get("content-type") || "";
  // A part of a page that a script asks for has no head of its own.
  const begins = kind.startsWith("text/html") ? (await answer.body.getReader().read()).value : new Uint8Array();
  const whole = new TextDecoder().decode(begins).toLowerCase().startsWith("<!doctype html");
  const found = [whole, answer.url];
  stop.abort();
  return found;
}"""
_LINKS = "[...document.querySelectorAll('a[href]')].map(link => link.href)"


def routes_below(hall: Hall, prefix: str) -> list[str]:
    """The paths of every route below a prefix that answers GET, those without parameters first."""
    found = {
        route.path
        for route in build_app(hall).routes
        if isinstance(route, Route) and route.path.startswith(prefix) and "GET" in (route.methods or ())
    }
    return sorted(found, key=lambda path: (path.count("{"), path))


@dataclass
class Walk:
    """A walk over the pages of some routes. `known` fills parameters; what it does not know is found in links, else it is "nothing".

    `forget` is called just before a page is loaded. `each_link` walks to every address that fits a route, not only to the first.
    """

    base: str
    paths: Iterable[str]
    known: dict[str, str]
    forget: Callable[[], object]
    each_link: bool = False
    walked: dict[str, str] = field(default_factory=dict)
    no_pages: set[str] = field(default_factory=set)

    async def pages(self, page: Page) -> AsyncIterator[tuple[str, str]]:
        """Each page once it is loaded: its route (with a number, if it is not the first of it) and its address."""
        left, waiting = list(self.paths), list[tuple[str, str]]()
        while left or waiting:
            if not waiting:
                path = left.pop(0)
                if path not in self.walked:
                    waiting.append((path, self.base + _filled(path, self.known)))
                continue
            path, address = waiting.pop(0)
            name = self._name(path)
            if address in self.walked.values() or name is None:
                continue
            self.walked[name] = address
            if await self._opened(page, name, address):
                yield name, address
                waiting += self._found(await page.evaluate(_LINKS))

    def _name(self, path: str) -> str | None:
        if path not in self.walked:
            return path
        return f"{path} {len(self.walked)}" if self.each_link else None

    async def _opened(self, page: Page, name: str, address: str) -> bool:
        """Whether there is a page of its own; data, streams and redirections to other pages are none."""
        whole, end = await page.evaluate(_WHOLE, address)
        if not whole or end != address:
            self.no_pages.add(name)
            return False
        self.forget()
        await page.goto(address)
        return True

    def _found(self, links: Iterable[str]) -> list[tuple[str, str]]:
        """Routes with parameters that these links lead to."""
        found = []
        for address in links:
            if not address.startswith(self.base):
                continue
            plain = urldefrag(address).url.partition("?")[0]
            path = next((one for one in self.paths if _fits(one, urlsplit(plain).path)), None)
            if path and "{" in path and (self.each_link or path not in self.walked):
                found.append((path, plain))
        return found


def _filled(path: str, known: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda name: known.get(name[1], "nothing"), path)


def _fits(path: str, address: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+(:\w+)?\\\}", "[^/]+", re.escape(path)), address) is not None
