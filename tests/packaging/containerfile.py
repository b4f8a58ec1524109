"""Reads a Containerfile into its instructions: enough of the format to check and run what is in ours."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

KNOWN = {
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "ONBUILD", "RUN", "SHELL",
    "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with all its words, continued lines joined; `stage` counts the FROMs before it."""

    word: str
    rest: str
    stage: int

    def argv(self) -> list[str]:
        """The words of an instruction in JSON form; ValueError for the shell form."""
        found = json.loads(self.rest[self.rest.index("[") :])
        assert isinstance(found, list)
        return [str(word) for word in found]


def read_containerfile(path: Path) -> list[Instruction]:
    """Every instruction in order; ValueError for a line that is none."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    found: list[Instruction] = []
    stage = -1
    for line in filter(str.strip, joined.splitlines()):
        word, _, rest = line.strip().partition(" ")
        if word not in KNOWN or not rest.strip():
            raise ValueError(line)
        stage += word == "FROM"
        found.append(Instruction(word, re.sub(r"\s+", " ", rest).strip(), stage))
    return found


def variables(instructions: list[Instruction]) -> dict[str, str]:
    """What ENV sets in the last stage."""
    last = max(one.stage for one in instructions)
    pairs = [word for one in instructions if one.word == "ENV" and one.stage == last for word in shlex.split(one.rest)]
    return dict(word.split("=", 1) for word in pairs)
