"""What every test of pictures does alike, for any record that can bear one."""

import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

from http_desk import HttpDesk

_NAMES = {
    "customers": {"displayName": "Gannet Yachts"},
    "vendors": {"displayName": "Hemp Loft"},
    "items": {"displayName": "Cleat"},
    "employees": {"givenName": "Kit", "surname": "Ness"},
    "contacts": {"displayName": "Kit Ness", "type": "Person"},
}


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """Return a picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


SMALL, WIDE = png(7, 5, (12, 90, 200)), png(31, 9, (200, 90, 12))


@dataclass
class Pictures:
    """The picture of one new record at a desk."""

    desk: HttpDesk
    owners: str
    parent_type: str
    url: str = field(init=False)

    def __post_init__(self) -> None:
        owner = self.desk.make(self.owners, **_NAMES[self.owners])
        self.owner_id = owner["id"]
        self.url = f"{self.owners}({owner['id']})/picture"

    def put(self, data: bytes) -> None:
        self.desk.upload(f"{self.url}/pictureContent", data)

    def says(self, width: int, height: int, media_type: str) -> None:
        found: dict[str, Any] = self.desk.get(self.url)

        assert (self.owner_id, self.parent_type, width, height, media_type) == tuple(
            found[name] for name in ("id", "parentType", "width", "height", "contentType")
        )
        for link in ("pictureContent@odata.mediaReadLink", "pictureContent@odata.mediaEditLink"):
            assert found[link].endswith("/pictureContent")

    def is_empty(self) -> None:
        response = self.desk.send("GET", f"{self.url}/pictureContent")

        assert (204, b"") == (response.status_code, response.content)

    def value_matches(self) -> None:
        self.put(SMALL)

        assert SMALL == self.desk.download(f"{self.url}/pictureContent")
        link = self.desk.get(self.url)["pictureContent@odata.mediaReadLink"]
        assert SMALL == self.desk.download(link)

    def metadata_matches(self) -> None:
        self.put(WIDE)

        self.says(31, 9, "image/png")

    def has_no_value(self) -> None:
        self.is_empty()

    def has_blank_metadata(self) -> None:
        self.says(0, 0, "")

    def uploads(self) -> None:
        self.has_blank_metadata()
        self.put(WIDE)

        assert WIDE == self.desk.download(f"{self.url}/pictureContent")
        self.says(31, 9, "image/png")

    def replaces(self) -> None:
        self.put(SMALL)
        before = self.desk.get(self.url)["@odata.etag"]
        self.put(WIDE)

        assert WIDE == self.desk.download(f"{self.url}/pictureContent")
        self.says(31, 9, "image/png")
        assert before != self.desk.get(self.url)["@odata.etag"]

    def deletes(self) -> None:
        self.put(SMALL)
        response = self.desk.send("DELETE", self.url)

        assert (204, b"") == (response.status_code, response.content)
        self.is_empty()
        self.has_blank_metadata()
