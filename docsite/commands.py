"""The reference of the command line, from the Typer application."""

import re
from collections.abc import Iterator

import typer
from page import Page, fence, joined, table

from linkspan.cli.app import app

GROUP = ("Reference", "Command line")


def command_pages() -> Iterator[Page]:
    """One page for each command of the first level, with its sub-commands, and a page that lists them."""
    root = typer.main.get_command(app)
    commands = root.commands  # type: ignore[attr-defined]
    rows = [(f"[`linkspan {name}`]({name}.md)", _first(command)) for name, command in sorted(commands.items())]
    text = joined(
        "# Command line",
        "Everything that an operator does has a command; `--help` of each tells the same as these pages.",
        table(("command", "what it does"), rows),
        "## Options before the command",
        _options(root),
    )
    yield Page("cli/index.md", "All commands", text, GROUP, generated=True)
    for name, command in sorted(commands.items()):
        text = joined(f"# linkspan {name}", *_told(command, f"linkspan {name}", level=1))
        yield Page(f"cli/{name}.md", f"linkspan {name}", text, GROUP, generated=True)


def _told(command: object, name: str, *, level: int) -> Iterator[str]:
    if level > 1:
        yield f"{'#' * level} {name}"
    yield _prose(getattr(command, "help", "") or "")
    inside = getattr(command, "commands", {})
    if not inside or getattr(command, "invoke_without_command", False):
        yield fence("text", _usage(command, name))
        yield _arguments(command)
        yield _options(command)
    for word, below in sorted(inside.items()):
        yield from _told(below, f"{name} {word}", level=level + 1)


def _usage(command: object, name: str) -> str:
    given = [_argument(one) for one in _params(command, "argument")]
    needed = [f"{one.opts[0]} …" for one in _params(command, "option") if one.required]  # type: ignore[attr-defined]
    return " ".join([name, *given, *needed, "[OPTIONS]"])


def _argument(argument: object) -> str:
    name = argument.metavar or argument.name.upper()  # type: ignore[attr-defined]
    return name if argument.required else f"[{name}]"  # type: ignore[attr-defined]


def _params(command: object, kind: str) -> list[object]:
    return [one for one in command.params if one.param_type_name == kind and not getattr(one, "hidden", False)]  # type: ignore[attr-defined]


def _arguments(command: object) -> str:
    rows = [
        (f"`{one.metavar or one.name.upper()}`", _prose(getattr(one, "help", "") or ""))  # type: ignore[attr-defined]
        for one in _params(command, "argument")
    ]
    return table(("argument", "meaning"), rows) if rows else ""


def _options(command: object) -> str:
    rows = [(_names(one), _prose(one.help or ""), _default(one)) for one in _params(command, "option")]  # type: ignore[attr-defined]
    return table(("option", "meaning", "default"), rows) if rows else ""


def _names(option: object) -> str:
    names = [*option.opts, *option.secondary_opts]  # type: ignore[attr-defined]
    return ", ".join(f"`{name}`" for name in names)


def _default(option: object) -> str:
    value = option.default  # type: ignore[attr-defined]
    if value is None or value is False or callable(value) or value in ([], ()) or "unset" in str(value).lower():
        return ""
    return f"`{getattr(value, 'value', value)}`"


def _prose(text: str) -> str:
    """Help as Markdown: click's marks for unwrapped text go."""
    return re.sub(r"\x08\n?", "", text).strip()


def _first(command: object) -> str:
    return _prose(getattr(command, "help", "") or "").split("\n", 1)[0]
