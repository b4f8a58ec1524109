"""Tokens and time: jitter, skew, clocks that jump, owners that died with a wrong clock, and grants that nobody uses."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkspan.model import AccountState, SealedGrant
from linkspan.providerauth.lease import LeaseWatch, lease
from linkspan.providerauth.timing import Timing
from linkspan.providerauth.tokens import Tokens, lease_name
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.keep_grants import keep_grants

NOW = datetime(2026, 11, 25, tzinfo=UTC)
QUICK = Timing(lease=0.6, poll=0.05)


def grant_of(seconds: float) -> SealedGrant:
    return SealedGrant("a", "p", 1, b"", None, "", NOW, NOW + timedelta(seconds=seconds))


def tokens_of(world, timing=QUICK) -> Tokens:
    hall = world.hall
    return Tokens(
        vault=hall.vault, grants=hall.grants, leases=hall.leases, secrets=hall.profiles, oauth=hall.oauth,
        connectors=hall.catalog.connectors, clock=world.clock, timing=timing,
    )  # fmt: skip


@given(st.floats(1, 30 * 24 * 3600))
def test_a_refresh_is_due_at_a_share_of_the_life_with_a_jitter_and_before_the_token_is_over(seconds):
    timing, grant = Timing(), grant_of(seconds)
    due = [timing.due_at(grant) for _ in range(20)]
    life = grant.expires_at - grant.obtained_at

    assert all(NOW + life * 0.749 <= moment <= NOW + life * 0.851 for moment in due)
    assert len(set(due)) > 1
    assert max(due) < timing.over_at(grant) <= grant.expires_at
    assert timing.over_at(grant) == grant.expires_at - min(timedelta(seconds=60), life / 10)


async def test_a_token_is_not_used_in_its_last_minute_since_clocks_differ(world):
    account = await world.link()
    first = await world.token(account)
    grant = await world.hall.grants.read(account.project_id, account.id)
    world.simulator.fail_next("delay", path="/oauth2/v2.0/token", delay_seconds=0.2)
    world.clock.offset = (grant.expires_at - grant.obtained_at) - timedelta(seconds=55)

    assert first != await world.token(account)


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=400)])
async def test_an_owner_that_died_with_its_clock_ahead_is_taken_over_from(world_on_each, ahead):
    world = world_on_each
    account = await world.link()
    world.simulator.clear_requests()
    world.later(hours=2)
    now = world.clock()
    await world.hall.leases.take(lease_name(account.id), "dead", now=now, until=now + ahead)
    got = await asyncio.wait_for(tokens_of(world).token(account, world.profile), 8)

    assert got
    assert [200] == world.token_requests()


async def test_a_living_owner_is_never_robbed_however_wrong_its_clock(world):
    watch, robbed = LeaseWatch(), []
    leases, ahead = world.hall.leases, lambda: world.clock() + timedelta(days=1)
    async with lease(leases, "thing", seconds=0.6, clock=ahead) as ours:
        for _ in range(30):
            async with lease(leases, "thing", seconds=0.6, clock=world.clock, watch=watch) as taken:
                robbed.append(taken)
            await asyncio.sleep(0.05)

    assert ours
    assert {False} == set(robbed)


async def test_a_grant_renewed_while_the_clock_was_ahead_is_not_trusted_for_years(world):
    account = await world.link()
    world.clock.offset = timedelta(days=365)
    await world.token(account)
    world.clock.offset = timedelta(0)
    world.hall.tokens.forget_all()
    world.simulator.clear_requests()
    kept = await keep_grants(world.hall)
    grant = await world.hall.grants.read(account.project_id, account.id)

    assert 1 == kept
    assert [200] == world.token_requests()
    assert abs(grant.obtained_at - world.clock()) < timedelta(minutes=1)


async def test_an_unused_grant_is_kept_alive_long_before_the_provider_forgets_it(world_on_each):
    world = world_on_each
    used, idle, off = [await world.link(owner=owner) for owner in ("used", "idle", "off")]
    world.later(days=44)
    early = await keep_grants(world.hall)
    await world.token(used)
    world.later(days=2)
    world.simulator.clear_requests()
    kept = sum(await asyncio.gather(*(keep_grants(world.hall) for _ in range(4))))
    first_round = world.token_requests()
    await change_profile(world.hall, world.caller, world.profile.id, {"enabled": False})
    world.later(days=46)
    disabled = await keep_grants(world.hall)
    await change_profile(world.hall, world.caller, world.profile.id, {"enabled": True})
    # 92 days after the sign-in, but 46 after it was kept alive.
    alive = await world.token(idle)

    assert (0, 2, 0) == (early, kept, disabled)
    assert [200, 200] == first_round
    assert alive
    assert AccountState.ACTIVE is (await world.hall.accounts.read(off.project_id, off.id)).state


async def test_one_grant_that_cannot_be_kept_does_not_stop_the_others(world):
    first, second = await world.link(owner="o1"), await world.link(owner="o2")
    world.later(days=46)
    broken = min(first, second, key=lambda account: account.id)
    grant = await world.hall.grants.read(broken.project_id, broken.id)
    await world.hall.grants.swap(replace(grant, refresh=grant.access, obtained_at=grant.obtained_at), now=world.clock())

    assert 1 == await keep_grants(world.hall)
