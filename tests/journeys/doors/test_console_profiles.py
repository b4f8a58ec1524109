"""Connector profiles at the console: made by the wizard that follows the guide, tested, changed, rolled over, deleted; no secret comes back."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from console_people import Signed, make_member, sign_in
from doors_world import BASE, CONNECTOR, World

from linkspan.people_records import Role
from linkspan.usecases.read_profiles import read_profile

pytestmark = pytest.mark.asyncio(loop_scope="session")
TENANT = "0f6f2f0e-54c5-4d7d-9f0e-3f1f9d2b7a11"
CLIENT = "5b0c7a52-8a60-4c37-b0a6-9d1f3c2e4a77"
SECRET = "wizard-own-Kittiwake~value.31"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def developer(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "profiler", Role.DEVELOPER)) as signed:
        yield signed


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def looker(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "profile-looker", Role.VIEWER)) as signed:
        yield signed


def here(world: World, page: str = "") -> str:
    return f"/console/p/{world.caller.project_id}/profiles{page}"


async def shown(signed: Signed, where: str) -> str:
    answer = await signed.browser.get(BASE + where)
    assert 200 == answer.status_code, answer.text
    return answer.text


async def made(world: World, developer: Signed, name: str, **more: str) -> str:
    form = {"name": name, "client_id": CLIENT, "client_secret": SECRET, **more}
    answer = await developer.post(here(world, f"/new/{CONNECTOR}/oauth-2-0"), form)
    assert 303 == answer.status_code, answer.text
    return answer.headers["location"].partition("?")[0]


async def test_the_gallery_is_searched(world: World, developer: Signed) -> None:
    everything, entra = [await shown(developer, here(world, f"/new{query}")) for query in ("", "?q=graph")]
    nothing = await shown(developer, here(world, "/new?q=%3Cb%3Ezz"))

    assert here(world, f"/new/{CONNECTOR}/oauth-2-0") in everything
    assert here(world, "/new/entraid/oauth-2-0") in entra
    assert here(world, f"/new/{CONNECTOR}/") not in entra
    assert "&lt;b&gt;zz" in nothing


async def test_steps_and_scopes_follow_the_ticked_actions_without_a_script(world: World, developer: Signed) -> None:
    path = here(world, "/new/entraid/oauth-2-0")
    ticked = await developer.browser.get(f"{BASE}{path}?form=1&actions=entraid_list_users&for=many_tenants")
    text = await shown(developer, ticked.headers["location"])
    public = await shown(
        developer, ticked.headers["location"].replace(path, "/connectors/entraid/guides/connector-profile/oauth-2-0")
    )
    steps = [re.findall(r'<li id="(\w+)" data-guide-step', page) for page in (text, public)]

    assert 303 == ticked.status_code
    assert ["register_many_tenants", "publisher_verification"] == steps[0][:2]
    assert steps[0] == steps[1]
    assert "change_users" not in steps[0]
    assert 'name="for" value="many_tenants"' in text
    assert 'name="a" value="users.l"' in text


async def test_a_profile_is_made_with_exactly_the_chosen_actions(
    world: World, developer: Signed, looker: Signed
) -> None:
    where = await made(
        world, developer, "Quay <North>", a="customers.lg", tenant_id=TENANT, secret_expires="2031-05-09"
    )
    page, seen = await shown(developer, where), await shown(looker, where)
    listed = await shown(looker, here(world))
    profile = await read_profile(world.hall, world.caller, where.rpartition("/")[2])

    assert {f"{CONNECTOR}_list_customers", f"{CONNECTOR}_get_customer"} == profile.enabled_actions
    assert (TENANT, "2031-05-09") == (profile.tenant, profile.secret_expires_at.date().isoformat())
    assert "Quay &lt;North&gt;" in page
    assert where in listed
    assert [] == [text for text in (page, seen, listed) if SECRET in text]
    assert ["/console/sign-out"] == re.findall(r'<form method="post"[^>]*action="([^"]*)"', seen)


async def test_a_wrong_form_comes_back_without_its_secret(world: World, developer: Signed) -> None:
    form = {"name": "Half", "client_secret": SECRET, "secret_expires": "2030-02-03", "a": "items.l"}
    answer = await developer.post(here(world, f"/new/{CONNECTOR}/oauth-2-0"), form)
    no_day = await developer.post(
        here(world, f"/new/{CONNECTOR}/oauth-2-0"), {**form, "client_id": CLIENT, "secret_expires": "31.2.2030"}
    )
    strange = await developer.post(here(world, "/new/nothing/oauth-2-0"), form)

    assert (400, 400, 404) == (answer.status_code, no_day.status_code, strange.status_code)
    assert 'value="Half"' in answer.text
    assert 'name="a" value="items.l"' in answer.text
    assert "give the application (client) ID" in answer.text
    assert "give a day such as" in no_day.text
    assert SECRET not in answer.text + no_day.text


async def test_a_secret_is_rolled_over_and_the_old_one_dropped(world: World, developer: Signed) -> None:
    where = await made(world, developer, "Rolled", secret_expires="2030-01-01")
    id_ = where.rpartition("/")[2]
    empty = await developer.post(f"{where}/proof", {})
    rolled = await developer.post(
        f"{where}/proof", {"client_secret": f"{SECRET}-next", "secret_expires": "2032-01-01", "keep_old_secret": "yes"}
    )
    both = await read_profile(world.hall, world.caller, id_)
    dropped = await developer.post(f"{where}/proof", {"deed": "drop"})
    one = await read_profile(world.hall, world.caller, id_)

    assert (400, 303, 303) == (empty.status_code, rolled.status_code, dropped.status_code)
    assert (True, 2032, 2030) == (both.has_old_secret, both.secret_expires_at.year, both.old_secret_expires_at.year)
    assert (True, False) == (one.has_secret, one.has_old_secret)


async def test_it_is_changed_switched_with_undo_and_deleted(world: World, developer: Signed) -> None:
    where = await made(world, developer, "Before", a="items.l")
    id_ = where.rpartition("/")[2]
    form = {"name": "After", "client_id": CLIENT, "audience": "many_tenants", "which": "chosen"}
    none = await developer.post(where, form)
    changed = await developer.post(where, {**form, "actions": f"{CONNECTOR}_list_vendors"})
    off = await developer.post(f"{where}/switch", {"enabled": "no"})
    notice = await shown(developer, off.headers["location"])
    after = await read_profile(world.hall, world.caller, id_)
    gone = await developer.post(f"{where}/delete", {})
    again = await developer.browser.get(BASE + where)

    assert (400, 303, 303) == (none.status_code, changed.status_code, gone.status_code)
    assert ("After", "many_tenants", False) == (after.name, after.audience, after.enabled)
    assert frozenset({f"{CONNECTOR}_list_vendors"}) == after.enabled_actions
    assert "Undo" in notice
    assert 404 == again.status_code


async def test_a_profile_with_accounts_is_not_deleted(world: World, developer: Signed) -> None:
    where = here(world, f"/{world.profile.id}")
    answer = await developer.post(f"{where}/delete", {})

    assert 409 == answer.status_code
    assert "linked through this connector profile" in answer.text


async def test_the_test_button_tells_what_is_proved_and_what_is_not(world: World, developer: Signed) -> None:
    asked = await developer.post(here(world, f"/{world.profile.id}/test"), {})
    found = dict(
        re.findall(r'<li class="(?:\w+)"><strong>(\w+)</strong> <span class="badge \w+">([\w ]+)</span>', asked.text)
    )

    assert 200 == asked.status_code
    assert ("ok", "ok", "ok") == (found["Profile"], found["Secret"], found["Redirect"])
    assert "not tried" == found["Token"]


async def test_the_guides_address_leads_to_the_profile(world: World, developer: Signed) -> None:
    guide = await shown(
        developer, f"/connectors/{CONNECTOR}/guides/connector-profile/oauth-2-0?profile={world.profile.id}"
    )
    address = f"{BASE}/console/profiles/{world.profile.id}"
    answer = await developer.browser.get(address)
    everything = await developer.browser.get(f"{BASE}/console/profiles")
    nowhere = await developer.browser.get(f"{BASE}/console/profiles/{TENANT}")

    assert address in guide
    assert (303, here(world, f"/{world.profile.id}")) == (answer.status_code, answer.headers["location"])
    assert here(world) == everything.headers["location"]
    assert 404 == nowhere.status_code


async def test_pages_stay_small_though_a_connector_has_hundreds_of_actions(world: World, developer: Signed) -> None:
    pages = [f"/new/{CONNECTOR}/oauth-2-0", f"/new/{CONNECTOR}/client-credentials", f"/{world.profile.id}"]
    sizes = [len((await shown(developer, here(world, page))).encode()) for page in pages]
    unusual = next(
        action.id for action in world.hall.catalog.connectors[CONNECTOR].actions.values() if not action.default
    )
    usual, searched = [
        await shown(developer, here(world, f"/new/{CONNECTOR}/oauth-2-0?q={query}")) for query in ("", unusual)
    ]

    assert [] == [size for size in sizes if size > 85_000], sizes
    assert f'value="{unusual}"' not in usual
    assert f'value="{unusual}"' in searched


async def test_the_page_says_of_each_step_how_it_is_known(world: World, developer: Signed) -> None:
    stated = await made(world, developer, "Known by nothing", secret_expires="2027-04-05")
    page = await shown(developer, stated)
    linked = await shown(developer, here(world, f"/{world.profile.id}"))

    assert ">stated<" in page
    assert ">proved<" not in page
    assert "it ends on 2027-04-05" in page
    assert ">proved<" in linked


async def test_the_guides_button_leads_to_the_wizard(world: World, developer: Signed) -> None:
    guide = await developer.browser.get(f"{BASE}/connectors/{CONNECTOR}/guides/connector-profile/oauth-2-0")
    found = await developer.browser.get(f"{BASE}/console/profiles/new", follow_redirects=False)

    assert f'href="{BASE}/console/profiles/new"' in guide.text
    assert (303, here(world, "/new")) == (found.status_code, found.headers["location"])
