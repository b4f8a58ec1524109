"""People at the console: members made through the use cases, and a signed-in browser for each."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
from doors_world import BASE, World

from linkspan.model import Secret
from linkspan.people_records import Member, Role
from linkspan.usecases.members import accept_invitation, add_member

PASSWORD = "Grey-Herring-Gull-08"


@dataclass
class Signed:
    """A browser in which a member is signed in."""

    browser: httpx2.AsyncClient
    token: str

    async def post(self, where: str, form: Mapping[str, str], **more: object) -> httpx2.Response:
        return await self.browser.post(BASE + where, data={**form, "form_token": self.token}, **more)


async def make_member(world: World, name: str, role: Role) -> Member:
    email = f"{name}@harbour.example"
    invited = await add_member(world.hall, world.caller, email=email, name=name.capitalize(), role=role)
    assert invited.link is not None
    await accept_invitation(world.hall, Secret(invited.link.rpartition("/")[2]), Secret(PASSWORD))
    return invited.member


@asynccontextmanager
async def sign_in(world: World, member: Member) -> AsyncIterator[Signed]:
    async with world.browser(follow_redirects=False) as browser:
        entered = await browser.post(
            f"{BASE}/console/sign-in", data={"email": member.person.email, "password": PASSWORD}
        )
        assert 303 == entered.status_code, entered.text
        page = await browser.get(f"{BASE}/console/me")
        token = re.search(r'name="form_token" value="([0-9a-f]{64})"', page.text)
        assert token is not None
        yield Signed(browser, token[1])
