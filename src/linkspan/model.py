"""The frozen records that every room may hold: who calls, what is linked, what ran."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from linkspan.sealed import Secret as Secret


class KeyScope(enum.StrEnum):
    """What an API key may be used for."""

    ACTIONS = "actions"
    ACTIONS_READ = "actions:read"
    PLATFORM_READ = "platform:read"
    PLATFORM_WRITE = "platform:write"
    CONNECTORS_READ = "connectors:read"
    LOGS_READ = "logs:read"
    PROXY = "proxy"


class AccountState(enum.StrEnum):
    """The life of a linked account (design: Tokens)."""

    ACTIVE = "active"
    REFRESHING = "refreshing"
    DEGRADED = "degraded"
    NEEDS_REAUTH = "needs_reauth"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    ARCHIVED = "archived"


class Verb(enum.StrEnum):
    """What an action does with records."""

    LIST = "list"
    GET = "get"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ACT = "act"

    @property
    def writes(self) -> bool:
        """Whether the provider's data may change."""
        return self not in (Verb.LIST, Verb.GET)


@dataclass(frozen=True, slots=True)
class Project:
    """A tenant of this installation: `id` text such as `default-4821`, `organization_id` an integer below 2**53."""

    id: str
    name: str
    organization_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key's public side; its text is shown once and stored only as an HMAC. `prefix` is the part that lists may show.

    `per_minute`: the most requests in a minute; None: no limit of its own.
    """

    id: str
    project_id: str
    name: str
    prefix: str
    scopes: frozenset[KeyScope]
    enabled: bool
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a caller who signed in is held to: these accounts (id → whether it may write), of that owner only if one is named.

    `actions` None: every action that the accounts' profiles enable.
    """

    accounts: Mapping[str, bool]
    actions: frozenset[str] | None = None
    owner_id: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the project and the key (or another sign-in) that named it. `source`: api_key, cli, console, or mcp_sign_in.

    `key_id` is the key's id, or that of an MCP client's permit or of the person at the console; `bounds` None: everything of the project that the scopes allow.
    """

    project_id: str
    scopes: frozenset[KeyScope]
    key_id: str | None = None
    source: str = "api_key"
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A project's OAuth client for one connector. The client secret is in the vault only; `has_secret` tells that it is there.

    `scopes` empty: what the enabled actions need. `enabled_actions` None: the connector's default selection.
    `provider_url` None: the connector's own hosts; else one origin that serves them all (the simulator). `audience`: one_tenant (then
    `tenant` is its id, or None until the first account is linked) or many_tenants. `has_old_secret`: the one before the secret is still
    there. Providers do not tell when a secret expires: its owner does. `certificate` is public (PEM).
    """

    id: str
    project_id: str
    connector: str
    name: str
    auth_method: str
    client_id: str
    has_secret: bool
    scopes: tuple[str, ...]
    enabled_actions: frozenset[str] | None
    provider_url: str | None
    enabled: bool
    is_default: bool
    created_at: datetime
    updated_at: datetime
    audience: str = "one_tenant"
    tenant: str | None = None
    secret_expires_at: datetime | None = None
    has_old_secret: bool = False
    old_secret_expires_at: datetime | None = None
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class StateReason:
    """Why an account is in its state: a stable code, a sentence for people, and when."""

    code: str
    description: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """The customer in the integrator's own system."""

    id: str
    name: str
    username: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One customer's link: `fields` says where it points (for BC: tenant_id, environment, company_id, company_name)."""

    id: str
    project_id: str
    profile_id: str
    connector: str
    owner: Owner
    state: AccountState
    fields: Mapping[str, str]
    created_at: datetime
    updated_at: datetime
    reasons: tuple[StateReason, ...] = ()
    label: str | None = None
    kind: str = "production"
    metadata: Mapping[str, object] = field(default_factory=dict)
    last_success_at: datetime | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class SealedGrant:
    """A grant as it lies in the store: tokens sealed by the vault. Each write names the `version` it read (compare-and-swap).

    `failure`: why the last refresh of this version failed; `refused`: the provider no longer accepts it, so that it is never sent again.
    """

    account_id: str
    project_id: str
    version: int
    access: bytes
    refresh: bytes | None
    scope: str
    obtained_at: datetime
    expires_at: datetime
    failure: StateReason | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class ConnectSession:
    """Short-lived permission to link (or, with `account_id`, relink) one account. Its token is stored as a hash only."""

    id: int
    project_id: str
    profile_id: str
    connector: str
    owner: Owner
    created_at: datetime
    expires_at: datetime
    account_id: str | None = None
    multiple: bool = False
    label: str | None = None
    kind: str = "production"
    metadata: Mapping[str, object] = field(default_factory=dict)
    used_at: datetime | None = None
    return_url: str | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class LinkAttempt:
    """One try to link an account, from the redirect to the provider until the company is chosen.

    `browser_digest` binds it to one browser; `account_id` is the account that will come of it (or is linked again);
    `verifier`, `access` and `refresh` are sealed for owner `link:{id}`; `companies` maps ids to what choosing one means (see
    usecases/offer_companies.py), once they are known.
    """

    id: str
    project_id: str
    session_id: int
    account_id: str
    browser_digest: str
    fields: Mapping[str, str]
    verifier: bytes
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    access: bytes | None = None
    refresh: bytes | None = None
    scope: str = ""
    obtained_at: datetime | None = None
    token_expires_at: datetime | None = None
    companies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    done_at: datetime | None = None
    cancelled_at: datetime | None = None


class Step(msgspec.Struct, frozen=True, gc=False):
    """One provider request of a run. `url` carries no secret; durations in milliseconds; `status` None: no answer arrived."""

    index: int
    method: str
    url: str
    status: int | None
    duration_ms: float
    started_at: datetime
    request_id: str | None = None
    error: str | None = None


class Run(msgspec.Struct, frozen=True, gc=False):
    """One call of an action, as the log keeps it. `door`: rest, rpc, mcp, cli; `error_code` None: it succeeded."""

    id: str
    project_id: str
    account_id: str | None
    profile_id: str | None
    connector: str
    action: str
    verb: str
    door: str
    key_id: str | None
    started_at: datetime
    duration_ms: float
    status: int
    error_code: str | None = None
    error_message: str | None = None
    rows: int | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolFeedback:
    """What an agent said of the tools that it used on an account."""

    id: str
    project_id: str
    account_id: str
    key_id: str | None
    at: datetime
    tools: tuple[str, ...]
    text: str
