"""What the fixture's tools, resources and prompts are made of: contents of each kind, questions, and the record of a tool."""

import base64
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from linkspan.doors.mcp.source import Asked, InputRequired
from linkspan.engine import json_text

Json = Mapping[str, object]
Run = Callable[[Asked, Json], Awaitable[bytes | InputRequired]]

NO_ARGUMENTS: Json = {"type": "object", "properties": {}}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of the fixture; `handshake` and `stateless`: the eras that it belongs to. `mirrored` as `Offering.mirrored` tells it."""

    name: str
    description: str
    run: Run
    schema: Json = field(default_factory=lambda: NO_ARGUMENTS)
    handshake: bool = True
    stateless: bool = True
    mirrored: Mapping[str, str] = field(default_factory=dict)

    def listed(self) -> Json:
        """As `tools/list` tells it."""
        return {"name": self.name, "description": self.description, "inputSchema": self.schema}


def _png() -> str:
    """One red pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff\x00\x00")
    whole = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return base64.b64encode(whole).decode()


def _wav() -> str:
    """Eight samples of silence."""
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 44, b"WAVE", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8, b"data", 8)
    return base64.b64encode(head + b"\x80" * 8).decode()


PNG, WAV = _png(), _wav()
IMAGE: Json = {"type": "image", "data": PNG, "mimeType": "image/png"}
AUDIO: Json = {"type": "audio", "data": WAV, "mimeType": "audio/wav"}


def text(words: str) -> Json:
    """A content of words."""
    return {"type": "text", "text": words}


def embedded(uri: str, words: str, mime_type: str = "text/plain") -> Json:
    """A content that carries a resource."""
    return {"type": "resource", "resource": {"uri": uri, "mimeType": mime_type, "text": words}}


def told(*contents: Json, failed: bool = False) -> bytes:
    """A tool's result."""
    return json_text.dump({"content": contents, "isError": True} if failed else {"content": contents})


def form(message: str, properties: Json, required: tuple[str, ...] = ()) -> Json:
    """The parameters of `elicitation/create`: a form for a person."""
    schema: dict[str, object] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    return {"message": message, "requestedSchema": schema}


def sampled(question: str, most_tokens: int = 100) -> Json:
    """The parameters of `sampling/createMessage`: a question for a model."""
    return {"messages": [{"role": "user", "content": text(question)}], "maxTokens": most_tokens}


def model_said(result: Json) -> str:
    """The words of a model's answer."""
    content = result.get("content")
    return str(content.get("text", "")) if isinstance(content, dict) else ""


def said(value: object) -> str:
    """A value as JSON."""
    return json_text.dump(value).decode()
