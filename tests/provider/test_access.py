"""API keys, projects and profiles through their use cases: who may do what, and that nobody sees another project."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text

from linking_world import BROWSER, sign_in
from linkspan.errors import (
    ApiKeyDisabledError,
    ApiKeyExpiredError,
    ApiKeyInvalidError,
    InvalidInputError,
    MissingScopeError,
    NotFoundError,
    ProfileInUseError,
    UnauthenticatedError,
)
from linkspan.model import Caller, KeyScope, Owner, Secret
from linkspan.simulator.entra.demo import DEMO_SECRET
from linkspan.storage.account_store import AccountFilter
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.authenticate import authenticate
from linkspan.usecases.change_account import change_account, resume_account, suspend_account
from linkspan.usecases.change_key import change_key, delete_key
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.check_account import CheckState, check_account
from linkspan.usecases.create_connect_session import NewSession, authenticate_connect_session, create_connect_session
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.create_project import create_project
from linkspan.usecases.delete_account import delete_account
from linkspan.usecases.delete_profile import delete_profile
from linkspan.usecases.keep_house import keep_house
from linkspan.usecases.read_accounts import list_accounts, read_account
from linkspan.usecases.read_keys import list_keys, read_key
from linkspan.usecases.read_profiles import list_profiles, read_profile


async def test_a_key_names_its_caller_and_its_last_use_is_kept(world_on_each):
    world = world_on_each
    key, text_of_key = await create_key(world.hall, world.caller, NewKey("backend", frozenset({KeyScope.ACTIONS})))
    caller = await authenticate(world.hall, text_of_key.reveal())
    await world.hall.key_uses.flush()
    after = await read_key(world.hall, world.caller, key.id)

    assert Caller(world.caller.project_id, frozenset({KeyScope.ACTIONS}), key.id) == caller
    assert text_of_key.reveal().startswith("v1.local.")
    assert len("v1.local.") + 43 == len(text_of_key.reveal())
    assert after.last_used_at is not None
    assert text_of_key.reveal().startswith(after.prefix)


async def test_a_warm_key_needs_no_database(world):
    _, key = await create_key(world.hall, world.caller, NewKey("backend"))
    await authenticate(world.hall, key.reveal())
    statements = []
    event.listen(world.database._engine.sync_engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    for _ in range(50):
        await authenticate(world.hall, key.reveal())

    assert [] == statements


@pytest.mark.parametrize("key", ["v1.local.unknown", "Bearer x", "v1." + "x" * 500, "v1.é"])
async def test_an_unknown_key(world, key):
    with pytest.raises(ApiKeyInvalidError):
        await authenticate(world.hall, key)


async def test_no_key_expired_key_disabled_key_deleted_key(world):
    with pytest.raises(UnauthenticatedError):
        await authenticate(world.hall, "")
    new = NewKey("short", expires_at=world.clock() + timedelta(minutes=1))
    key, value = await create_key(world.hall, world.caller, new)
    await authenticate(world.hall, value.reveal())
    world.clock.offset = timedelta(minutes=2)
    with pytest.raises(ApiKeyExpiredError):
        await authenticate(world.hall, value.reveal())
    world.clock.offset = timedelta(0)
    await change_key(world.hall, world.caller, key.id, {"enabled": False})
    with pytest.raises(ApiKeyDisabledError):
        await authenticate(world.hall, value.reveal())
    await delete_key(world.hall, world.caller, key.id)
    with pytest.raises(ApiKeyInvalidError):
        await authenticate(world.hall, value.reveal())


async def test_another_process_follows_a_change_when_it_looks(world):
    key, value = await create_key(world.hall, world.caller, NewKey("backend"))
    await authenticate(world.hall, value.reveal())
    await world.hall.warm.check()
    await authenticate(world.hall, value.reveal())
    await world.hall.keys.change(key.project_id, key.id, {"enabled": False})  # as another process would
    await authenticate(world.hall, value.reveal())
    await world.hall.warm.check()

    with pytest.raises(ApiKeyDisabledError):
        await authenticate(world.hall, value.reveal())


async def test_nobody_gives_a_key_more_than_they_have(world):
    weak = Caller(world.caller.project_id, frozenset({KeyScope.PLATFORM_WRITE, KeyScope.PLATFORM_READ}))
    key, _ = await create_key(world.hall, weak, NewKey("weak", frozenset({KeyScope.PLATFORM_READ})))
    with pytest.raises(MissingScopeError, match="actions"):
        await create_key(world.hall, weak, NewKey("strong"))
    with pytest.raises(MissingScopeError, match="logs:read"):
        await change_key(world.hall, weak, key.id, {"scopes": frozenset({KeyScope.LOGS_READ})})


async def test_a_scope_that_is_missing_is_named(world):
    actions_only = Caller(world.caller.project_id, frozenset({KeyScope.ACTIONS}))
    for refused in (
        list_accounts(world.hall, actions_only),
        list_keys(world.hall, actions_only),
        list_profiles(world.hall, actions_only),
        read_account(world.hall, actions_only, "x"),
        check_account(world.hall, actions_only, "x"),
    ):
        with pytest.raises(MissingScopeError, match="platform:read"):
            await refused
    for refused in (
        create_key(world.hall, actions_only, NewKey("x")),
        delete_account(world.hall, actions_only, "x"),
        delete_profile(world.hall, actions_only, "x"),
        suspend_account(world.hall, actions_only, "x"),
        create_connect_session(world.hall, actions_only, NewSession(Owner("o", "O"), connector="dynamics365bc")),
    ):
        with pytest.raises(MissingScopeError, match="platform:write"):
            await refused


async def test_another_projects_ids_are_not_found(world_on_each):
    world = world_on_each
    account, key = await world.link(), (await create_key(world.hall, world.caller, NewKey("k")))[0]
    opened = await world.open()
    stranger = Caller((await create_project(world.hall, "Elsewhere")).id, ALL_SCOPES)
    hall, session = world.hall, NewSession(Owner("o", "O"))
    for asked in (
        read_account(hall, stranger, account.id),
        change_account(hall, stranger, account.id, {"label": "mine"}),
        suspend_account(hall, stranger, account.id),
        resume_account(hall, stranger, account.id),
        delete_account(hall, stranger, account.id),
        check_account(hall, stranger, account.id),
        read_profile(hall, stranger, world.profile.id),
        change_profile(hall, stranger, world.profile.id, {"name": "mine"}),
        delete_profile(hall, stranger, world.profile.id),
        read_key(hall, stranger, key.id),
        change_key(hall, stranger, key.id, {"enabled": False}),
        delete_key(hall, stranger, key.id),
        create_connect_session(hall, stranger, NewSession(session.owner, account_id=account.id)),
        create_connect_session(hall, stranger, NewSession(session.owner, profile_id=world.profile.id)),
        create_connect_session(hall, stranger, NewSession(session.owner, connector="dynamics365bc")),
        authenticate_connect_session(hall, stranger, opened.token),
        hall.warm.account(stranger.project_id, account.id),
        hall.warm.profile(stranger.project_id, world.profile.id),
    ):
        with pytest.raises(NotFoundError):
            await asked

    assert [] == await list_accounts(hall, stranger)
    assert [] == await list_profiles(hall, stranger)
    assert [] == await list_keys(hall, stranger)
    assert account == await read_account(hall, world.caller, account.id)


async def test_a_profile_with_accounts_is_not_deleted(world):
    account = await world.link()
    with pytest.raises(ProfileInUseError, match="1 account is"):
        await delete_profile(world.hall, world.caller, world.profile.id)
    await delete_account(world.hall, world.caller, account.id)
    await delete_profile(world.hall, world.caller, world.profile.id)

    assert [] == await list_profiles(world.hall, world.caller)


async def test_every_mistake_of_a_new_profile_is_told_with_the_nearest_name(world):
    with pytest.raises(InvalidInputError) as caught:
        await create_profile(
            world.hall, world.caller,
            NewProfile(
                connector="dynamics365bc", name=" ", client_id="", client_secret=Secret(" "), auth_method="magic",
                enabled_actions=frozenset({"dynamics365bc_list_customer"}), provider_url="ftp://x/y",
            ),
        )  # fmt: skip

    assert ["name", "client_id", "client_secret", "auth_method", "provider_url", "enabled_actions"] == [
        mistake.where for mistake in caught.value.mistakes
    ]
    assert "dynamics365bc_list_customers" == caught.value.mistakes[-1].nearest


async def test_accounts_are_listed_by_what_they_are(world):
    first, second = await world.link(owner="a"), await world.link(owner="b")
    await suspend_account(world.hall, world.caller, second.id)

    assert [first.id] == [
        found.id for found in await list_accounts(world.hall, world.caller, AccountFilter(owner_ids=("a",)))
    ]
    assert {first.id, second.id} == {found.id for found in await list_accounts(world.hall, world.caller)}
    assert second.state is (await resume_account(world.hall, world.caller, second.id)).state


async def test_the_doctor_finds_nothing_wrong_with_a_good_account(world):
    account = await world.link()
    checks = await check_account(world.hall, world.caller, account.id)

    assert [
        "account", "profile", "secret", "redirect", "tenant", "consent", "token", "environment", "company", "permission",
    ] == [check.name for check in checks]  # fmt: skip
    assert {CheckState.OK} == {check.state for check in checks}


async def test_the_doctor_names_the_first_thing_to_mend(world):
    account = await world.link()
    world.simulator.revoke_grants()
    checks = {check.name: check for check in await check_account(world.hall, world.caller, account.id)}

    assert CheckState.OK is checks["tenant"].state
    assert (CheckState.FAILED, "needs_reauth") == (checks["token"].state, checks["token"].code)
    assert "AADSTS" in checks["token"].what
    assert checks["token"].next_step
    assert CheckState.NOT_TRIED is checks["environment"].state


async def test_no_secret_lies_in_the_database_in_clear(world_on_each):
    world = world_on_each
    _, key = await create_key(world.hall, world.caller, NewKey("backend"))
    opened = await world.open()
    params = await sign_in(await world.start(opened))
    await world.finish(params)
    account = await world.link()
    token = await world.token(account)
    await world.hall.run_log.flush()
    planted = [
        DEMO_SECRET,
        key.reveal(),
        opened.token.reveal(),
        params["state"],
        params["code"],
        token.reveal(),
        BROWSER.reveal(),
    ]
    async with world.database.read() as connection:
        tables = (
            "api_keys",
            "profiles",
            "accounts",
            "grants",
            "connect_sessions",
            "link_attempts",
            "runs",
            "run_steps",
            "data_keys",
        )
        rows = [tuple(row) for table in tables for row in await connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608
    dumped = b"".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)

    assert len(rows) > 9
    assert [] == [secret for secret in planted if secret.encode() in dumped]


async def test_what_is_over_is_thrown_away(world_on_each):
    world = world_on_each
    opened = await world.open()
    await world.start(opened)
    await world.link()
    await world.hall.run_log.flush()
    await keep_house(world.hall)
    kept = await world.hall.sessions.read(opened.session.project_id, opened.session.id)
    world.clock.offset = timedelta(days=91)
    await keep_house(world.hall)

    assert opened.session == kept
    assert None is await world.hall.sessions.read(opened.session.project_id, opened.session.id)
    assert [] == await world.hall.runs.list(world.caller.project_id, RunFilter())
    assert 1 == len(await list_accounts(world.hall, world.caller))
