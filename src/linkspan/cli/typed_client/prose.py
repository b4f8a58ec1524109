"""Docstrings out of descriptions that somebody else may have written."""

import textwrap

_WIDTH = 116


def docstring(text: str, indent: str) -> list[str]:
    """The lines of a docstring; nothing in the text can end it."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    if len(paragraphs[0]) > _WIDTH - len(indent) and ". " in paragraphs[0]:
        summary, _, rest = paragraphs[0].partition(". ")
        paragraphs[:1] = [f"{summary}.", rest]
    safe = [part.replace("\\", "\\\\").replace('"""', "'''") for part in paragraphs if part]
    width = _WIDTH - len(indent)
    wrapped = [textwrap.wrap(part, width, break_long_words=False, break_on_hyphens=False) for part in safe] or [["-"]]
    lines = wrapped[0]
    for part in wrapped[1:]:
        lines = [*lines, "", *part]
    lines = [line.rstrip() for line in lines]
    if len(lines) == 1 and len(lines[0]) <= width - 6 and not lines[0].endswith('"'):
        return [f'{indent}"""{lines[0]}"""']
    return [f'{indent}"""{lines[0]}', *(f"{indent}{line}" if line else "" for line in lines[1:]), f'{indent}"""']
