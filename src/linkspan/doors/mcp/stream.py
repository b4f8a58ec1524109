"""Answers that begin before the result is there: messages to the client as server-sent events, and questions that it answers by POST."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from uuid import uuid4

from starlette.responses import StreamingResponse

from linkspan.doors.mcp.message import INTERNAL_ERROR, INVALID_REQUEST, Message, ProtocolError, Reply, failure_text
from linkspan.doors.mcp.source import Talk
from linkspan.engine import json_text

EVENT_STREAM = "text/event-stream"
_PATIENCE = 60.0
"""Seconds that a client, and the person before it, have to answer a question."""


class Questions:
    """The questions that clients have been asked and have not answered; their ids cannot be guessed, so no session is needed."""

    def __init__(self) -> None:
        self._open: dict[str, asyncio.Future[Reply]] = {}

    async def ask(self, send: Callable[[str], Awaitable[None]]) -> Mapping[str, object]:
        """The result of the question that `send` sends under the id that it is given. Raises ProtocolError."""
        name = uuid4().hex
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._open[name] = answer
        try:
            await send(name)
            reply = await asyncio.wait_for(answer, _PATIENCE)
        except TimeoutError:
            raise ProtocolError(INTERNAL_ERROR, "The client did not answer in time.") from None
        finally:
            del self._open[name]
        if reply.result is None:
            raise ProtocolError(INTERNAL_ERROR, "The client refused the question.")
        return reply.result

    def answered(self, reply: Reply) -> None:
        """Hand an answer on. Raises ProtocolError for one that nobody waits for."""
        waiting = self._open.get(reply.id)
        if waiting is None or waiting.done():
            raise ProtocolError(INVALID_REQUEST, "No question with this id is open.")
        waiting.set_result(reply)


class Stream:
    """The talk of an answer that may become a stream."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self._frames: asyncio.Queue[bytes] = asyncio.Queue()

    async def notify(self, method: str, params: Mapping[str, object]) -> None:
        """Send a notification."""
        await self._send({"method": method, "params": params})

    async def ask(self, method: str, params: Mapping[str, object]) -> Mapping[str, object]:
        """The client's result. Raises ProtocolError."""

        async def send(name: str) -> None:
            await self._send({"id": name, "method": method, "params": params})

        return await self._questions.ask(send)

    async def next(self) -> bytes:
        """The next message to the client."""
        return await self._frames.get()

    def rest(self) -> list[bytes]:
        """The messages that nobody has taken."""
        return [self._frames.get_nowait() for _ in range(self._frames.qsize())]

    async def _send(self, told: Mapping[str, object]) -> None:
        await self._frames.put(json_text.dump({"jsonrpc": "2.0", **told}))


async def streamed(
    message: Message, questions: Questions, work: Callable[[Talk], Awaitable[bytes]]
) -> bytes | StreamingResponse:
    """The whole answer, where nothing was said before it; else a stream of what was said, which the answer ends.

    Raises what `work` raises before it has said anything.
    """
    stream = Stream(questions)
    task = asyncio.ensure_future(work(stream))
    first = asyncio.ensure_future(stream.next())
    try:
        await asyncio.wait({task, first}, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        task.cancel()
        first.cancel()
        raise
    if not first.done():
        first.cancel()
        return await task
    frames = _frames(message, task, stream, first.result())
    return StreamingResponse(
        frames, headers={"cache-control": "no-store", "x-accel-buffering": "no"}, media_type=EVENT_STREAM
    )


async def _frames(
    message: Message, task: "asyncio.Future[bytes]", stream: Stream, first: bytes
) -> AsyncIterator[bytes]:
    """Events until the answer; the work is given up when nobody reads on."""
    try:
        yield _event(first)
        while not task.done():
            coming = asyncio.ensure_future(stream.next())
            await asyncio.wait({task, coming}, return_when=asyncio.FIRST_COMPLETED)
            if coming.done():
                yield _event(coming.result())
            else:
                coming.cancel()
        for frame in stream.rest():
            yield _event(frame)
        error = task.exception()
        yield _event(failure_text(message, error) if isinstance(error, Exception) else task.result())
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


def _event(text: bytes) -> bytes:
    return b"event: message\ndata: " + text + b"\n\n"
