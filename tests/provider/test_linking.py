"""Linking an account through the real OAuth flow against the simulator."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest

from linking_world import BROWSER, CALLBACK, FIELDS, sign_in
from linkspan.errors import (
    CompanyNotFoundError,
    ConnectSessionExpiredError,
    InvalidInputError,
    LinkStateInvalidError,
    LinkStateUsedError,
    NotFoundError,
    ProfileDisabledError,
    TenantNotFoundError,
)
from linkspan.model import AccountState, Secret
from linkspan.providerauth.pkce import challenge_of
from linkspan.simulator.entra.demo import DEMO_TENANT_ID, OTHER_DOMAIN
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.change_account import suspend_account
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.choose_company import choose_company
from linkspan.usecases.delete_account import delete_account
from linkspan.usecases.link_views import LinkStage
from linkspan.usecases.offer_companies import correct_fields, read_linking
from linkspan.usecases.open_session import open_session
from linkspan.usecases.read_accounts import list_accounts, read_account


async def runs(world):
    await world.hall.run_log.flush()
    return await world.hall.runs.list(world.caller.project_id, RunFilter())


async def test_an_account_is_linked_by_its_user(world_on_each):
    world = world_on_each
    opened = await world.open(label="Main books", metadata={"crm": "7"})
    shown = await open_session(world.hall, opened.token)
    view = await world.finish(await sign_in(await world.start(opened)))
    done = await choose_company(world.hall, view.attempt_id, view.companies[0].id, BROWSER)
    account = await read_account(world.hall, world.caller, done.account.id)
    logged = await runs(world)

    assert ["tenant_id", "environment"] == [field.name for field in shown.fields]
    assert LinkStage.CHOOSE_COMPANY is view.stage
    assert len(view.companies) > 1
    assert AccountState.ACTIVE is account.state
    assert {
        "tenant_id": str(DEMO_TENANT_ID),
        "environment": "Production",
        "company_id": view.companies[0].id,
        "company_name": view.companies[0].sets["company_name"],
    } == account.fields
    assert ("Main books", {"crm": "7"}, "o1") == (account.label, account.metadata, account.owner.id)
    assert ["dynamics365bc_link_account"] * 2 == [run.action for run in logged]
    assert ["POST", "GET"] == [step.method for step in logged[1].steps]
    assert account.id == logged[0].account_id
    assert LinkStage.LINKED is (await read_linking(world.hall, view.attempt_id, BROWSER)).stage


async def test_what_the_provider_is_asked(world):
    opened = await world.open()
    query = parse_qs(urlsplit(await world.start(opened)).query)

    assert [CALLBACK] == query["redirect_uri"]
    assert ["S256"] == query["code_challenge_method"]
    assert ["https://api.businesscentral.dynamics.com/Financials.ReadWrite.All offline_access"] == query["scope"]
    assert opened.token.reveal() not in str(query)


def test_the_challenge_is_that_of_rfc_7636():
    # RFC 7636, appendix B.
    assert "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" == challenge_of(
        Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    )


async def test_a_tenant_that_does_not_exist_is_told_before_any_redirect(world):
    with pytest.raises(TenantNotFoundError) as caught:
        await world.start(await world.open(), FIELDS | {"tenant_id": "nosuch.example"})

    assert "AADSTS90002" == caught.value.provider.code
    assert ["tenant_not_found"] == [run.error_code for run in await runs(world)]
    assert caught.value.run_id == (await runs(world))[0].id


async def test_fields_are_checked_all_at_once(world):
    with pytest.raises(InvalidInputError) as caught:
        await world.start(await world.open(), {"tenant_id": "not a tenant", "environment": ""})

    assert ["tenant_id", "environment"] == [mistake.where for mistake in caught.value.mistakes]


async def test_a_forged_state_is_refused_and_logged(world):
    params = await sign_in(await world.start(await world.open()))
    with pytest.raises(LinkStateInvalidError):
        await world.finish(params | {"state": "forged"})

    assert ["link_state_invalid"] == [run.error_code for run in await runs(world)]
    assert LinkStage.CHOOSE_COMPANY is (await world.finish(params)).stage


async def test_another_browser_neither_finishes_nor_uses_up_a_state(world):
    params = await sign_in(await world.start(await world.open()))
    for stranger in (None, Secret("another browser")):
        with pytest.raises(LinkStateInvalidError):
            await world.finish(params, stranger)

    view = await world.finish(params)
    with pytest.raises(LinkStateInvalidError):
        await choose_company(world.hall, view.attempt_id, view.companies[0].id, Secret("another browser"))


async def test_a_state_works_once_even_when_used_twice_at_once(world_on_each):
    world = world_on_each
    params = await sign_in(await world.start(await world.open()))
    outcomes = await asyncio.gather(world.finish(params), world.finish(params), return_exceptions=True)
    with pytest.raises(LinkStateUsedError):
        await world.finish(params)

    assert 1 == sum(isinstance(outcome, LinkStateUsedError) for outcome in outcomes)
    assert 1 == len(world.token_requests())


async def test_a_sign_in_may_take_a_quarter_of_an_hour(world):
    params = await sign_in(await world.start(await world.open()))
    world.clock.offset += world.clock.offset.__class__(minutes=16)
    with pytest.raises(LinkStateInvalidError, match="15 minutes"):
        await world.finish(params)


async def test_a_wrong_environment_is_corrected_without_a_second_sign_in(world):
    view = await world.signed_in(FIELDS | {"environment": "Prodction"})
    with pytest.raises(InvalidInputError) as caught:
        await correct_fields(world.hall, view.attempt_id, {"tenant_id": OTHER_DOMAIN}, BROWSER)
    mended = await correct_fields(world.hall, view.attempt_id, {"environment": "Sandbox"}, BROWSER)

    assert LinkStage.CORRECT_FIELDS is view.stage
    assert "environment_not_found" == view.problem.code
    assert "tenant_id" == caught.value.mistakes[0].where
    assert "Sandbox" == mended.values["environment"]
    assert mended.stage in (LinkStage.CHOOSE_COMPANY, LinkStage.LINKED)
    assert 1 == len(world.token_requests())
    assert "environment_not_found" in [run.error_code for run in await runs(world)]


async def test_a_provider_that_is_away_after_the_sign_in_is_asked_again(world):
    params = await sign_in(await world.start(await world.open()))
    world.simulator.fail_next(
        "status", path="/companies", status=400, times=1, body={"error": {"code": "NoEnvironment", "message": "x"}}
    )
    view = await world.finish(params)
    again = await correct_fields(world.hall, view.attempt_id, {}, BROWSER)

    assert LinkStage.CHOOSE_COMPANY is again.stage


async def test_only_an_offered_company_is_chosen(world):
    view = await world.signed_in()
    with pytest.raises(CompanyNotFoundError):
        await choose_company(world.hall, view.attempt_id, "6f9619ff-8b86-d011-b42d-00c04fc964ff", BROWSER)

    assert [] == await list_accounts(world.hall, world.caller)


async def test_the_same_owner_again_updates_the_account(world_on_each):
    world = world_on_each
    first = await world.link()
    second = await world.link()
    third = await world.link(multiple=True)
    other = await world.link(owner="o2")

    assert first.id == second.id
    assert 3 == len({first.id, third.id, other.id})
    assert 2 == (await world.hall.grants.read(world.caller.project_id, first.id)).version


async def test_a_session_for_an_account_relinks_it_and_keeps_its_id(world):
    account = await world.link()
    again = await world.link(owner="someone else", account_id=account.id, label="Again")

    assert (account.id, "Again", "someone else") == (again.id, again.label, again.owner.id)
    assert account.created_at == again.created_at


async def test_relinking_does_not_resume_a_suspended_account(world):
    account = await world.link()
    await suspend_account(world.hall, world.caller, account.id)

    assert AccountState.SUSPENDED is (await world.link()).state


async def test_a_half_finished_relink_leaves_the_account_as_it_was(world):
    account = await world.link()
    before = await world.hall.grants.read(world.caller.project_id, account.id)
    await world.signed_in(FIELDS | {"environment": "Nowhere"})

    assert before == await world.hall.grants.read(world.caller.project_id, account.id)
    assert account.fields == (await read_account(world.hall, world.caller, account.id)).fields


async def test_a_session_links_once(world):
    opened = await world.open()
    params = [await sign_in(await world.start(opened)) for _ in range(2)]
    views = [await world.finish(each) for each in params]
    await choose_company(world.hall, views[0].attempt_id, views[0].companies[0].id, BROWSER)
    with pytest.raises(ConnectSessionExpiredError, match="used already"):
        await choose_company(world.hall, views[1].attempt_id, views[1].companies[0].id, BROWSER)
    with pytest.raises(ConnectSessionExpiredError, match="used already"):
        await open_session(world.hall, opened.token)


async def test_a_session_expires(world):
    opened = await world.open(expires_in=60)
    world.later(seconds=61)
    with pytest.raises(ConnectSessionExpiredError, match="expired"):
        await open_session(world.hall, opened.token)
    with pytest.raises(ConnectSessionExpiredError):
        await open_session(world.hall, Secret("unknown"))


async def test_a_disabled_profile_links_nothing(world):
    opened = await world.open()
    await change_profile(world.hall, world.caller, world.profile.id, {"enabled": False})
    with pytest.raises(ProfileDisabledError):
        await open_session(world.hall, opened.token)
    with pytest.raises(ProfileDisabledError):
        await world.open()


async def test_deleting_an_account_keeps_its_runs(world_on_each):
    world = world_on_each
    account = await world.link()
    deleted = await delete_account(world.hall, world.caller, account.id)
    with pytest.raises(NotFoundError):
        await read_account(world.hall, world.caller, account.id)

    assert account.id == deleted.id
    assert None is await world.hall.grants.read(world.caller.project_id, account.id)
    assert account.id in [run.account_id for run in await runs(world)]
