"""Several processes over one account of a provider that revokes a grant whose old refresh token is used again, on both databases."""

import pytest
from token_proof import ANSWERED, LOSING, SLOW, Proof, plan

from sizes import size

pytestmark = pytest.mark.timeout(1800)  # at full size: a thousand expiries


async def test_a_provider_that_revokes_on_reuse_loses_only_the_grants_whose_answer_was_cut(
    world_on_each, database_url, tmp_path
):
    told = Proof(world_on_each, database_url, tmp_path, size("token_processes"), size("token_tasks"), "revokes")
    faults = plan(size("token_expiries"), SLOW, (*ANSWERED, *LOSING))
    await told.run(faults)

    assert sum(fault.loses for fault in faults) == len(told.lost_grants) == len(told.lost_by_provider)
