"""MCP's protocol revisions: those with an initialize handshake, and the stateless one whose every request says everything.

Sources: the MCP specification 2025-11-25 (Lifecycle; Transports, Streamable HTTP) and 2026-07-28 (Per-request protocol fields; Transports).
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Final

from linkspan.doors.mcp.message import (
    CAPABILITIES_KEY,
    HEADER_MISMATCH,
    INVALID_PARAMS,
    UNSUPPORTED_VERSION,
    Message,
    ProtocolError,
)
from linkspan.engine import json_text

HANDSHAKE: Final = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
STATELESS: Final = ("2026-07-28",)

VERSION_HEADER: Final = "mcp-protocol-version"
_METHOD_HEADER, _NAME_HEADER, _PARAM_HEADER = "mcp-method", "mcp-name", "Mcp-Param-"
_VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
LOG_LEVEL_KEY: Final = "io.modelcontextprotocol/logLevel"
SERVER_INFO_KEY: Final = "io.modelcontextprotocol/serverInfo"
# The method → the parameter that the Mcp-Name header repeats.
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_BASE64 = re.compile(r"=\?base64\?(.*)\?=")


def is_stateless(version: str | None) -> bool:
    """Whether a request with this version in its header speaks the stateless revision: any that no handshake knows is judged by its rules."""
    return version is not None and version.strip() not in HANDSHAKE


def agreed_version(asked: object) -> str:
    """The revision that `initialize` answers: the client's own where it is served, else our newest."""
    return asked if isinstance(asked, str) and asked in HANDSHAKE else HANDSHAKE[-1]


def check_stateless(message: Message, headers: Mapping[str, str], raw_names: Sequence[str]) -> None:
    """Check what each request of the stateless revision must say; `raw_names` are the header names as sent, one each.

    Raises ProtocolError: missing fields in `_meta`, headers that contradict the body or come twice, a version that is not served.
    """
    for name in (VERSION_HEADER, _METHOD_HEADER, _NAME_HEADER):
        if raw_names.count(name) > 1:
            raise ProtocolError(HEADER_MISMATCH, f"The {name} header came more than once.")
    _check_fields(message)
    version = message.meta[_VERSION_KEY]
    _equal(VERSION_HEADER, headers.get(VERSION_HEADER), version)
    _equal(_METHOD_HEADER, headers.get(_METHOD_HEADER), message.method)
    key = _NAMED.get(message.method)
    if key is not None and message.params.get(key) is not None:
        _equal(_NAME_HEADER, decoded(headers.get(_NAME_HEADER)), message.params[key])
    check_served(str(version))


def check_mirrored(
    message: Message, mirrored: Mapping[str, str], headers: Mapping[str, str], raw_names: Sequence[str]
) -> None:
    """Check the `Mcp-Param-…` headers of a call: each repeats its argument, and is absent where the argument is. Raises ProtocolError."""
    arguments = message.params.get("arguments")
    for end, argument in mirrored.items():
        name = _PARAM_HEADER + end
        if raw_names.count(name.lower()) > 1:
            raise ProtocolError(HEADER_MISMATCH, f"The {name} header came more than once.")
        value = arguments.get(argument) if isinstance(arguments, dict) else None
        header = headers.get(name)
        if (header is None) != (value is None) or (header is not None and decoded(header) != _as_header(value)):
            raise ProtocolError(HEADER_MISMATCH, f"The {name} header does not say what the argument {argument} says.")


def _as_header(value: object) -> str:
    return value if isinstance(value, str) else json_text.dump(value).decode()


def says_version(message: Message) -> bool:
    """Whether a message itself says that it speaks the stateless revision: the way to know it where there are no headers."""
    return _VERSION_KEY in message.meta


def check_meta(message: Message) -> None:
    """What `check_stateless` checks, where there are no headers. Raises ProtocolError."""
    _check_fields(message)
    check_served(str(message.meta[_VERSION_KEY]))


def check_served(version: str) -> None:
    """Raises ProtocolError for a version that no revision of ours has."""
    if version not in STATELESS:
        data = {"supported": list(STATELESS), "requested": version}
        raise ProtocolError(UNSUPPORTED_VERSION, "This protocol version is not served.", data)


def decoded(value: str | None) -> str | None:
    """A header's text, out of its base64 form if it has one; None where that is malformed."""
    found = _BASE64.fullmatch(value.strip()) if value is not None else None
    if found is None:
        return value.strip() if value is not None else None
    try:
        raw = base64.b64decode(found.group(1), validate=True)
        return raw.decode() if base64.b64encode(raw).decode() == found.group(1) else None
    except (binascii.Error, UnicodeDecodeError):
        return None


def _check_fields(message: Message) -> None:
    missing = [key for key in (_VERSION_KEY, CAPABILITIES_KEY) if key not in message.meta]
    if missing:
        raise ProtocolError(INVALID_PARAMS, f"params._meta lacks {', '.join(missing)}.")


def _equal(name: str, header: str | None, value: object) -> None:
    if header is None or header.strip() != value:
        raise ProtocolError(HEADER_MISMATCH, f"The {name} header does not say what the body says.")
