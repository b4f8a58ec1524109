"""The hub element's forms: an application that signs in by itself is linked by them, everything else by a sign-in."""

import asyncio
from dataclasses import replace

import pytest
from doors_world import CONNECTOR, World

from linkspan.model import Secret
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.read_accounts import read_account

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMPANY = "Tidewater Chandlers"
FORM = {"environment": "Production"}


async def by_application(world: World, name: str, **changes: object) -> World:
    """The world with a profile whose application signs in by itself."""
    demo = world.simulator.demo
    new = NewProfile(
        CONNECTOR, name, str(demo.client_id), client_secret=Secret(demo.client_secret), provider_url=world.simulator.url,
        auth_method="client-credentials", tenant=str(demo.tenant_id),
    )  # fmt: skip
    return replace(world, profile=await create_profile(world.hall, world.caller, replace(new, **changes)))


async def token_of(world: World, owner: str, **given: object) -> dict[str, str]:
    return {"x-hub-session-token": (await world.link_url(owner, **given)).rsplit("/", 1)[1]}


async def test_a_form_links_an_application_and_edits_its_account(world):
    other = await by_application(world, "by form")
    demo, sent = world.simulator.demo, await token_of(other, "form owner")
    async with world.browser() as browser:
        config = (await browser.get(f"/hub/connectors/{other.profile.id}", headers=sent)).json()["config"]
        form = {"integration_id": other.profile.id, "credentials": FORM}
        several = await browser.post("/hub/accounts", json=form, headers=sent)
        form["credentials"] = FORM | {"company_id": COMPANY.upper()}
        linked = await browser.post("/hub/accounts", json=form, headers=sent)
        again = await browser.post("/hub/accounts", json=form, headers=sent)
        account = await read_account(world.hall, world.caller, linked.json()["id"])
        edit = await token_of(other, "form owner", account_id=account.id)
        shown = (await browser.get(f"/hub/connectors/{other.profile.id}", headers=edit)).json()["config"]
        edited = await browser.patch(f"/hub/accounts/{account.id}", json={"credentials": {}}, headers=edit)
    after = await read_account(world.hall, world.caller, account.id)

    assert "client_credentials" == config["grantType"]
    assert ["tenant_id", "environment", "company_id"] == [field["key"] for field in config["configFields"]]
    assert [False] == [field["required"] for field in config["configFields"] if field["key"] == "company_id"]
    assert 400 == several.status_code
    assert COMPANY in several.text
    assert (200, CONNECTOR) == (linked.status_code, linked.json()["provider"])
    assert str(demo.company_id) == account.fields["company_id"]
    assert "form owner" == account.owner.id
    assert 401 == again.status_code  # the session was used
    assert account.fields["company_id"] in {field.get("value") for field in shown["configFields"]}
    assert (200, account.id) == (edited.status_code, edited.json()["id"])
    assert account.fields == after.fields


@pytest.mark.parametrize(
    "credentials", [None, [], "text", {"environment": 5}, {"environment": "Nowhere"}, {"company_id": "x" * 5000}]
)
async def test_a_form_that_does_not_fit_links_nothing(world, credentials):
    other = await by_application(world, f"refused {credentials}"[:40])
    sent = await token_of(other, "nobody")
    async with world.browser() as browser:
        form = {"integration_id": other.profile.id, "credentials": credentials}
        answer = await browser.post("/hub/accounts", json=form, headers=sent)

    assert answer.status_code in {400, 404}, answer.text
    assert {"statusCode", "message", "timestamp"} <= answer.json().keys()
    assert [] == await world.hall.accounts.list(world.project.id, AccountFilter(owner_ids=("nobody",)))


async def test_a_form_is_no_way_around_a_sign_in_nor_into_another_account(world):
    other = await by_application(world, "apart")
    demo = world.simulator.demo
    whole = {"environment": "Production", "tenant_id": str(demo.tenant_id), "company_id": str(demo.company_id)}
    async with world.browser() as browser:
        sent = await token_of(world, "signs in")
        form = {"integration_id": world.profile.id, "credentials": whole}
        by_sign_in = await browser.post("/hub/accounts", json=form, headers=sent)
        mine = await token_of(other, "apart")
        foreign = await browser.patch(f"/hub/accounts/{world.account.id}", json={"credentials": whole}, headers=mine)
        other_profile = await browser.post("/hub/accounts", json=form, headers=mine)
        nobody = await browser.post("/hub/accounts", json=form)

    assert [400, 404, 404, 401] == [one.status_code for one in (by_sign_in, foreign, other_profile, nobody)]


async def test_a_secret_that_is_wrong_is_said_as_on_the_page(world):
    other = await by_application(world, "wrong", client_secret=Secret("planted-wrong-form-secret-3c"))
    async with world.browser() as browser:
        answer = await browser.post("/hub/accounts", json={"credentials": FORM}, headers=await token_of(other, "wrong"))

    assert "AADSTS7000215" in answer.json()["message"]


async def test_a_form_sent_twice_at_once_links_one_account(world):
    other = await by_application(world, "twice")
    sent = await token_of(other, "twice")
    form = {"credentials": FORM | {"company_id": str(world.simulator.demo.company_id)}}
    async with world.browser() as browser:
        answers = await asyncio.gather(*(browser.post("/hub/accounts", json=form, headers=sent) for _ in range(2)))
    good = [answer for answer in answers if answer.status_code == 200]

    assert 1 == len({answer.json()["id"] for answer in good})
    assert all(answer.status_code in {200, 401, 410} for answer in answers), [answer.text for answer in answers]
