"""Clients that are known by a document at their id: fetched once, believed only of themselves, and never from inside."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from doors_world import World
from signin_client import Signin

from linkspan.errors import ClientRequestInvalidError
from linkspan.transport.pinned_client import PinnedTransport
from linkspan.usecases.client_document import ClientDocuments
from linkspan.wiring import utc_now

pytestmark = pytest.mark.asyncio(loop_scope="session")
Answer = Callable[[str], bytes]


def http(body: bytes, *headers: str, status: str = "200 OK", media: str = "application/json") -> bytes:
    head = [
        f"HTTP/1.1 {status}",
        f"content-type: {media}",
        f"content-length: {len(body)}",
        "connection: close",
        *headers,
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def document(address: str, **more: object) -> bytes:
    told = {"client_id": address, "client_name": "Doc Mate", "redirect_uris": ["http://127.0.0.1/callback"]}
    return json.dumps(told | more).encode()


@dataclass
class Home:
    """A client's home page on loopback, which answers as a test wants; `asked` are the requests that came."""

    address: str
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def home(answer: Answer, *, seconds: float = 0) -> AsyncIterator[Home]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at.asked.append((await reader.readline()).decode().strip())
        while (await reader.readline()).strip():
            pass
        await asyncio.sleep(seconds)
        writer.write(answer(at.address))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    at = Home(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/client.json")
    async with server:
        yield at


async def test_a_client_is_known_by_its_document_and_asked_for_once(world: World) -> None:
    async with home(lambda at: http(document(at), "cache-control: max-age=600")) as at, world.browser() as browser:
        client = Signin(world, client_id=at.address)
        page = await browser.get(client.address())
        again = await browser.get(client.address())
        tokens = await client.signed_in({world.account.id: "read"})
        refreshed = await client.refresh(str(tokens["refresh_token"]))

    assert (200, 200, 200) == (page.status_code, again.status_code, refreshed.status_code)
    assert "Doc Mate" in page.text
    assert "what it calls itself" in page.text
    assert ["GET /client.json HTTP/1.1"] == at.asked


HOSTILE: dict[str, Answer] = {
    "another id": lambda _: http(document("https://bank.example/client.json")),
    "a redirect": lambda at: http(b"", f"location: {at}", status="302 Found"),
    "not found": lambda at: http(document(at), status="404 Not Found"),
    "huge": lambda at: http(document(at, padding="x" * 20_000)),
    "huge, of no told length": lambda at: (
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
        + document(at, padding="x" * 20_000)
    ),
    "a page": lambda at: http(document(at), media="text/html"),
    "not JSON": lambda _: http(b"{nonsense"),
    "a list": lambda _: http(b"[]"),
    "deep": lambda _: http(b"[" * 8000),
    "no redirects": lambda at: http(document(at, redirect_uris=[])),
    "a plain redirect": lambda at: http(document(at, redirect_uris=["http://evil.example/cb"])),
    "a script": lambda at: http(document(at, redirect_uris=["javascript:alert(1)"])),
    "a secret": lambda at: http(document(at, client_secret="known to all")),
    "a shared secret": lambda at: http(document(at, token_endpoint_auth_method="client_secret_post")),
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
async def test_a_hostile_document_lets_nobody_in(world: World, answer: Answer) -> None:
    world.hall.documents._limits._free_at.clear()
    async with home(answer) as at, world.browser() as browser:
        page = await browser.get(Signin(world, client_id=at.address).address(), follow_redirects=False)
        again = await browser.get(Signin(world, client_id=at.address).address(), follow_redirects=False)

    assert (400, 400) == (page.status_code, again.status_code)
    assert "client_request_invalid" in page.text
    assert "location" not in page.headers
    assert (
        len(at.asked) <= 2
    )  # a request may be repeated on a connection that was cut, a mistake is not looked at again


async def test_a_slow_document_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkspan.usecases.client_document._SECONDS", 0.3)
    async with home(lambda at: http(document(at)), seconds=3) as at, world.browser() as browser:
        page = await asyncio.wait_for(browser.get(Signin(world, client_id=at.address).address()), 2.5)

    assert 400 == page.status_code


async def test_a_redirect_that_the_document_does_not_name_is_refused(world: World) -> None:
    elsewhere = {"redirect_uris": ["https://app.example/cb"]}
    async with home(lambda at: http(document(at, **elsewhere))) as at, world.browser() as browser:
        page = await browser.get(Signin(world, client_id=at.address).address(), follow_redirects=False)

    assert (400, True) == (page.status_code, "redirect URI" in page.text)


@pytest.mark.parametrize(
    "client_id",
    [
        "http://app.example/client.json",
        "https://app.example",
        "https://app.example/",
        "https://app.example/client.json?x=1",
        "https://app.example/client.json#x",
        "https://user@app.example/client.json",
        "https://app.example/a/../client.json",
        "https://app.example:99999/client.json",
        "https://app.example/" + "x" * 600,
        "https://app.example/cli ent",
    ],
)
async def test_not_every_address_is_a_client_id(world: World, client_id: str) -> None:
    with pytest.raises(ClientRequestInvalidError):
        await world.hall.documents.find(client_id)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "[::1]", "localhost", "0.0.0.0"])
async def test_documents_are_not_fetched_from_inside(host: str) -> None:
    post = PinnedTransport()
    documents = ClientDocuments(post, utc_now, insecure=False)
    with pytest.raises(ClientRequestInvalidError, match="not reached from here"):
        await documents.find(f"https://{host}/client.json")
    with pytest.raises(ClientRequestInvalidError, match="must be an https address"):
        await documents.find(f"http://{host}/client.json")
    await post.close()


async def test_few_documents_are_fetched_in_a_minute(world: World) -> None:
    world.hall.documents._limits._free_at.clear()
    async with home(lambda at: http(document(at), "cache-control: no-store")) as at:
        told = []
        for number in range(40):
            try:
                await world.hall.documents.find(f"{at.address}{number}")
            except ClientRequestInvalidError as error:
                told.append(error.message)
    world.hall.documents._limits._free_at.clear()

    assert 30 == len(at.asked)
    assert 40 == len(told)
    assert "Too many clients" in told[-1]
