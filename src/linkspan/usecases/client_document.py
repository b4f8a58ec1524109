"""Client id metadata documents: a client whose id is the https address of a document that says who it is.

Source: draft-ietf-oauth-client-id-metadata-document, and MCP 2025-11-25 and 2026-07-28 (Authorization, Client ID Metadata Documents).
"""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from linkspan.engine import json_text
from linkspan.errors import ClientRequestInvalidError
from linkspan.permit_records import McpClient
from linkspan.settings import is_loopback
from linkspan.transport.protocol import Inbound, Outbound, Transport, TransportError
from linkspan.usecases.client_limits import ClientLimits
from linkspan.usecases.client_metadata import read_client
from linkspan.usecases.oauth_refusal import OAuthRefusedError

LONGEST = 16 * 1024
_SECONDS = 5.0
_LONGEST_ADDRESS = 500
_AT_ONCE = 4
_MOST_KEPT = 500
_KEPT, _LONGEST_KEPT, _MISTAKE_KEPT = 300.0, 24 * 3600.0, 30.0
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=(\d{1,9})(?:$|[,\s])")
_OK = 200


def is_document_address(client_id: str) -> bool:
    """Whether a client id is an address at all; whether it may be one is looked at when it is fetched."""
    return client_id.startswith(("https://", "http://"))


class ClientDocuments:
    """Fetches documents, a few at once and in all, and keeps what they said for as long as they allow (a mistake for half a minute).

    `insecure`: plain http on loopback is an address too, for demonstrations and tests.
    """

    def __init__(self, post: Transport, clock: Callable[[], datetime], *, insecure: bool) -> None:
        self._post, self._clock, self._insecure = post, clock, insecure
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._limits = ClientLimits(per_address=30, in_all=120)
        self._kept: dict[str, tuple[float, McpClient | ClientRequestInvalidError]] = {}

    async def find(self, client_id: str) -> McpClient:
        """The client that a document describes. Raises ClientRequestInvalidError, with what is wrong with it."""
        if (mistake := self._address_mistake(client_id)) is not None:
            raise _invalid(mistake)
        until, found = self._kept.get(client_id, (0.0, None))
        if found is None or until <= time.monotonic():
            found = await self._fresh(client_id)
        if isinstance(found, ClientRequestInvalidError):
            raise _invalid(found.message)
        return found

    async def _fresh(self, client_id: str) -> McpClient | ClientRequestInvalidError:
        if self._limits.take(urlsplit(client_id).netloc) is not None:
            raise _invalid("Too many clients are looked up at the moment; try again in a minute.")
        found: McpClient | ClientRequestInvalidError
        try:
            async with self._places:
                answer = await self._fetched(client_id)
            found, seconds = self._read(client_id, answer), _kept_for(answer)
        except ClientRequestInvalidError as error:
            found, seconds = error, _MISTAKE_KEPT
        if len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept.pop(client_id, None)
        self._kept[client_id] = (time.monotonic() + seconds, found)
        return found

    async def _fetched(self, client_id: str) -> Inbound:
        request = Outbound("GET", client_id, {"accept": "application/json"}, None, _SECONDS, frozenset(), LONGEST)
        try:
            answer = await self._post.send(request)
        except TransportError as error:
            told = {"too_large": "is too large", "refused": "has an address that is not reached from here"}
            raise _invalid(f"The client's document {told.get(error.kind, 'could not be fetched')}.") from None
        if answer.status != _OK:
            raise _invalid(f"The client's document was answered with status {answer.status}.")
        media = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != "application/json" and not media.endswith("+json"):
            raise _invalid("The client's document is not JSON.")
        return answer

    def _read(self, client_id: str, answer: Inbound) -> McpClient:
        try:
            value = json_text.parse(answer.body)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise _invalid("The client's document is not a JSON object.")
        if value.get("client_id") != client_id:
            raise _invalid("The client's document names another client_id than its own address.")
        try:
            name, uris, method, refreshes = read_client(value, default_method="none")
        except OAuthRefusedError as refusal:
            raise _invalid(f"The client's document is wrong: {refusal.description}") from None
        if method != "none" or "client_secret" in value:
            raise _invalid("The client's document asks for a client secret, which nobody could have agreed on.")
        now = self._clock()
        # Few documents name their grant types, and every client that is described by one can refresh.
        refreshes = refreshes or "grant_types" not in value
        return McpClient(client_id, name, uris, now, now + timedelta(days=1), by_document=True, refreshes=refreshes)

    def _address_mistake(self, client_id: str) -> str | None:
        if len(client_id) > _LONGEST_ADDRESS or not client_id.isascii() or not client_id.isprintable():
            return "The client id is no address."
        try:
            parts = urlsplit(client_id)
            _ = parts.port
        except ValueError:
            return "The client id is no address."
        local = self._insecure and parts.scheme == "http" and is_loopback(parts.hostname or "")
        if parts.scheme != "https" and not local:
            return "The client id must be an https address."
        if parts.path in ("", "/") or "?" in client_id or "#" in client_id or "@" in parts.netloc or " " in client_id:
            return "The client id must be an address with a path, and without query, fragment and user."
        if any(part in (".", "..") for part in parts.path.split("/")):
            return "The client id's path must not have dot segments."
        return None


def _kept_for(answer: Inbound) -> float:
    told = answer.headers.get("cache-control", "").lower()
    if "no-store" in told or "no-cache" in told:
        return _MISTAKE_KEPT
    found = _MAX_AGE.search(told)
    return min(max(float(found.group(1)), _MISTAKE_KEPT), _LONGEST_KEPT) if found else _KEPT


def _invalid(message: str) -> ClientRequestInvalidError:
    return ClientRequestInvalidError(message)
