"""Bodies of runs: none by default; where they are kept, sealed, without secrets, for as long as was said."""

from datetime import timedelta

import pytest
from hall_world import CALLER, PROJECT, RECORD, HallWorld, hall_world
from sqlalchemy import create_engine, make_url, text
from wire_server import says

from linkspan.errors import LinkspanError, MissingScopeError, NotFoundError
from linkspan.model import Caller, KeyScope
from linkspan.usecases.body_log import redacted
from linkspan.usecases.keep_house import keep_house
from linkspan.usecases.owner_data import erase_owner, export_owner
from linkspan.usecases.run_bodies import read_bodies

DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
ITEM = {"id": RECORD, "number": "PLANTED-1000", "unitPrice": 12.50}


def stored(database_url: str) -> list[bytes]:
    address = make_url(database_url)
    engine = create_engine(address.set(drivername=DRIVERS[address.get_backend_name()]))
    with engine.connect() as connection:
        found = [bytes(row.sealed) for row in connection.execute(text("SELECT sealed FROM run_bodies"))]
    engine.dispose()
    return found


async def one_run(here: HallWorld) -> str:
    return (await here.run("get_item", path={"id": RECORD})).run_id


async def test_by_default_nothing_is_stored(database_url, tmp_path):
    async with hall_world(tmp_path, says(200, ITEM), database_url=database_url) as here:
        run_id = await one_run(here)
        with pytest.raises(NotFoundError):
            await read_bodies(here.hall, CALLER, run_id)

    assert [] == stored(database_url)


async def test_where_they_are_kept_they_are_sealed_and_read_by_the_scope(database_url, tmp_path):
    async with hall_world(tmp_path, says(200, ITEM), database_url=database_url, bodies_kept_days=3) as here:
        run_id = await one_run(here)
        told = await read_bodies(here.hall, CALLER, run_id)
        with pytest.raises(MissingScopeError):
            await read_bodies(here.hall, Caller(PROJECT, frozenset({KeyScope.ACTIONS})), run_id)
        with pytest.raises(NotFoundError):
            await read_bodies(here.hall, Caller("quay-1002", frozenset(KeyScope)), run_id)

    assert {"id": RECORD} == told["asked"]["path"]
    assert "PLANTED-1000" == told["answered"]["number"]
    assert 1 == len(stored(database_url))
    assert b"PLANTED-1000" not in stored(database_url)[0]


async def test_a_refused_run_keeps_what_the_provider_said(tmp_path):
    refusal = {"error": {"code": "BadRequest_NotFound", "message": "planted words"}}
    async with hall_world(tmp_path, says(404, refusal), bodies_kept_days=3) as here:
        with pytest.raises(LinkspanError) as caught:
            await one_run(here)
        told = await read_bodies(here.hall, CALLER, caught.value.run_id)

    assert "record_not_found" == told["answered"]["error"]
    assert "planted words" in told["answered"]["provider"]["message"]


@pytest.mark.parametrize("account_id", ["x" * 5000, "a\0b", "\ud800", "æøå" * 20])
async def test_an_account_id_that_is_none_holds_up_nobody_elses_bodies(database_url, tmp_path, account_id):
    async with hall_world(tmp_path, says(200, ITEM), database_url=database_url, bodies_kept_days=3) as here:
        with pytest.raises(LinkspanError):
            await here.run("get_item", account_id=account_id, path={"id": "\0"})
        run_id = await one_run(here)
        told = await read_bodies(here.hall, CALLER, run_id)

    assert "PLANTED-1000" == told["answered"]["number"]


async def test_they_are_thrown_away_in_time(database_url, tmp_path):
    async with hall_world(tmp_path, says(200, ITEM), database_url=database_url, bodies_kept_days=3) as here:
        run_id = await one_run(here)
        await here.hall.body_log.flush()
        await keep_house(here.hall)
        kept = await read_bodies(here.hall, CALLER, run_id)
        await here.hall.body_log.store.prune(here.hall.clock() + timedelta(seconds=1))

    assert kept
    assert [] == stored(database_url)


async def test_an_owners_bodies_are_exported_and_erased(database_url, tmp_path):
    async with hall_world(tmp_path, says(200, ITEM), database_url=database_url, bodies_kept_days=3) as here:
        run_id = await one_run(here)
        records = [record async for record in await export_owner(here.hall, CALLER, "o1")]
        await erase_owner(here.hall, CALLER, "o1")

    (body,) = [each for each in records if each["record"] == "run_body"]
    assert (run_id, "PLANTED-1000") == (body["run_id"], body["answered"]["number"])
    assert [] == stored(database_url)


def test_what_stands_under_the_name_of_a_secret_is_redacted_however_deep():
    given = {
        "Authorization": "Bearer x", "body": {"lines": [{"apiKey": "x", "amount": 1}, {"accessToken": {"value": "x"}}]},
        "clientSecret": "x", "userPassword": None, "number": "x1",
    }  # fmt: skip
    expected = {
        "Authorization": "(redacted)",
        "body": {"lines": [{"apiKey": "(redacted)", "amount": 1}, {"accessToken": "(redacted)"}]},
        "clientSecret": "(redacted)", "userPassword": None, "number": "x1",
    }  # fmt: skip

    assert expected == redacted(given)
