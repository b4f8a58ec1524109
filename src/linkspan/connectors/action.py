"""A compiled action: everything the engine and the doors need to know of it, computed once at start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linkspan.connectors.contract import Contract, Entity
from linkspan.connectors.guide import Guide
from linkspan.connectors.vocabulary import APPLICATION_KIND, CERTIFICATE_AUTH
from linkspan.model import Verb

JsonSchema = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Annotations:
    """What a host may assume of an action (MCP's hints use the same words)."""

    read_only: bool
    destructive: bool
    idempotent: bool


@dataclass(frozen=True, slots=True)
class Parent:
    """The record that an action is asked below: `journals(journal_id)/journalLines`.

    `parameter` is the path input's name. A list needs it. A create takes it from the body's `body_field` when the path has none; one of
    the two must be there. Where records of several entities can be above, `choice` gives them by set name, and the path input `parent` says
    which set it is.
    """

    entity: Entity
    parameter: str
    link: str
    body_field: str | None = None
    choice: Mapping[str, Entity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeenBy:
    """How a record shows whether an operation was done with it: values of a field before and after, or that it is gone."""

    field: str | None
    done: frozenset[str]
    not_done: frozenset[str]
    deletes: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """One OAuth scope a connector knows; a scope covers those it `includes`."""

    name: str
    about: str
    includes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a connector can do.

    `path` is the provider path below the account's API root, with {placeholders} for path inputs. `filter_fields` are those worth filtering
    by (others may be used too); `expand_links` and `nested_links` (deep insert) are all that the caller may use. Schemas are JSON Schema
    2020-12 of `{path, query, body, headers}` and of one answer `{data, next}`; they are shared, so they must not be changed. `required`
    groups the body fields of a create: of each group at least one must be given. `example` is a whole valid input. `rights` are the
    provider's tables that the action touches, each with letters of RIMD (read, insert, modify, delete). `brief` is the description in as few
    words as a language model needs; `also` are other names of its records, for searching; `columns` are the fields of a list that people use, answered to models when they choose none.
    `default`: a profile that names no actions allows it. An act does the provider's `operation`, which may make a record of `makes` and is
    `seen_by` what it leaves. `identified_by` and `told_apart_by` find the record of a create whose answer was lost.
    """

    id: str
    label: str
    description: str
    connector: str
    resource: str
    verb: Verb
    entity: Entity
    contract: Contract
    annotations: Annotations
    required_scopes: tuple[str, ...]
    path: str
    input_schema: JsonSchema
    output_schema: JsonSchema
    example: Mapping[str, object] = field(default_factory=dict)
    parent: Parent | None = None
    company_scoped: bool = True
    filter_fields: tuple[str, ...] = ()
    expand_links: tuple[str, ...] = ()
    nested_links: tuple[str, ...] = ()
    required: tuple[tuple[str, ...], ...] = ()
    rights: Mapping[str, str] = field(default_factory=dict)
    notes: str | None = None
    default: bool = True
    operation: str | None = None
    makes: Entity | None = None
    brief: str = ""
    also: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    identified_by: tuple[str, ...] = ()
    told_apart_by: tuple[str, ...] = ()
    seen_by: SeenBy | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Where the choices of an account field come from.

    `action` is a list action's id; `value` and `label` are fields of its records; `also` tells which other account fields the chosen record
    fills (account field → record field).
    """

    action: str
    value: str
    label: str
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountField:
    """One value that tells where an account points; `asked` is before_sign_in, after_sign_in (then `choice` says from what) or never.

    `pattern` matches the whole value.
    """

    name: str
    label: str
    about: str
    pattern: str | None = None
    example: str | None = None
    asked: str = "before_sign_in"
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class AnyTenant:
    """Signing in without naming a tenant: `word` stands in the URLs, `claim` of the ID token names the tenant it was."""

    word: str
    scopes: tuple[str, ...]
    claim: str


@dataclass(frozen=True, slots=True)
class AuthMethod:
    """One way to sign in: `kind` names the method in providerauth; URLs hold {placeholders} of origins and account fields.

    `client_auth` names how the application proves itself; `sign_in_parameters` are added to the sign-in page's address; `fixed_scopes`
    replace those of the actions. `scope_separator` is the character itself; `refresh_reuse` tells what a refresh token used twice means (`tolerated`, or it `revokes` the grant), and
    `refresh_idle_days` after how many days without use one is forgotten; `guides` are this method's guides by kind: connector-profile, link-account.
    """

    key: str
    label: str
    kind: str
    authorize_url: str | None
    token_url: str
    discovery_url: str | None
    scope_separator: str
    always_scopes: tuple[str, ...]
    admin_consent_url: str | None = None
    client_auth: str = "client_secret_post"
    sign_in_parameters: Mapping[str, str] = field(default_factory=dict)
    refresh_reuse: str = "tolerated"
    refresh_idle_days: int | None = None
    fixed_scopes: tuple[str, ...] = ()
    any_tenant: AnyTenant | None = None
    guides: Mapping[str, Guide] = field(default_factory=dict)

    @property
    def by_application(self) -> bool:
        """Whether the application asks for itself (client credentials): nobody signs in, and there is no refresh token."""
        return self.kind == APPLICATION_KIND

    @property
    def by_certificate(self) -> bool:
        """Whether a certificate proves the application, and no secret."""
        return self.client_auth == CERTIFICATE_AUTH


@dataclass(frozen=True, slots=True)
class ProviderLimits:
    """Limits the provider sets per linked user: requests at once, requests per window (seconds), largest page (rows), default page.

    `settles`: seconds after which a write whose connection was lost can no longer be under way there.
    """

    concurrent: int
    requests: int
    window: float
    max_page: int
    default_page: int
    settles: float = 600.0


@dataclass(frozen=True, slots=True)
class Connector:
    """A compiled connector: what connector.yaml says, and its actions by id.

    `origins` maps a host's name in URL templates (`{login}`, `{api}`) to its https origin; a profile's provider_url replaces them all.
    `api_root` is the template of the service root; `protocol`, `faults`, `pagination` and `enum_literals` name behaviour in the engine. `guides` are by file
    name without `.md`, such as `connector-profile.oauth-2-0`. `aliases` are the protocol's own query option names → ours (`$top` → `top`),
    accepted by the compatible door only. `tables` are the provider's tables by name → object id.
    """

    key: str
    name: str
    version: str
    about: str
    protocol: str
    faults: str
    pagination: str
    origins: Mapping[str, str]
    api_root: str
    account_fields: tuple[AccountField, ...]
    auth_methods: Mapping[str, AuthMethod]
    scopes: Mapping[str, Scope]
    limits: ProviderLimits
    contract: Contract
    actions: Mapping[str, Action]
    guides: Mapping[str, Guide] = field(default_factory=dict)
    logo_svg: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    refused_before_acting: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, int] = field(default_factory=dict)
    enum_literals: str = "text"
    modified_field: str | None = None
