"""What the SDK manages: profiles, sessions, accounts, runs, connectors and actions."""

import pytest

from demo_process import Demo
from linkspan.sdk import AsyncLinkspan, FixRequestError, Linkspan, NotFoundError


async def test_profiles_are_made_changed_and_deleted(client: AsyncLinkspan) -> None:
    made = await client.profiles.create(
        connector="dynamics365bc", name="Second", client_id="second", client_secret="s3cret"
    )
    changed = await client.profiles.change(made.id, name="Other", client_secret=None)
    listed = await client.profiles.list(connector="dynamics365bc")
    await client.profiles.delete(made.id)

    assert (True, False) == (made.has_secret, changed.has_secret)
    assert ("Other", "second") == (changed.name, changed.client_id)
    assert made.id in {profile.id for profile in listed.data}
    with pytest.raises(NotFoundError):
        await client.profiles.get(made.id)


async def test_a_profile_in_use_is_not_deleted(demo: Demo, client: AsyncLinkspan) -> None:
    with pytest.raises(FixRequestError) as caught:
        await client.profiles.delete(demo.profile_id)

    assert ("profile_in_use", 409) == (caught.value.code, caught.value.status)


def test_a_session_gives_the_link_of_its_page(demo: Demo, blocking: Linkspan) -> None:
    opened = blocking.sessions.create(
        origin_owner_id="c-7", origin_owner_name="Holm & Vik", profile_id=demo.profile_id, expires_in=600
    )
    again = blocking.sessions.get(opened.id)

    assert opened.link_url.startswith(demo.base_url)
    assert opened.token in opened.link_url
    assert (None, "c-7") == (again.used_at, again.origin_owner_id)


async def test_accounts_are_found_changed_and_suspended(demo: Demo, client: AsyncLinkspan) -> None:
    before = await client.accounts.get(demo.account_id)
    changed = await client.accounts.change(demo.account_id, label="Main books", metadata={"tier": 1})
    suspended = await client.accounts.suspend(demo.account_id)
    resumed = await client.accounts.resume(demo.account_id)
    every = [account.id async for account in client.accounts.each(state=["active"])]
    none = await client.accounts.list(origin_owner_id=["nobody"])

    assert demo.company_id == before.fields["company_id"]
    assert ("Main books", {"tier": 1}, before.origin_owner_name) == (
        changed.label,
        changed.metadata,
        changed.origin_owner_name,
    )
    assert ("suspended", "active") == (suspended.state, resumed.state)
    assert [demo.account_id] == every
    assert [] == list(none.data)


async def test_runs_are_read_with_their_steps(demo: Demo, client: AsyncLinkspan) -> None:
    answer = await client.run("dynamics365bc_list_vendors", query={"top": 1})
    run = await client.runs.get(answer.run_id)
    page = await client.runs.list(account_id=demo.account_id, action="dynamics365bc_list_vendors", since=run.started_at)

    assert ("rest", 200, 1, 1) == (run.door, run.status, run.rows, len(run.steps))
    assert run.started_at.tzinfo is not None
    assert run.id in {one.id for one in page.data}


def test_connectors_and_actions_are_described(blocking: Linkspan) -> None:
    connector = blocking.connectors.get("dynamics365bc")
    found = blocking.actions.list(connector="dynamics365bc", verb="create", resource="items").data
    action = blocking.actions.get(found[0].id)

    assert connector in list(blocking.connectors.list().data)
    assert ["dynamics365bc_create_item"] == [one.id for one in found]
    assert not action.read_only
    assert "properties" in action.input_schema
