"""A project becomes what its file says: once, with a diff, and with no secret in file or diff."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hall_world import CALLER, PROJECT, HallWorld, hall_world

from demo_process import clean_environment
from linkspan.cli.apply import resolver
from linkspan.errors import InvalidInputError
from linkspan.model import Secret
from linkspan.usecases.apply_project import Difference, compare_project
from linkspan.usecases.audit import read_audit
from linkspan.usecases.authenticate import authenticate
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.project_file import read_project_file

SECRET = "planted~secret~value"
FILE = """
profiles:
  - connector: dynamics365bc
    name: Branch
    client_id: c-1
    client_secret: env:BC_SECRET
    secret_expires_at: 2027-03-31
    enabled_actions: [dynamics365bc_list_items]
    provider_url: http://127.0.0.1:9/
keys:
  - {name: backend, scopes: [actions], per_minute: 60}
webhooks:
  - {url: "http://127.0.0.1:9/hook", events: [account.deleted]}
"""


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[HallWorld]:
    async with hall_world(tmp_path, database_url=database_url) as world:
        yield world


async def compare(here: HallWorld, text: str, secret: str = SECRET) -> list[Difference]:
    return await compare_project(here.hall, CALLER, read_project_file(text, lambda _: secret))


async def apply(here: HallWorld, text: str, secret: str = SECRET) -> tuple[list[str], list[Secret]]:
    found = await compare(here, text, secret)
    shown = [await each.carry_out() for each in found]
    return [f"{each.deed} {each.thing}" for each in found], [each for each in shown if each]


async def test_everything_is_made_once_and_a_second_time_changes_nothing(here):
    done, shown = await apply(here, FILE)
    entries = len(await read_audit(here.hall, CALLER, limit=500))

    assert ["+ profile Branch", "+ key backend", "+ webhook http://127.0.0.1:9/hook"] == done
    assert 2 == len(shown)
    assert PROJECT == (await authenticate(here.hall, shown[0].reveal())).project_id
    assert ([], []) == await apply(here, FILE)
    assert entries == len(await read_audit(here.hall, CALLER, limit=500))


async def test_only_what_differs_is_changed(here):
    await apply(here, FILE)
    text = FILE.replace("per_minute: 60", "per_minute: 90").replace("2027-03-31", "2027-06-30")
    found = await compare(here, text)
    fields = {each.thing: [name for name, _, _ in each.fields] for each in found}

    assert {"profile Branch": ["secret_expires_at"], "key backend": ["per_minute"]} == fields
    assert (("per_minute", 60, 90),) == found[1].fields
    assert (["~ profile Branch", "~ key backend"], []) == await apply(here, text)
    assert ([], []) == await apply(here, text)


async def test_another_secret_is_noticed_and_neither_is_shown(here):
    await apply(here, FILE)
    (found,) = await compare(here, FILE, "another~secret")
    await apply(here, FILE, "another~secret")

    assert ("client_secret", "(secret)", "(secret)") in found.fields
    assert SECRET not in repr(found)
    assert "another~secret" not in repr(found)
    assert [] == await compare(here, FILE, "another~secret")


async def test_a_comparison_alone_changes_nothing(here):
    await compare(here, FILE)

    assert ["Main"] == [each.name for each in await here.hall.profiles.list(PROJECT)]
    assert [] == await here.hall.keys.list(PROJECT)


async def test_what_the_file_does_not_name_is_left_alone(here):
    await apply(here, FILE)

    assert ([], []) == await apply(here, "")
    assert ["Branch", "Main"] == sorted(each.name for each in await here.hall.profiles.list(PROJECT))


async def test_a_name_that_two_keys_have_is_not_guessed_at(here):
    await create_key(here.hall, CALLER, NewKey("backend"))
    await create_key(here.hall, CALLER, NewKey("backend"))

    with pytest.raises(InvalidInputError) as caught:
        await compare(here, FILE)

    assert "key backend" == caught.value.mistakes[0].where


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("keys: [{name: a}, {name: a}]", "twice"),
        ("keys: [{nam: a}]", "nam"),
        ("keys: [{name: a, scopes: [everything]}]", "everything"),
        ("keys: {name: a}", "array"),
        ("profiles: [{connector: dynamics365bc, name: M, client_id: c, client_secret: s3cr3t-itself}]", "env:NAME"),
        ("profiles: [{connector: dynamics365bc, name: M, client_id: c, client_secret: 'env:NOT_SET'}]", "NOT_SET"),
        ("profiles: [{connector: dynamics365bc, name: M, client_id: c, client_secret: 'file:none.txt'}]", "none.txt"),
        ("profiles: [{connector: dynamics365bc, name: M, client_id: c, certificate: 'env:PATH'}]", "together"),
        ("keys: [", "correct the YAML"),
        ("- a", "object"),
    ],
)
def test_a_mistake_is_told_with_its_place(text, told, tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        read_project_file(text, resolver(tmp_path))
    told_of = "; ".join(str(mistake) for mistake in caught.value.mistakes)

    assert told in told_of
    assert "s3cr3t-itself" not in told_of


def test_the_command_prints_the_diff_and_applies_it_once(tmp_path):
    (tmp_path / "secret.txt").write_text(SECRET + "\n")
    file = tmp_path / "project.yaml"
    file.write_text(FILE.replace("env:BC_SECRET", "file:secret.txt"))
    environment = clean_environment(LINKSPAN_DATA_DIR=str(tmp_path / "data"), LINKSPAN_ALLOW_PRIVATE_ADDRESSES="true")

    def run(*more: str) -> str:
        command = [sys.executable, "-m", "linkspan.cli.app", "apply", str(file), *more]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=60).stdout

    rehearsed, done, again = run("--dry-run"), run(), run()

    assert "3 things would change." in rehearsed
    assert "+ key backend" in rehearsed
    assert "shown once" not in rehearsed
    assert re.search(r"shown once: v1\.local\.\S{43}\n", done)
    assert "3 things changed." in done
    assert "Nothing to change.\n" == again
    assert SECRET not in rehearsed + done
