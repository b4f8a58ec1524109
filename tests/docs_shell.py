"""Runs the commands that the docs print, in a shell, with the fewest changes that a test machine needs."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUN = ("sh", "console", "bash")
BLOCK = re.compile(rf"^```(?:{'|'.join(RUN)})\n(.*?)^```", re.MULTILINE | re.DOTALL)
SERVERS = ("linkspan up", "linkspan sim", "linkspan demo")
ASSIGNED = r"(?:[A-Z_]+=\S+ )*"


def commands_of(page: Path) -> list[str]:
    """Each command of a page's shell blocks, whole: lines that a backslash or a here-document continues belong together."""
    found: list[str] = []
    for block in BLOCK.findall(page.read_text()):
        command, until = "", None
        for line in block.splitlines():
            command += line + "\n"
            if until is None and (here := re.search(r"<<'?(\w+)'?", line)):
                until = here[1]
            elif until == line:
                until = None
            if until is None and not line.endswith("\\"):
                found.append(command.strip())
                command = ""
    return [command for command in found if command and not command.startswith("#")]


def is_server(command: str) -> bool:
    """Whether the command stays up until it is stopped."""
    return any(re.match(ASSIGNED + server, command) for server in SERVERS) and "--exit" not in command


@dataclass
class Shell:
    """A shell in `folder` with the environment of a person who follows the docs; `replaced` are texts that mean something here."""

    folder: Path
    variables: Mapping[str, str]
    replaced: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LINKSPAN_")}
        path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
        return clean | {"PATH": path, "COLUMNS": "200"} | dict(self.variables)

    def command(self, text: str) -> str:
        for old, new in self.replaced.items():
            text = text.replace(old, new)
        return text

    def run(self, *texts: str, typed: str = "", folder: Path | None = None) -> str:
        """Run commands one after another in one shell; gives standard output. What is `typed` answers a question."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.command("\n".join(texts))], input=typed, capture_output=True, text=True,
            cwd=folder or self.folder, env=self.environment(), timeout=50, check=False,
            # Without a terminal of its own a hidden question is answered from standard input.
            start_new_session=True,
        )  # fmt: skip
        assert 0 == done.returncode, f"{texts[-1]}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, *texts: str) -> subprocess.Popen[str]:
        """Start a server; it must be stopped with `stop`."""
        *before, last = [self.command(text) for text in texts]
        last = re.sub(rf"^({ASSIGNED})", r"\1exec " if "=" not in last.split(" ", 1)[0] else r"export \1; exec ", last)
        return subprocess.Popen(
            ["bash", "-c", "\n".join([*before, last])], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            cwd=self.folder, env=self.environment(),
        )  # fmt: skip


def read_until(process: subprocess.Popen[str], word: str) -> str:
    """What a started server prints until a line that begins with `word`, that line included."""
    told = ""
    for line in process.stdout or ():
        told += line
        if line.startswith(word):
            return told
    raise AssertionError(f"it never said {word!r}: {told}")


def stop(process: subprocess.Popen[str]) -> int:
    """End a server as an operator does. Gives 0 when it ended well: uvicorn hands the signal on when all its work is done."""
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    return 0 if process.returncode == -signal.SIGTERM else process.returncode
