"""The vault's keys: rotated while everything runs, kept in a key management service, backed up and restored, tampered with."""

import asyncio
import base64
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import psycopg
import pytest
from fake_kms import running_kms
from sqlalchemy import LargeBinary, text

from linking_world import World, linking_world
from linkspan.engine.call import Inputs
from linkspan.errors import ConfigurationError, LinkspanError, ServerBusyError
from linkspan.model import Secret
from linkspan.providerauth.master_key import add_master_key, drop_old_master_keys, key_file, load_master_key
from linkspan.providerauth.vault import Vault, sealed_version
from linkspan.settings import Settings
from linkspan.storage.data_key_store import DataKeyStore
from linkspan.storage.database import open_database, sqlite_url
from linkspan.storage.sealed_store import COLUMNS
from linkspan.storage.tables import metadata
from linkspan.storage.upgrade import back_up
from linkspan.transport.pyreqwest_client import PyreqwestTransport
from linkspan.usecases.audit import read_audit
from linkspan.usecases.authenticate import authenticate
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.rotate_keys import rotate_keys
from linkspan.usecases.run_action import ActionRequest, run_action
from linkspan.wiring import build_hall, utc_now
from postgres_server import PostgresServer

KEYS = [base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in range(3)]


def test_no_sealed_column_is_forgotten():
    binary = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if isinstance(column.type, LargeBinary)
    }

    # A wrapped data key is what seals, and a logo is shown to everybody.
    assert binary - {"data_keys.wrapped", "brands.logo"} == {place.name for place in COLUMNS}


async def versions(world: World) -> set[int]:
    found = set()
    for place in COLUMNS:
        async with world.database.read() as connection:
            rows = await connection.execute(text(f"SELECT {place.column} FROM {place.table.name}"))  # noqa: S608  our own names
            found |= {sealed_version(bytes(row[0])) for row in rows if row[0] is not None}
    return found


async def test_keys_are_rotated_under_running_work(world_on_each):
    world = world_on_each
    await change_profile(
        world.hall, world.caller, world.profile.id, {"client_secret": Secret("new"), "keep_old_secret": True}
    )
    await change_profile(
        world.hall,
        world.caller,
        world.profile.id,
        {"client_secret": Secret("sim8Q~tidewater-demo-secret-value-0001"), "keep_old_secret": True},
    )
    accounts = [await world.link(owner=f"o{number}") for number in range(3)]
    _, key = await create_key(world.hall, world.caller, NewKey("before"))
    world.later(hours=2)
    # Another process, with keys of its own in memory, goes on refreshing while the keys are turned.
    elsewhere = await build_hall(
        world.hall.settings, world.database, PyreqwestTransport(allow_private_addresses=True), world.clock
    )
    working = [asyncio.create_task(elsewhere.tokens.token(account, world.profile)) for account in accounts]
    first = await rotate_keys(world.hall)
    await asyncio.gather(*working)
    second = await rotate_keys(world.hall)
    world.later(hours=2)

    assert (0, 1) == (first.rewrapped, first.added)
    assert first.resealed >= 3
    assert {3} == await versions(world)
    assert all([await elsewhere.tokens.token(account, world.profile) for account in accounts])
    assert all([await world.token(account) for account in accounts])
    assert (await authenticate(world.hall, key.reveal())).project_id == world.caller.project_id
    world.later(days=2)
    third = await rotate_keys(world.hall)
    noted = await read_audit(world.hall, world.caller, subject_id=third.master_key_id)
    assert (0, 1, 2) == (second.dropped, third.added, third.dropped)
    assert [("keys.rotated", "cli")] * 3 == [(entry.note.event, entry.note.source) for entry in noted]


async def test_a_rotation_that_was_stopped_is_finished_by_the_next_one(world):
    account = await world.link(owner="stopped")
    heard = []

    def stop(done: int, total: int) -> None:
        heard.append((done, total))
        raise InterruptedError

    with pytest.raises(InterruptedError):
        await rotate_keys(world.hall, stop)
    between = await world.token(account)
    again = await rotate_keys(world.hall, lambda done, total: heard.append((done, total)))

    assert between
    assert heard[0][0] < heard[0][1]
    assert heard[-1][0] == heard[-1][1] >= 3
    assert again.resealed == heard[-1][1]
    assert 1 == len(await versions(world))
    assert await world.token(account)


async def test_a_new_master_key_in_the_file_is_found_by_running_processes(world, tmp_path):
    settings, hall = world.hall.settings, world.hall
    before = load_master_key(settings).id
    store = DataKeyStore(world.database)
    running = await Vault.unlock(load_master_key(settings), store, utc_now)
    sealed = await running.seal(world.caller.project_id, "profile:x", "client_secret", Secret("kept"))
    add_master_key(settings)
    done = await rotate_keys(hall)
    dropped = drop_old_master_keys(settings)
    running._keys.clear()  # as after some minutes
    async with world.database.read() as connection:
        names = {row[0] for row in await connection.execute(text("SELECT master_key_id FROM data_keys"))}

    assert before != done.master_key_id
    assert (2, 1) == (done.rewrapped, dropped)
    assert {done.master_key_id} == names == {load_master_key(settings).id}
    assert Secret("kept") == await running.open(world.caller.project_id, "profile:x", "client_secret", sealed)
    assert 0o600 == key_file(settings).stat().st_mode & 0o777


async def test_the_master_key_of_the_environment_is_changed_with_the_old_one_beside_it(tmp_path, sqlite_database_url):
    database = open_database(sqlite_database_url)
    store = DataKeyStore(database)

    def given(current: str, *older: str) -> Settings:
        return Settings(data_dir=tmp_path / "none", master_key=current, old_master_keys=older)

    first = await Vault.unlock(load_master_key(given(KEYS[0])), store, utc_now)
    sealed = await first.seal("p", "profile:1", "client_secret", Secret("kept"))
    with pytest.raises(ConfigurationError, match="does not fit"):
        await Vault.unlock(load_master_key(given(KEYS[1])), store, utc_now)
    both = await Vault.unlock(load_master_key(given(KEYS[1], KEYS[0])), store, utc_now)
    await both.rotate()
    alone = await Vault.unlock(load_master_key(given(KEYS[1])), store, utc_now)
    opened = await alone.open("p", "profile:1", "client_secret", sealed)
    with pytest.raises(ConfigurationError, match="does not fit"):
        await Vault.unlock(load_master_key(given(KEYS[0])), store, utc_now)
    await database.close()

    assert Secret("kept") == opened


async def test_the_master_key_lives_in_a_key_management_service(tmp_path, sqlite_database_url, monkeypatch):
    database = open_database(sqlite_database_url)
    store = DataKeyStore(database)
    with running_kms() as (kms, address):
        for name, value in {
            "AWS_ENDPOINT_URL_KMS": address, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "eu-north-1", "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        file = Settings(data_dir=tmp_path / "data")
        before = await Vault.unlock(load_master_key(file), store, utc_now)
        sealed = await before.seal("p", "profile:1", "client_secret", Secret("kept"))
        # From the key file to the service: the file is still there to open what it wrapped.
        moved = replace_settings(file, kms_key="aws:alias/linkspan")
        turned = await (await Vault.unlock(load_master_key(moved), store, utc_now)).rotate()
        key_file(file).unlink()
        after = await Vault.unlock(load_master_key(moved), store, utc_now)
        opened = await after.open("p", "profile:1", "client_secret", sealed)
        asked = len(kms.asked)
        for _ in range(20):
            await after.open("p", "profile:1", "client_secret", sealed)
        quiet = len(kms.asked) - asked
        kms.denied = True
        with pytest.raises(ConfigurationError, match="AccessDenied"):
            await Vault.unlock(load_master_key(moved), store, utc_now)
        kms.denied = False
        kms.keys.clear()
        with pytest.raises(ConfigurationError, match="InvalidCiphertext"):
            await Vault.unlock(load_master_key(moved), store, utc_now)
    with pytest.raises(ServerBusyError, match="cannot be reached"):
        await Vault.unlock(load_master_key(moved), store, utc_now)
    await database.close()

    assert Secret("kept") == opened
    assert turned.master_key_id.startswith("aws-")
    assert {"TrentService.Encrypt", "TrentService.Decrypt"} == set(kms.asked)
    assert 0 == quiet


def replace_settings(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update=changes)


@pytest.mark.parametrize("wrong", [{"kms_key": "gcp:x"}, {"kms_key": "aws:x", "master_key": KEYS[0]}])
def test_a_wrong_choice_of_master_key_stops_the_start(tmp_path, wrong):
    with pytest.raises(ConfigurationError, match="LINKSPAN_KMS_KEY"):
        load_master_key(Settings(data_dir=tmp_path, **wrong))


async def test_a_database_that_was_tampered_with_is_noticed(world):
    first, second = await world.link(owner="o1"), await world.link(owner="o2")
    grants = {account.id: await world.hall.grants.read(account.project_id, account.id) for account in (first, second)}
    stolen = grants[second.id]
    async with world.database.begin() as connection:
        await connection.execute(
            text("UPDATE grants SET access = :access WHERE account_id = :id"), {"access": stolen.access, "id": first.id}
        )
    world.hall.tokens.forget_all()
    with pytest.raises(LinkspanError, match="cannot be opened"):
        await world.token(first)
    async with world.database.begin() as connection:
        await connection.execute(
            text("UPDATE data_keys SET wrapped = :junk WHERE scope != 'installation'"), {"junk": os.urandom(60)}
        )
    fresh = await Vault.unlock(load_master_key(world.hall.settings), DataKeyStore(world.database), utc_now)
    with pytest.raises(ConfigurationError, match="does not fit"):
        await fresh.open(first.project_id, f"account:{second.id}", "access_token", stolen.access)


async def test_a_back_up_made_under_writing_restores_every_account(
    world, tmp_path, sqlite_database_url, fresh_simulator
):
    account = await world.link()
    writing = asyncio.create_task(write_on(world))
    target = tmp_path / "copy.db"
    await asyncio.to_thread(back_up, sqlite_database_url, target)
    writing.cancel()
    with pytest.raises(ConfigurationError, match="there already"):
        back_up(sqlite_database_url, target)
    elsewhere = tmp_path / "restored"
    elsewhere.mkdir()
    shutil.copy(target, elsewhere / "linkspan.db")
    database, transport = (
        open_database(sqlite_url(elsewhere / "linkspan.db")),
        PyreqwestTransport(allow_private_addresses=True),
    )
    settings = world.hall.settings.model_copy(update={"data_dir": elsewhere})
    with pytest.raises(ConfigurationError, match="does not fit"):
        await build_hall(settings, database, transport, world.clock)
    key_file(settings).unlink()
    shutil.copy(key_file(world.hall.settings), key_file(settings))
    restored = await build_hall(settings, database, transport, world.clock)
    world.later(hours=2)
    token = await restored.tokens.token(account, world.profile)
    await database.close()
    await transport.close()

    assert token
    assert 0o600 == target.stat().st_mode & 0o777
    assert "ok" == sqlite3.connect(target).execute("PRAGMA integrity_check").fetchone()[0]
    assert [target] == sorted(tmp_path.glob("copy.db*"))


async def write_on(world: World) -> None:
    for number in range(1000):
        await create_key(world.hall, world.caller, NewKey(f"key {number}"))


def tools_of(postgres: PostgresServer) -> Path:
    """The folder of pg_dump and pg_restore in the running server's version: theirs must not be older."""
    with psycopg.connect(postgres.url("postgres")) as connection:
        wanted = str(connection.info.server_version // 10000)
    found = [
        *Path(psycopg.__file__).parents[1].glob("pgserver/**/bin/pg_dump"),
        *Path("/usr/lib/postgresql").rglob("pg_dump"),
    ]
    for program in found:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        if told.split(") ")[-1].split(".")[0] == wanted:
            return program.parent
    raise AssertionError(f"no pg_dump of version {wanted} among {found}")


async def test_a_postgresql_back_up_is_restored_with_its_own_tools(
    postgres, postgresql_database_url, fresh_simulator, tmp_path
):
    tools = tools_of(postgres)
    database = open_database(postgresql_database_url)
    async with linking_world(fresh_simulator, database, tmp_path) as world:
        account = await world.link()
        file, name = tmp_path / "copy.dump", f"restored_{os.getpid()}"
        await asyncio.to_thread(
            subprocess.run,
            [tools / "pg_dump", "--format=custom", f"--file={file}", postgresql_database_url],
            check=True,
        )
        postgres.run(f"CREATE DATABASE {name}")
        await asyncio.to_thread(
            subprocess.run, [tools / "pg_restore", f"--dbname={postgres.url(name)}", file], check=True
        )
        other, transport = open_database(postgres.url(name)), PyreqwestTransport(allow_private_addresses=True)
        restored = await build_hall(world.hall.settings, other, transport, world.clock)
        world.later(hours=2)
        token = await restored.tokens.token(account, world.profile)
        await other.close()
        await transport.close()
    await database.close()
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")

    assert token


async def test_a_repetitions_answer_is_read_after_a_rotation(world_on_each):
    world = world_on_each
    account = await world.link(owner="repeats")
    asked = ActionRequest(
        action="dynamics365bc_create_customer",
        account_id=account.id,
        inputs=Inputs(body={"displayName": "Rotated & Once"}),
        door="rest",
        idempotency_key="rotated-1",
    )
    first = await run_action(world.hall, world.caller, asked)
    await rotate_keys(world.hall)
    again = await run_action(world.hall, world.caller, asked)

    assert again.replayed
    assert first.result.data == again.result.data
