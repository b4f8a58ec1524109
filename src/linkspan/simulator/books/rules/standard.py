"""The books as requests use them: every entity of the standard API and of custom APIs, and the bytes of their streams."""

from linkspan.simulator.books.rules.media import read_content, write_content
from linkspan.simulator.books.rules.semantics import (
    create,
    delete,
    etag_of,
    operate,
    read,
    read_linked,
    read_one,
    update,
)

__all__ = [
    "create",
    "delete",
    "etag_of",
    "operate",
    "read",
    "read_content",
    "read_linked",
    "read_one",
    "update",
    "write_content",
]
