"""Passes a request on to the service that is recorded, and brings its answer back as it came."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from linkspan.simulator.faults import service_unavailable

BUSINESS_CENTRAL: Final = "https://api.businesscentral.dynamics.com"
_PATIENCE_SECONDS: Final = 620
# What belongs to one connection, or would make the answer unreadable to the recorder.
_NOT_PASSED: Final = frozenset(
    {"accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "te", "transfer-encoding",
     "upgrade", "x-forwarded-host", "x-forwarded-proto"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of the service; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked_origin(url: str) -> str:
    """Return scheme and host of `url`; raises ValueError unless it is https, or http on this computer."""
    parts = urlsplit(url.rstrip("/"))
    plain = parts.scheme == "http" and _is_here(parts.hostname or "")
    if not parts.hostname or parts.path or parts.query or not (parts.scheme == "https" or plain):
        raise ValueError("The service to record must be given as https://host (http only on this computer).")
    return f"{parts.scheme}://{parts.netloc.lower()}"


async def fetch(origin: str, method: str, target: str, *, headers: Mapping[str, str], body: bytes) -> Fetched:
    """Send one request to `origin`; raises 503 where it cannot be reached. Redirects are not followed."""
    sent = {name: value for name, value in headers.items() if name.lower() not in _NOT_PASSED}
    try:
        return await asyncio.to_thread(_fetch, origin, (method, target), sent, body)
    except (OSError, HTTPException) as mistake:
        raise service_unavailable(
            f"The service that is recorded cannot be reached: {type(mistake).__name__}."
        ) from None


def _fetch(origin: str, line: tuple[str, str], headers: Mapping[str, str], body: bytes) -> Fetched:
    connection = _connect(origin)
    try:
        connection.request(*line, body or None, {**headers, "Accept-Encoding": "identity"})
        answer = connection.getresponse()
        return Fetched(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def _connect(origin: str) -> HTTPConnection:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port, timeout=_PATIENCE_SECONDS, context=ssl.create_default_context())
    return HTTPConnection(host, parts.port, timeout=_PATIENCE_SECONDS)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
