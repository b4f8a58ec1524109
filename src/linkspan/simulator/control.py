"""The control plane: everything that a test or a person can ask of the simulator or do to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from linkspan.simulator.administration.route import load_automation
from linkspan.simulator.books.world import World
from linkspan.simulator.clock import Clock
from linkspan.simulator.command import ControlError, command
from linkspan.simulator.contract import load_contract
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.demo import (
    ADMINISTRATOR,
    DEMO_CLIENT_ID,
    DEMO_DOMAIN,
    DEMO_SECRET,
    DEMO_TENANT_ID,
    PASSWORDS,
)
from linkspan.simulator.entra_control import EntraControl
from linkspan.simulator.failures import Failure, FailureKind, FailureQueue
from linkspan.simulator.identity import Identity
from linkspan.simulator.kept import Kept, keep, put_back
from linkspan.simulator.limits import Gate
from linkspan.simulator.permissions import Allowed
from linkspan.simulator.refusals import REFUSALS
from linkspan.simulator.seen import RequestLog, SeenRequest
from linkspan.simulator.served import Service
from linkspan.simulator.service_control import ServiceControl
from linkspan.simulator.startup import Startup, prepare, set_out
from linkspan.simulator.state import ClockReading, State, describe_state, read_clock
from linkspan.simulator.tape_control import TapeControl
from linkspan.simulator.webhooks.courier import Courier, Delivery

_FIRST_ENVIRONMENT: Final = "Production"


@dataclass(frozen=True, slots=True)
class Demo:
    """What is needed to link the demo account: all of it published, none of it secret.

    `environment` is the first of `environments`; `company_ids` maps its companies' names to ids, `company_id` is the
    first of them.
    """

    tenant_id: UUID
    tenant_domain: str
    environment: str
    environments: tuple[str, ...]
    client_id: UUID
    client_secret: str = field(repr=False)
    user: str
    password: str = field(repr=False)
    company_id: UUID
    company_ids: Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a running simulator consists of."""

    world: World
    authority: Authority
    identity: Identity
    clock: Clock
    courier: Courier
    failures: FailureQueue = field(default_factory=FailureQueue)
    log: RequestLog = field(default_factory=RequestLog)


class Control(EntraControl, ServiceControl, TapeControl):
    """All commands; the same ones are served under `/_sim/{name}`."""

    def __init__(self, parts: Parts) -> None:
        """Control the simulator made of `parts`, which are in their first state now."""
        super().__init__(parts.authority)
        self.parts = parts
        self.start_service(Service(parts.world, Gate(parts.clock)))
        self._start = parts.world.snapshot()
        self._startup = Startup()
        self._kept: dict[str, Kept] = {}

    @property
    def demo(self) -> Demo:
        """The demo tenant, application, user and companies."""
        tenant = self.parts.world.tenants[DEMO_TENANT_ID]
        names = sorted(tenant.environments, key=lambda name: (name != _FIRST_ENVIRONMENT, name))
        companies = tenant.environments[names[0]].companies.values()
        ids = {company.name: company.id for company in companies}
        return Demo(
            tenant_id=DEMO_TENANT_ID,
            tenant_domain=DEMO_DOMAIN,
            environment=names[0],
            environments=tuple(names),
            client_id=DEMO_CLIENT_ID,
            client_secret=DEMO_SECRET,
            user=ADMINISTRATOR,
            password=PASSWORDS[ADMINISTRATOR],
            company_id=next(iter(ids.values())),
            company_ids=MappingProxyType(ids),
        )

    def start_with(self, startup: Startup) -> None:
        """Do what a command line asks for before the first answer; a reset returns to the state after it.

        Raises ControlError, whose text says what to change.
        """
        prepare(self, startup)
        self._startup = startup
        self._start = self.parts.world.snapshot()

    @command(reads=True)
    def state(self) -> State:
        """Describe clock, tenants, companies, users, applications, subscriptions, and everything that was set or put in."""
        return describe_state(self.service, self.authority, self.parts.failures, self.parts.courier)

    @command()
    def reset(self, *, keep_registrations: bool = False) -> None:
        """Return to the first state: books, clock, directory, grants, failures and request log; no recording, no replay.

        What `linkspan sim` was told by its options is there again; a recording to a file goes on.
        `keep_registrations` leaves application registrations, with their redirect URIs, as they are.
        """
        self.parts.clock.set(None)
        self.parts.world.restore(self._start)
        self.reset_service()
        self.authority.reset(keep_registrations=keep_registrations)
        self.parts.identity.forget()
        self.parts.courier.restore(())
        self.parts.failures.clear()
        self.parts.log.clear()
        self._kept.clear()
        if self._startup.record is None:
            self.service.deck.eject()
        set_out(self, self._startup)

    @command()
    def snapshot(self, name: str = "") -> None:
        """Keep books, webhook subscriptions, limits, switches and permissions as they are now, under a name."""
        self._kept[name] = keep(self.service, self.parts.courier)

    @command()
    def restore(self, name: str = "") -> None:
        """Put back what was kept under a name, as often as wanted; the clock and the directory stay as they are."""
        if name not in self._kept:
            raise ControlError(f"Nothing is kept under the name '{name}'.")
        put_back(self._kept[name], self.service, self.parts.courier)

    @command(reads=True)
    def clock(self) -> ClockReading:
        """Tell the simulated time."""
        return read_clock(self.parts.clock)

    @command()
    def move_clock(self, delta: timedelta) -> ClockReading:
        """Jump in simulated time; over HTTP `delta` is a number of seconds or an ISO 8601 duration."""
        self.parts.clock.move(delta)
        return self.clock()

    @command()
    def set_clock(self, moment: datetime | None) -> ClockReading:
        """Jump to a moment with time zone, or (None) return to real time."""
        try:
            self.parts.clock.set(moment)
        except ValueError as mistake:
            raise ControlError(str(mistake)) from mistake
        return self.clock()

    @command()
    def fail_next(  # noqa: PLR0913 - one parameter for each property of a failure, all by keyword
        self,
        kind: FailureKind = "status",
        *,
        method: str = "",
        path: str = "",
        times: int = 1,
        status: int = 503,
        code: str = "",
        body: object = None,
        headers: dict[str, str] | None = None,
        delay_seconds: float = 0,
        retry_after_seconds: int | None = None,
    ) -> int:
        """Let the next `times` requests that match `method` and a part of their `path` fail; return how many wait.

        The kinds are told at `Failure`. Entra's endpoints suffer as well; the control endpoints never do.
        """
        if times < 1:
            raise ControlError("times must be at least 1.")
        if kind == "refusal" and code not in REFUSALS:
            raise ControlError(f"A refusal needs one of these codes: {', '.join(sorted(REFUSALS))}.")
        self.parts.failures.put(
            Failure(
                kind,
                method=method,
                path=path,
                times=times,
                status=status,
                code=code,
                body=body,
                headers=headers or {},
                delay_seconds=delay_seconds,
                retry_after_seconds=retry_after_seconds,
            )
        )
        return len(self.parts.failures.waiting)

    @command()
    def set_permission(
        self, entity_set: str, allowed: Allowed, *, user: str | None = None, client_id: UUID | None = None
    ) -> Allowed:
        """Hold a user, an application on its own, or (neither given) everybody to `all`, `read` or `none` of a set."""
        if entity_set not in load_contract().by_set.keys() | load_automation().by_set.keys():
            raise ControlError(f"There is no entity set {entity_set}.")
        who = client_id if user is None else self._user_id(user)
        self.service.permissions.set(who, entity_set, allowed)
        return allowed

    @command()
    def allow_receiver(self, host: str) -> list[str]:
        """Let webhook notifications go to a host besides this computer, until the simulator ends; return all such."""
        self.parts.courier.receivers.add(host.strip().lower())
        return sorted(self.parts.courier.receivers)

    @command(reads=True)
    def deliveries(self) -> list[Delivery]:
        """Return the last attempts to send webhook notifications, oldest first."""
        return self.parts.courier.deliveries()

    @command()
    def clear_failures(self) -> None:
        """Take back all failures that have not happened yet, those of the token endpoint too."""
        self.parts.failures.clear()
        self.authority.queued_token_errors.clear()

    @command(reads=True)
    def requests(self, *, method: str = "", path: str = "", status: int | None = None) -> list[SeenRequest]:
        """List the requests seen since the start or the last reset, oldest first; empty parameters match all."""
        return self.parts.log.find(method=method, path=path, status=status)

    @command(reads=True)
    def lost_rotations(self) -> list[str]:
        """List the refresh tokens (SHA-256, hexadecimal) that were renewed by a request whose answer nobody got."""
        return [seen.rotated for seen in self.parts.log.find() if seen.rotated and seen.outcome == "answer lost"]

    @command()
    def clear_requests(self) -> None:
        """Forget the requests seen."""
        self.parts.log.clear()
