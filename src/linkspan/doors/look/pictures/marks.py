"""Writes SVG: elements whose attributes and texts are escaped, whoever they come from."""

from collections.abc import Iterable

from markupsafe import Markup, escape

# What no XML document may hold, not even escaped.
_UNSAYABLE = {number: "\ufffd" for number in range(32) if chr(number) not in "\t\n\r"}


def mark(name: str, *content: str | Markup, **attributes: object) -> Markup:
    """One element. Text is escaped unless it is Markup; `view_box`, `font_size`: with a hyphen; `class_`: without the underscore.

    Numbers are written with two decimals at most. An attribute of None is left out.
    """
    written = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value is not None)
    inner = "".join(_text(each) for each in content)
    return Markup(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")  # noqa: S704 - all escaped


def joined(marks: Iterable[Markup]) -> Markup:
    """Elements one after another."""
    return Markup("").join(marks)


def number(value: float) -> str:
    """A coordinate."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _name(key: str) -> str:
    return "viewBox" if key == "view_box" else key.rstrip("_").replace("_", "-")


def _value(value: object) -> Markup:
    return escape(number(value)) if isinstance(value, float) else escape(_sayable(str(value)))


def _text(content: str | Markup) -> Markup:
    return content if isinstance(content, Markup) else escape(_sayable(content))


def _sayable(text: str) -> str:
    return text.translate(_UNSAYABLE)
