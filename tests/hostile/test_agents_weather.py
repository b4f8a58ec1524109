"""The same bad weather as agents meet it at /mcp: one small result that says what to do, and the same log and journal."""

import pytest
from doors_world import World
from hostile_world import Front, unique
from mcp_client import Mcp, told
from test_provider_failures import FAILURES

from linkspan.journal_records import WriteState
from linkspan.model import AccountState
from linkspan.simulator import Simulator

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def call(world: World, action: str, **arguments: object) -> tuple[bool, dict[str, object]]:
    client = Mcp(world, headers={"x-account-id": world.account.id})
    result = await client.call(action, **arguments)
    said = told(result)
    return bool(result.get("isError")), said.get("error", said)


@pytest.mark.parametrize("name", FAILURES)
async def test_read(installation: tuple[World, Front], front: Front, weather: Simulator, name: str) -> None:
    weather.fail_next(path="/customers", times=10, **FAILURES[name].failure)
    failed, said = await call(installation[0], "list_customers")
    run = await front.run(said["run_id"])

    assert failed
    assert FAILURES[name].read[0] == said["code"] == run.error_code
    assert said["next_step"]
    assert "mcp" == run.door
    assert FAILURES[name].state == await front.state()


@pytest.mark.parametrize("name", FAILURES)
async def test_write(installation: tuple[World, Front], front: Front, weather: Simulator, name: str) -> None:
    failing = FAILURES[name]
    weather.fail_next(method="POST", path="/customers", times=10, **failing.failure)
    failed, said = await call(installation[0], "create_customer", body={"displayName": unique("Agent")})
    run, line = await front.run(said["run_id"]), await front.line(said["run_id"])
    weather.clear_failures()

    assert (failing.journal is not WriteState.DONE) == failed
    assert failing.write[0] == said.get("code") == run.error_code
    assert ("stop" if failing.journal is WriteState.UNKNOWN else said.get("advice")) == said.get("advice")
    assert line is not None
    assert failing.journal == line.state
    assert AccountState.ACTIVE == await front.state()
