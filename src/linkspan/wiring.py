"""Builds everything: the only module that knows all implementations."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from linkspan.connectors.catalog import load_catalog
from linkspan.engine.engine import Engine
from linkspan.engine.retry import Patience
from linkspan.providerauth.master_key import load_master_key
from linkspan.providerauth.oauth import OAuthClient
from linkspan.providerauth.oidc import open_provider
from linkspan.providerauth.tokens import Tokens
from linkspan.providerauth.vault import CursorSeal, Vault
from linkspan.settings import Settings
from linkspan.storage.account_store import AccountStore
from linkspan.storage.audit_store import AuditStore
from linkspan.storage.body_store import BodyStore
from linkspan.storage.brand_store import BrandStore
from linkspan.storage.change_counter import ChangeCounter
from linkspan.storage.client_store import ClientStore
from linkspan.storage.console_session_store import ConsoleSessionStore
from linkspan.storage.data_key_store import DataKeyStore
from linkspan.storage.database import Database, open_database, sqlite_url
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
from linkspan.storage.upgrade import Upgraded, upgrade
from linkspan.storage.watch_store import WatchStore
from linkspan.storage.webhook_store import WebhookStore
from linkspan.storage.write_journal import WriteJournal
from linkspan.transport.pinned_client import PinnedTransport
from linkspan.transport.protocol import Transport
from linkspan.transport.pyreqwest_client import PyreqwestTransport
from linkspan.transport.throttle import Throttle
from linkspan.usecases.body_log import BodyLog
from linkspan.usecases.client_document import ClientDocuments
from linkspan.usecases.client_limits import ClientLimits
from linkspan.usecases.deliver_events import Courier
from linkspan.usecases.expiry import warn_of_expiry_forever
from linkspan.usecases.hall import Clock, Hall
from linkspan.usecases.keep_grants import keep_grants_forever
from linkspan.usecases.keep_house import keep_house_forever
from linkspan.usecases.key_limits import KeyLimits
from linkspan.usecases.process_life import end_life, new_process_id, show_life, show_life_forever
from linkspan.usecases.settle_writes import settle_writes_forever
from linkspan.usecases.warm import Warm


def utc_now() -> datetime:
    """The clock of every process."""
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def opened_hall(settings: Settings, *, clock: Clock = utc_now) -> AsyncIterator[Hall]:
    """The hall for as long as the block lasts: schema brought up, background tasks running; at the end all notes are stored.

    Raises ConfigurationError for a schema newer than this version, a wrong master key or a broken connector folder.
    """
    await migrate_storage(settings)
    database = open_database(database_address(settings))
    transport = PyreqwestTransport(allow_private_addresses=settings.allow_private_addresses)
    try:
        hall = await build_hall(settings, database, transport, clock)
        async with background(hall):
            yield hall
    finally:
        await transport.close()
        await database.close()


async def build_hall(settings: Settings, database: Database, transport: Transport, clock: Clock) -> Hall:
    """Join the implementations. Nothing runs in the background yet."""
    catalog = load_catalog(settings.connector_dirs)
    keys, profiles, accounts = KeyStore(database), ProfileStore(database), AccountStore(database)
    grants, leases, runs = GrantStore(database), LeaseStore(database), RunStore(database)
    changes, data_keys, permits = ChangeCounter(database), DataKeyStore(database), PermitStore(database)
    post = PinnedTransport(allow_private_addresses=settings.allow_private_addresses)
    vault, oauth = await Vault.unlock(load_master_key(settings), data_keys, clock), OAuthClient(transport, clock)
    tokens = Tokens(
        vault=vault, grants=grants, leases=leases, secrets=profiles, oauth=oauth, connectors=catalog.connectors,
        clock=clock, base_url=settings.base_url,
    )  # fmt: skip
    engine = _engine(settings, transport, CursorSeal(vault.derive("cursor")), clock)
    return Hall(
        settings=settings,
        process=new_process_id(),
        clock=clock,
        catalog=catalog,
        engine=engine,
        vault=vault,
        oauth=oauth,
        tokens=tokens,
        projects=ProjectStore(database),
        people=PeopleStore(database),
        console_sessions=ConsoleSessionStore(database),
        passkeys=PasskeyStore(database),
        provider=open_provider(settings, transport, clock),
        keys=keys,
        key_uses=KeyUses(keys),
        profiles=profiles,
        accounts=accounts,
        grants=grants,
        grant_log=GrantLog(database),
        sealed=SealedStore(database),
        data_keys=data_keys,
        leases=leases,
        sessions=SessionStore(database),
        links=LinkStore(database),
        watches=WatchStore(database),
        brands=BrandStore(database),
        runs=runs,
        figures=RunFigures(database),
        run_log=RunLog(runs),
        journal=WriteJournal(database),
        webhooks=WebhookStore(database),
        deliveries=DeliveryStore(database),
        post=post,
        changes=changes,
        audit=AuditStore(database),
        owners=OwnerStore(database),
        feedback=FeedbackStore(database),
        key_limits=KeyLimits(),
        body_log=BodyLog(BodyStore(database), vault),
        clients=ClientStore(database),
        documents=ClientDocuments(post, clock, insecure=settings.allow_private_addresses),
        registrations=ClientLimits(),
        permits=permits,
        permit_uses=KeyUses(permits),
        warm=Warm(keys=keys, profiles=profiles, accounts=accounts, changes=changes, forget_tokens=tokens.forget_all),
    )


def _engine(settings: Settings, transport: Transport, seal: CursorSeal, clock: Clock) -> Engine:
    patience = Patience(timeout=settings.provider_timeout)
    return Engine(transport, seal, Throttle(), clock, patience=patience, settles=settings.write_settles)


@contextlib.asynccontextmanager
async def background(hall: Hall) -> AsyncIterator[None]:
    """The tasks behind the hot path: group writers, and the watch for changes by other processes."""
    await hall.warm.check()
    await show_life(hall)
    tasks = [
        asyncio.create_task(work, name=name)
        for name, work in (
            ("run log", hall.run_log.keep_writing()),
            ("run bodies", hall.body_log.keep_writing()),
            ("key uses", hall.key_uses.keep_writing()),
            ("permit uses", hall.permit_uses.keep_writing()),
            ("changes", hall.warm.watch()),
            ("house", keep_house_forever(hall)),
            ("grants", keep_grants_forever(hall)),
            ("life", show_life_forever(hall)),
            ("writes", settle_writes_forever(hall)),
            ("events", Courier(hall).deliver_forever()),
            ("expiry", warn_of_expiry_forever(hall)),
        )
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await hall.tokens.close()
        await hall.post.close()
        await hall.run_log.flush()
        await hall.body_log.flush()
        await hall.key_uses.flush()
        await hall.permit_uses.flush()
        await end_life(hall)


def database_address(settings: Settings) -> str:
    """The database's address: the one given, or the SQLite file in the data folder."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return sqlite_url(settings.data_dir / "linkspan.db")


async def migrate_storage(settings: Settings) -> Upgraded:
    """Bring the schema to this version; SQLite is copied into `backups` first. Raises ConfigurationError for a newer schema."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return await asyncio.to_thread(upgrade, database_address(settings), backup_dir=settings.data_dir / "backups")
