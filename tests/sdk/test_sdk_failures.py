"""How the SDK takes failures: which it repeats, which it never does, and how each is named."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

import linkspan.errors
from linkspan.sdk import (
    AsyncLinkspan,
    LinkspanError,
    RateLimitedError,
    UnreachableError,
    WriteOutcomeUnknownError,
    errors,
)

READ, WRITE = "x_list_things", "x_create_thing"
OK = b'{"data": [], "run_id": "run_1", "next": null}'
Play = Callable[[asyncio.StreamWriter, int], Awaitable[None]]


@dataclass
class Server:
    """Counts requests and plays a script for each."""

    url: str
    asked: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def server(play: Play) -> AsyncIterator[Server]:
    here = Server("")

    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
        try:
            await converse(reader, writer)
        finally:
            writer.close()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        here.asked.append(await reader.readexactly(length))
        await play(writer, len(here.asked))

    running = await asyncio.start_server(handle, "127.0.0.1", 0)
    here.url = f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}"
    async with running:
        yield here
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


async def tell(writer: asyncio.StreamWriter, status: int, body: bytes, *more: str) -> None:
    lines = [f"HTTP/1.1 {status} Word", f"Content-Length: {len(body)}", "Connection: close", *more, "", ""]
    writer.write("\r\n".join(lines).encode() + body)
    await writer.drain()


def told(code: str, advice: str) -> bytes:
    return b'{"error": {"code": "%s", "message": "m", "next_step": "n", "advice": "%s"}}' % (
        code.encode(),
        advice.encode(),
    )


async def cut(_: asyncio.StreamWriter, __: int) -> None:
    """Close without an answer."""


async def busy_once(writer: asyncio.StreamWriter, number: int) -> None:
    if number == 1:
        await tell(writer, 503, told("server_busy", "wait"), "Retry-After: 0")
    else:
        await tell(writer, 200, OK)


async def test_a_read_is_repeated_and_a_write_is_not() -> None:
    async with server(busy_once) as reads, AsyncLinkspan(reads.url, "k", "a") as client:
        answer = await client.run(READ)
    async with server(busy_once) as writes, AsyncLinkspan(writes.url, "k", "a") as client:
        with pytest.raises(errors.WaitError):
            await client.run(WRITE, body={"n": 1})

    assert "run_1" == answer.run_id
    assert (2, 1) == (len(reads.asked), len(writes.asked))


async def test_a_write_whose_answer_is_lost_is_unknown_and_never_repeated() -> None:
    async with server(cut) as here, AsyncLinkspan(here.url, "k", "a") as client:
        with pytest.raises(WriteOutcomeUnknownError) as caught:
            await client.run(WRITE, body={"n": 1})

    assert 1 == len(here.asked)
    assert ("write_outcome_unknown", "stop", None) == (caught.value.code, caught.value.advice, caught.value.status)


async def test_a_read_whose_answer_is_lost_is_repeated_then_named() -> None:
    async with server(cut) as here, AsyncLinkspan(here.url, "k", "a") as client:
        with pytest.raises(UnreachableError):
            await client.run(READ)

    assert 3 == len(here.asked)


async def test_a_refused_connection_is_tried_again_for_writes_too(unused_tcp_port: int) -> None:
    async def late(writer: asyncio.StreamWriter, _: int) -> None:
        await tell(writer, 200, OK)

    async def open_later() -> AsyncIterator[None]:
        await asyncio.sleep(0.1)
        yield

    async with AsyncLinkspan(f"http://127.0.0.1:{unused_tcp_port}", "k", "a") as client:
        asking = asyncio.create_task(client.run(WRITE, body={"n": 1}))
        async for _ in open_later():
            running = await asyncio.start_server(_answering(late), "127.0.0.1", unused_tcp_port)
            async with running:
                answer = await asking

    assert "run_1" == answer.run_id


def _answering(play: Play) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await play(writer, 1)
        writer.close()

    return handle


async def test_a_server_that_asks_for_a_long_wait_is_not_waited_for() -> None:
    async def limited(writer: asyncio.StreamWriter, _: int) -> None:
        await tell(writer, 429, told("rate_limited", "wait"), "Retry-After: 600")

    async with server(limited) as here, AsyncLinkspan(here.url, "k", "a") as client:
        with pytest.raises(RateLimitedError) as caught:
            await client.run(READ)

    assert (600.0, 429) == (caught.value.retry_after, caught.value.status)
    assert 1 == len(here.asked)


async def test_a_time_out_of_a_read_is_not_repeated() -> None:
    async def slow(_: asyncio.StreamWriter, __: int) -> None:
        await asyncio.sleep(1)

    async with server(slow) as here, AsyncLinkspan(here.url, "k", "a", timeout=0.1) as client:
        with pytest.raises(UnreachableError) as caught:
            await client.run(READ)

    assert ("timeout", 1) == (caught.value.code, len(here.asked))


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (told("provider_timeout", "wait") + b"\n", ("provider_timeout", errors.WaitError)),
        (b'{"error": "a field of that name"}\n', None),
        (b'{"n": ', ("unreachable", UnreachableError)),
    ],
)
async def test_a_stream_that_breaks_raises(tail: bytes, expected: tuple[str, type[LinkspanError]] | None) -> None:
    async def half(writer: asyncio.StreamWriter, _: int) -> None:
        rows = b'{"n": 1.50}\n' + tail
        size = len(rows) + (100 if tail.endswith(b" ") else 0)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n" % size + rows
        )
        await writer.drain()

    seen: list[dict[str, object]] = []
    caught: LinkspanError | None = None
    async with server(half) as here, AsyncLinkspan(here.url, "k", "a") as client:
        try:
            async for row in client.stream(READ):
                seen.append(row)  # noqa: PERF401 - the rows before the break count
        except LinkspanError as error:
            caught = error

    assert "1.50" == str(seen[0]["n"])
    if expected is None:
        assert caught is None
        assert 2 == len(seen)
    else:
        assert expected == (caught and caught.code, type(caught))


async def test_another_service_at_the_address_is_named() -> None:
    async def page(writer: asyncio.StreamWriter, _: int) -> None:
        await tell(writer, 502, b"<html>Bad gateway</html>")

    async with server(page) as here, AsyncLinkspan(here.url, "k", "a") as client:
        with pytest.raises(LinkspanError) as caught:
            await client.run(READ)

    assert ("answer_unreadable", 502) == (caught.value.code, caught.value.status)


def test_every_error_of_the_server_has_its_family_here() -> None:
    """The server's families, looked at as data: its classes' names are this client's, or those of an ancestor."""
    wrong = []
    for kind in linkspan.errors.all_errors():
        names = [parent.__name__ for parent in kind.__mro__]
        same = {"ProviderNotFoundError": "RecordNotFoundError"}.get(names[0], names[0])
        family = getattr(errors, same, None) or next(getattr(errors, name) for name in names if hasattr(errors, name))
        got = errors.error_of(errors.Failure(kind.code, "m", advice=kind.advice.value))
        if not isinstance(got, family):
            wrong.append((kind.code, family.__name__, type(got).__name__))

    assert [] == wrong


async def test_the_key_is_in_no_error_and_no_repr() -> None:
    async with server(cut) as here, AsyncLinkspan(here.url, "v1.local.planted-key", "a") as client:
        with pytest.raises(WriteOutcomeUnknownError) as caught:
            await client.run(WRITE)
        shown = f"{client!r} {client.__dict__!r} {caught.value!r} {caught.value}"

    assert "planted-key" not in shown
