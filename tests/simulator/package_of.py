"""Files of configuration packages, as a company's set-up is carried from one to another."""

import gzip
import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Tables = Mapping[str, Sequence[Mapping[str, str]]]
"""By table, its records: cells by the caption of their field."""


def package(code: str, tables: Tables) -> bytes:
    """Return the file of a package."""
    return gzip.compress(document(code, tables).encode("utf-8"))


def document(code: str, tables: Tables) -> str:
    """Return the XML document inside the file."""
    lists = "".join(
        f"<{_tag(name)}List><TableID>1</TableID>{_rows(name, rows)}</{_tag(name)}List>" for name, rows in tables.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><DataList Code="{escape(code)}">{lists}</DataList>'


def _rows(table: str, rows: Sequence[Mapping[str, str]]) -> str:
    cells = ("".join(f"<{_tag(name)}>{escape(text)}</{_tag(name)}>" for name, text in row.items()) for row in rows)
    return "".join(f"<{_tag(table)}>{row}</{_tag(table)}>" for row in cells)


def _tag(caption: str) -> str:
    return re.sub(r"\W+", "", caption)
