"""What a person lets an MCP client do, as frozen records: the client, the permit, and the codes and tokens that stand for it."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

READ_SCOPE, WRITE_SCOPE = "actions:read", "actions:write"
SCOPES = (READ_SCOPE, WRITE_SCOPE)


class TokenKind(enum.StrEnum):
    """What a stored token is for."""

    ACCESS = "access"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class McpClient:
    """A program that asks people to sign in. `id` is the address of its own metadata document (`by_document`), or was given at registration.

    What it says of itself is unverified: only the host of a document's address is known to be its own. `auth_method`: none,
    client_secret_basic or client_secret_post. `refreshes`: it wants refresh tokens. A registration ends at `expires_at`.
    """

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    by_document: bool = False
    auth_method: str = "none"
    secret_digest: str | None = None
    refreshes: bool = True


@dataclass(frozen=True, slots=True)
class Permit:
    """One sign-in: what a client may do, on which accounts (id → whether it may write), until when.

    It was given with an API key (`key_id`) or by an origin owner (`owner_id`), and never reaches further than they do. `actions` None: all
    that the accounts' profiles enable. `resource` is the address that its tokens are for; `redirect_host` is where the client was answered.
    """

    id: str
    project_id: str
    client_id: str
    client_name: str
    redirect_host: str
    scopes: tuple[str, ...]
    accounts: Mapping[str, bool]
    actions: frozenset[str] | None
    resource: str
    refreshes: bool
    created_at: datetime
    expires_at: datetime
    key_id: str | None = None
    owner_id: str | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PermitCode:
    """An authorization code as it lies in the store: it is exchanged once, by the client it was made for."""

    project_id: str
    permit_id: str
    client_id: str
    redirect_uri: str
    challenge: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PermitToken:
    """A token of a permit as it lies in the store, known by its digest."""

    digest: str
    kind: TokenKind
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
