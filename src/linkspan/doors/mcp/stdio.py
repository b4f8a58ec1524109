"""The MCP door over standard input and output, one message a line, for clients that start their servers themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable

from linkspan.doors.mcp.actions import ActionOffering, ActionSource
from linkspan.doors.mcp.message import Message, Reply, failure_text, read_message, result_text
from linkspan.doors.mcp.revisions import check_meta, says_version
from linkspan.doors.mcp.server import McpServer
from linkspan.doors.mcp.source import Asked, Offering, Silence
from linkspan.doors.mcp.visit import Visit
from linkspan.usecases.hall import Hall

_MOST_AT_ONCE = 32


async def serve_lines(hall: Hall, visit: Visit, lines: AsyncIterator[bytes], write: Callable[[bytes], None]) -> None:
    """Answer each line until they end; requests run side by side, and what is under way then is finished."""
    server, offering = McpServer(), ActionOffering(ActionSource(hall), visit)
    places = asyncio.Semaphore(_MOST_AT_ONCE)

    async def answer(line: bytes) -> None:
        try:
            told = await _answer(server, offering, line)
        finally:
            places.release()
        if told is not None:
            write(told + b"\n")

    async with asyncio.TaskGroup() as group:
        async for line in lines:
            if line.strip():
                await places.acquire()
                group.create_task(answer(line))


async def _answer(server: McpServer, offering: Offering, line: bytes) -> bytes | None:
    message = Message("")
    try:
        found = read_message(line)
        if isinstance(found, Reply) or found.id is None:
            return None
        message = found
        stateless = says_version(message)
        if stateless:
            check_meta(message)
        return result_text(message, await server.result(offering, Asked(message, stateless, _never, Silence())))
    except Exception as error:  # noqa: BLE001 - the outermost handler of this door
        return failure_text(message, error)


async def _never() -> bool:
    return False
