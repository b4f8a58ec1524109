"""Owning a lease for as long as something takes: renewed in the background, given back at the end."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from linkspan.providerauth.ports import LeaseStore


class LeaseWatch:
    """What somebody who waits has seen of a lease: one that nobody renews for its whole time has no living owner.

    Counted by this process's own steady clock, so that an owner whose clock was ahead when it died is not waited for.
    """

    def __init__(self) -> None:
        self._seen: tuple[str, datetime] | None = None
        self._since = 0.0

    def dead(self, seconds: float) -> tuple[str, datetime] | None:
        """The owner and end of the lease, if it has stood still for that long."""
        still = self._seen is not None and time.monotonic() - self._since > seconds
        return self._seen if still else None

    def see(self, found: tuple[str, datetime] | None) -> None:
        """Take the lease as it is now."""
        if found != self._seen:
            self._seen, self._since = found, time.monotonic()


@asynccontextmanager
async def lease(
    store: LeaseStore, name: str, *, seconds: float, clock: Callable[[], datetime], watch: LeaseWatch | None = None
) -> AsyncIterator[bool]:
    """Try to take the lease `name`; yields whether it is ours. While it is, it is renewed each third of its time.

    A dead owner's lease is free after `seconds`; clocks of several machines may differ by less than two thirds of that. Whoever tries
    again and again keeps one `watch`, and is not held up by an owner that died with a clock far ahead.
    """
    owner = secrets.token_hex(16)
    dead = watch.dead(seconds) if watch is not None else None
    if not await store.take(name, owner, now=clock(), until=clock() + timedelta(seconds=seconds), dead=dead):
        if watch is not None:
            watch.see(await store.read(name))
        yield False
        return
    renewal = asyncio.create_task(_renew(store, name, owner, seconds=seconds, clock=clock))
    try:
        yield True
    finally:
        renewal.cancel()
        with suppress(asyncio.CancelledError):
            await renewal
        await store.drop(name, owner)


async def _renew(store: LeaseStore, name: str, owner: str, *, seconds: float, clock: Callable[[], datetime]) -> None:
    while True:
        await asyncio.sleep(seconds / 3)
        if not await store.renew(name, owner, until=clock() + timedelta(seconds=seconds)):
            # Somebody has taken over: what we are doing goes on, and its compare-and-swap decides.
            return
