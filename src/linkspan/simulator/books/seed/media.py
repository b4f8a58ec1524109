"""Pictures of the first items and files attached to the first documents and customers of a demo company."""

import struct
import zlib
from typing import Final

from linkspan.simulator.books.fields import guid, text
from linkspan.simulator.books.rules.media import create_file, part_of, write_content
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract

_SIDE: Final = 48
_COLOURS: Final = ((36, 92, 122), (198, 120, 44), (86, 128, 84))
_FILES: Final = (
    ("attachment", "salesQuote", "wishes of the customer.txt"),
    ("attachment", "purchaseInvoice", "delivery note.txt"),
    ("documentAttachment", "customer", "agreed terms.txt"),
)


def plant_media(company: Company) -> None:
    """Give a company its pictures and files."""
    entities = load_contract().entities
    picture = entities["picture"]
    for item, colour in zip(company.tables["item"].all(), _COLOURS, strict=False):
        row = part_of(company, picture, guid(item))
        if row is not None:
            field = picture.fields["pictureContent"]
            write_content(company, picture, row, field=field, data=_png(colour))
    for name, owner, file_name in _FILES:
        for parent in list(company.tables[owner].all()[:2]):
            entry = create_file(company, entities[name], {"fileName": file_name}, parent)
            shown = parent["number"] if "number" in parent else parent["id"]
            words = f"{text(entry, 'fileName')} for {shown}\n"
            field = entities[name].fields["attachmentContent"]
            write_content(company, entities[name], entry, field=field, data=words.encode())


def _png(colour: tuple[int, int, int]) -> bytes:
    """Return a square picture of one colour."""
    rows = (b"\0" + bytes(colour) * _SIDE) * _SIDE
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", _crc(kind, data)) for kind, data in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _crc(kind: bytes, data: bytes) -> int:
    return zlib.crc32(kind + data)
