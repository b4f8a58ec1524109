"""A request that failed at each point: whether it may have left is told exactly, and no secret is told with it."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator

import pytest
from wire_server import Script, says, wire_server, writes

from linkspan.transport.protocol import Outbound, Sent, TransportError
from linkspan.transport.pyreqwest_client import PyreqwestTransport


@pytest.fixture
async def transport() -> AsyncIterator[PyreqwestTransport]:
    client = PyreqwestTransport(allow_private_addresses=True, connect_timeout=2)
    yield client
    await client.close()


def outbound(url: str, *, method: str = "POST", timeout: float = 0.6, max_bytes: int = 1_000_000) -> Outbound:
    origin = "/".join(url.split("/", 3)[:3])
    headers = {"Authorization": "Bearer secret-token"}
    return Outbound(method, f"{origin}/a?q=secret-query", headers, b"{}", timeout, frozenset({origin}), max_bytes)


HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
CUTS: dict[str, tuple[Script, str, Sent, int | None]] = {
    "reads and hangs up": (writes(b""), "cut", Sent.MAYBE, None),
    "reads and resets": (writes(b"", abort=True), "cut", Sent.MAYBE, None),
    "half a head": (writes(b"HTTP/1.1 201 Cre"), "cut", Sent.MAYBE, None),
    "no HTTP": (writes(b"SSH-2.0-OpenSSH\r\n\r\n"), "cut", Sent.MAYBE, None),
    "stalls before the head": (writes(b"", then_stall=3), "timeout", Sent.MAYBE, None),
    "half a body": (writes(HEAD + b'Content-Length: 99\r\n\r\n{"id"'), "cut", Sent.YES, 201),
    "half a chunked body": (writes(HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n"), "cut", Sent.YES, 201),
    "stalls in the body": (writes(HEAD + b'Content-Length: 99\r\n\r\n{"id"', then_stall=3), "timeout", Sent.YES, 201),
    "broken compression": (
        writes(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"),
        "cut",
        Sent.YES,
        201,
    ),
}


@pytest.mark.parametrize("cut", CUTS)
async def test_cut(transport: PyreqwestTransport, cut: str) -> None:
    script, kind, sent, status = CUTS[cut]
    async with wire_server(script) as server:
        with pytest.raises(TransportError) as caught:
            await transport.send(outbound(server.url))

    assert (kind, sent, status) == (caught.value.kind, caught.value.sent, caught.value.status)
    assert "secret" not in str(caught.value)
    assert len(server.seen) == 1


async def test_nobody_listens(transport: PyreqwestTransport) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(TransportError) as caught:
            await transport.send(outbound(f"http://127.0.0.1:{taken.getsockname()[1]}/"))

    assert ("connect", Sent.NO) == (caught.value.kind, caught.value.sent)


async def test_no_such_host(transport: PyreqwestTransport) -> None:
    with pytest.raises(TransportError) as caught:
        await transport.send(outbound("http://nosuch.invalid/"))

    assert ("connect", Sent.NO) == (caught.value.kind, caught.value.sent)
    assert "secret" not in str(caught.value)


async def test_no_tls_there(transport: PyreqwestTransport) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        with pytest.raises(TransportError) as caught:
            await transport.send(outbound(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/", timeout=5))

    assert ("tls", Sent.NO) == (caught.value.kind, caught.value.sent)


async def test_hangs_up_before_reading_is_not_taken_for_never_sent(transport: PyreqwestTransport) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        with pytest.raises(TransportError) as caught:
            await transport.send(outbound(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))

    assert Sent.MAYBE == caught.value.sent


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_huge_body_is_given_up(transport: PyreqwestTransport, chunked: bool) -> None:
    framing = b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"x" * 0x10000 + b"\r\n") * 50 if chunked else b""
    plain = b"Content-Length: 60000000\r\n\r\n" + b"x" * 100
    async with wire_server(writes(b"HTTP/1.1 200 OK\r\n" + (framing or plain), then_stall=2)) as server:
        with pytest.raises(TransportError) as caught:
            await transport.send(outbound(server.url, method="GET", timeout=5))

    assert ("too_large", Sent.YES, 200) == (caught.value.kind, caught.value.sent, caught.value.status)


async def test_a_small_body_that_unpacks_to_a_huge_one_is_given_up(transport: PyreqwestTransport) -> None:
    bomb = gzip.compress(b"x" * 50_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    async with wire_server(writes(head + bomb)) as server:
        with pytest.raises(TransportError) as caught:
            await transport.send(outbound(server.url, method="GET", timeout=5))

    assert "too_large" == caught.value.kind


async def test_redirects_are_not_followed(transport: PyreqwestTransport) -> None:
    async with (
        wire_server(says(200, {"stolen": True})) as other,
        wire_server(says(302, location=f"{other.url}/x")) as server,
    ):
        answer = await transport.send(outbound(server.url, method="GET"))

    assert 302 == answer.status
    assert f"{other.url}/x" == answer.headers["location"]
    assert [] == other.seen


async def test_a_whole_answer(transport: PyreqwestTransport) -> None:
    async with wire_server(says(409, {"error": {}}, Retry_After="3")) as server:
        first = await transport.send(outbound(server.url))
        second = await transport.send(outbound(server.url))

    assert (409, b'{"error": {}}', "3") == (first.status, first.body, first.headers["retry-after"])
    assert first.duration_ms > 0
    assert 409 == second.status
    assert 1 == server.connections
    assert "/a?q=secret-query" == server.seen[0].target


async def test_a_kept_connection_that_died_is_replaced(transport: PyreqwestTransport) -> None:
    async with wire_server(says(200, {}), writes(b"")) as server:
        await transport.send(outbound(server.url, method="GET"))
    async with wire_server(says(200, {"fresh": True})) as again:
        answer = await transport.send(outbound(again.url, method="GET"))

    assert b'{"fresh": true}' == answer.body
