"""A provider made of bytes: each connection's requests are read whole, then a script decides what the cable carries back."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Seen:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Script = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class WireServer:
    """Scripts are used up in order; the last one is kept for all further requests."""

    scripts: list[Script] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    def then(self, *scripts: Script) -> "WireServer":
        self.scripts += scripts
        return self

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (request := await read_request(reader)) is not None:
                self.seen.append(request)
                script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                await script(request, writer)
                if writer.is_closing():
                    return
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


async def read_request(reader: asyncio.StreamReader) -> Seen | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, target, _ = first.split(" ")
    return Seen(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


@asynccontextmanager
async def wire_server(*scripts: Script) -> AsyncIterator[WireServer]:
    server = WireServer(list(scripts))
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()


def says(status: int, body: object = None, **headers: str) -> Script:
    """Answer whole: JSON for anything but bytes."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        kind = headers.pop("content_type", None) or "application/json"
        lines = [f"HTTP/1.1 {status} Reason", f"Content-Type: {kind}", f"Content-Length: {len(content)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        await writer.drain()

    return script


def writes(text: bytes, *, then_stall: float = 0, abort: bool = False) -> Script:
    """Write some bytes and hang up, perhaps after a while."""

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()
        await asyncio.sleep(then_stall)
        if abort:
            writer.transport.abort()
        writer.close()

    return script


def refusal(status: int, code: str, message: str, **headers: str) -> Script:
    return says(status, {"error": {"code": code, "message": message}}, **headers)
