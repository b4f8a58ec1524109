"""A description of the simulator's present state, for the state page and for scripts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linkspan.simulator.books.world import World
from linkspan.simulator.clock import Clock
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.demo import PASSWORDS, PUBLISHED_SECRETS
from linkspan.simulator.entra.directory import AppRegistration, User
from linkspan.simulator.failures import Failure, FailureQueue


@dataclass(frozen=True, slots=True)
class CompanyState:
    """A company of an environment."""

    id: UUID
    name: str
    records: dict[str, int]


@dataclass(frozen=True, slots=True)
class EnvironmentState:
    """An environment of a tenant."""

    name: str
    type: str
    state: str
    companies: list[CompanyState]


@dataclass(frozen=True, slots=True)
class TenantState:
    """A tenant with its environments."""

    id: UUID
    domain: str
    name: str
    environments: list[EnvironmentState]


@dataclass(frozen=True, slots=True)
class UserState:
    """A user; the password is told while it is the published one."""

    id: UUID
    upn: str
    name: str
    administrator: bool
    licensed: bool
    published_password: str | None


@dataclass(frozen=True, slots=True)
class AppState:
    """A registration; a secret is told only for the demo applications, while it is the published one."""

    client_id: UUID
    tenant_id: UUID
    name: str
    audience: str
    redirect_uris: tuple[str, ...]
    published_secret: str | None


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The simulated moment, and how many seconds it is ahead of the real one."""

    now: datetime
    offset_seconds: float


@dataclass(frozen=True, slots=True)
class State:
    """Everything worth knowing at a glance."""

    clock: ClockReading
    tenants: list[TenantState]
    users: list[UserState]
    apps: list[AppState]
    failures: tuple[Failure, ...]


def read_clock(clock: Clock) -> ClockReading:
    """Return what the clock shows now."""
    return ClockReading(clock.now(), round(clock.offset.total_seconds(), 3))


def describe_state(world: World, authority: Authority, failures: FailureQueue) -> State:
    """Return the present state."""
    return State(
        read_clock(authority.clock),
        _tenants(world, authority),
        [_user(user) for user in authority.directory.users],
        [_app(app) for app in authority.directory.apps],
        failures.waiting,
    )


def _tenants(world: World, authority: Authority) -> list[TenantState]:
    described = []
    for tenant in authority.directory.tenants:
        books = world.tenants.get(tenant.id)
        places = books.environments.values() if books else ()
        environments = [
            EnvironmentState(
                place.name,
                place.type,
                place.state,
                [
                    CompanyState(one.id, one.name, {name: len(table) for name, table in one.tables.items()})
                    for one in place.companies.values()
                ],
            )
            for place in places
        ]
        described.append(TenantState(tenant.id, tenant.domain, tenant.name, environments))
    return described


def _user(user: User) -> UserState:
    published = user.password if PASSWORDS.get(user.upn) == user.password else None
    return UserState(user.id, user.upn, user.name, user.administrator, user.licensed, published)


def _app(app: AppRegistration) -> AppState:
    published = PUBLISHED_SECRETS.get(app.client_id)
    current = published if any(secret.value == published for secret in app.secrets) else None
    return AppState(app.client_id, app.tenant_id, app.name, app.audience, app.redirect_uris, current)
