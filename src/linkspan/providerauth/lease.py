"""Owning a lease for as long as something takes: renewed in the background, given back at the end."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from linkspan.providerauth.ports import LeaseStore


@asynccontextmanager
async def lease(store: LeaseStore, name: str, *, seconds: float, clock: Callable[[], datetime]) -> AsyncIterator[bool]:
    """Try to take the lease `name`; yields whether it is ours. While it is, it is renewed each third of its time.

    A dead owner's lease is free after `seconds`; clocks of several machines may differ by less than two thirds of that.
    """
    owner = secrets.token_hex(16)
    if not await store.take(name, owner, now=clock(), until=clock() + timedelta(seconds=seconds)):
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
