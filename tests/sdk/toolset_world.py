"""A server that offers tools to a toolset and plays what it is told for each call."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from test_sdk_failures import Server, cut, server, tell

LIST, CREATE = "dynamics365bc_list_customers", "dynamics365bc_create_customer"


@asynccontextmanager
async def offering(*tools: dict[str, object], answers: tuple[object, ...] = ()) -> AsyncIterator[Server]:
    """A server with these tools; calls get the answers in turn (None: the cable is cut), the last one for ever."""
    said = list(answers) or [{"content": [{"type": "text", "text": "{}"}]}]

    async def play(writer: asyncio.StreamWriter, number: int) -> None:
        if number == 1:
            await tell(writer, 200, reply({"tools": list(tools)}), "Content-Type: application/json")
            return
        answer = said.pop(0) if len(said) > 1 else said[0]
        if answer is None:
            await cut(writer, number)
        elif isinstance(answer, bytes):
            await tell(writer, 200, answer, "Content-Type: application/json")
        else:
            await tell(writer, 200, reply(answer), "Content-Type: application/json")

    async with server(play) as here:
        yield here


def reply(result: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": result}).encode()


def failed(code: str, advice: str, **more: object) -> dict[str, object]:
    text = json.dumps({"error": {"code": code, "message": "m", "advice": advice, **more}})
    return {"content": [{"type": "text", "text": text}], "isError": True}


WRITE = {"name": CREATE, "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": False}}
READ = {"name": LIST, "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}}
OK = {"content": [{"type": "text", "text": '{"data":{"id":"1"}}'}]}


def keys(here: Server) -> list[object]:
    return [json.loads(asked)["params"]["arguments"].get("idempotency_key") for asked in here.asked[1:]]
