"""Several processes over one account, on both databases: provably one token request per expiry, and no grant lost but by the provider."""

import re

import pytest
from token_proof import FAULTS, Proof, plan

from sizes import size

ANSWERED = ("short delay", "500", "refused")
LOSING = ("cut after rotation", "half an answer")
SLOW = ("delay longer than the lease", "time-out")
STRICKEN = ("killed before rotation", "killed after rotation", "frozen longer than the lease")


def proof(world, url, tmp_path, reuse, plant=None) -> Proof:
    return Proof(world, url, tmp_path, size("token_processes"), size("token_tasks"), reuse, plant)


async def test_a_provider_that_revokes_on_reuse_loses_only_the_grants_whose_answer_was_cut(
    world_on_each, database_url, tmp_path
):
    told = proof(world_on_each, database_url, tmp_path, "revokes")
    faults = plan(size("token_expiries"), SLOW, (*ANSWERED, *LOSING))
    await told.run(faults)

    assert sum(fault.loses for fault in faults) == len(told.lost_grants) == len(told.lost_by_provider)


async def test_a_provider_that_tolerates_reuse_costs_one_request_per_expiry_and_fault_and_no_grant(
    world_on_each, database_url, tmp_path
):
    told = proof(world_on_each, database_url, tmp_path, "tolerated")
    await told.run(plan(size("token_expiries"), (*SLOW, *STRICKEN), (*ANSWERED, *LOSING)))

    assert [] == told.lost_grants
    assert told.requests <= told.allowed


@pytest.mark.parametrize(
    ("plant", "fault"),
    [("no compare-and-swap", "frozen longer than the lease"), ("no renewal", "delay longer than the lease")],
)
async def test_the_proof_finds_a_planted_bug(world, sqlite_database_url, tmp_path, plant, fault):
    told = proof(world, sqlite_database_url, tmp_path, "tolerated", plant)
    with pytest.raises(AssertionError, match=re.escape(fault)):
        await told.run([FAULTS[fault]])
