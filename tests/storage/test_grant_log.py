"""The log of grants tells what happened to an account's access, in the transaction that made it happen."""

from dataclasses import replace
from datetime import timedelta

from records import ACCOUNT, GRANT, NOW, OTHER, PROJECT, add_account

from linkspan.model import AccountState, SealedGrant, StateReason
from linkspan.storage.account_store import AccountStore
from linkspan.storage.grant_log import GrantKind, GrantLog
from linkspan.storage.grant_store import GrantStore

EARLY = NOW - timedelta(days=9)
HOUR = timedelta(hours=1)


async def refreshed(store: GrantStore, grant: SealedGrant, hours: int) -> SealedGrant:
    after = await store.swap(replace(grant, expires_at=NOW + (hours + 1) * HOUR), now=NOW + hours * HOUR)
    assert after is not None
    return after


async def kinds(database, project_id=PROJECT.id, since=EARLY, **given):
    return [note.kind for note in await GrantLog(database).read(project_id, ACCOUNT.id, since, **given)]


async def test_a_life_of_an_account_is_told_in_order(database):
    await add_account(database)
    store = GrantStore(database)
    one = await refreshed(store, GRANT, 1)
    two = await refreshed(store, one, 2)
    assert await store.fail(two, StateReason("provider_unreachable", "away", NOW + 3 * HOUR), refused=False)
    failed = await store.read(PROJECT.id, ACCOUNT.id)
    assert failed is not None
    assert await store.fail(failed, StateReason("provider_unreachable", "still away", NOW + 4 * HOUR), refused=False)
    assert await store.fail(failed, StateReason("consent_revoked", "no", NOW + 5 * HOUR), refused=True)
    await AccountStore(database).close(
        (PROJECT.id, ACCOUNT.id), AccountState.ARCHIVED, StateReason("archived", "put away", NOW + 6 * HOUR)
    )

    found = await GrantLog(database).read(PROJECT.id, ACCOUNT.id, EARLY)

    assert ["linked", "refreshed", "refreshed", "failed", "refused", "ended"] == [note.kind for note in found]
    assert [NOW + 2 * HOUR, NOW + 3 * HOUR] == [note.expires_at for note in found if note.kind is GrantKind.REFRESHED]
    assert ["provider_unreachable", "consent_revoked", "archived"] == [note.code for note in found if note.code]


async def test_a_loser_of_the_race_is_not_told(database):
    await add_account(database)
    store = GrantStore(database)
    await refreshed(store, GRANT, 1)

    assert None is await store.swap(GRANT, now=NOW + HOUR)
    assert not await store.fail(GRANT, StateReason("consent_revoked", "no", NOW), refused=True)
    assert ["linked", "refreshed"] == await kinds(database)


async def test_a_range_begins_with_how_things_stood(database):
    await add_account(database)
    store, grant = GrantStore(database), GRANT
    for hour in range(1, 6):
        grant = await refreshed(store, grant, hour)

    assert [4, 5] == [
        (note.at - NOW) // HOUR for note in await GrantLog(database).read(PROJECT.id, ACCOUNT.id, NOW + 5 * HOUR)
    ]
    assert ["refreshed"] * 2 == await kinds(database, limit=2)
    assert [] == await kinds(database, OTHER.id)


async def test_notes_go_with_their_account_and_with_time(database):
    await add_account(database)
    await refreshed(GrantStore(database), GRANT, 1)

    assert 1 == await GrantLog(database).prune(NOW + HOUR)
    assert ["refreshed"] == await kinds(database)
    assert await AccountStore(database).remove(PROJECT.id, ACCOUNT.id, NOW)
    assert [] == await kinds(database)
