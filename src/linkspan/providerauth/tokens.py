"""The life of an account's tokens: warm, due, refreshed once over all processes, never lost."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from linkspan.connectors.action import Connector
from linkspan.errors import AccountRevokedError, ProviderRefusedTokenError, TokenUnavailableError
from linkspan.model import Account, Profile, SealedGrant, Secret, Step
from linkspan.providerauth.endpoints import OAuthApp
from linkspan.providerauth.lease import LeaseWatch, lease
from linkspan.providerauth.oauth import OAuthClient
from linkspan.providerauth.ports import GrantStore, LeaseStore, SecretStore, StepSink
from linkspan.providerauth.refresh import Refresher, failure_error, needs_reauth
from linkspan.providerauth.timing import Timing
from linkspan.providerauth.vault import Vault

_MOST_HELD = 100_000
_SAME_TOKEN_TRIES = 3
_SWEEP_SECONDS = 60.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """An access token in memory: fresh until `due_at`, used until `over_at`."""

    token: Secret
    due_at: datetime
    over_at: datetime


@dataclass(frozen=True, slots=True)
class _Wait:
    """What one flight is for: a token other than `refused`; failures noted since `failures_from` need not be repeated."""

    refused: Secret | None
    failures_from: datetime
    epoch: int
    account: Account
    profile: Profile


class _NoSteps:
    def add(self, step: Step) -> None:
        """A refresh ahead of time belongs to no run."""


class Tokens:
    """Gives access tokens of linked accounts.

    In memory while fresh. When due, one flight per account in this process refreshes it ahead of time, holding a lease over all
    processes; the old token serves until its end. Whoever has to wait is served from the winner's result, its failure included.
    """

    def __init__(  # noqa: PLR0913  a room's ports, all by name
        self,
        *,
        vault: Vault,
        grants: GrantStore,
        leases: LeaseStore,
        secrets: SecretStore,
        oauth: OAuthClient,
        connectors: Mapping[str, Connector],
        clock: Callable[[], datetime],
        timing: Timing | None = None,
        base_url: str = "",
    ) -> None:
        self._grants, self._leases, self._clock = grants, leases, clock
        self._timing = timing or Timing()
        self._refresher = Refresher(
            vault=vault,
            grants=grants,
            secrets=secrets,
            oauth=oauth,
            connectors=connectors,
            clock=clock,
            timing=self._timing,
            base_url=base_url,
        )
        self._held: dict[str, Held] = {}
        self._flights: dict[str, asyncio.Task[Secret]] = {}
        self._epoch = 0
        self._swept = time.monotonic()

    async def token(
        self, account: Account, profile: Profile, *, refused: Secret | None = None, steps: StepSink | None = None
    ) -> Secret:
        """A token that should work; `refused` is one that the provider has just refused, so that a newer one is needed.

        Raises NeedsReauthError, AccountRevokedError, TokenUnavailableError (wait: the grant is kept), ProviderRefusedTokenError,
        and the LinkingError of a refusal that the profile's owner must mend (such as ClientSecretExpiredError).
        """
        held = self._held.get(account.id)
        if held is not None and (refused is None or held.token != refused):
            now = self._clock()
            if now < held.due_at:
                return held.token
            if now < held.over_at:
                self._fly(account, profile, None, _NoSteps())
                return held.token
        for _ in range(_SAME_TOKEN_TRIES):
            token = await asyncio.shield(self._fly(account, profile, refused, steps or _NoSteps()))
            if token != refused:
                return token
        raise ProviderRefusedTokenError

    async def app(self, profile: Profile, fields: Mapping[str, str]) -> OAuthApp:
        """The profile as an OAuth client of its provider for the tenant in `fields`, with its credentials in clear."""
        return await self._refresher.app(profile, fields)

    def facts(self, profile: Profile, fields: Mapping[str, str]) -> dict[str, str]:
        """What remedies name for this profile and tenant (see remedies.py)."""
        return self._refresher.facts(profile, fields)

    def forget(self, account_id: str) -> None:
        """Drop what is held of one account."""
        self._epoch += 1
        self._held.pop(account_id, None)

    def forget_all(self) -> None:
        """Drop everything held: accounts have changed, and the store knows best."""
        self._epoch += 1
        self._held.clear()

    async def close(self) -> None:
        """Wait for refreshes under way: a rotated token must be stored."""
        if self._flights:
            await asyncio.wait(list(self._flights.values()))

    def _fly(
        self, account: Account, profile: Profile, refused: Secret | None, steps: StepSink
    ) -> "asyncio.Task[Secret]":
        flight = self._flights.get(account.id)
        if flight is None:
            flight = asyncio.create_task(self._obtain(account, profile, refused, steps), name=f"refresh {account.id}")
            self._flights[account.id] = flight
            flight.add_done_callback(lambda done: self._landed(account.id, done))
        return flight

    def _landed(self, account_id: str, flight: "asyncio.Task[Secret]") -> None:
        self._flights.pop(account_id, None)
        if flight.cancelled():
            return
        error = flight.exception()
        held = self._held.get(account_id)
        if error is None:
            return
        log.warning("token_not_refreshed", account_id=account_id, error=getattr(error, "code", type(error).__name__))
        if held is not None:
            # Ahead of time there is no hurry: the old token serves on, and the next try waits a while.
            later = self._clock() + timedelta(seconds=self._timing.pause)
            self._held[account_id] = replace(held, due_at=min(later, held.over_at))

    async def _obtain(self, account: Account, profile: Profile, refused: Secret | None, steps: StepSink) -> Secret:
        """Read the grant; use it, or get the lease and refresh it, or wait for who has the lease."""
        wait = _Wait(refused, self._clock() - timedelta(seconds=self._timing.pause), self._epoch, account, profile)
        until, watch = time.monotonic() + self._timing.patience, LeaseWatch()
        while True:
            grant = await self._read(account)
            token = await self._refresher.access_token(grant)
            if self._settled(grant, token, wait):
                return token
            async with lease(
                self._leases, lease_name(account.id), seconds=self._timing.lease, clock=self._clock, watch=watch
            ) as ours:
                found = await self._refresh_ours(account, profile, wait, steps) if ours else None
            if found is not None:
                return found
            if not ours and self._usable(grant, token, wait):
                return token
            if time.monotonic() > until:
                raise TokenUnavailableError("Another process is still refreshing this account's token.")
            await asyncio.sleep(self._timing.poll)

    async def _refresh_ours(self, account: Account, profile: Profile, wait: _Wait, steps: StepSink) -> Secret | None:
        """With the lease in hand: whoever had it before us may have refreshed already. None: look again."""
        grant = await self._read(account)
        token = await self._refresher.access_token(grant)
        if self._settled(grant, token, wait):
            return token
        after = await self._refresher.refresh(grant, account, profile, steps)
        if after is None:
            return None
        token = await self._refresher.access_token(after)
        self._hold(after, token, wait, due_at=self._timing.due_at(after))
        return token

    def _forget_over(self) -> None:
        """Drop tokens that are of no use any more, once a minute: what is not in memory cannot leak from it."""
        if time.monotonic() < self._swept + _SWEEP_SECONDS:
            return
        self._swept, now = time.monotonic(), self._clock()
        self._held = {name: held for name, held in self._held.items() if now < held.over_at}

    async def _read(self, account: Account) -> SealedGrant:
        grant = await self._grants.read(account.project_id, account.id)
        if grant is None:
            raise AccountRevokedError
        return grant

    def _usable(self, grant: SealedGrant, token: Secret, wait: _Wait) -> bool:
        return token != wait.refused and self._clock() < self._timing.over_at(grant)

    def _settled(self, grant: SealedGrant, token: Secret, wait: _Wait) -> bool:
        """Whether the grant's token serves without a refresh.

        Raises what a refresh of this very version has met already, for good or since `wait.failures_from`.
        """
        if grant.refused:
            raise needs_reauth(grant.failure, self.facts(wait.profile, wait.account.fields))
        usable, now = self._usable(grant, token, wait), self._clock()
        if usable and self._timing.is_fresh(grant, now):
            self._hold(grant, token, wait, due_at=self._timing.due_at(grant))
            return True
        if grant.failure is None or grant.failure.at < wait.failures_from:
            return False
        if usable:
            self._hold(grant, token, wait, due_at=now + timedelta(seconds=self._timing.pause))
            return True
        raise failure_error(grant.failure, self._timing.pause, self.facts(wait.profile, wait.account.fields))

    def _hold(self, grant: SealedGrant, token: Secret, wait: _Wait, *, due_at: datetime) -> None:
        if wait.epoch == self._epoch:
            if len(self._held) >= _MOST_HELD:
                self._held.clear()
            self._forget_over()
            over_at = self._timing.over_at(grant)
            self._held[grant.account_id] = Held(token, min(due_at, over_at), over_at)


def lease_name(account_id: str) -> str:
    """The lease that the refresh of an account's token needs."""
    return f"refresh:{account_id}"
