"""The hall: the one bundle of ports that wiring builds and every door and use case is handed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from linkspan.connectors.catalog import Catalog
from linkspan.engine.engine import Engine
from linkspan.providerauth.oauth import OAuthClient
from linkspan.providerauth.oidc import OidcProvider
from linkspan.providerauth.tokens import Tokens
from linkspan.providerauth.vault import Vault
from linkspan.settings import Settings
from linkspan.storage.account_store import AccountStore
from linkspan.storage.audit_store import AuditStore
from linkspan.storage.brand_store import BrandStore
from linkspan.storage.change_counter import ChangeCounter
from linkspan.storage.client_store import ClientStore
from linkspan.storage.console_session_store import ConsoleSessionStore
from linkspan.storage.data_key_store import DataKeyStore
from linkspan.storage.delivery_store import DeliveryStore
from linkspan.storage.feedback_store import FeedbackStore
from linkspan.storage.grant_log import GrantLog
from linkspan.storage.grant_store import GrantStore
from linkspan.storage.key_store import KeyStore
from linkspan.storage.key_uses import KeyUses
from linkspan.storage.lease_store import LeaseStore
from linkspan.storage.link_store import LinkStore
from linkspan.storage.owner_store import OwnerStore
from linkspan.storage.passkey_store import PasskeyStore
from linkspan.storage.people_store import PeopleStore
from linkspan.storage.permit_store import PermitStore
from linkspan.storage.profile_store import ProfileStore
from linkspan.storage.project_store import ProjectStore
from linkspan.storage.run_figures import RunFigures
from linkspan.storage.run_log import RunLog
from linkspan.storage.run_store import RunStore
from linkspan.storage.sealed_store import SealedStore
from linkspan.storage.session_store import SessionStore
from linkspan.storage.watch_store import WatchStore
from linkspan.storage.webhook_store import WebhookStore
from linkspan.storage.write_journal import WriteJournal
from linkspan.transport.protocol import Transport
from linkspan.usecases.body_log import BodyLog
from linkspan.usecases.client_document import ClientDocuments
from linkspan.usecases.client_limits import ClientLimits
from linkspan.usecases.key_limits import KeyLimits
from linkspan.usecases.warm import Warm

Clock = Callable[[], datetime]


# No repr: it would print every field of every connector, and asyncio asks for it more often than one thinks.
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Hall:
    """Everything a use case may need, built once at start (wiring.py); frozen, so that nobody swaps a port at run time.

    `process`: this process's own name among those that share the storage; `in_flight`: the runs whose writes it is at.
    """

    settings: Settings
    process: str
    clock: Clock
    catalog: Catalog
    engine: Engine
    vault: Vault
    oauth: OAuthClient
    tokens: Tokens
    projects: ProjectStore
    people: PeopleStore
    console_sessions: ConsoleSessionStore
    passkeys: PasskeyStore
    provider: OidcProvider | None
    keys: KeyStore
    key_uses: KeyUses
    profiles: ProfileStore
    accounts: AccountStore
    grants: GrantStore
    grant_log: GrantLog
    sealed: SealedStore
    data_keys: DataKeyStore
    leases: LeaseStore
    sessions: SessionStore
    links: LinkStore
    watches: WatchStore
    brands: BrandStore
    runs: RunStore
    figures: RunFigures
    run_log: RunLog
    journal: WriteJournal
    webhooks: WebhookStore
    deliveries: DeliveryStore
    post: Transport
    changes: ChangeCounter
    audit: AuditStore
    owners: OwnerStore
    feedback: FeedbackStore
    key_limits: KeyLimits
    body_log: BodyLog
    clients: ClientStore
    documents: ClientDocuments
    registrations: ClientLimits
    permits: PermitStore
    permit_uses: KeyUses
    warm: Warm
    in_flight: set[str] = field(default_factory=set)
