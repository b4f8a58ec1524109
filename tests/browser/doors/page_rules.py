"""What every page must keep to: readable by everybody, fitting a phone, small, from here alone, without script or style of its own."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from link_walk import serious_violations
from playwright.async_api import Browser, Page, Response

MOST_BYTES = 100_000
MOST_REQUESTS = 12
LOOKS = (("light", 1200), ("dark", 360))
"""Light, dark, wide and phone between them."""
ALL_LOOKS = (*LOOKS, ("dark", 1200), ("light", 360))
_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const out = [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > wide + 1);
  return ["scrolls sideways: " + out.slice(0, 4).map(one => one.tagName + "." + one.className)];
}"""
_OWN = """() => [
  ...[...document.querySelectorAll("script:not([src])")].map(() => "a script within the page"),
  ...[...document.querySelectorAll("[style]")].filter(one => one.getAttribute("style")).map(one => "a style within " + one.tagName),
  ...[...document.querySelectorAll("*")].flatMap(one => one.getAttributeNames().filter(name => name.startsWith("on"))),
]"""
# A moment that is not told as the reader's own: the script has not been there, or there is no <time>.
_MOMENTS = """() => {
  const times = [...document.querySelectorAll("time")].filter(one => one.dateTime.length > 10 && !("local" in one.dataset));
  const text = [...document.querySelectorAll("main p, main td, main dd, main li, main h2")].filter(one => !one.querySelector("pre, code"));
  const bare = text.filter(one => /[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}/.test(one.textContent));
  return [...times.map(one => "a moment without data-local: " + one.outerHTML), ...bare.slice(0, 2).map(one => "a bare moment: " + one.textContent.trim().slice(0, 120))];
}"""


class Weighing:
    """Counts what the pages of one browser context load, as if it had never been here."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.answers: list[Response] = []

    def note(self, answer: Response) -> None:
        """Count an answer, unless it was for the walker (walk_routes.py)."""
        if "x-walk" not in answer.request.headers:
            self.answers.append(answer)

    def complaints(self) -> list[str]:
        """What the last page loaded too much, or from elsewhere; begins anew."""
        answers, self.answers = self.answers, []
        sizes = {one.url: _size(one) for one in answers}
        found = [f"loads {url}" for url in sizes if not url.startswith((f"{self.base}/", "data:"))]
        if sum(sizes.values()) > MOST_BYTES:
            found.append(f"loads {sum(sizes.values())} bytes: {sizes}")
        if len(sizes) > MOST_REQUESTS:
            found.append(f"makes {len(sizes)} requests")
        return found


@asynccontextmanager
async def weighed_page(chromium: Browser, base: str, **given: object) -> AsyncIterator[tuple[Page, Weighing]]:
    """A page of a new context, on a clock five and a half hours ahead of UTC; nothing is taken from the browser's cache."""
    context = await chromium.new_context(timezone_id="Asia/Kolkata", reduced_motion="reduce", **given)
    context.set_default_timeout(15_000)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    weighing = Weighing(base)
    page.on("response", weighing.note)
    yield page, weighing
    await context.close()


async def broken_rules(page: Page, name: str, *, axe: bool = True) -> list[str]:
    """Every rule that the page breaks, in light and dark, wide and narrow; pictures of it go to the folder CONSOLE_SHOTS, if that is set."""
    found = [*await page.evaluate(_OWN), *await page.evaluate(_MOMENTS)]
    for scheme, width in ALL_LOOKS if os.environ.get("CONSOLE_SHOTS") else LOOKS:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 800})
        found += await page.evaluate(_WIDE)
        if axe and (scheme, width) in LOOKS:
            found += [f"{scheme} {width}: {each}" for each in await serious_violations(page)]
        await _keep_picture(page, f"{name}-{scheme}-{width}")
    return [f"{name}: {each}" for each in found]


async def _keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("CONSOLE_SHOTS"):
        plain = re.sub(r"[^\w-]+", "-", name).strip("-")
        await page.screenshot(path=Path(folder) / f"{plain}.png", full_page=True)


def _size(answer: Response) -> int:
    """The bytes of an answer, as its head tells; only a stream of events and a redirection tell none."""
    return int(answer.headers.get("content-length", 0))
