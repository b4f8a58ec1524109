"""A call as texts to copy: curl, Python with the SDK, and MCP's `tools/call`. The key is a placeholder in each of them."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from linkspan.connectors.action import Action
from linkspan.doors.porch.account import ACCOUNT_HEADER
from linkspan.engine import json_text
from linkspan.engine.call import Inputs

PLACEHOLDER = "YOUR_API_KEY"
_ONE_KEY = "One key, one write: sent again with it, nothing is written twice. Take another key for another write."
_WIDE = 88


@dataclass(frozen=True, slots=True)
class CallText:
    """A text to copy; `note` says what to do with it."""

    name: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Copied:
    """The call that is copied. `key`: the idempotency key of a write, None for a read."""

    base_url: str
    account_id: str
    action: Action
    inputs: Inputs
    key: str | None

    @property
    def groups(self) -> dict[str, object]:
        """The groups that say something."""
        inputs = self.inputs
        given = {"path": inputs.path, "query": inputs.query, "body": inputs.body, "headers": inputs.headers}
        return {name: group for name, group in given.items() if group}


def call_texts(call: Copied) -> list[CallText]:
    """The three texts."""
    key = f" {_ONE_KEY}" if call.key else ""
    return [
        CallText("curl", _curl(call), f"For a POSIX shell.{key}"),
        CallText("Python", _python(call), f"With the SDK that comes with Linkspan.{key}"),
        CallText(
            "MCP",
            _mcp(call),
            f"A tools/call as it goes over HTTP. MCP clients make it themselves: the arguments are what a model gives.{key}",
        ),
    ]


def _curl(call: Copied) -> str:
    lines = [
        f"curl -sS {shlex.quote(f'{call.base_url}/v1/actions/{call.action.id}')}",
        f"-H 'Authorization: Bearer {PLACEHOLDER}'",
        f"-H {shlex.quote(f'X-Account-Id: {call.account_id}')}",
        "-H 'Content-Type: application/json'",
    ]
    if call.key:
        lines.append(f"-H {shlex.quote(f'Idempotency-Key: {call.key}')}")
    lines.append(f"--data-raw {shlex.quote(pretty(call.groups))}")
    return " \\\n  ".join(lines)


def _python(call: Copied) -> str:
    given = [f"{name}={_literal(group, 8)}" for name, group in call.groups.items()]
    if call.key:
        given.append(f"idempotency_key={call.key!r}")
    arguments = "".join(f"        {one},\n" for one in (repr(call.action.id), *given))
    decimal = "from decimal import Decimal\n\n" if "Decimal(" in arguments else ""
    client = f"Linkspan({call.base_url!r}, {PLACEHOLDER!r}, {call.account_id!r})"
    return (
        f"{decimal}from linkspan.sdk import Linkspan\n\nwith {client} as client:\n    answer = client.run(\n{arguments}    )\n"
        "print(answer.data)"
    )


def _mcp(call: Copied) -> str:
    groups = call.groups
    headers = groups.get("headers")
    inner = dict(headers) if isinstance(headers, Mapping) else {}
    arguments = {**groups, "headers": {**inner, ACCOUNT_HEADER: call.account_id}}
    if call.key:
        arguments["idempotency_key"] = call.key
    params = {"name": call.action.id, "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    head = (
        f"POST {call.base_url}/mcp\nAuthorization: Bearer {PLACEHOLDER}\nContent-Type: application/json\n"
        "Accept: application/json, text/event-stream\n"
    )
    return f"{head}\n{pretty(message)}"


def pretty(value: object) -> str:
    """JSON for people, every digit kept."""
    return msgspec.json.format(json_text.dump(value), indent=2).decode()


def _literal(value: object, indent: int) -> str:
    """A Python expression of JSON data, on one line where it fits."""
    if isinstance(value, Decimal):
        return f'Decimal("{json_text.plain(value)}")'
    pad, end = " " * (indent + 4), " " * indent
    if isinstance(value, Mapping):
        parts = [f"{name!r}: {_literal(one, indent + 4)}" for name, one in value.items()]
        opening, closing = "{", "}"
    elif isinstance(value, list | tuple):
        parts = [_literal(one, indent + 4) for one in value]
        opening, closing = "[", "]"
    else:
        return repr(value)
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) + indent <= _WIDE and "\n" not in line:
        return line
    inside = "".join(f"{pad}{part},\n" for part in parts)
    return f"{opening}\n{inside}{end}{closing}"
