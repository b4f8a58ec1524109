"""Several processes over one account, on both databases: provably one token request per expiry, and no grant lost.

The provider's rule is Entra's here: an old refresh token stays good. For the other rule see test_tokens_revokes.py.
"""

import re
from dataclasses import replace

import pytest
from token_proof import ANSWERED, FAULTS, LOSING, SLOW, STRICKEN, Proof, plan

from linkspan.model import Secret
from linkspan.simulator.entra.demo import DEMO_CLIENT_ID, DEMO_SECRET, DEMO_TENANT_ID
from linkspan.usecases.create_profile import NewProfile, create_profile
from sizes import size

pytestmark = pytest.mark.timeout(1800)  # at full size: a thousand expiries


def proof(world, url, tmp_path, plant=None) -> Proof:
    return Proof(world, url, tmp_path, size("token_processes"), size("token_tasks"), "tolerated", plant)


async def test_a_provider_that_tolerates_reuse_costs_one_request_per_expiry_and_fault_and_no_grant(
    world_on_each, database_url, tmp_path
):
    told = proof(world_on_each, database_url, tmp_path)
    await told.run(plan(size("token_expiries"), (*SLOW, *STRICKEN), (*ANSWERED, *LOSING)))

    assert [] == told.lost_grants
    assert told.requests <= told.allowed


async def test_an_application_that_asks_for_itself_costs_one_request_per_expiry_and_fault(
    world_on_each, database_url, tmp_path
):
    world = world_on_each
    new = NewProfile(
        "dynamics365bc", "Application", str(DEMO_CLIENT_ID), client_secret=Secret(DEMO_SECRET),
        auth_method="client-credentials", tenant=str(DEMO_TENANT_ID), provider_url=world.simulator.url,
    )  # fmt: skip
    told = proof(replace(world, profile=await create_profile(world.hall, world.caller, new)), database_url, tmp_path)
    await told.run(plan(size("application_expiries"), ("killed before rotation",), (*ANSWERED, "half an answer")))

    assert [] == told.lost_grants
    assert told.requests <= told.allowed


@pytest.mark.parametrize(
    ("plant", "fault"),
    [("no compare-and-swap", "frozen longer than the lease"), ("no renewal", "delay longer than the lease")],
)
async def test_the_proof_finds_a_planted_bug(world, sqlite_database_url, tmp_path, plant, fault):
    told = proof(world, sqlite_database_url, tmp_path, plant)
    with pytest.raises(AssertionError, match=re.escape(fault)):
        await told.run([FAULTS[fault]])
