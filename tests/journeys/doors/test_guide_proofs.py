"""The guide of a profile says of each step how it is known, and only what happened proves or fails one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from doors_world import CONNECTOR, World, walk

from linkspan.connectors.guide import PROOFS
from linkspan.model import Caller, Secret
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.create_project import create_project
from linkspan.usecases.guide_proofs import FAILURES, Evidence, Seen, proofs_of
from linkspan.usecases.guide_views import StepState

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOON = datetime(2027, 3, 1, tzinfo=UTC)


async def with_profile(world: World, name: str, **other: object) -> World:
    demo = world.simulator.demo
    new = NewProfile(
        CONNECTOR, name, str(demo.client_id), client_secret=Secret(demo.client_secret),
        provider_url=world.simulator.url,
    )  # fmt: skip
    return replace(world, profile=await create_profile(world.hall, world.caller, replace(new, **other)))


async def proofs(world: World) -> dict[str, dict[str, str]]:
    async with world.api() as client:
        answer = await client.get(f"/v1/profiles/{world.profile.id}/guide")
    assert 200 == answer.status_code, answer.text
    return {step["id"]: step["proof"] for step in answer.json()["steps"] if "proof" in step}


async def link(world: World, owner: str, **other: str) -> None:
    async with world.browser() as browser:
        await walk(browser, await world.link_url(owner), world.answers(**other))
    await world.hall.run_log.flush()


async def test_nothing_is_proved_by_configuration_alone(world):
    mine = await with_profile(world, "proofs: only made", secret_expires_at=SOON)
    told = await proofs(mine)

    assert "stated" == told["client_secret"]["state"]
    assert "2027-03-01" in told["client_secret"]["what"]
    assert {"not_tried"} == {proof["state"] for name, proof in told.items() if name != "client_secret"}
    assert {"register", "redirect_uri", "admin_consent", "create_profile", "link_accounts"} <= told.keys()


async def test_a_link_proves_every_step_until_the_secret_is_changed(world):
    mine = await with_profile(world, "proofs: linked")
    await link(mine, "proofs linked")
    linked = await proofs(mine)
    fresh = Secret(world.simulator.demo.client_secret)
    await change_profile(world.hall, world.caller, mine.profile.id, {"client_secret": fresh})
    changed = await proofs(mine)

    assert {"proved"} == {proof["state"] for proof in linked.values()}
    assert all(proof["at"] for proof in linked.values())
    assert "not_tried" == changed["client_secret"]["state"]
    assert "proved" == changed["redirect_uri"]["state"]


async def test_a_failure_is_told_at_its_step_with_its_code(world):
    mine = await with_profile(world, "proofs: wrong secret", client_secret=Secret("planted-wrong-proof-secret-9f"))
    await link(mine, "proofs wrong")
    told = await proofs(mine)

    assert ("failed", "client_secret_wrong") == (told["client_secret"]["state"], told["client_secret"]["code"])
    assert "proved" == told["redirect_uri"]["state"]  # the sign-in led back here
    assert "not_tried" == told["link_accounts"]["state"]


async def test_the_public_guide_tells_nothing_of_a_profile(world):
    async with world.browser() as browser:
        address = f"/connectors/{CONNECTOR}/guides/connector-profile/oauth-2-0"
        answer = await browser.get(f"{address}.json?profile={world.profile.id}")

    assert all("proof" not in step for step in answer.json()["steps"])


async def test_another_projects_profile_is_not_there(world):
    other = await create_project(world.hall, "Proofs elsewhere")
    _, key = await create_key(world.hall, Caller(other.id, ALL_SCOPES), NewKey("proofs elsewhere"))
    async with world.browser(auth=(key.reveal(), "")) as client:
        answer = await client.get(f"/v1/profiles/{world.profile.id}/guide")

    assert 404 == answer.status_code


@pytest.mark.parametrize("name", PROOFS)
async def test_the_newer_of_success_and_failure_counts(world, name):
    now = world.profile.updated_at + timedelta(hours=1)
    good, code = Seen(now), min(FAILURES[name])
    older, newer = (Seen(now + timedelta(minutes=by), code, "Refused.") for by in (-5, 5))
    of_good = Evidence([good], [good], [good], [good], [older])
    after_failure = proofs_of(world.profile, replace(of_good, failures=[older, newer]))[name]

    assert StepState.PROVED is proofs_of(world.profile, of_good)[name].state
    assert (StepState.FAILED, code, newer.at) == (after_failure.state, after_failure.code, after_failure.at)
