"""A door on loopback before the simulator that can be shut: then connections are refused, as by a provider that is down."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit


class Gate:
    """Passes bytes on to `target`; `shut()` refuses every connection until `open()` is called again."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target, self._port, self._server = (parts.hostname, parts.port), 0, None
        self._writers: set[asyncio.StreamWriter] = set()
        self._busy: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        self._server.close()
        for writer in list(self._writers):
            writer.close()
        if self._busy:
            await asyncio.wait(list(self._busy))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._busy.add(task)
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        both = {writer, far_writer}
        self._writers |= both
        try:
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        finally:
            self._writers -= both
            self._busy.discard(task)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until the one side is over, then close the other: a cut here is a cut there."""
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(ConnectionError, RuntimeError):
        writer.close()
