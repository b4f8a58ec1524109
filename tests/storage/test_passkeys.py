"""Passkeys and subjects on both databases: one-time values are spent once, also at once, and counters never go back."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from records import NOW, PROJECT, add_project

from linkspan.audit_records import AuditNote
from linkspan.people_records import Passkey, Person, Role, Spent
from linkspan.storage.database import Database
from linkspan.storage.passkey_store import PasskeyStore
from linkspan.storage.people_store import PeopleStore

ADA = Person("person_ada", "ada@harbour.example", "Ada", has_password=False, invitation=0, created_at=NOW)
BEA = replace(ADA, id="person_bea", email="bea@harbour.example", name="Bea")
KEY = Passkey("passkey_1", ADA.id, "blue key", "Y3JlZA", "cHVibGlj", 3, synced=True, created_at=NOW)
NOTE = AuditNote(PROJECT.id, NOW, "console", "member.added", ADA.id)


def spent(number: int) -> Spent:
    return Spent(f"digest-{number}", NOW + timedelta(minutes=5))


@pytest.fixture
async def people(database: Database) -> PeopleStore:
    await add_project(database)
    store = PeopleStore(database)
    for person in (ADA, BEA):
        await store.put_member(PROJECT.id, person, Role.DEVELOPER, NOTE)
    return store


@pytest.fixture
async def store(database: Database, people: PeopleStore) -> PasskeyStore:
    store = PasskeyStore(database)
    assert await store.add(KEY, spent(0), [NOTE], most=2)
    return store


async def test_a_passkey_is_read_as_it_was_stored_and_is_one_persons(store: PasskeyStore) -> None:
    again = replace(KEY, id="passkey_2", person_id=BEA.id)

    assert KEY == await store.find(KEY.credential_id)
    assert ([KEY], []) == (await store.list(ADA.id), await store.list(BEA.id))
    assert not await store.add(again, spent(1), [], most=2)
    assert not await store.add(replace(KEY, id="passkey_3", credential_id="b3RoZXI"), spent(0), [], most=2)
    assert not await store.add(replace(KEY, id="passkey_3", credential_id="b3RoZXI"), spent(2), [], most=1)
    assert not await store.remove(BEA.id, KEY.id, [])
    assert await store.remove(ADA.id, KEY.id, [NOTE])
    assert await store.find(KEY.credential_id) is None


async def test_of_uses_at_once_one_counts(store: PasskeyStore) -> None:
    one_value = await asyncio.gather(*(store.use(KEY, 4, spent(9), NOW) for _ in range(5)))
    used = await store.find(KEY.credential_id)
    assert used is not None
    one_counter = await asyncio.gather(*(store.use(used, 5, spent(10 + number), NOW) for number in range(5)))

    assert (1, 1) == (sum(one_value), sum(one_counter))
    assert not await store.use(used, 6, spent(20), NOW)


async def test_a_locked_passkey_is_not_used_and_told_once(store: PasskeyStore, database: Database) -> None:
    from linkspan.storage.audit_store import AuditStore

    note = replace(NOTE, event="member.passkey_locked")
    await store.lock(KEY, NOW, [note])
    await store.lock(KEY, NOW + timedelta(hours=1), [note])
    locked = await store.find(KEY.credential_id)
    told = [one.note.event for one in await AuditStore(database).list(PROJECT.id, after=0, limit=50)]

    assert locked is not None
    assert locked.locked_at == NOW
    assert not await store.use(KEY, 4, spent(1), NOW)
    assert 1 == told.count("member.passkey_locked")


async def test_spent_values_are_forgotten_when_they_are_too_old_to_come_again(store: PasskeyStore) -> None:
    first, again = await store.spend(spent(1)), await store.spend(spent(1))
    early = await store.prune(NOW)
    late = await store.prune(NOW + timedelta(minutes=5))

    assert (True, False) == (first, again)
    assert (0, 2) == (early, late)


async def test_a_subject_is_one_persons_and_goes_with_a_new_invitation(
    people: PeopleStore, store: PasskeyStore
) -> None:
    tries = [people.bind_subject(person, "https://issuer.example s1", []) for person in (ADA, BEA)]
    bound = await asyncio.gather(*tries)
    holder, other = (ADA, BEA) if bound[0] else (BEA, ADA)
    found = await people.find_subject("https://issuer.example s1")
    second = await people.bind_subject(holder, "https://issuer.example s2", [])
    late = await people.bind_subject(replace(other, invitation=7), "https://issuer.example s3", [])
    last_way = await people.unbind_subject(holder.id, [])
    await people.invite_again(PROJECT.id, holder.id, NOTE)

    assert 1 == sum(bound)
    assert found is not None
    assert (holder.id, True) == (found.id, found.may_enter)
    assert (False, False, False) == (second, late, last_way)
    assert await people.find_subject("https://issuer.example s1") is None
    assert (1 if holder == BEA else 0) == len(await store.list(ADA.id))
