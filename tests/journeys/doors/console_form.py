"""The tester's page as a person uses it: open it, fill places in, press a button."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2
from console_people import Signed
from doors_world import BASE, CONNECTOR, World

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
SHOWN = re.compile(r'<input type="text" name="([^"]+)"[^>]*? value="([^"]*)"')


@dataclass
class ActionForm:
    """The form of one action."""

    world: World
    signed: Signed
    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"/console/p/{self.world.caller.project_id}/tester"

    async def open(self, **query: str) -> httpx2.Response:
        asked = {"account": self.world.account.id, "action": f"{CONNECTOR}_{self.action}", **query}
        page = await self.signed.browser.get(f"{BASE}{self.where}", params=asked)
        self.take(page)
        return page

    async def press(self, deed: str, values: Mapping[str, str] | None = None, **more: str) -> httpx2.Response:
        sent = {**self.hidden, **self.shown, **(values or {}), "deed": deed, **more}
        page = await self.signed.browser.post(BASE + self.where, data=sent)
        self.take(page)
        return page

    def take(self, page: httpx2.Response) -> None:
        """What the page's form holds now."""
        form = page.text.partition('id="tester"')[2].partition("</form>")[0]
        self.hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(form)}
        self.shown = {name: html.unescape(value) for name, value in SHOWN.findall(form)}


def texts_of(page: httpx2.Response) -> dict[str, str]:
    """The texts to copy by their name."""
    found = re.findall(r'data-copy="(\w+) call"><code[^>]*>(.*?)</code>', page.text, re.DOTALL)
    return {name: html.unescape(text) for name, text in found}


def run_of(page: httpx2.Response) -> str:
    """The id of the run that the page links."""
    found = re.search(r"/logs/(\w+)", page.text.partition("<main")[2])
    assert found is not None, page.text
    return found[1]
