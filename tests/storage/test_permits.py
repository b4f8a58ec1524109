"""Permits on both databases: codes and refresh tokens work once, also at once, and nothing outlives its permit."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from records import KEY, NOW, OTHER, PROJECT, add_project
from sqlalchemy import func, select

from linkspan.audit_records import AuditNote
from linkspan.permit_records import McpClient, Permit, PermitCode, PermitToken, TokenKind
from linkspan.storage.audit_store import AuditStore
from linkspan.storage.client_store import ClientStore
from linkspan.storage.database import Database
from linkspan.storage.key_store import KeyStore
from linkspan.storage.permit_store import PermitStore
from linkspan.storage.permit_tables import permit_codes, permit_tokens, permits

SOON, LATER = NOW + timedelta(minutes=1), NOW + timedelta(days=30)
PERMIT = Permit(
    id="permit_1", project_id=PROJECT.id, client_id="mcp_client_1", client_name="Mate", redirect_host="127.0.0.1",
    scopes=("actions:read",), accounts={"a": False, "b": True}, actions=frozenset({"x_list_y"}),
    resource="https://linkspan.example/mcp", refreshes=True, created_at=NOW, expires_at=SOON, key_id=KEY.id,
)  # fmt: skip
CODE = PermitCode(PROJECT.id, PERMIT.id, PERMIT.client_id, "http://127.0.0.1/cb", "c" * 43, NOW, SOON)
NOTE = AuditNote(PROJECT.id, NOW, "mcp_sign_in", "permit.revoked", PERMIT.id)


def tokens(number: int) -> list[PermitToken]:
    return [
        PermitToken(f"access-{number}", TokenKind.ACCESS, NOW, SOON),
        PermitToken(f"refresh-{number}", TokenKind.REFRESH, NOW, LATER),
    ]


@pytest.fixture
async def store(database: Database) -> PermitStore:
    await add_project(database)
    store = PermitStore(database)
    await store.add(PERMIT, CODE, "code-1", replace(NOTE, event="permit.given"))
    return store


async def rows(database: Database) -> list[int]:
    async with database.read() as connection:
        return [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (permits, permit_codes, permit_tokens)
        ]


async def test_a_permit_is_read_as_it_was_stored(store: PermitStore) -> None:
    assert PERMIT == await store.read(PROJECT.id, PERMIT.id)
    assert CODE == await store.find_code("code-1")
    assert [PERMIT] == await store.list(PROJECT.id, NOW)
    assert [] == await store.list(PROJECT.id, SOON)
    assert await store.read(OTHER.id, PERMIT.id) is None
    assert [] == await store.list(OTHER.id, NOW)


async def test_many_exchanges_of_one_code_leave_nothing(store: PermitStore, database: Database) -> None:
    won = await asyncio.gather(*(store.redeem(CODE, "code-1", tokens(n), until=LATER, reused=NOTE) for n in range(8)))
    notes = [entry.note.event for entry in await AuditStore(database).list(PROJECT.id, after=0, limit=99)]

    assert sum(won) <= 1
    assert [0, 0, 0] == await rows(database)
    assert ["permit.given", "permit.revoked"] == notes


async def test_many_refreshes_with_one_token_leave_nothing(store: PermitStore, database: Database) -> None:
    first = await store.redeem(CODE, "code-1", tokens(0), until=LATER, reused=NOTE)
    stored = await store.find_token("refresh-0")
    again = await store.rotate(PERMIT, "refresh-0", tokens(1), until=LATER, reused=NOTE)
    won = await asyncio.gather(
        *(store.rotate(PERMIT, "refresh-1", tokens(n), until=LATER, reused=NOTE) for n in range(2, 9))
    )

    assert stored is not None
    assert (True, LATER, TokenKind.REFRESH, True) == (first, stored[0].expires_at, stored[1].kind, again)
    assert sum(won) <= 1
    assert [0, 0, 0] == await rows(database)


async def test_an_access_token_is_no_refresh_token(store: PermitStore, database: Database) -> None:
    await store.redeem(CODE, "code-1", tokens(0), until=LATER, reused=NOTE)

    assert not await store.rotate(PERMIT, "access-0", tokens(1), until=LATER, reused=NOTE)


async def test_another_project_ends_nothing(store: PermitStore, database: Database) -> None:
    assert not await store.remove(OTHER.id, PERMIT.id, replace(NOTE, project_id=OTHER.id))
    assert [1, 1, 0] == await rows(database)
    assert [] == await AuditStore(database).list(OTHER.id, after=0, limit=9)
    assert await store.remove(PROJECT.id, PERMIT.id, NOTE)
    assert [0, 0, 0] == await rows(database)


async def test_a_key_takes_its_permits_along(store: PermitStore, database: Database) -> None:
    keys = KeyStore(database)
    await keys.add(KEY, "digest")
    await store.redeem(CODE, "code-1", tokens(0), until=LATER, reused=NOTE)
    await keys.remove(PROJECT.id, KEY.id)

    assert [0, 0, 0] == await rows(database)


async def test_what_is_over_is_pruned(store: PermitStore, database: Database) -> None:
    await store.redeem(CODE, "code-1", tokens(0), until=LATER, reused=NOTE)
    await store.note_used([(PROJECT.id, PERMIT.id, NOW), (OTHER.id, PERMIT.id, LATER)])
    await store.prune(SOON + timedelta(seconds=1))
    left, used = await rows(database), await store.read(PROJECT.id, PERMIT.id)
    await store.prune(LATER + timedelta(seconds=1))

    assert [1, 0, 1] == left
    assert used is not None
    assert NOW == used.last_used_at
    assert [0, 0, 0] == await rows(database)


async def test_registrations_end_and_unused_ones_make_room(database: Database) -> None:
    clients = ClientStore(database)
    client = McpClient(
        "c0", "Mate", ("http://127.0.0.1/cb",), NOW, SOON, secret_digest="d", auth_method="client_secret_post"
    )
    await clients.add(client, most_unused=2)
    await clients.keep("c0", LATER)
    for number in range(1, 4):
        newer = replace(client, id=f"c{number}", created_at=NOW + timedelta(seconds=number))
        await clients.add(newer, most_unused=2)
    known = [await clients.find(f"c{number}") is not None for number in range(4)]
    await clients.prune(SOON + timedelta(seconds=1))

    assert [True, False, True, True] == known
    assert replace(client, expires_at=LATER) == await clients.find("c0")
    assert await clients.find("c3") is None
