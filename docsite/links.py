"""Looks the built site over: every link leads somewhere, every page is reached, nothing is loaded from elsewhere."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADS = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
}
_LOADING_RELATIONS = {"stylesheet", "icon", "preconnect", "preload", "dns-prefetch", "modulepreload", "manifest"}
_IN_STYLE = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])(https?:)?//[^)'\"]+")


class _Reader(HTMLParser):
    """The ids, links and loaded addresses of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.drawn = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        # The theme would fetch the program that draws such a picture from another host.
        self.drawn |= "mermaid" in given.get("class", "").split()
        if tag in _LOADS and given.get(_LOADS[tag]):
            self.loads.append(given[_LOADS[tag]])
        if tag == "link" and set(given.get("rel", "").split()) & _LOADING_RELATIONS:
            self.loads.append(given.get("href", ""))


def mistakes_of(site: Path, home: str = "index.html") -> list[str]:
    """Each broken link or anchor, each page that nothing leads to, each thing loaded from another host."""
    pages = {path.relative_to(site).as_posix(): _read(path) for path in site.rglob("*.html")}
    found: list[str] = []
    ways: dict[str, set[str]] = {name: set() for name in pages}
    for name, page in sorted(pages.items()):
        found += [f"{name} loads {address}" for address in page.loads if urlsplit(address).netloc]
        found += [f"{name} has a drawing that another host's program would draw"] if page.drawn else []
        for link in page.links if name != "404.html" else ():
            target, anchor = _target(name, link)
            if target is None:
                continue
            ways[name].add(target)
            if target in pages and anchor and anchor not in pages[target].ids:
                found.append(f"{name} links to {link}: there is no such place on the page")
            if not (site / target).is_file():
                found.append(f"{name} links to {link}: there is no such page")
    found += [f"nothing leads to {name}" for name in sorted(set(pages) - _reached(ways, home) - {"404.html"})]
    return [*dict.fromkeys(found), *_loaded_by_styles(site)]


def _reached(ways: dict[str, set[str]], home: str) -> set[str]:
    """The pages that can be reached from the first one by following links."""
    reached, waiting = set(), [home]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += ways.get(name, ())
    return reached


def _read(path: Path) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text())
    return reader


def _target(page: str, link: str) -> tuple[str | None, str]:
    """The file below the site that a link of a page leads to, and the place there; None for another site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None, ""
    path = unquote(parts.path)
    here = Path("/") / page
    meant = here if not path else Path("/") / path.lstrip("/") if path.startswith("/") else here.parent / path
    steps: list[str] = []
    for step in meant.parts[1:]:
        steps = steps[:-1] if step == ".." else steps if step == "." else [*steps, step]
    target = "/".join(steps)
    return (
        f"{target}/index.html".lstrip("/") if path.endswith("/") or not target or path in {".", ".."} else target
    ), unquote(parts.fragment)


def _loaded_by_styles(site: Path) -> Iterator[str]:
    for path in site.rglob("*.css"):
        for match in _IN_STYLE.finditer(path.read_text()):
            yield f"{path.relative_to(site)} loads {match.group()}"
