"""Reads a configuration package's file: a gzip-compressed XML document with lists of records by table."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_GZIP: Final = 16 + zlib.MAX_WBITS
_LARGEST: Final = 64 * 1024 * 1024
_LIST: Final = "List"
_ABOUT_TABLE: Final = frozenset({"TableID", "PageID", "PackageCode", "SkipTableTriggers", "ProcessingOrder"})
_SIGNS: Final = re.compile(r"[\W_]+")


class PackageError(Exception):
    """A file that is no configuration package; the text says why."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """The records of one table: its name and their fields as the file spells them (without blanks and signs)."""

    name: str
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class PackageFile:
    """What a package brings, table by table in the order of the file."""

    code: str
    tables: tuple[TableRows, ...]


def plain_name(caption: str) -> str:
    """Return the name of a table or field as packages are compared by: its letters and digits in lower case."""
    return _SIGNS.sub("", caption).casefold()


def read_package(data: bytes) -> PackageFile:
    """Return what is in a file; raises PackageError."""
    root = _parse(_unpacked(data))
    if root.tag != f"Data{_LIST}":
        message = f"The file is no configuration package: it begins with {root.tag}."
        raise PackageError(message)
    return PackageFile(root.get("Code", ""), tuple(_tables(root)))


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(data, _LARGEST)
    except zlib.error as error:
        raise PackageError("The file is not compressed as a configuration package is.") from error
    if unpacker.unconsumed_tail:
        raise PackageError("The file is too large once it is unpacked.")
    if not unpacker.eof:
        raise PackageError("The file ends too early.")
    return text


def _parse(text: bytes) -> "Element":
    try:
        return fromstring(text)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise PackageError("The file does not hold an XML document that can be read.") from error


def _tables(root: "Element") -> Iterator[TableRows]:
    for table in root:
        if not table.tag.endswith(_LIST):
            message = f"The element {table.tag} is no list of records."
            raise PackageError(message)
        rows = (row for row in table if row.tag not in _ABOUT_TABLE)
        yield TableRows(
            plain_name(table.tag.removesuffix(_LIST)),
            tuple({plain_name(cell.tag): (cell.text or "").strip() for cell in row} for row in rows),
        )
