"""Records to store, all different and all of our own invention."""

from datetime import UTC, datetime, timedelta

import msgspec

from linkspan.model import (
    Account,
    AccountState,
    ApiKey,
    ConnectSession,
    KeyScope,
    LinkAttempt,
    Owner,
    Profile,
    Project,
    Run,
    SealedGrant,
    Step,
)
from linkspan.sealed import SealedCredentials
from linkspan.storage.account_store import AccountStore
from linkspan.storage.database import Database
from linkspan.storage.link_store import LinkStore
from linkspan.storage.profile_store import ProfileStore
from linkspan.storage.project_store import ProjectStore
from linkspan.storage.session_store import SessionStore

NOW = datetime(2026, 11, 23, 10, 30, 0, 123456, tzinfo=UTC)
PROJECT = Project("harbour-1001", "Harbour", 2**53 - 1, NOW)
OTHER = Project("quay-1002", "Quay", 1, NOW + timedelta(seconds=1))
KEY = ApiKey(
    "key_0000000000000001",
    PROJECT.id,
    "backend",
    "v1.local.abcdef",
    frozenset({KeyScope.ACTIONS, KeyScope.LOGS_READ}),
    True,
    NOW,
)
PROFILE = Profile(
    id="3b2f7a52-3a35-4a0c-9d53-0f3e8c2f0a11",
    project_id=PROJECT.id,
    connector="dynamics365bc",
    name="Main",
    auth_method="oauth-2-0",
    client_id="client",
    has_secret=True,
    scopes=("a", "b"),
    enabled_actions=frozenset({"dynamics365bc_list_items"}),
    provider_url="http://127.0.0.1:9",
    enabled=True,
    is_default=True,
    created_at=NOW,
    updated_at=NOW,
)
ACCOUNT = Account(
    id="A" * 20,
    project_id=PROJECT.id,
    profile_id=PROFILE.id,
    connector="dynamics365bc",
    owner=Owner("o1", "Holm & Vik"),
    state=AccountState.ACTIVE,
    fields={"tenant_id": "t", "environment": "Production"},
    created_at=NOW,
    updated_at=NOW,
    label="Ærø",
    metadata={"plan": {"seats": 3}},
)
GRANT = SealedGrant(ACCOUNT.id, PROJECT.id, 1, b"\x00access", b"\x01refresh", "scope", NOW, NOW + timedelta(hours=1))
SESSION = ConnectSession(
    id=4_503_599_627_370_497,
    project_id=PROJECT.id,
    profile_id=PROFILE.id,
    connector="dynamics365bc",
    owner=Owner("o1", "Holm & Vik", "vik"),
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=30),
    metadata={"source": "crm"},
)
ATTEMPT = LinkAttempt(
    id="link_1",
    project_id=PROJECT.id,
    session_id=SESSION.id,
    account_id=ACCOUNT.id,
    browser_digest="b" * 64,
    fields={"environment": "Production"},
    verifier=b"v",
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=15),
)


def run(number: int, **changes: object) -> Run:
    """A run with one step; later numbers are later runs."""
    started = NOW + timedelta(seconds=number)
    made = Run(
        id=f"run_{number:020d}",
        project_id=PROJECT.id,
        account_id=ACCOUNT.id,
        profile_id=PROFILE.id,
        connector="dynamics365bc",
        action="dynamics365bc_list_items",
        verb="list",
        door="rest",
        key_id=KEY.id,
        started_at=started,
        duration_ms=12.5,
        status=200,
        rows=3,
        steps=(Step(0, "GET", "https://api.example/items", 200, 11.25, started, "req-1"),),
    )
    return msgspec.structs.replace(made, **changes)


async def add_project(database: Database) -> None:
    """Both projects."""
    await ProjectStore(database).add(PROJECT)
    await ProjectStore(database).add(OTHER)


async def add_account(database: Database) -> AccountStore:
    """Projects, profile, and the account with its grant, linked the way the product links."""
    await add_project(database)
    await ProfileStore(database).add(PROFILE, SealedCredentials(b"sealed"))
    await SessionStore(database).add(SESSION, "t" * 64)
    links = LinkStore(database)
    await links.start(ATTEMPT, state_digest="s" * 64)
    await links.complete(ATTEMPT, SESSION, ACCOUNT, GRANT)
    return AccountStore(database)
