"""What of a profile's credentials expires soon: warned of 30, 7 and 1 days ahead, by the doctor, in answers and in the log."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from linkspan.errors import ServerBusyError
from linkspan.model import Profile
from linkspan.providerauth.credentials import CertificateWrong, certificate_facts
from linkspan.providerauth.lease import lease
from linkspan.usecases.hall import Hall

WARNED_DAYS = (1, 7, 30)
_LEASE, _LEASE_SECONDS = "warn-of-expiry", 60.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Expiry:
    """One credential that expires soon or has expired: `code` is client_secret, old_client_secret or certificate."""

    code: str
    at: datetime
    now: datetime

    @property
    def days_left(self) -> int:
        """Whole days until then; negative when it has passed."""
        return (self.at - self.now) // timedelta(days=1)

    @property
    def over(self) -> bool:
        """Whether it has expired."""
        return self.at <= self.now

    @property
    def stage(self) -> int:
        """Which warning is due: 30, 7 or 1 (days ahead), or 0 once it has expired."""
        return 0 if self.over else next(days for days in WARNED_DAYS if self.at - self.now <= timedelta(days=days))

    @property
    def message(self) -> str:
        """The warning for people."""
        what = {"client_secret": "client secret", "old_client_secret": "older client secret"}.get(self.code, self.code)
        when = f"{self.at:%Y-%m-%d %H:%M} UTC"
        if self.over:
            return f"The profile's {what} expired on {when}."
        days = "in less than a day" if self.days_left < 1 else f"in {self.days_left} day{'s'[: self.days_left > 1]}"
        return f"The profile's {what} expires {days}, on {when}."

    @property
    def next_step(self) -> str:
        """What the profile's owner does."""
        if self.code == "certificate":
            return "Make a new certificate, upload it in Entra, and enter it with its key in the connector profile."
        if self.code == "old_client_secret":
            return "Drop the older client secret if the new one works: linkspan doctor says so."
        return "Add a client secret in Entra, and enter it in the connector profile, keeping the old one until it has spread."


def expiries(profile: Profile, now: datetime) -> list[Expiry]:
    """What has expired or will within 30 days, soonest first."""
    soon = now + timedelta(days=max(WARNED_DAYS))
    found = [Expiry(code, at, now) for code, at in _ends(profile) if at <= soon]
    return sorted(found, key=lambda expiry: expiry.at)


def _ends(profile: Profile) -> Iterator[tuple[str, datetime]]:
    if profile.has_secret and profile.secret_expires_at is not None:
        yield "client_secret", profile.secret_expires_at
    if profile.has_old_secret and profile.old_secret_expires_at is not None:
        yield "old_client_secret", profile.old_secret_expires_at
    if profile.certificate is not None:
        with suppress(CertificateWrong):
            yield "certificate", certificate_facts(profile.certificate).expires_at


async def warn_of_expiry(hall: Hall, warned: set[tuple[str, str, datetime, int]]) -> None:
    """Log each warning that is due, over all projects; `warned` remembers those given, so that each stage is logged once.

    Several processes may call it at once: one of them does the work.
    """
    now = hall.clock()
    async with lease(hall.leases, _LEASE, seconds=_LEASE_SECONDS, clock=hall.clock) as ours:
        found = await hall.profiles.all_expiring(now + timedelta(days=max(WARNED_DAYS))) if ours else []
    for profile in found:
        for expiry in expiries(profile, now):
            mark = (profile.id, expiry.code, expiry.at, expiry.stage)
            if mark not in warned:
                warned.add(mark)
                log.warning(
                    "credential_expires",
                    project_id=profile.project_id,
                    profile_id=profile.id,
                    credential=expiry.code,
                    expires_at=expiry.at.isoformat(),
                    days_left=expiry.days_left,
                )


async def warn_of_expiry_forever(hall: Hall, every: float = 3600.0) -> None:
    """Call `warn_of_expiry` every so many seconds until cancelled."""
    warned: set[tuple[str, str, datetime, int]] = set()
    while True:
        with suppress(ServerBusyError):
            await warn_of_expiry(hall, warned)
        await asyncio.sleep(every)
