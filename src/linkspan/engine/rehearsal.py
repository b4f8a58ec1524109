"""A write rehearsed: everything is done that a write needs, up to the request itself, which is told and not sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkspan.engine.exchange import Exchange
from linkspan.engine.urls import shown_url


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The request that would be sent, and the record as it is now (None for a create)."""

    method: str
    url: str
    body: object
    if_match: str | None
    before: Mapping[str, object] | None


class WouldWrite(Exception):  # noqa: N818 - it tells of success: the write is ready
    """Raised in place of sending a write."""

    def __init__(self, method: str, url: str, body: object, headers: Mapping[str, str] | None) -> None:
        super().__init__(method)
        self.method, self.url, self.body, self.headers = method, url, body, headers or {}

    def rehearsal(self, before: Mapping[str, object] | None) -> Rehearsal:
        """The request, with the record that it is about."""
        return Rehearsal(self.method, shown_url(self.url), self.body, self.headers.get("If-Match"), before)


class RehearsalExchange(Exchange):
    """Reads for real; a write ends it with WouldWrite."""

    async def write(
        self,
        method: str,
        url: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        *,
        once: bool = False,
    ) -> dict[str, object] | None:
        """Raise WouldWrite."""
        del once
        raise WouldWrite(method, url, body, headers)
