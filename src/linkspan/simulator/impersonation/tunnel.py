"""A forward proxy that knows one verb (CONNECT) and few hosts, and leads all of them to one address on loopback."""

import asyncio
import contextlib
import re
from collections.abc import Mapping
from typing import Final

from linkspan.simulator.impersonation.certificates import BUSINESS_CENTRAL_DOMAIN, GRAPH_HOST, LOGIN_HOST

_REQUEST_LINE: Final = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.[01]\r\n")
_MOST_HEAD: Final = 65_536
_PIECE: Final = 65_536
_SECONDS: Final = 30
_REASONS: Final[Mapping[int, str]] = {400: "Bad Request", 403: "Forbidden", 405: "Method Not Allowed"}


def is_impersonated(target: str) -> bool:
    """Tell whether `target` (host:port) is one of the hosts that the simulator stands in for."""
    host, _, port = target.lower().rpartition(":")
    return port == "443" and (host in {GRAPH_HOST, LOGIN_HOST} or host.endswith(f".{BUSINESS_CENTRAL_DOMAIN}"))


class Tunnel:
    """Serves CONNECT; every accepted tunnel ends at `port` of loopback."""

    def __init__(self, port: int) -> None:
        """Lead tunnels to `port`; `refused` keeps the targets that were turned away."""
        self._port = port
        self.refused: list[str] = []
        self._open: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        try:
            with contextlib.suppress(OSError, EOFError, asyncio.IncompleteReadError, TimeoutError):
                await self._serve(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            writer.close()

    async def close(self) -> None:
        """End all tunnels."""
        for task in self._open:
            task.cancel()
        if self._open:
            await asyncio.wait(self._open)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_SECONDS):
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.LimitOverrunError:
                await _answer(writer, 400)
                return
        status = self._judge(head)
        if status is not None:
            await _answer(writer, status)
            return
        behind_reader, behind = await asyncio.open_connection("127.0.0.1", self._port, limit=_MOST_HEAD)
        try:
            writer.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
            await writer.drain()
            await _both(asyncio.create_task(_pump(reader, behind)), asyncio.create_task(_pump(behind_reader, writer)))
        finally:
            behind.close()

    def _judge(self, head: bytes) -> int | None:
        """Return the status of a refusal, or None to let the request through."""
        line = _REQUEST_LINE.match(head)
        if line is None:
            return 400
        target = line[2].decode("latin-1")
        if line[1] == b"CONNECT" and is_impersonated(target):
            return None
        self.refused.append(target)
        return 403 if line[1] == b"CONNECT" else 405


async def _answer(writer: asyncio.StreamWriter, status: int) -> None:
    text = "This proxy leads to the simulated Business Central and Entra ID only.\n"
    head = f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: text/plain\r\ncontent-length: {len(text)}\r\n"
    writer.write(f"{head}connection: close\r\n\r\n{text}".encode())
    await writer.drain()


async def _both(up: "asyncio.Task[None]", down: "asyncio.Task[None]") -> None:
    """Wait until one side ends, then end the other."""
    try:
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (up, down):
            task.cancel()
        await asyncio.gather(up, down, return_exceptions=True)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while piece := await source.read(_PIECE):
        sink.write(piece)
        await sink.drain()
