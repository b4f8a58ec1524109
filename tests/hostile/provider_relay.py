"""A relay between Linkspan and its provider that cuts one write at one byte: of its request, or of its answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

Way = Literal["request", "answer"]


@dataclass(slots=True)
class Relay:
    """`arm` it before a write; `lengths` are the bytes of the last write that was let through whole."""

    port: int = 0
    cut: tuple[Way, int] | None = None
    was_cut: bool = False
    lengths: dict[Way, int] = field(default_factory=lambda: {"request": 0, "answer": 0})
    writes: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def arm(self, way: Way, after: int) -> None:
        """Cut the next write once so many bytes of it have gone that way."""
        self.cut, self.was_cut = (way, after), False

    def left(self, way: Way) -> int | None:
        """How many bytes of the write may still go that way; None: all."""
        if self.cut is None or self.cut[0] != way:
            return None
        return self.cut[1] - self.lengths[way]


@asynccontextmanager
async def relay_to(port: int) -> AsyncIterator[Relay]:
    relay, tasks = Relay(), set[asyncio.Task[None]]()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        link = Link(relay, (writer, far_writer))
        for each in (link.requests(reader, far_writer), link.answers(far_reader, writer)):
            task = asyncio.create_task(each)
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        for task in tasks:
            task.cancel()


@dataclass(slots=True)
class Link:
    """One connection; `writing` while it carries a write."""

    relay: Relay
    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    writing: bool = False

    async def requests(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                if data.split(b" ", 1)[0] in (b"GET", b"POST", b"PATCH", b"DELETE"):
                    self.writing = data.startswith((b"POST /v2.0", b"PATCH", b"DELETE"))
                    if self.writing:
                        self.relay.writes += 1
                        self.relay.lengths = {"request": 0, "answer": 0}
                if not await self.carry("request", data, target):
                    return
        except OSError:
            pass
        finally:
            target.close()

    async def answers(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            if not await self.carry("answer", b"", target):
                return
            while data := await source.read(65536):
                if not await self.carry("answer", data, target):
                    return
        except OSError:
            pass
        finally:
            target.close()

    async def carry(self, way: Way, data: bytes, target: asyncio.StreamWriter) -> bool:
        """Pass data on, up to the byte where a write is cut; False: it was cut."""
        left = self.relay.left(way) if self.writing else None
        cuts = left is not None and left <= len(data)
        passed = data[:left] if cuts else data
        if self.writing:
            self.relay.lengths[way] += len(passed)
        target.write(passed)
        await target.drain()
        if cuts or (way == "request" and self.writing and self.relay.left("answer") == 0):
            if not cuts:
                # Not one byte of the answer: the provider has the whole request, and time to act on it.
                await asyncio.sleep(0.05)
            self.relay.cut, self.relay.was_cut = None, True
            for end in self.ends:
                end.close()
            return False
        return True
