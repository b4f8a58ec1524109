"""A cable to a server that is cut once, after so many bytes of a request or of its answer; then it is whole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

Way = Literal["request", "answer"]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where to cut: after `after` bytes on that way; `reset` tears the connection down, else it is closed in order."""

    way: Way
    after: int
    reset: bool = True


@dataclass
class Cable:
    """The cable's own end, and the bytes that its first connection carried on each way."""

    port: int
    cut: Cut | None = None
    connections: int = 0
    carried: dict[Way, int] = field(default_factory=lambda: {"request": 0, "answer": 0})
    was_cut: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def cable_to(port: int, cut: Cut | None = None) -> AsyncIterator[Cable]:
    tasks: set[asyncio.Task[None]] = set()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        cable.connections += 1
        first = cable.connections == 1
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        ends = (writer, far_writer)
        ways: tuple[tuple[Way, asyncio.StreamReader, asyncio.StreamWriter], ...] = (
            ("request", reader, far_writer),
            ("answer", far_reader, writer),
        )
        for way, source, target in ways:
            task = asyncio.create_task(carry(cable, way, source, target, ends if first else None))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    cable = Cable(server.sockets[0].getsockname()[1], cut)
    try:
        yield cable
    finally:
        server.close()
        for task in tasks:
            task.cancel()


async def carry(
    cable: Cable,
    way: Way,
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    ends: tuple[asyncio.StreamWriter, ...] | None,
) -> None:
    """Carry bytes one way until an end closes; `ends` are both ends of a connection that may be cut."""
    try:
        while not cable.was_cut and ends is not None and cable.cut is not None and cable.cut.way == way:
            left = cable.cut.after - cable.carried[way]
            data = await source.read(left) if left else b""
            cable.carried[way] += len(data)
            target.write(data)
            await target.drain()
            if cable.carried[way] == cable.cut.after:
                part(cable, ends)
                return
        while data := await source.read(65536):
            if ends is not None:
                cable.carried[way] += len(data)
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


def part(cable: Cable, ends: tuple[asyncio.StreamWriter, ...]) -> None:
    """Cut both ends; what was carried so far is in the kernel's hands and arrives."""
    assert cable.cut is not None
    cable.was_cut = True
    for end in ends:
        if cable.cut.reset:
            end.transport.abort()
        else:
            end.close()
