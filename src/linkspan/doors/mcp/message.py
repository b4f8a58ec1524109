"""JSON-RPC 2.0 messages of the MCP door: one request or notification in, one answer out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from linkspan.engine import json_text
from linkspan.errors import LinkspanError

_LOG = structlog.get_logger(__name__)

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = -32700, -32600, -32601, -32602, -32603
REFUSED = -32001
"""Who asks may not: from the range that JSON-RPC leaves to servers; `data.code` is the code of errors.py."""
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022
"""MCP 2026-07-28, error codes: a header contradicts the body; a protocol revision that is not served."""
CAPABILITIES_KEY = "io.modelcontextprotocol/clientCapabilities"
MISSING_CAPABILITY = -32021
"""MCP 2026-07-28: the request needs a capability that the client has not declared."""

_STATUS = {
    PARSE_ERROR: 400, INVALID_REQUEST: 400, INVALID_PARAMS: 400, HEADER_MISMATCH: 400, UNSUPPORTED_VERSION: 400, METHOD_NOT_FOUND: 404,
    MISSING_CAPABILITY: 400,
}  # fmt: skip


class ProtocolError(Exception):
    """What JSON-RPC answers with an `error`: the message itself was wrong, not what a tool did with it."""

    def __init__(self, code: int, message: str, data: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data

    @property
    def http_status(self) -> int:
        """The HTTP status of an answer with this error, in the stateless revisions."""
        return _STATUS.get(self.code, 200)


@dataclass(frozen=True, slots=True)
class Message:
    """A request, or a notification (`id` None). `params` is an object, also where none was sent."""

    method: str
    id: str | int | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def meta(self) -> Mapping[str, object]:
        """`params._meta`, or nothing where it is no object."""
        found = self.params.get("_meta")
        return found if isinstance(found, dict) else {}

    @property
    def capabilities(self) -> Mapping[str, object]:
        """What the client says that it can, in the stateless era."""
        found = self.meta.get(CAPABILITIES_KEY)
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Reply:
    """A client's answer to a question of ours: its result, or None where it refused with an error."""

    id: str
    result: Mapping[str, object] | None


def read_message(body: bytes) -> Message | Reply:
    """The message in a request's body. Raises ProtocolError (parse error, invalid request)."""
    try:
        value = json_text.parse(body)
    except ValueError:
        raise ProtocolError(PARSE_ERROR, "The body is not JSON.") from None
    if not isinstance(value, dict):
        raise ProtocolError(INVALID_REQUEST, "The body must hold one JSON-RPC request or notification.")
    return _reply_of(value) or message_of(value)


def _reply_of(value: Mapping[str, object]) -> Reply | None:
    name, result = value.get("id"), value.get("result")
    if "method" in value or value.get("jsonrpc") != "2.0" or not isinstance(name, str):
        return None
    if isinstance(result, dict):
        return Reply(name, result)
    return Reply(name, None) if isinstance(value.get("error"), dict) else None


def message_of(value: Mapping[str, object]) -> Message:
    """The message in a JSON object. Raises ProtocolError (invalid request)."""
    method, name, params = value.get("method"), value.get("id"), value.get("params", {})
    fits = value.get("jsonrpc") == "2.0" and isinstance(method, str) and isinstance(params, dict)
    # True and False are ints in Python, and no ids in JSON-RPC.
    named = "id" not in value or (isinstance(name, str | int) and not isinstance(name, bool))
    if not fits or not named:
        raise ProtocolError(
            INVALID_REQUEST, "The body is no JSON-RPC request: it needs jsonrpc, method, id and params."
        )
    return Message(
        str(method), name if isinstance(name, str | int) else None, params if isinstance(params, dict) else {}
    )


def result_text(message: Message, result: bytes) -> bytes:
    """The answer with a result that is JSON text already."""
    name = b"%d" % message.id if isinstance(message.id, int) else json_text.dump(message.id)
    return b'{"jsonrpc":"2.0","id":' + name + b',"result":' + result + b"}"


def error_text(request_id: str | int | None, error: ProtocolError) -> bytes:
    """The answer with an error."""
    told: dict[str, object] = {"code": error.code, "message": error.message}
    if error.data is not None:
        told["data"] = error.data
    return json_text.dump({"jsonrpc": "2.0", "id": request_id, "error": told})


def failure_text(message: Message, error: Exception) -> bytes:
    """The answer to whatever went wrong with a message; what nobody foresaw is logged with its traceback, and told as our failure."""
    if isinstance(error, ProtocolError):
        return error_text(message.id, error)
    if isinstance(error, LinkspanError):
        return error_text(message.id, refusal_of(error))
    _LOG.error("request_failed", door="mcp", exc_info=error)
    return error_text(message.id, ProtocolError(INTERNAL_ERROR, LinkspanError().message))


def refusal_of(error: LinkspanError) -> ProtocolError:
    """The refusal of a whole request as JSON-RPC tells it."""
    data = {"code": error.code, "next_step": error.next_step, "advice": error.advice.value}
    return ProtocolError(REFUSED, error.message, data)
