"""A description of the simulator's present state, for the state page and for scripts."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from linkspan.simulator.administration.people import assignments
from linkspan.simulator.books.fields import guid, text
from linkspan.simulator.books.world import Environment, World
from linkspan.simulator.clock import Clock
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.demo import PASSWORDS, PUBLISHED_SECRETS
from linkspan.simulator.entra.directory import AppRegistration, User
from linkspan.simulator.failures import Failure, FailureQueue
from linkspan.simulator.limits import Limits, Outage
from linkspan.simulator.permissions import PermissionRule
from linkspan.simulator.served import Service
from linkspan.simulator.switches import Switches
from linkspan.simulator.tape.deck import TapeState
from linkspan.simulator.webhooks.courier import Courier

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class CompanyState:
    """A company of an environment."""

    id: UUID
    name: str
    records: dict[str, int]


@dataclass(frozen=True, slots=True)
class EnvironmentState:
    """An environment of a tenant; `permission_sets` are those that each of its users holds, for all companies or some."""

    name: str
    type: str
    state: str
    companies: list[CompanyState]
    permission_sets: dict[str, list[str]]


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
class SubscriptionState:
    """A webhook subscription, without the client's state, which is its secret."""

    id: str
    notification_url: str
    resource: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class State:
    """Everything worth knowing at a glance; `limits` and `switches` are those that differ from the service's own; `seed` of token lifetimes."""

    clock: ClockReading
    tenants: list[TenantState]
    users: list[UserState]
    apps: list[AppState]
    failures: tuple[Failure, ...]
    outages: tuple[Outage, ...]
    limits: dict[str, float]
    switches: dict[str, object]
    permissions: list[PermissionRule]
    subscriptions: list[SubscriptionState]
    tape: TapeState
    seed: int


def read_clock(clock: Clock) -> ClockReading:
    """Return what the clock shows now."""
    return ClockReading(clock.now(), round(clock.offset.total_seconds(), 3))


def describe_state(service: Service, authority: Authority, failures: FailureQueue, courier: Courier) -> State:
    """Return the present state."""
    return State(
        read_clock(authority.clock),
        _tenants(service.world, authority),
        [_user(user) for user in authority.directory.users],
        [_app(app) for app in authority.directory.apps],
        failures.waiting,
        outages=service.gate.outages,
        limits=_changed(service.gate.limits, Limits()),
        switches=_changed(service.switches.now, Switches()),
        permissions=service.permissions.rules,
        subscriptions=[
            SubscriptionState(one.id, one.notification_url, one.resource, one.expires)
            for one in courier.subscriptions.all()
        ],
        tape=service.deck.state,
        seed=authority.seed,
    )


def _changed(now: "DataclassInstance", start: "DataclassInstance") -> dict[str, Any]:
    before = asdict(start)
    return {name: value for name, value in asdict(now).items() if value != before[name]}


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
                _permission_sets(place),
            )
            for place in places
        ]
        described.append(TenantState(tenant.id, tenant.domain, tenant.name, environments))
    return described


def _permission_sets(place: Environment) -> dict[str, list[str]]:
    return {
        text(user, "userName"): sorted(
            {held.permission_set.role_id for _, held in assignments(place, guid(user, "userSecurityId"))}
        )
        for user in place.office["user"].all()
    }


def _user(user: User) -> UserState:
    published = user.password if PASSWORDS.get(user.upn) == user.password else None
    return UserState(user.id, user.upn, user.name, user.administrator, user.licensed, published)


def _app(app: AppRegistration) -> AppState:
    published = PUBLISHED_SECRETS.get(app.client_id)
    current = published if any(secret.value == published for secret in app.secrets) else None
    return AppState(app.client_id, app.tenant_id, app.name, app.audience, app.redirect_uris, current)
