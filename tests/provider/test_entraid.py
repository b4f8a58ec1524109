"""The second connector, Microsoft Entra ID: data alone, linked by its own sign-in and run against the simulator's directory."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from linking_world import CALLBACKS, World, sign_in
from linkspan.engine.call import Inputs
from linkspan.errors import ActionNotEnabledError, InvalidInputError, ProviderForbiddenError, ProviderNotFoundError
from linkspan.model import Account, Profile, Secret
from linkspan.simulator.entra.demo import (
    CLERK,
    DEMO_DOMAIN,
    DEMO_TENANT_ID,
    DIRECTORY_CLIENT_ID,
    DIRECTORY_SECRET,
    OTHER_ADMINISTRATOR,
    OTHER_DOMAIN,
)
from linkspan.usecases.body_log import redacted
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.run_action import ActionRequest, Answer, run_action

WHERE = {"tenant_id": DEMO_DOMAIN}
NEW = {
    "accountEnabled": True,
    "displayName": "Nele O'Tern",
    "mailNickname": "nele.tern",
    "userPrincipalName": f"nele.tern@{DEMO_DOMAIN}",
    "passwordProfile": {"password": "Wide-Estuary-Path-52", "forceChangePasswordNextSignIn": True},
}


@pytest.fixture
async def directory(world: World) -> World:
    world.simulator.add_redirect_uri(DIRECTORY_CLIENT_ID, f"{CALLBACKS}entraid/callback")
    return replace(world, profile=await profile_of(world))


async def profile_of(world: World, **changes: object) -> Profile:
    new = NewProfile(
        connector="entraid", name="Directory", client_id=str(DIRECTORY_CLIENT_ID), client_secret=Secret(DIRECTORY_SECRET),
        provider_url=world.simulator.url,
    )  # fmt: skip
    return await create_profile(world.hall, world.caller, replace(new, **changes))


async def run(world: World, account: Account, action: str, **groups: object) -> Answer:
    request = ActionRequest(f"entraid_{action}", account.id, Inputs(**groups), "rest")
    return await run_action(world.hall, world.caller, request)


async def data(world: World, account: Account, action: str, **groups: object) -> object:
    return (await run(world, account, action, **groups)).result.data


async def test_a_person_links_it_without_choosing_a_company(directory):
    account = await directory.link(WHERE)

    assert {"tenant_id": str(DEMO_TENANT_ID)} == dict(account.fields)
    assert {"Ada Quay", "Colin Mole", "Una Shore"} == {
        row["displayName"] for row in await data(directory, account, "list_users")
    }


async def test_every_action_runs(directory):
    account = await directory.link(WHERE)
    user = await data(directory, account, "create_user", body=NEW)
    group = await data(
        directory, account, "create_group",
        body={"displayName": "Quay crew", "mailEnabled": False, "mailNickname": "quay-crew", "securityEnabled": True},
    )  # fmt: skip
    await data(
        directory, account, "update_user", path={"id": user["id"]}, body={"department": "Sheds", "jobTitle": None}
    )
    await data(directory, account, "update_group", path={"id": group["id"]}, body={"description": "By the quay."})
    named = {"filter": {"displayName": "Nele O'Tern"}, "select": "id,department,jobTitle"}
    found = await data(directory, account, "list_users", query=named)
    read = await data(directory, account, "get_group", path={"id": group["id"]})
    by_name = await data(directory, account, "get_user", path={"id": CLERK})
    of_clerk = await data(directory, account, "list_user_groups", path={"user_id": by_name["id"]})
    members = await data(directory, account, "list_group_members", path={"group_id": of_clerk[0]["id"]})
    groups = await data(directory, account, "list_groups", query={"filter": {"securityEnabled": True}})
    for action, record in (("delete_user", user), ("delete_group", group)):
        assert await data(directory, account, action, path={"id": record["id"]}) is None

    assert [{"id": user["id"], "department": "Sheds", "jobTitle": None}] == found
    assert "By the quay." == read["description"]
    assert by_name["id"] in {member["id"] for member in members}
    assert {"Quay crew", "Harbour office", "Night watch"} == {one["displayName"] for one in groups}
    with pytest.raises(ProviderNotFoundError):
        await data(directory, account, "get_user", path={"id": user["id"]})


async def test_pages_are_asked_by_top_and_go_on_by_cursor(directory):
    account = await directory.link(WHERE)
    names, cursor = [], None
    while cursor is not None or not names:
        query = {"cursor": cursor} if cursor else {"page_size": 2, "top": 3, "count": True}
        answer = await run(directory, account, "list_users", query=query)
        names += [row["displayName"] for row in answer.result.data]
        cursor = answer.result.next
    asked = [seen.query for seen in directory.simulator.requests(path="/v1.0/users")]

    assert (3, 3) == (len(names), len(set(names)))
    assert [True, True] == ["$top=2" in query for query in asked], asked


async def test_changes_take_no_etag_and_say_that_the_last_writer_wins(directory):
    account = await directory.link(WHERE)
    clerk = await data(directory, account, "get_user", path={"id": CLERK})
    answer = await run(directory, account, "update_user", path={"id": clerk["id"]}, body={"jobTitle": "Buyer"})

    assert "last_writer_wins" == answer.result.concurrency
    assert 1 == len(directory.simulator.requests(method="GET", path="/v1.0/users("))
    with pytest.raises(InvalidInputError):
        await run(
            directory,
            account,
            "update_user",
            path={"id": clerk["id"]},
            body={"jobTitle": "B"},
            headers={"if_match": "*"},
        )


async def test_a_profile_asks_only_for_what_its_actions_need(directory):
    profile = await profile_of(directory, name="Readers", enabled_actions=["entraid_list_users", "entraid_list_groups"])
    readers = replace(directory, profile=profile)
    account = await readers.link(WHERE)
    scopes = str(parse_qs(urlsplit(await readers.start(await readers.open(), WHERE)).query)["scope"])

    assert "User.Read.All" in scopes
    assert "GroupMember.Read.All" in scopes
    assert "Write" not in scopes
    assert await data(readers, account, "list_users")
    with pytest.raises(ActionNotEnabledError):
        await data(readers, account, "create_user", body=NEW)


async def test_a_person_without_a_role_reads_and_cannot_change(directory):
    address = await directory.start(await directory.open(), WHERE)
    view = await directory.finish(await sign_in(address, user=CLERK))

    assert await data(directory, view.account, "list_groups")
    with pytest.raises(ProviderForbiddenError) as caught:
        await data(directory, view.account, "create_user", body=NEW)
    assert "Authorization_RequestDenied" == caught.value.provider.code


async def test_an_application_for_itself(directory):
    profile = await profile_of(directory, name="Robot", auth_method="client-credentials", tenant=str(DEMO_TENANT_ID))
    robot = replace(directory, profile=profile)
    account = await robot.link(WHERE)

    assert "Nele O'Tern" == (await data(robot, account, "create_user", body=NEW))["displayName"]


async def test_one_profile_for_many_tenants(directory):
    profile = await profile_of(directory, name="Customers", audience="many_tenants")
    customers = replace(directory, profile=profile)
    address = await customers.start(await customers.open(), {"tenant_id": OTHER_DOMAIN})
    view = await customers.finish(await sign_in(address, user=OTHER_ADMINISTRATOR))

    assert ["Kim Perch"] == [row["displayName"] for row in await data(customers, view.account, "list_users")]


def test_the_first_password_is_in_no_log_of_bodies():
    assert "Wide-Estuary" not in str(redacted(NEW))
