"""Reads what a picture file says of itself: its media type and its width and height."""

import struct
from dataclasses import dataclass
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8"
_GIF: Final = (b"GIF87a", b"GIF89a")
_BMP: Final = b"BM"
# Start-of-frame markers; the others between them carry tables.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """Media type, and size in pixels; an unknown file has none of them."""

    media_type: str = ""
    width: int = 0
    height: int = 0


def picture_facts(data: bytes) -> PictureFacts:
    """Return the facts of a PNG, JPEG, GIF or BMP file, and empty ones for anything else."""
    try:
        if data.startswith(_PNG):
            return PictureFacts("image/png", *struct.unpack(">II", data[16:24]))
        if data.startswith(_GIF):
            return PictureFacts("image/gif", *struct.unpack("<HH", data[6:10]))
        if data.startswith(_BMP):
            width, height = struct.unpack("<ii", data[18:26])
            return PictureFacts("image/bmp", abs(width), abs(height))
        if data.startswith(_JPEG):
            return _jpeg(data)
    except struct.error:
        pass
    return PictureFacts()


def _jpeg(data: bytes) -> PictureFacts:
    place = 2
    while place + 4 <= len(data):
        marker, length = struct.unpack(">xBH", data[place : place + 4])
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return PictureFacts("image/jpeg", width, height)
        place += 2 + length
    return PictureFacts("image/jpeg")
