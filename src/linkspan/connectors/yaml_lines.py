"""YAML as data that remembers its lines: the small, safe subset in which connectors are written."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

Path: TypeAlias = tuple[str | int, ...]

_BOOLEANS = {"true": True, "false": False}


class _Reader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # PyYAML picks its base at run time
    """SafeLoader without YAML 1.1's surprises: `no` and `on` are text, dates are text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's own class attribute


_Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Reader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]*)$"), list("-0123456789"))


@dataclass(slots=True)
class Lines:
    """What a file said: `data`, and for each path in it the line (from 1) of its key; `mistakes` are (line, path, remedy)."""

    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    mistakes: list[tuple[int, Path, str]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def path_text(path: Path) -> str:
    """A path as people read it: `customers.expand[2]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_lines(text: str, first_line: int = 1) -> Lines:
    """Read YAML (or JSON) `text`; `first_line` is its first line's number in the file.

    Broken syntax is one mistake with its line. Repeated keys, anchors and tags are mistakes too. A number with a fraction stays text, so
    that no amount ever becomes a float.
    """
    found = Lines(lines={(): first_line})
    try:
        node = yaml.compose(text, Loader=_Reader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        problem = getattr(error, "problem", None) or "the file cannot be read as YAML"
        found.mistakes.append((line, (), f"correct the YAML here: {problem}"))
        return found
    found.data = _Walk(found, first_line).value(node, ())
    return found


class _Walk:
    """Builds plain data out of nodes and notes lines on the way."""

    def __init__(self, found: Lines, first_line: int) -> None:
        self._found = found
        self._first = first_line
        self._seen: set[int] = set()

    def value(self, node: yaml.Node | None, path: Path) -> object:
        if node is None:
            return None
        line = self._first + node.start_mark.line
        self._found.lines.setdefault(path, line)
        if id(node) in self._seen and not isinstance(node, yaml.ScalarNode):
            self._found.mistakes.append(
                (self._found.line(path), path, "write it out here: anchors and aliases are not used in connectors")
            )
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path, line)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Mapping[Hashable, object]:
        result: dict[Hashable, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            line = self._first + key_node.start_mark.line
            here = (*path, key)
            if key in result:
                self._found.mistakes.append(
                    (line, here, f"{key!r} is written twice; keep one (first on line {self._found.lines[here]})")
                )
                continue
            self._found.lines[here] = line
            result[key] = self.value(value_node, here)
        return result

    def _scalar(self, node: yaml.Node, path: Path, line: int) -> object:
        text = str(node.value)
        match node.tag:
            case "tag:yaml.org,2002:str":
                return text
            case "tag:yaml.org,2002:bool" if text in _BOOLEANS:
                return _BOOLEANS[text]
            case "tag:yaml.org,2002:null":
                return None
            case "tag:yaml.org,2002:int" if re.fullmatch(r"-?[0-9]+", text):
                return int(text)
            case _:
                self._found.mistakes.append(
                    (line, path, f"remove the tag {node.tag}: connectors hold plain text, numbers, true and false")
                )
                return None
