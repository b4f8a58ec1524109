"""Tools that answer each kind of content, fail, and tell how far they are."""

import asyncio
from collections.abc import Mapping

from linkspan.doors.mcp.conformance.pieces import AUDIO, IMAGE, NO_ARGUMENTS, Json, Run, Tool, embedded, text, told
from linkspan.doors.mcp.message import MISSING_CAPABILITY, ProtocolError
from linkspan.doors.mcp.revisions import LOG_LEVEL_KEY
from linkspan.doors.mcp.source import Asked

_PAUSE = 0.05
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")

# The keywords that the suite looks for after the schema's way through the door.
_SCHEMA_2020: Json = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}
_BERTH: Json = {
    "type": "object",
    "properties": {"berth": {"type": "string", "x-mcp-header": "Berth"}},
    "required": ["berth"],
}


class Logging:
    """The level that `logging/setLevel` sets: of the whole fixture, because the door has no sessions."""

    def __init__(self) -> None:
        self._least = "info"

    def set(self, level: object) -> None:
        """Tell nothing below this level from now on. Raises ValueError."""
        self._least = LEVELS[LEVELS.index(level)]

    async def tell(self, asked: Asked, words: str, level: str = "info") -> None:
        """A log message, where the client wants it: by the level set, or by the request's own in the stateless era."""
        wanted = asked.message.meta.get(LOG_LEVEL_KEY) if asked.stateless else self._least
        if wanted in LEVELS and LEVELS.index(level) >= LEVELS.index(wanted):
            await asked.talk.notify("notifications/message", {"level": level, "logger": "fixture", "data": words})


def plain_tools(logging: Logging) -> list[Tool]:
    """The tools; `logging` says what is told to whom."""

    async def log(asked: Asked, arguments: Json) -> bytes:
        del arguments
        for words in ("Casting off", "Under way", "Moored"):
            await logging.tell(asked, words)
            await asyncio.sleep(_PAUSE)
        return told(text("Three messages were logged."))

    return [
        Tool("test_simple_text", "Answers a text.", _always(text("A ferry carries this text."))),
        Tool("test_image_content", "Answers an image.", _always(IMAGE)),
        Tool("test_audio_content", "Answers a sound.", _always(AUDIO)),
        Tool(
            "test_embedded_resource", "Answers a resource.", _always(embedded("test://embedded-resource", "Cargo list"))
        ),
        Tool("test_multiple_content_types", "Answers three kinds of content.", _always(*_mixed())),
        Tool("test_error_handling", "Always fails.", _fail),
        Tool("test_tool_with_progress", "Tells how far it is.", _progress),
        Tool("test_tool_with_logging", "Logs three messages.", log),
        Tool("test_logging_tool", "Logs only for requests that name a level.", log, handshake=False),
        Tool("test_missing_capability", "Needs a client that samples.", _need_sampling, handshake=False),
        Tool("json_schema_2020_12_tool", "Has a schema of JSON Schema 2020-12.", _always(text("Read.")), _SCHEMA_2020),
        Tool(
            "test_header_argument",
            "Has an argument that a header repeats.",
            _berth,
            _BERTH,
            mirrored={"Berth": "berth"},
        ),
        Tool("test_plain_arguments", "Takes no argument.", _always(text("Nothing to say.")), NO_ARGUMENTS),
    ]


def _mixed() -> tuple[Json, Json, Json]:
    cargo = embedded("test://mixed-content-resource", '{"cargo":"timber","tonnes":12}', "application/json")
    return text("Text, picture and resource:"), IMAGE, cargo


def _always(*contents: Json) -> Run:
    result = told(*contents)

    async def run(asked: Asked, arguments: Json) -> bytes:
        del asked, arguments
        return result

    return run


async def _fail(asked: Asked, arguments: Json) -> bytes:
    del asked, arguments
    return told(text("This tool fails whenever it is called."), failed=True)


async def _progress(asked: Asked, arguments: Json) -> bytes:
    del arguments
    token = asked.message.meta.get("progressToken")
    for done in (0, 50, 100):
        if token is not None:
            await asked.talk.notify("notifications/progress", {"progressToken": token, "progress": done, "total": 100})
        await asyncio.sleep(_PAUSE)
    return told(text("Crossed."))


async def _need_sampling(asked: Asked, arguments: Json) -> bytes:
    del arguments
    declared: Mapping[str, object] = asked.message.capabilities
    if "sampling" not in declared:
        data: Json = {"requiredCapabilities": {"sampling": {}}}
        raise ProtocolError(MISSING_CAPABILITY, "This tool needs a client that declares sampling.", data)
    return told(text("The client can sample."))


async def _berth(asked: Asked, arguments: Json) -> bytes:
    del asked
    return told(text(f"Berth {arguments.get('berth')}"))
