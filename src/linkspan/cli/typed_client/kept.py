"""The file that a typed client is written to: whether it is one already, whether anybody changed it, and what is new."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from linkspan.cli.typed_client.module import MARK, digest_of
from linkspan.errors import InvalidInputError

_MARKED = re.compile(rf"{re.escape(MARK)}, digest ([0-9a-f]{{64}})\n")


@dataclass(frozen=True, slots=True)
class Kept:
    """A client written before: its actions with their digests; `touched`: it is no longer what was written."""

    actions: Mapping[str, str]
    touched: bool


@dataclass(frozen=True, slots=True)
class News:
    """What has changed in a profile since a client was written for it."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def lines(self) -> list[str]:
        """One line for each action."""
        marked = (("+", self.added, "new"), ("-", self.removed, "gone"), ("~", self.changed, "changed"))
        return [f"{sign} {name}  ({word})" for sign, names, word in marked for name in names]


def read_client(path: Path) -> Kept | None:
    """What is at a place: None if there is nothing. Raises InvalidInputError for something that we did not write, or cannot read."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _not_ours(path, f"cannot be read ({type(error).__name__})") from None
    found = _MARKED.match(text)
    if found is None:
        raise _not_ours(path, "was not written by `linkspan sdk generate`")
    return Kept(_actions(text), touched=digest_of(text[found.end() :]) != found.group(1))


def news(before: Mapping[str, str], now: Mapping[str, str]) -> News:
    """What is new, sorted."""
    both = before.keys() & now.keys()
    return News(
        added=tuple(sorted(now.keys() - both)),
        removed=tuple(sorted(before.keys() - both)),
        changed=tuple(sorted(name for name in both if before[name] != now[name])),
    )


def write_client(path: Path, text: str) -> None:
    """Put the client in its place, whole or not at all. Raises InvalidInputError where that cannot be."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InvalidInputError(
            f"{path} cannot be written: {error.strerror}.", next_step="Name another --output."
        ) from None


def _actions(text: str) -> Mapping[str, str]:
    """`ACTIONS` of the file, which is read and not run."""
    try:
        nodes = ast.parse(text).body
        value = next(node.value for node in nodes if isinstance(node, ast.AnnAssign) and _names_actions(node))
        told = ast.literal_eval(value) if value is not None else {}
    except (SyntaxError, ValueError, StopIteration, RecursionError, MemoryError):
        return {}
    return {str(name): str(digest) for name, digest in told.items()} if isinstance(told, dict) else {}


def _names_actions(node: ast.AnnAssign) -> bool:
    return isinstance(node.target, ast.Name) and node.target.id == "ACTIONS"


def _not_ours(path: Path, what: str) -> InvalidInputError:
    return InvalidInputError(f"{path} {what}.", next_step="Name another --output, or give --force to overwrite it.")
