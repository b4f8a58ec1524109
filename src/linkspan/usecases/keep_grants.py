"""Grants that nobody uses are refreshed before the provider forgets them."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import structlog

from linkspan.errors import LinkspanError, ServerBusyError
from linkspan.providerauth.lease import lease
from linkspan.usecases.hall import Hall

KEPT_SHARE = 0.5
"""At which share of the provider's idle limit a grant is refreshed: a failure then has weeks to be noticed and mended."""

_LEASE, _LEASE_SECONDS = "keep-grants", 60.0
_BATCH = 100
_FIRST_LOOK = 60.0

log = structlog.get_logger(__name__)


async def keep_grants(hall: Hall) -> int:
    """Refresh every grant that has lain idle too long, over all projects; how many came out fresh.

    Several processes may call it at once: one of them does the work. A grant that cannot be refreshed is left for the next time.
    """
    kept = 0
    async with lease(hall.leases, _LEASE, seconds=_LEASE_SECONDS, clock=hall.clock) as ours:
        for method, idle in _idle_limits(hall) if ours else ():
            kept += await _keep_all(hall, method, idle)
    return kept


def _idle_limits(hall: Hall) -> Iterator[tuple[tuple[str, str], timedelta]]:
    """Connector and method of every grant that its provider forgets, and how long one may lie idle."""
    for connector in hall.catalog.connectors.values():
        for method in connector.auth_methods.values():
            if method.refresh_idle_days is not None:
                yield (connector.key, method.key), timedelta(days=method.refresh_idle_days * KEPT_SHARE)


async def keep_grants_forever(hall: Hall, every: float = 3600.0) -> None:
    """Call `keep_grants` every so many seconds until cancelled; the first time within a minute, at random."""
    await asyncio.sleep(random.random() * _FIRST_LOOK)  # noqa: S311  spreading load is no secret
    while True:
        with suppress(ServerBusyError):
            await keep_grants(hall)
        await asyncio.sleep(every)


async def _keep_all(hall: Hall, method: tuple[str, str], idle: timedelta) -> int:
    kept, after = 0, ""
    now = hall.clock()
    while batch := await hall.grants.idle(method, now=now, before=now - idle, after=after, limit=_BATCH):
        for project_id, account_id in batch:
            kept += await _keep(hall, project_id, account_id)
        after = batch[-1][1]
    return kept


async def _keep(hall: Hall, project_id: str, account_id: str) -> bool:
    account = await hall.accounts.read(project_id, account_id)
    profile = await hall.profiles.read(project_id, account.profile_id) if account else None
    if account is None or profile is None:
        return False
    try:
        await hall.tokens.token(account, profile)
    except LinkspanError as error:
        log.warning("grant_not_kept", account_id=account_id, error=error.code)
        return False
    return True
