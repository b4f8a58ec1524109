"""The directory: tenants, their users and the applications registered in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from linkspan.simulator.entra.resources import Resource

Audience = Literal["one_tenant", "many_tenants"]


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organisation's directory, addressed by its GUID or its domain name."""

    id: UUID
    domain: str
    name: str


@dataclass(frozen=True, slots=True)
class User:
    """A person of a tenant; `licensed` means a Business Central licence, `administrator` may consent for everybody.

    `enabled` may sign in; `details` are further properties of the person by their names in Microsoft Graph.
    """

    id: UUID
    tenant_id: UUID
    upn: str
    name: str
    password: str = field(repr=False)
    administrator: bool = False
    licensed: bool = True
    enabled: bool = True
    details: Mapping[str, object] = field(default_factory=dict)
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a tenant's users, given by their ids; `details` are further properties by their names in Microsoft Graph."""

    id: UUID
    tenant_id: UUID
    name: str
    members: frozenset[UUID] = frozenset()
    details: Mapping[str, object] = field(default_factory=dict)
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A secret of an application: `id` is public, `value` is what clients send; `expires` None means never."""

    id: UUID
    value: str = field(repr=False)
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class AppRegistration:
    """A registered application.

    `permissions` are full delegated scope names, `roles` full application permission names; `certificates` are PEM
    texts (X.509) whose private keys sign client assertions; `public` clients have neither secrets nor certificates.
    `spa_redirect_uris` belong to single-page applications, whose refresh tokens end after a day.
    """

    client_id: UUID
    tenant_id: UUID
    name: str
    audience: Audience = "one_tenant"
    redirect_uris: tuple[str, ...] = ()
    secrets: tuple[ClientSecret, ...] = ()
    certificates: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    public: bool = False
    spa_redirect_uris: tuple[str, ...] = ()

    def lists(self, resource: Resource) -> bool:
        """Tell whether the registration asks for any permission of `resource`."""
        return any(name.rpartition("/")[0] == resource.uri for name in self.permissions | self.roles)

    def delegated_for(self, resource: Resource) -> frozenset[str]:
        """Return the full delegated scope names registered for `resource`."""
        return frozenset(name for name in self.permissions if name.rpartition("/")[0] == resource.uri)

    def accepts_redirect(self, uri: str) -> bool:
        """Tell whether `uri` is registered: compared as text, except that the port of http://localhost is free."""
        wanted = _comparable(uri)
        return any(_comparable(known) == wanted for known in (*self.redirect_uris, *self.spa_redirect_uris))

    def is_single_page(self, uri: str) -> bool:
        """Tell whether `uri` is registered as one of a single-page application."""
        return any(_comparable(known) == _comparable(uri) for known in self.spa_redirect_uris)


def _comparable(uri: str) -> str:
    try:
        parts = urlsplit(uri)
        if parts.scheme == "http" and parts.hostname == "localhost":
            return parts._replace(netloc="localhost").geturl()
    except ValueError:
        return uri
    return uri


class Directory:
    """All tenants, users, groups and registrations; records are frozen, changing one replaces it."""

    def __init__(
        self,
        tenants: Iterable[Tenant],
        users: Iterable[User],
        apps: Iterable[AppRegistration],
        groups: Iterable[Group] = (),
    ) -> None:
        """Take the first inhabitants."""
        self._tenants = {tenant.id: tenant for tenant in tenants}
        self._users = {user.id: user for user in users}
        self._apps = {app.client_id: app for app in apps}
        self._groups = {group.id: group for group in groups}
        self._start = (dict(self._users), dict(self._apps), dict(self._groups))

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        """All tenants."""
        return tuple(self._tenants.values())

    @property
    def users(self) -> tuple[User, ...]:
        """All users of all tenants."""
        return tuple(self._users.values())

    @property
    def apps(self) -> tuple[AppRegistration, ...]:
        """All application registrations."""
        return tuple(self._apps.values())

    @property
    def groups(self) -> tuple[Group, ...]:
        """All groups of all tenants."""
        return tuple(self._groups.values())

    def find_tenant(self, segment: str) -> Tenant | None:
        """Return the tenant with this GUID or domain name (any letter case), or None."""
        wanted = segment.lower()
        for tenant in self._tenants.values():
            if wanted in {str(tenant.id), tenant.domain}:
                return tenant
        return None

    def tenant(self, tenant_id: UUID) -> Tenant:
        """Return the tenant with this id; raises KeyError if there is none."""
        return self._tenants[tenant_id]

    def find_user(self, name: str) -> User | None:
        """Return the user with this user principal name (any letter case) or GUID, or None."""
        wanted = name.strip().lower()
        for user in self._users.values():
            if wanted in {user.upn, str(user.id)}:
                return user
        return None

    def user(self, user_id: UUID) -> User | None:
        """Return the user with this id, or None."""
        return self._users.get(user_id)

    def find_app(self, client_id: str) -> AppRegistration | None:
        """Return the registration with this client id, or None (also for text that is no GUID)."""
        try:
            return self._apps.get(UUID(client_id))
        except ValueError:
            return None

    def put_app(self, app: AppRegistration) -> None:
        """Add or replace a registration."""
        self._apps[app.client_id] = app

    def put_user(self, user: User) -> None:
        """Add or replace a user."""
        self._users[user.id] = user

    def remove_user(self, user_id: UUID) -> None:
        """Delete a user, who leaves all groups."""
        self._users.pop(user_id, None)
        for group in self.groups:
            if user_id in group.members:
                self.put_group(replace(group, members=group.members - {user_id}))

    def group(self, group_id: UUID) -> Group | None:
        """Return the group with this id, or None."""
        return self._groups.get(group_id)

    def put_group(self, group: Group) -> None:
        """Add or replace a group."""
        self._groups[group.id] = group

    def remove_group(self, group_id: UUID) -> None:
        """Delete a group."""
        self._groups.pop(group_id, None)

    def add_redirect_uri(self, app: AppRegistration, uri: str) -> None:
        """Register one more redirect URI for `app`; once is enough."""
        if uri not in app.redirect_uris:
            self.put_app(replace(app, redirect_uris=(*app.redirect_uris, uri)))

    def restore(self, *, keep_registrations: bool = False) -> None:
        """Return to the first inhabitants; `keep_registrations` leaves the applications as they are."""
        users, apps, groups = self._start
        self._users = dict(users)
        self._groups = dict(groups)
        if not keep_registrations:
            self._apps = dict(apps)
