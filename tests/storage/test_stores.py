"""Every store gives back what it was given, within its project only."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from records import ACCOUNT, ATTEMPT, GRANT, KEY, NOW, OTHER, PROFILE, PROJECT, SESSION, add_account, add_project, run

from linkspan.errors import AlreadyExistsError
from linkspan.journal_records import Write, WriteEnd, WriteState
from linkspan.model import AccountState, Owner, StateReason
from linkspan.sealed import SealedCredentials
from linkspan.storage.account_store import AccountFilter, AccountStore
from linkspan.storage.change_counter import ChangeCounter
from linkspan.storage.grant_store import GrantStore
from linkspan.storage.key_store import KeyStore
from linkspan.storage.lease_store import LeaseStore
from linkspan.storage.link_store import Completed, LinkStore
from linkspan.storage.profile_store import ProfileStore
from linkspan.storage.project_store import ProjectStore
from linkspan.storage.run_log import RunLog
from linkspan.storage.run_store import DOOR_OF_GUESS, RunFilter, RunStore
from linkspan.storage.session_store import SessionStore
from linkspan.storage.write_journal import WriteJournal

SEALED = SealedCredentials(b"sealed")


async def test_projects(database):
    store = ProjectStore(database)
    await add_project(database)

    assert not await store.add(replace(PROJECT, name="Another of that id"))
    assert PROJECT == await store.read(PROJECT.id)
    assert [PROJECT, OTHER] == await store.list()
    assert None is await store.read("nowhere")


async def test_keys(database):
    await add_project(database)
    store = KeyStore(database)
    await store.add(KEY, "d" * 64)

    assert KEY == await store.find("d" * 64)
    assert KEY == await store.read(PROJECT.id, KEY.id)
    assert None is await store.read(OTHER.id, KEY.id)
    assert not await store.change(OTHER.id, KEY.id, {"enabled": False})
    assert not await store.remove(OTHER.id, KEY.id)
    assert await store.change(PROJECT.id, KEY.id, {"enabled": False, "scopes": frozenset({"actions"})})

    changed = await store.read(PROJECT.id, KEY.id)
    assert changed is not None
    assert (False, frozenset({"actions"})) == (changed.enabled, changed.scopes)


async def test_an_older_use_of_a_key_does_not_replace_a_newer_one(database):
    await add_project(database)
    store = KeyStore(database)
    await store.add(KEY, "d" * 64)
    await store.note_used([(PROJECT.id, KEY.id, NOW)])
    await store.note_used(
        [(PROJECT.id, KEY.id, NOW - timedelta(hours=1)), (OTHER.id, KEY.id, NOW + timedelta(hours=1))]
    )

    found = await store.read(PROJECT.id, KEY.id)

    assert found is not None
    assert NOW == found.last_used_at


async def test_profiles(database):
    await add_project(database)
    store = ProfileStore(database)
    await store.add(PROFILE, SEALED)

    assert PROFILE == await store.read(PROJECT.id, PROFILE.id)
    assert None is await store.read(OTHER.id, PROFILE.id)
    assert SEALED == await store.credentials(PROJECT.id, PROFILE.id)
    assert SealedCredentials() == await store.credentials(OTHER.id, PROFILE.id)
    assert [] == await store.list(OTHER.id)
    with pytest.raises(AlreadyExistsError):
        await store.add(replace(PROFILE, id="another", is_default=False), SealedCredentials())


async def test_a_connector_has_one_default_profile(database):
    await add_project(database)
    store = ProfileStore(database)
    await store.add(PROFILE, SEALED)
    second = replace(PROFILE, id="another", name="Second", created_at=NOW + timedelta(seconds=1))
    await store.add(second, SealedCredentials())

    first = replace(PROFILE, is_default=False)
    assert [first, replace(second, has_secret=False)] == await store.list(PROJECT.id, "dynamics365bc")


async def test_a_secret_stays_unless_it_is_replaced(database):
    await add_project(database)
    store = ProfileStore(database)
    await store.add(PROFILE, SEALED)
    await store.change(replace(PROFILE, name="Renamed", enabled_actions=None))

    assert SEALED == await store.credentials(PROJECT.id, PROFILE.id)
    assert replace(PROFILE, name="Renamed", enabled_actions=None) == await store.read(PROJECT.id, PROFILE.id)
    await store.change(replace(PROFILE, has_secret=False), SealedCredentials())
    assert SealedCredentials() == await store.credentials(PROJECT.id, PROFILE.id)


async def test_a_profile_with_accounts_is_not_removed(database):
    await add_account(database)
    store = ProfileStore(database)

    assert 1 == await store.remove(PROJECT.id, PROFILE.id)
    await AccountStore(database).remove(PROJECT.id, ACCOUNT.id, NOW)
    assert 0 == await store.remove(PROJECT.id, PROFILE.id)
    assert None is await store.read(PROJECT.id, PROFILE.id)


async def test_accounts(database):
    store = await add_account(database)

    assert ACCOUNT == await store.read(PROJECT.id, ACCOUNT.id)
    assert None is await store.read(OTHER.id, ACCOUNT.id)
    assert [ACCOUNT] == await store.list(PROJECT.id, AccountFilter(owner_ids=("o1",), states=(AccountState.ACTIVE,)))
    assert [] == await store.list(PROJECT.id, AccountFilter(page=2))
    assert [] == await store.list(PROJECT.id, AccountFilter(connectors=("other",)))
    assert [] == await store.list(OTHER.id, AccountFilter())
    assert ACCOUNT == await store.of_owner(PROJECT.id, "dynamics365bc", Owner("o1", "Holm & Vik", "somebody"))
    assert not await store.remove(OTHER.id, ACCOUNT.id, NOW)
    assert await store.remove(PROJECT.id, ACCOUNT.id, NOW)
    assert None is await GrantStore(database).read(PROJECT.id, ACCOUNT.id)


async def test_a_suspended_account_comes_back_to_what_happened_meanwhile(database):
    store, grants = await add_account(database), GrantStore(database)
    reason = StateReason("suspended", "The account was suspended.", NOW)
    await store.suspend(PROJECT.id, ACCOUNT.id, reason, NOW)
    suspended = await store.read(PROJECT.id, ACCOUNT.id)
    await grants.fail(GRANT, StateReason("grant_revoked", "Gone.", NOW), refused=True)
    still = await store.read(PROJECT.id, ACCOUNT.id)
    await store.resume(PROJECT.id, ACCOUNT.id, NOW)
    resumed = await store.read(PROJECT.id, ACCOUNT.id)

    assert suspended is not None
    assert still is not None
    assert resumed is not None
    assert (AccountState.SUSPENDED, (reason,)) == (suspended.state, suspended.reasons)
    assert AccountState.SUSPENDED is still.state
    assert (AccountState.NEEDS_REAUTH, ["grant_revoked"]) == (resumed.state, [one.code for one in resumed.reasons])


async def test_a_grant_is_written_only_over_the_version_that_was_read(database):
    await add_account(database)
    store = GrantStore(database)
    winner = await store.swap(replace(GRANT, access=b"new", expires_at=NOW + timedelta(hours=2)), now=NOW)
    loser = await store.swap(replace(GRANT, access=b"late"), now=NOW)
    late_failure = await store.fail(GRANT, StateReason("grant_revoked", "Late.", NOW), refused=True)

    assert winner is not None
    assert 2 == winner.version
    assert None is loser
    assert not late_failure
    assert winner == await store.read(PROJECT.id, ACCOUNT.id)
    assert None is await store.read(OTHER.id, ACCOUNT.id)


async def test_the_newest_token_of_a_profile_is_told_within_its_project(database):
    await add_account(database)
    store, later = GrantStore(database), NOW + timedelta(minutes=30)
    first = await store.newest(PROJECT.id, PROFILE.id)
    await store.swap(replace(GRANT, obtained_at=later), now=later)

    assert (NOW, later) == (first, await store.newest(PROJECT.id, PROFILE.id))
    assert None is await store.newest(OTHER.id, PROFILE.id)
    assert None is await store.newest(PROJECT.id, "no-such-profile")


async def test_failures_of_a_grant_show_in_its_account(database):
    accounts, store = await add_account(database), GrantStore(database)
    passing = StateReason("provider_unreachable", "Away.", NOW)
    await store.fail(GRANT, passing, refused=False)
    degraded = await accounts.read(PROJECT.id, ACCOUNT.id)
    await store.swap(GRANT, now=NOW)
    active = await accounts.read(PROJECT.id, ACCOUNT.id)
    current = await store.read(PROJECT.id, ACCOUNT.id)
    assert current is not None
    await store.fail(current, StateReason("grant_revoked", "Gone.", NOW), refused=True)
    dead = await accounts.read(PROJECT.id, ACCOUNT.id)

    assert degraded is not None
    assert active is not None
    assert dead is not None
    assert (AccountState.DEGRADED, (passing,)) == (degraded.state, degraded.reasons)
    assert (AccountState.ACTIVE, ()) == (active.state, active.reasons)
    assert (AccountState.NEEDS_REAUTH, "grant_revoked") == (dead.state, dead.reasons[0].code)


async def test_a_lease_has_one_owner_until_it_ends(database):
    store, later = LeaseStore(database), NOW + timedelta(seconds=30)

    assert [True, False] == sorted(
        await asyncio.gather(store.take("x", "a", now=NOW, until=later), store.take("x", "b", now=NOW, until=later)),
        reverse=True,
    )
    assert await store.held("x", NOW)
    assert not await store.held("x", later)
    assert await store.take("x", "c", now=later, until=later + timedelta(seconds=30))
    assert not await store.renew("x", "a", until=later)
    await store.drop("x", "a")
    assert await store.held("x", later)
    await store.drop("x", "c")
    assert not await store.held("x", later)


async def test_connect_sessions(database):
    await add_account(database)
    store = SessionStore(database)

    found = await store.find("t" * 64)

    assert replace(SESSION, used_at=ACCOUNT.updated_at) == found
    assert None is await store.find("u" * 64)
    assert None is await store.read(OTHER.id, SESSION.id)
    assert 1 == await store.prune(SESSION.expires_at + timedelta(seconds=1))


async def test_a_state_works_once(database):
    await add_account(database)
    store = LinkStore(database)

    assert ATTEMPT.id == getattr(await store.by_state("s" * 64), "id", None)
    assert [True, False] == [
        await store.claim(PROJECT.id, ATTEMPT.id, NOW),
        await store.claim(PROJECT.id, ATTEMPT.id, NOW),
    ]
    assert not await store.claim(OTHER.id, ATTEMPT.id, NOW)


async def test_one_session_links_once(database):
    await add_account(database)

    assert Completed.SESSION_USED is await LinkStore(database).complete(ATTEMPT, SESSION, ACCOUNT, GRANT)


async def test_two_links_of_one_owner_at_once_make_one_account(database):
    await add_account(database)
    await AccountStore(database).remove(PROJECT.id, ACCOUNT.id, NOW)
    sessions, links, outcomes = SessionStore(database), LinkStore(database), []
    for number in (1, 2):
        session, attempt = (
            replace(SESSION, id=number),
            replace(ATTEMPT, id=f"two_{number}", session_id=number, account_id=str(number) * 20),
        )
        await sessions.add(session, str(number) * 64)
        await links.start(attempt, state_digest=str(number) * 64)
        account = replace(ACCOUNT, id=attempt.account_id)
        outcomes.append(links.complete(attempt, session, account, replace(GRANT, account_id=account.id)))

    assert {Completed.DONE, Completed.OTHER_ACCOUNT} == set(await asyncio.gather(*outcomes))
    assert 1 == len(await AccountStore(database).list(PROJECT.id, AccountFilter()))


async def test_linking_again_goes_on_counting_versions(database):
    await add_account(database)
    session = replace(SESSION, id=5)
    await SessionStore(database).add(session, "5" * 64)
    again = replace(GRANT, access=b"again")
    await LinkStore(database).complete(ATTEMPT, session, replace(ACCOUNT, label="Again"), again)

    assert replace(again, version=2) == await GrantStore(database).read(PROJECT.id, ACCOUNT.id)


async def test_runs(database):
    store = await _runs(
        database, [run(1), run(2, error_code="not_found", error_message="No.", status=404), run(3, steps=())]
    )

    assert run(1) == await store.read(PROJECT.id, run(1).id)
    assert None is await store.read(OTHER.id, run(1).id)
    assert [run(3, steps=()), run(2, error_code="not_found", error_message="No.", status=404)] == await store.list(
        PROJECT.id, RunFilter(limit=2)
    )
    assert [run(1)] == await store.list(PROJECT.id, RunFilter(before=run(2).id))
    assert ["not_found"] == [found.error_code for found in await store.list(PROJECT.id, RunFilter(failed=True))]
    assert [] == await store.list(OTHER.id, RunFilter())
    assert 1 == await store.prune(run(2).started_at)


async def test_a_success_is_the_sign_of_health_of_its_account(database):
    await _runs(database, [run(7), run(5), run(9, error_code="provider_timeout", status=502)])

    account = await AccountStore(database).read(PROJECT.id, ACCOUNT.id)

    assert account is not None
    assert run(7).started_at == account.last_success_at


async def test_the_log_book_writes_everything_it_was_given(database):
    await add_account(database)
    log = RunLog(RunStore(database))
    for number in range(450):
        log.add(run(number, steps=()))
    await log.flush()

    assert 450 == len(await RunStore(database).list(PROJECT.id, RunFilter(limit=1000)))


async def test_the_log_book_writes_by_itself(database):
    await add_account(database)
    log = RunLog(RunStore(database))
    writer = asyncio.create_task(log.keep_writing())
    log.add(run(1))
    for _ in range(200):
        if await RunStore(database).read(PROJECT.id, run(1).id):
            break
        await asyncio.sleep(0.02)
    writer.cancel()

    assert run(1) == await RunStore(database).read(PROJECT.id, run(1).id)


async def test_the_log_book_s_writer_ends_although_a_group_is_full_at_that_moment(database):
    await add_account(database)
    log = RunLog(RunStore(database))
    writer = asyncio.create_task(log.keep_writing())
    log.add(run(0, steps=()))
    await asyncio.sleep(0.1)
    for number in range(1, 1200):
        log.add(run(number, steps=()))
    writer.cancel()
    done, _ = await asyncio.wait({writer}, timeout=5)
    await log.flush()

    assert {writer} == done
    assert 1200 == len(await RunStore(database).list(PROJECT.id, RunFilter(limit=2000)))


async def test_a_run_that_cannot_be_stored_does_not_hold_up_the_others(database):
    await add_account(database)
    log = RunLog(RunStore(database))
    log.add(run(1))
    log.add(run(1, action="twice"))
    log.add(run(2))
    await log.flush()

    assert [run(2), run(1)] == await RunStore(database).list(PROJECT.id, RunFilter())


async def test_texts_that_a_database_refuses_are_stored_all_the_same(database):
    store = await _runs(database, [run(1, error_message="nul \x00 inside", action="x" * 500)])

    found = await store.read(PROJECT.id, run(1).id)

    assert found is not None
    assert ("nul \ufffd inside", "x" * 128) == (found.error_message, found.action)


async def test_the_word_of_the_process_that_ran_it_wins_over_a_guess(database):
    await add_project(database)
    store, book = RunStore(database), RunLog(RunStore(database))
    for number, guess_first in ((1, True), (2, False)):
        true = run(number)
        guess = msgspec.structs.replace(
            true, door=DOOR_OF_GUESS, status=502, error_code="write_outcome_unknown", steps=()
        )
        for each in (guess, true) if guess_first else (true, guess):
            book.add(each)
            await book.flush()

        assert true == await store.read(PROJECT.id, true.id)


async def test_the_journal(database):
    await add_project(database)
    journal = WriteJournal(database)
    write = Write("run_w", PROJECT.id, ACCOUNT.id, "dynamics365bc_create_item", "f" * 64, WriteState.STARTED, NOW)
    await journal.open(write)

    assert [write] == await journal.unfinished(NOW + timedelta(seconds=1))
    assert [] == await journal.unfinished(NOW)
    await journal.close(PROJECT.id, "run_w", WriteEnd(WriteState.DONE, NOW, "r"))
    assert replace(write, state=WriteState.DONE, finished_at=NOW, record_id="r") == await journal.read(
        PROJECT.id, "run_w"
    )
    assert None is await journal.read(OTHER.id, "run_w")


async def test_every_write_that_is_cached_moves_the_generation(database):
    counter = ChangeCounter(database)
    seen = [await counter.read()]
    accounts = await add_account(database)
    seen.append(await counter.read())
    await KeyStore(database).add(KEY, "d" * 64)
    seen.append(await counter.read())
    await KeyStore(database).change(PROJECT.id, KEY.id, {"enabled": False})
    seen.append(await counter.read())
    await ProfileStore(database).change(PROFILE)
    seen.append(await counter.read())
    await accounts.suspend(PROJECT.id, ACCOUNT.id, StateReason("suspended", "x", NOW), NOW)
    seen.append(await counter.read())
    await accounts.remove(PROJECT.id, ACCOUNT.id, NOW)
    seen.append(await counter.read())

    assert sorted(set(seen)) == seen


async def _runs(database, group):
    await add_account(database)
    store = RunStore(database)
    await store.put(group)
    return store
