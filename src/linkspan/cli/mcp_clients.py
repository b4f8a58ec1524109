"""Where desktop clients keep their MCP servers, and how an entry is added without touching anything else."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from linkspan.errors import ConfigurationError

NAME = "linkspan"


@dataclass(frozen=True, slots=True)
class McpClient:
    """A client: its configuration file on this machine, and the key below which it lists servers."""

    file: Callable[[], Path]
    key: str = "mcpServers"


def _claude_desktop() -> Path:
    if sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support"
    elif sys.platform == "win32":
        folder = Path.home() / "AppData" / "Roaming"
    else:
        folder = Path.home() / ".config"
    return folder / "Claude" / "claude_desktop_config.json"


CLIENTS: Mapping[str, McpClient] = {
    "claude-desktop": McpClient(_claude_desktop),
    "claude-code": McpClient(lambda: Path.cwd() / ".mcp.json"),
    "cursor": McpClient(lambda: Path.home() / ".cursor" / "mcp.json"),
    "vscode": McpClient(lambda: Path.cwd() / ".vscode" / "mcp.json", key="servers"),
}


def entry_text(client: str, entry: Mapping[str, object]) -> str:
    """The configuration with this one server in it."""
    return json.dumps({CLIENTS[client].key: {NAME: entry}}, indent=2)


def write_entry(client: str, file: Path, entry: Mapping[str, object]) -> None:
    """Add or replace our server in a client's file. Raises ConfigurationError for a file that cannot be read as JSON; OSError."""
    key = CLIENTS[client].key
    known = _read(file)
    servers = known.setdefault(key, {})
    if not isinstance(servers, dict):
        raise ConfigurationError(f"{file}: {key!r} is no object, so nothing was changed.")
    servers[NAME] = entry
    file.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: a client whose file is half written loses its other servers.
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.write_text(json.dumps(known, indent=2) + "\n")
    part.replace(file)


def _read(file: Path) -> dict[str, object]:
    text = file.read_text() if file.exists() else ""
    try:
        known = json.loads(text) if text.strip() else {}
    except ValueError:
        known = None
    if not isinstance(known, dict):
        raise ConfigurationError(
            f"{file} is no JSON object, so nothing was changed.", next_step="Mend or remove it, then try again."
        )
    return known
