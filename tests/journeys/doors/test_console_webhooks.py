"""Webhooks at the console: made with the secret shown once, tried, every try shown, sent again, switched with undo, deleted."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio
from console_people import Signed, make_member, sign_in
from doors_world import BASE, World
from standardwebhooks.webhooks import Webhook as Verifier
from wire_server import says, wire_server

from linkspan.people_records import Role
from linkspan.usecases.deliver_events import Courier
from linkspan.usecases.keep_webhooks import NewWebhook, create_webhook, delete_webhook, list_webhooks

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def developer(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "hooker", Role.DEVELOPER)) as signed:
        yield signed


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def no_webhook_stays(world: World) -> AsyncIterator[None]:
    yield
    for view in await list_webhooks(world.hall, world.caller):
        await delete_webhook(world.hall, world.caller, view.webhook.id)


def here(world: World, page: str) -> str:
    return f"/console/p/{world.caller.project_id}/{page}"


async def shown(signed: Signed, where: str) -> str:
    answer = await signed.browser.get(where if where.startswith("http") else BASE + where)
    assert 200 == answer.status_code, answer.text
    return answer.text


async def followed(signed: Signed, answer: httpx2.Response) -> str:
    assert 303 == answer.status_code, answer.text
    return await shown(signed, answer.headers["location"])


async def made(signed: Signed, world: World, url: str, **form: str) -> tuple[str, str]:
    """The page of a new endpoint, and its signing secret."""
    answer = await signed.post(here(world, "webhooks"), {"url": url, "which": "all", **form})
    secret = re.search(r"<code>(whsec_[^<]+)</code>", answer.text)
    page = re.search(r'href="([^"]+/webhooks/[^"]+)">I have stored it', answer.text)

    assert secret is not None, answer.text
    assert page is not None
    return page[1], secret[1]


async def test_a_new_endpoint_shows_its_secret_once_and_the_secret_signs(world: World, developer: Signed) -> None:
    async with wire_server(says(204)) as server:
        page, secret = await made(developer, world, f"{server.url}/once", description="The ledger")
        pages = [await shown(developer, where) for where in (page, here(world, "webhooks"))]
        sent = await developer.post(f"{page}/test", {})
        waiting = await followed(developer, sent)
        await Courier(world.hall, timeout=2.0).deliver_due()
        arrived = await shown(developer, sent.headers["location"])

    assert [False, False] == [secret in text for text in pages]
    assert "The ledger" in pages[1]
    assert "Not tried yet." in waiting
    assert '<span class="badge good">204</span>' in arrived
    Verifier(secret).verify(server.seen[0].body.decode(), server.seen[0].headers)


async def test_every_try_is_shown_with_how_the_answer_began(world: World, developer: Signed) -> None:
    hostile = b"<script>alert(1)</script>\x00\x1b[31m" + b"x" * 5000
    async with wire_server(says(500, hostile), says(200)) as server:
        page, _ = await made(developer, world, f"{server.url}/tries")
        sent = await developer.post(f"{page}/test", {})
        where = sent.headers["location"].partition("?")[0]
        courier = Courier(world.hall, timeout=2.0)
        await courier.deliver_due()
        failed = await shown(developer, where)
        endpoint = await shown(developer, page)
        again = await followed(developer, await developer.post(f"{where}/replay", {}))
        await courier.deliver_due()
        well = await shown(developer, where)

    assert "answered 500" in failed
    assert "Next try" in failed
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [31mxxx" in failed
    assert "<script>alert" not in failed
    assert "x" * 301 not in failed
    assert "Failing" in endpoint
    assert "It is sent again now." in again
    assert [1, 1] == [well.count('<span class="badge bad">500'), well.count('<span class="badge good">200')]


async def test_deliveries_are_found_by_endpoint_and_state(world: World, developer: Signed) -> None:
    async with wire_server(says(204)) as server:
        one, _ = await made(developer, world, f"{server.url}/one")
        two, _ = await made(developer, world, f"{server.url}/two")
        await developer.post(f"{one}/test", {})
        await Courier(world.hall, timeout=2.0).deliver_due()
        await developer.post(f"{two}/test", {})
    found = {}
    for name, query in (
        ("all", ""),
        ("one", f"?webhook={one.rpartition('/')[2]}"),
        ("waiting", "?state=pending"),
        ("none", f"?webhook={one.rpartition('/')[2]}&state=dead"),
        ("junk", "?state=eaten&before=-1"),
    ):
        text = await shown(developer, here(world, "deliveries") + query)
        found[name] = [text.count(f'href="{page}/deliveries/') for page in (one, two)]
    other = await developer.browser.get(BASE + here(world, "deliveries?webhook=wh_nobody"))

    assert {"all": [1, 1], "one": [1, 0], "waiting": [0, 1], "none": [0, 0], "junk": [1, 1]} == found
    assert 404 == other.status_code


async def test_switching_off_offers_its_undo(world: World, developer: Signed) -> None:
    webhook, _ = await create_webhook(world.hall, world.caller, NewWebhook("http://127.0.0.1:9/undo"))
    page = here(world, f"webhooks/{webhook.id}")
    off = await followed(developer, await developer.post(f"{page}/switch", {"enabled": "no"}))
    undo = re.search(
        r'class="note good done-note".*?action="([^"]+)".*?name="enabled" value="(\w+)"><button[^>]*>Undo',
        off,
        re.DOTALL,
    )
    assert undo is not None, off
    on = await followed(developer, await developer.post(undo[1], {"enabled": undo[2]}))

    assert "The endpoint is switched off." in off
    assert "The endpoint is switched on." in on


async def test_what_it_is_told_can_be_chosen_and_changed(world: World, developer: Signed) -> None:
    url = "http://127.0.0.1:9/chosen"
    page, _ = await made(developer, world, url, which="some", events="account.created")
    first = await shown(developer, page)
    none = await developer.post(page, {"url": url, "which": "some"})
    wrong = await developer.post(here(world, "webhooks"), {"url": "ftp://x", "which": "all"})
    long = await developer.post(page, {"url": url, "which": "all", "description": "Too long to be kept. " * 11})
    every = await followed(developer, await developer.post(page, {"url": url, "which": "all"}))

    assert "<dd><code>account.created</code> </dd>" in first
    assert (400, True) == (none.status_code, "choose at least one" in none.text)
    assert (400, True) == (wrong.status_code, 'value="ftp://x"' in wrong.text)
    assert 400 == long.status_code
    assert "<dd>every event</dd>" in every


async def test_a_new_secret_and_the_end(world: World, developer: Signed) -> None:
    page, secret = await made(developer, world, "http://127.0.0.1:9/end")
    rotated = await developer.post(f"{page}/rotate", {})
    gone = await followed(developer, await developer.post(f"{page}/delete", {}))
    after = await developer.browser.get(BASE + page)

    assert "whsec_" in rotated.text
    assert secret not in rotated.text
    assert "The endpoint is deleted." in gone
    assert 404 == after.status_code
