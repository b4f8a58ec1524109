"""TypedDicts and aliases as Python text, no line longer than a formatter leaves it where that can be helped."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkspan.cli.typed_client.names import is_plain, text_literal
from linkspan.cli.typed_client.prose import docstring

LONGEST_LINE = 120


@dataclass(frozen=True, slots=True)
class Member:
    """One key of a TypedDict."""

    name: str
    annotation: str
    about: str


@dataclass(frozen=True, slots=True)
class Made:
    """A TypedDict, and its shape if it is answered. `base` is the TypedDict of those keys that are no names in Python."""

    name: str
    about: str
    members: tuple[Member, ...]
    amounts: tuple[str, ...]
    linked: Mapping[str, str]
    reads: bool
    base: str | None = None

    def lines(self) -> list[str]:
        """The definition, with each member's description as its docstring."""
        lines = [f"class {self.name}({self.base or 'TypedDict'}, total=False):", *docstring(self.about, "    ")]
        for member in self.members:
            lines += ["", f"    {member.name}: {member.annotation}"]
            if member.about:
                lines += docstring(member.about, "    ")
        return lines

    def shape(self, constants: Mapping[str, str]) -> list[str]:
        """The shape that answers of this type get."""
        given: list[str] = []
        if self.amounts:
            given += bracketed("    amounts={", [text_literal(name) for name in self.amounts], "},")
        if self.linked:
            inner = [f"{text_literal(name)}: {constants[kind]}" for name, kind in self.linked.items()]
            given += bracketed("    linked={", inner, "},")
        start = bracketed(f"{constants[self.name]} = Shape[", [self.name], "](" if given else "]()", comma="")
        return [*start, *given, ")"] if given else start


def odd_keys(name: str, members: Sequence[Member]) -> list[str]:
    """A TypedDict of keys that no class can have."""
    lines = [f"{name} = TypedDict(", f"    {text_literal(name)},"]
    lines += bracketed("    {", [f"{text_literal(one.name)}: {one.annotation}" for one in members], "},")
    return [*lines, "    total=False,", ")", *docstring("Keys that are no names in Python.", "")]


def alias(name: str, choices: Sequence[str]) -> list[str]:
    """A name for some literals."""
    return bracketed(f"{name} = Literal[", choices, "]")


def bracketed(
    start: str, items: Sequence[str], end: str, *, comma: str = ",", longest: int = LONGEST_LINE
) -> list[str]:
    """A list in one line, or with a line for each item where that would be too long."""
    whole = f"{start}{', '.join(items)}{end}"
    if len(whole) <= longest:
        return [whole]
    indent = " " * (len(start) - len(start.lstrip()))
    return [start, *(f"{indent}    {item}{comma}" for item in items), f"{indent}{end}"]


def split_members(members: Sequence[Member]) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
    """Those whose names a class can have, and the others: also those called like a type that stands in the same class."""
    types = {word for member in members for word in re.findall(r"\w+", member.annotation)}
    plain = tuple(member for member in members if is_plain(member.name) and member.name not in types)
    return plain, tuple(member for member in members if member not in plain)
