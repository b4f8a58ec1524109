"""Etags: opaque texts that change with a record, in the shape that the provider's have."""

import base64
import hashlib
from collections.abc import Mapping
from uuid import UUID


def etag_by_version(row_id: UUID, version: int) -> str:
    """Return the etag of a stored row, which changes with every write of it."""
    return _etag(row_id.bytes + version.to_bytes(8, "big"))


def etag_by_content(record: Mapping[str, object]) -> str:
    """Return the etag of a record that no table holds, which changes with what it says."""
    return _etag(repr(sorted(record.items())).encode())


def _etag(source: bytes) -> str:
    digest = hashlib.blake2b(source, digest_size=8).digest()
    inner = f"'20;{int.from_bytes(digest, 'big')};1;00;'"
    return f'W/"{base64.b64encode(inner.encode()).decode()}"'
