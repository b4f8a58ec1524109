"""The MCP door over standard input and output, one message a line, for clients that start their servers themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable

import structlog

from linkspan.doors.mcp.message import (
    INTERNAL_ERROR,
    Message,
    ProtocolError,
    error_text,
    read_message,
    refusal_of,
    result_text,
)
from linkspan.doors.mcp.revisions import check_meta, says_version
from linkspan.doors.mcp.server import Asked, McpServer
from linkspan.doors.mcp.visit import Visit
from linkspan.errors import LinkspanError
from linkspan.usecases.hall import Hall

_LOG = structlog.get_logger(__name__)
_MOST_AT_ONCE = 32


async def serve_lines(hall: Hall, visit: Visit, lines: AsyncIterator[bytes], write: Callable[[bytes], None]) -> None:
    """Answer each line until they end; requests run side by side, and what is under way then is finished."""
    server, places = McpServer(hall), asyncio.Semaphore(_MOST_AT_ONCE)

    async def answer(line: bytes) -> None:
        try:
            told = await _answer(server, visit, line)
        finally:
            places.release()
        if told is not None:
            write(told + b"\n")

    async with asyncio.TaskGroup() as group:
        async for line in lines:
            if line.strip():
                await places.acquire()
                group.create_task(answer(line))


async def _answer(server: McpServer, visit: Visit, line: bytes) -> bytes | None:
    message = Message("")
    try:
        message = read_message(line)
        if message.id is None:
            return None
        stateless = says_version(message)
        if stateless:
            check_meta(message)
        return result_text(message, await server.result(Asked(visit, message, stateless, _never)))
    except ProtocolError as error:
        return error_text(message.id, error)
    except LinkspanError as error:
        return error_text(message.id, refusal_of(error))
    except Exception:  # noqa: BLE001 - the outermost handler of this door; the log gets the traceback
        _LOG.exception("request_failed", door="mcp")
        return error_text(message.id, ProtocolError(INTERNAL_ERROR, LinkspanError().message))


async def _never() -> bool:
    return False
