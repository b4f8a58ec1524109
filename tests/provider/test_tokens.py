"""The life of an account's tokens, with the simulator's Entra as provider."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from linkspan.errors import (
    AccountRevokedError,
    ClientSecretExpiredError,
    ClientSecretWrongError,
    LinkspanError,
    NeedsReauthError,
    ServerBusyError,
    TokenUnavailableError,
)
from linkspan.model import AccountState, Secret, StateReason
from linkspan.providerauth.timing import Timing
from linkspan.providerauth.tokens import Tokens, lease_name
from linkspan.simulator.entra.demo import DEMO_CLIENT_ID
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.delete_account import delete_account
from linkspan.usecases.read_accounts import read_account

TOKEN = "/oauth2/v2.0/token"


@pytest.fixture
async def linked(world):
    """The world with an account, whose requests so far are forgotten."""
    world.kept["account"] = await world.link()
    world.simulator.clear_requests()
    return world


async def state_of(world):
    found = await read_account(world.hall, world.caller, world.kept["account"].id)
    return found.state, found.reasons[0].code if found.reasons else None


async def grant_of(world):
    return await world.hall.grants.read(world.caller.project_id, world.kept["account"].id)


async def token(world, **more):
    return await world.token(world.kept["account"], **more)


async def fails(world, error):
    with pytest.raises(error) as caught:
        await token(world)
    return caught.value


async def arrival(simulator):
    """Wait until a token request has reached the provider."""
    for _ in range(1000):
        if simulator.requests(path=TOKEN):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("no token request arrived")


async def calm_down(world):
    """Let the pause after a failure go by."""
    world.clock.offset += timedelta(seconds=Timing().pause + 1)


async def test_a_warm_token_needs_neither_database_nor_provider(linked):
    first = await token(linked)
    statements = []
    engine = linked.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))

    assert {first} == {await token(linked) for _ in range(100)}
    assert [] == statements
    assert [] == linked.token_requests()


async def test_one_expiry_is_one_request_however_many_wait(linked):
    before = await token(linked)
    linked.later(hours=2)
    got = set(await asyncio.gather(*(token(linked) for _ in range(100))))

    assert [200] == linked.token_requests()
    assert 1 == len(got)
    assert before not in got


async def test_what_is_handed_out_is_stored_first(linked):
    before = await grant_of(linked)
    linked.later(hours=2)
    got = await token(linked)
    after = await grant_of(linked)
    vault, owner = linked.hall.vault, f"account:{after.account_id}"

    assert got == await vault.open(after.project_id, owner, "access_token", after.access)
    assert before.refresh != after.refresh
    assert before.version + 1 == after.version
    assert (AccountState.ACTIVE, None) == await state_of(linked)


async def test_a_due_token_serves_on_while_it_is_refreshed(linked):
    before = await token(linked)
    grant = await grant_of(linked)
    linked.simulator.fail_next("delay", path=TOKEN, delay_seconds=0.3)
    linked.clock.offset = (grant.expires_at - grant.obtained_at) * 0.9
    during = [await token(linked) for _ in range(20)]
    await linked.hall.tokens.close()
    after = await token(linked)

    assert {before} == set(during)
    assert before != after
    assert [200] == linked.token_requests()


async def test_ahead_of_time_a_failure_is_not_repeated_at_once(linked):
    before = await token(linked)
    grant = await grant_of(linked)
    linked.simulator.fail_next("status", path=TOKEN, status=503, times=100, body="")
    linked.clock.offset = (grant.expires_at - grant.obtained_at) * 0.9
    for _ in range(20):
        assert before == await token(linked)
        await linked.hall.tokens.close()

    assert [503, 503] == linked.token_requests()
    assert (AccountState.DEGRADED, "provider_unavailable") == await state_of(linked)


async def test_a_refused_token_is_replaced(linked):
    first = await token(linked)
    second = await token(linked, refused=first)
    third = await token(linked, refused=first)

    assert first != second
    assert second == third
    assert [200] == linked.token_requests()


@pytest.mark.parametrize("code", [50173, 700082, 70000, 50076])
async def test_a_refused_grant_needs_its_user_and_is_never_sent_again(linked, code):
    await token(linked)
    linked.later(hours=2)
    linked.simulator.fail_token_requests(code)
    error = await fails(linked, NeedsReauthError)
    again = await fails(linked, NeedsReauthError)

    assert f"AADSTS{code}" == error.provider.code
    assert f"AADSTS{code}" in again.message
    assert AccountState.NEEDS_REAUTH is (await state_of(linked))[0]
    assert 1 == len(linked.token_requests())


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ({"kind": "status", "status": 500, "body": ""}, "provider_unavailable"),
        ({"kind": "status", "status": 429, "body": ""}, "provider_unavailable"),
        ({"kind": "html"}, "provider_unavailable"),
        ({"kind": "status", "status": 400, "body": "no OAuth error"}, "provider_unavailable"),
        ({"kind": "status", "status": 200, "body": "no token"}, "provider_answer_unreadable"),
        ({"kind": "drop_before"}, "provider_unreachable"),
        ({"kind": "drop_after"}, "provider_unreachable"),
        ({"kind": "half_body"}, "provider_unreachable"),
    ],
)  # fmt: skip
async def test_a_passing_failure_keeps_the_grant(linked, failure, reason):
    await token(linked)
    linked.later(hours=2)
    linked.simulator.fail_next(path=TOKEN, times=2, **failure)
    await fails(linked, TokenUnavailableError)
    state = await state_of(linked)
    await calm_down(linked)
    mended = await token(linked)

    assert (AccountState.DEGRADED, reason) == state
    assert mended
    assert (AccountState.ACTIVE, None) == await state_of(linked)


async def test_one_passing_failure_is_overcome_at_once(linked):
    await token(linked)
    linked.later(hours=2)
    linked.simulator.fail_next("drop_before", path=TOKEN)

    assert await token(linked)
    assert (AccountState.ACTIVE, None) == await state_of(linked)


async def test_waiters_share_the_failure(linked):
    await token(linked)
    linked.later(hours=2)
    linked.simulator.fail_next("status", path=TOKEN, status=500, times=100, body="")
    outcomes = await asyncio.gather(*(token(linked) for _ in range(50)), return_exceptions=True)

    assert {TokenUnavailableError} == {type(outcome) for outcome in outcomes}
    assert 2 == len(linked.token_requests())
    assert all(outcome.retry_after for outcome in outcomes)


async def test_a_time_out_never_needs_the_user(linked):
    await token(linked)
    linked.later(hours=2)
    linked.hall.oauth._timeout = 0.2
    linked.simulator.fail_next("delay", path=TOKEN, times=2, delay_seconds=1)
    await fails(linked, TokenUnavailableError)

    assert (AccountState.DEGRADED, "provider_unreachable") == await state_of(linked)


async def test_an_expired_client_secret_is_the_profiles_trouble(linked):
    await token(linked)
    linked.later(hours=2)
    linked.simulator.expire_secrets(DEMO_CLIENT_ID)
    first = await fails(linked, ClientSecretExpiredError)
    second = await fails(linked, ClientSecretExpiredError)
    state = await state_of(linked)
    value = linked.simulator.replace_secret(DEMO_CLIENT_ID).client_secret
    await change_profile(linked.hall, linked.caller, linked.profile.id, {"client_secret": Secret(value)})
    await calm_down(linked)
    mended = await token(linked)

    assert "AADSTS7000222" == first.provider.code
    assert first.next_step == second.next_step
    assert (AccountState.DEGRADED, "client_secret_expired") == state
    assert mended
    assert (AccountState.ACTIVE, None) == await state_of(linked)


async def test_a_wrong_client_secret_keeps_every_grant(linked):
    await token(linked)
    linked.later(hours=2)
    await change_profile(linked.hall, linked.caller, linked.profile.id, {"client_secret": Secret("the secret's id")})
    await fails(linked, ClientSecretWrongError)

    assert (AccountState.DEGRADED, "client_secret_wrong") == await state_of(linked)
    assert not (await grant_of(linked)).refused


async def test_linking_again_wins_over_a_refresh_under_way(linked):
    await token(linked)
    linked.later(hours=2)
    linked.simulator.fail_next("delay_after", path=TOKEN, delay_seconds=1.5)
    refreshing = asyncio.create_task(token(linked))
    await arrival(linked.simulator)
    again = await linked.link()
    after_link = await grant_of(linked)
    got = await refreshing

    assert linked.kept["account"].id == again.id
    assert after_link == await grant_of(linked)
    assert got == await linked.hall.vault.open(
        after_link.project_id, f"account:{again.id}", "access_token", after_link.access
    )


async def test_a_late_refusal_does_not_harm_a_grant_that_was_renewed_meanwhile(linked):
    await token(linked)
    linked.later(hours=2)
    linked.simulator.fail_token_requests(50173)
    linked.simulator.fail_next("delay_after", path=TOKEN, delay_seconds=1.5)
    refreshing = asyncio.create_task(token(linked))
    await arrival(linked.simulator)
    await linked.link()

    assert await refreshing
    assert (AccountState.ACTIVE, None) == await state_of(linked)


async def test_a_dead_owners_lease_is_taken_over(linked):
    account, now = linked.kept["account"], linked.clock()
    await token(linked)
    linked.later(hours=2)
    until = linked.clock() + timedelta(seconds=0.5)
    await linked.hall.leases.take(lease_name(account.id), "killed", now=now, until=until)
    shown = (await state_of(linked))[0]

    assert await token(linked)
    assert until <= linked.clock()
    assert AccountState.REFRESHING is shown
    assert [200] == linked.token_requests()


async def test_a_lease_is_renewed_while_the_provider_takes_its_time(linked):
    await token(linked)
    linked.later(hours=2)
    hall, timing = linked.hall, Timing(lease=0.4, poll=0.05)
    both = [
        Tokens(
            vault=hall.vault, grants=hall.grants, leases=hall.leases, secrets=hall.profiles, oauth=hall.oauth,
            connectors=hall.catalog.connectors, clock=linked.clock, timing=timing,
        )
        for _ in range(2)
    ]  # fmt: skip
    linked.simulator.fail_next("delay", path=TOKEN, delay_seconds=1.5)
    got = await asyncio.gather(*(tokens.token(linked.kept["account"], linked.profile) for tokens in both))

    assert got[0] == got[1]
    assert [200] == linked.token_requests()


class FailingGrants:
    """The grant store of a database that is away for the next writes."""

    def __init__(self, store, failures):
        self._store, self.failures = store, failures

    async def read(self, project_id, account_id):
        return await self._store.read(project_id, account_id)

    async def fail(self, grant, reason, *, refused):
        return await self._store.fail(grant, reason, refused=refused)

    async def swap(self, grant, *, now):
        if self.failures:
            self.failures -= 1
            raise ServerBusyError
        return await self._store.swap(grant, now=now)


@pytest.mark.parametrize(("failures", "outcome"), [(2, None), (6, TokenUnavailableError)])
async def test_a_rotated_token_survives_a_database_that_is_away(linked, failures, outcome, monkeypatch):
    monkeypatch.setattr("linkspan.providerauth.refresh._STORE_SECONDS", 0.001)
    linked.later(hours=2)
    hall, account = linked.hall, linked.kept["account"]
    tokens = Tokens(
        vault=hall.vault, grants=FailingGrants(hall.grants, failures), leases=hall.leases, secrets=hall.profiles, oauth=hall.oauth,
        connectors=hall.catalog.connectors, clock=linked.clock,
    )  # fmt: skip
    if outcome is not None:
        with pytest.raises(outcome):
            await tokens.token(account, linked.profile)

    assert await tokens.token(account, linked.profile)
    assert [200] == linked.token_requests()
    assert 2 == (await grant_of(linked)).version


async def test_an_unlinked_account_has_no_token(linked):
    await token(linked)
    await delete_account(linked.hall, linked.caller, linked.kept["account"].id)
    await fails(linked, AccountRevokedError)


async def test_a_sealed_token_opens_only_where_it_belongs(linked):
    grant, vault = await grant_of(linked), linked.hall.vault
    for project, owner, field, sealed in (
        ("other", f"account:{grant.account_id}", "access_token", grant.access),
        (grant.project_id, "account:other", "access_token", grant.access),
        (grant.project_id, f"account:{grant.account_id}", "refresh_token", grant.access),
        (
            grant.project_id,
            f"account:{grant.account_id}",
            "access_token",
            grant.access[:-1] + bytes([grant.access[-1] ^ 1]),
        ),
        (grant.project_id, f"account:{grant.account_id}", "access_token", b""),
    ):
        with pytest.raises(LinkspanError, match="cannot be opened"):
            await vault.open(project, owner, field, sealed)


async def test_a_failure_long_ago_does_not_hinder_a_refresh(linked):
    await token(linked)
    linked.later(hours=2)
    grant = await grant_of(linked)
    old = StateReason("provider_unreachable", "Away.", linked.clock() - timedelta(minutes=1))
    await linked.hall.grants.fail(grant, old, refused=False)

    assert replace(grant, failure=old) == await grant_of(linked)
    assert await token(linked)
