"""The action tester: what it offers, what it runs, how it tells mistakes, and that it writes once."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from console_form import ActionForm, run_of
from console_people import Signed, make_member, sign_in
from doors_world import BASE, CONNECTOR, World

from linkspan.people_records import Role
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.create_project import create_project

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def developer(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "tester-dev", Role.DEVELOPER)) as signed:
        yield signed


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def viewer(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "tester-view", Role.VIEWER)) as signed:
        yield signed


def writes(world: World) -> int:
    return sum(seen.method != "GET" for seen in world.simulator.requests(path="/api/v2.0"))


async def test_the_way_leads_from_an_account_over_its_actions_to_the_form(world: World, developer: Signed) -> None:
    tester = f"{BASE}/console/p/{world.caller.project_id}/tester"
    accounts = await developer.browser.get(tester)
    actions = await developer.browser.get(f"{tester}?account={world.account.id}")
    found = await developer.browser.get(f"{tester}?account={world.account.id}&find=new customer")
    form = await ActionForm(world, developer, "create_customer").open()

    assert f"?account={world.account.id}" in accounts.text
    assert f"action={CONNECTOR}_list_items" in actions.text
    assert found.text.index("create_customer") < found.text.index("update_customer")
    assert 'name="body.displayName"' in form.text
    assert "writes" in form.text


async def test_a_list_is_a_table_with_pages_and_its_run_is_in_the_log(world: World, developer: Signed) -> None:
    form = ActionForm(world, developer, "list_customers")
    await form.open()
    first = await form.press(
        "run", {"query.page_size": "2", "query.select": "number,displayName", "query.count": "true"}
    )
    cursor = first.text.partition('name="cursor" value="')[2].partition('"')[0]
    second = await form.press("run", {"query.page_size": "2", "query.select": "number,displayName"}, cursor=cursor)
    log = await developer.browser.get(f"{BASE}/console/p/{world.caller.project_id}/logs/{run_of(second)}")
    numbers = [page.text.partition("<tbody>")[2].partition("</tbody>")[0] for page in (first, second)]

    assert (200, 200) == (first.status_code, second.status_code)
    assert [2, 2] == [rows.count("<tr>") for rows in numbers]
    assert numbers[0] != numbers[1]
    assert "First page" in second.text
    assert "dynamics365bc_list_customers" in log.text
    assert "<dt>Door</dt><dd>console" in log.text


async def test_mistakes_stand_beside_their_fields_and_nothing_is_sent(world: World, developer: Signed) -> None:
    form = ActionForm(world, developer, "create_item")
    await form.open()
    before = writes(world)
    values = {"body.displayName": "Tester & Lamp", "body.unitPrice": "12,50", "body.blocked": "perhaps"}
    page = await form.press("run", values, sure="yes")

    assert 400 == page.status_code
    assert 'href="#in-body-unitPrice"' in page.text
    assert (
        'name="body.unitPrice" id="in-body-unitPrice" aria-describedby="in-body-unitPrice-about in-body-unitPrice-wrong1" aria-invalid="true"'
        in page.text
    )
    assert "12,50" == form.shown["body.unitPrice"]
    assert "<option selected>perhaps</option>" in page.text
    assert before == writes(world)
    assert run_of(page)


async def test_a_write_needs_a_yes_and_happens_once_per_form(world: World, developer: Signed) -> None:
    form = ActionForm(world, developer, "create_customer")
    await form.open()
    before, values = writes(world), {"body.displayName": "Tester Once", "body.city": "Hamnøy"}
    unsure = await form.press("run", values)
    dry = await form.press("dry", values)
    assert before == writes(world)

    written = await form.press("run", values, sure="yes")
    pressed = dict(form.hidden)
    again = await form.press("run", values, sure="yes")
    form.hidden = pressed
    other = await form.press("run", {**values, "body.city": "Reine"}, sure="yes")

    assert (400, 200, 200, 200, 422) == tuple(one.status_code for one in (unsure, dry, written, again, other))
    assert "tick the box" in unsure.text
    assert "Nothing was written." in dry.text
    assert "This form has done its write" in written.text
    assert "Nothing was written now." in again.text
    assert run_of(written) == run_of(again)
    assert "idempotency_conflict" in other.text
    assert before + 1 == writes(world)

    await form.press("again", values)
    second = await form.press("run", {**values, "body.displayName": "Tester Twice"}, sure="yes")
    assert run_of(second) != run_of(written)
    assert before + 2 == writes(world)


async def test_rows_are_added_and_sent_without_the_empty_ones(world: World, developer: Signed) -> None:
    form = ActionForm(world, developer, "create_sales_quote")
    opened = await form.open()
    assert 200 == opened.status_code, opened.text
    lines = "body.salesQuoteLines"
    first = await form.press("texts", row=lines)
    assert 200 == first.status_code, first.text
    added = await form.press("texts", {f"{lines}[0].description": ""}, row=lines)
    assert f"{lines}[1].description" in form.shown, added.text

    values = {
        "body.customerNumber": "C00010",
        f"{lines}[1].description": "Tester row",
        f"{lines}[1].lineType": '"Comment"',
    }
    dry = await form.press("dry", values)
    page = await form.press("json", values)

    assert 200 == dry.status_code, dry.text
    assert "Tester row" in dry.text
    assert "&#34;description&#34;: &#34;Tester row&#34;" in page.text


async def test_json_is_the_other_way_to_enter_and_goes_back_where_the_form_can_say_it(
    world: World, developer: Signed
) -> None:
    form = ActionForm(world, developer, "update_customer")
    await form.open(**{"as": "json"})
    call = {"path": {"id": "6c1f2d34-9a05-4b7e-8d61-3f0a9be4c215"}, "body": {"city": "Svolvær"}}
    back = await form.press("form", json=json.dumps(call))
    assert "Svolvær" == form.shown["body.city"]

    await form.press("json")
    kept = await form.press("form", json=json.dumps({**call, "body": {"city": None}}))
    broken = await form.press("run", json="{nope", sure="yes")
    odd = await form.press("run", json='{"bodies": {}}', sure="yes")
    deep = await form.press("run", json="[" * 100_000, sure="yes")

    assert 200 == back.status_code
    assert "stays JSON" in kept.text
    assert [400, 400, 400] == [page.status_code for page in (broken, odd, deep)]
    assert "did you mean <code>body</code>" in odd.text


async def test_hostile_values_come_back_as_text(world: World, developer: Signed) -> None:
    form = ActionForm(world, developer, "list_customers")
    await form.open()
    bad = "\"><script>alert(1)</script>'</code>{{7*7}}"
    page = await form.press("run", {"query.filter": bad, "query.top": bad, "query.count": bad, "query.nope": bad})
    search = await developer.browser.get(f"{BASE}{form.where}", params={"account": world.account.id, "find": bad})

    assert 400 == page.status_code
    assert "<script>alert" not in page.text + search.text
    assert "49" not in search.text.partition("<main")[2].partition("value=")[2][:200]
    assert bad == form.shown["query.filter"]
    assert "query.nope" in page.text
    assert 200 == search.status_code


async def test_a_providers_failure_is_told_with_its_words_and_its_run(world: World, developer: Signed) -> None:
    form = ActionForm(world, developer, "get_customer")
    await form.open()
    missing = await form.press("run", {"path.id": "00000000-0000-0000-0000-0000000000aa"})
    world.simulator.fail_next("status", path="/customers", status=500, times=20, body="<h1>broken</h1>")
    broken = await form.press("run", {"path.id": "00000000-0000-0000-0000-0000000000ab"})
    world.simulator.clear_failures()

    assert (404, "record_not_found" in missing.text) == (missing.status_code, True)
    assert 424 == broken.status_code, broken.text
    assert run_of(broken) != run_of(missing)


async def test_what_is_of_others_or_not_enabled_is_refused(world: World, developer: Signed) -> None:
    others = await create_project(world.hall, "Not ours")
    tester = f"{BASE}/console/p/{world.caller.project_id}/tester"
    elsewhere = await developer.browser.get(f"{BASE}/console/p/{others.id}/tester?account={world.account.id}")
    unknown = await developer.browser.get(f"{tester}?account=nobody")
    nameless = await developer.browser.get(f"{tester}?account={world.account.id}&action=dynamics365bc_fly")
    form = ActionForm(world, developer, "list_vendors")
    await form.open()
    await change_profile(
        world.hall, world.caller, world.profile.id, {"enabled_actions": frozenset({f"{CONNECTOR}_list_items"})}
    )
    try:
        shut = await form.press("run")
        listed = await developer.browser.get(f"{tester}?account={world.account.id}")
    finally:
        await change_profile(world.hall, world.caller, world.profile.id, {"enabled_actions": None})

    assert [404, 404, 404, 403] == [one.status_code for one in (elsewhere, unknown, nameless, shut)]
    assert 1 == listed.text.count("&amp;action=")


async def test_a_viewer_sees_the_call_and_runs_nothing(world: World, viewer: Signed) -> None:
    form = ActionForm(world, viewer, "create_customer")
    page = await form.open(example="1")
    refused = await viewer.post(
        form.where, {"account": world.account.id, "action": f"{CONNECTOR}_list_items", "deed": "run"}
    )

    assert ["/console/sign-out"] == [part.split('"')[0] for part in page.text.split('<form method="post" action="')[1:]]
    assert "needs the role developer" in page.text
    assert "curl -sS" in page.text
    assert 403 == refused.status_code


async def test_pressing_twice_at_once_writes_once(world: World, developer: Signed) -> None:
    form = ActionForm(world, developer, "create_customer")
    await form.open()
    before = writes(world)
    sent = {**form.hidden, "body.displayName": "Tester Double", "sure": "yes", "deed": "run"}
    pages = await asyncio.gather(*(developer.browser.post(BASE + form.where, data=sent) for _ in range(5)))

    assert before + 1 == writes(world)
    assert 200 in {page.status_code for page in pages}
    assert {page.status_code for page in pages} <= {200, 409}


@pytest.mark.parametrize(
    ("rows", "status", "told"), [(58_000, 424, "The answer is too long"), (42_000, 200, "longer than a page should be")]
)
async def test_sixty_megabytes_are_refused_and_forty_make_a_small_page(
    world: World, developer: Signed, rows: int, status: int, told: str
) -> None:
    form = ActionForm(world, developer, "list_items")
    await form.open()
    row = json.dumps({"number": "BIG", "displayName": "x" * 1000})
    body = f'{{"value": [{",".join([row] * rows)}]}}'
    world.simulator.fail_next("status", path="/items", status=200, body=body)
    page = await form.press("run", {"query.select": "number,displayName", "query.page_size": "20000"})
    world.simulator.clear_failures()

    assert status == page.status_code
    assert told in page.text
    assert len(page.text) < 500_000
