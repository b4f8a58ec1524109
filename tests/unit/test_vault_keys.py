"""The master key file, cursor signing and ids."""

import asyncio
import base64
import os
import stat

import pytest

from linkspan.errors import ConfigurationError, CursorInvalidError
from linkspan.model import Secret
from linkspan.providerauth.master_key import key_file, load_master_key
from linkspan.providerauth.vault import CursorSeal, Vault
from linkspan.settings import Settings
from linkspan.storage.data_key_store import DataKeyStore
from linkspan.storage.database import open_database
from linkspan.usecases.ids import new_account_id, new_key_text, new_number, new_project_id, new_run_id
from linkspan.wiring import utc_now

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


def settings(folder, **more):
    return Settings(data_dir=folder / "data", **more)


def test_the_first_start_makes_a_key_that_only_its_owner_reads(tmp_path):
    first = load_master_key(settings(tmp_path))
    path = key_file(settings(tmp_path))

    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert first.id == load_master_key(settings(tmp_path)).id
    assert [path] == list(path.parent.iterdir())


def test_a_key_file_that_others_may_read_is_refused(tmp_path):
    load_master_key(settings(tmp_path))
    key_file(settings(tmp_path)).chmod(0o640)
    with pytest.raises(ConfigurationError, match="640") as caught:
        load_master_key(settings(tmp_path))

    assert "chmod 600" in caught.value.next_step


def test_the_environments_key_wins_and_makes_no_file(tmp_path):
    found = load_master_key(settings(tmp_path, master_key=KEY.rstrip("=")))

    assert found.id == load_master_key(settings(tmp_path, master_key=KEY)).id
    assert not key_file(settings(tmp_path)).exists()


@pytest.mark.parametrize("text", ["", "short", "!" * 43, KEY + "AAAA"])
def test_what_is_no_key_is_refused(tmp_path, text):
    with pytest.raises(ConfigurationError, match="LINKSPAN_MASTER_KEY"):
        load_master_key(settings(tmp_path, master_key=text))


def test_the_key_is_not_shown(tmp_path):
    assert KEY not in repr(load_master_key(settings(tmp_path, master_key=KEY)))


async def test_a_vault_opens_again_with_its_master_key_only(tmp_path, sqlite_database_url):
    database = open_database(sqlite_database_url)
    store, given = DataKeyStore(database), settings(tmp_path, master_key=KEY)
    vaults = await asyncio.gather(*(Vault.unlock(load_master_key(given), store, utc_now) for _ in range(4)))
    sealed = await vaults[0].seal("p", "profile:1", "client_secret", Secret("hunter2"))
    other = base64.urlsafe_b64encode(os.urandom(32)).decode()
    with pytest.raises(ConfigurationError, match="does not fit"):
        await Vault.unlock(load_master_key(settings(tmp_path, master_key=other)), store, utc_now)
    opened = {(await vault.open("p", "profile:1", "client_secret", sealed)).reveal() for vault in vaults}
    await database.close()

    assert {"hunter2"} == opened
    assert 1 == len({vault.digest("api-key", Secret("x")) for vault in vaults})
    assert vaults[0].derive("cursor") != vaults[0].derive("api-key")


def test_a_cursor_comes_back_or_is_refused():
    seal = CursorSeal(b"k" * 32)
    text = seal.seal(b"payload \x00")

    assert b"payload \x00" == seal.open(text)
    assert b"payload \x00" == CursorSeal(b"k" * 32).open(text)
    for forged in (
        "",
        "x",
        "é",
        text[:-2],
        text[:-1] + ("A" if text[-1] != "A" else "B"),
        CursorSeal(b"j" * 32).seal(b"payload \x00"),
    ):
        with pytest.raises(CursorInvalidError):
            seal.open(forged)


def test_ids_have_the_forms_that_clients_accept():
    now = utc_now()

    assert 20 == len(new_account_id())
    assert new_account_id().isalnum()
    assert 0 < new_number() < 2**53
    assert 43 == len(new_key_text("eu1").reveal().removeprefix("v1.eu1."))
    assert new_project_id("  Holm & Vik AS ").startswith("holm-vik-as-")
    assert new_project_id("æøå").startswith("project-")
    assert 24 == len(new_run_id(now))
    assert new_run_id(now.replace(year=2030)) < new_run_id(now.replace(year=2031))
