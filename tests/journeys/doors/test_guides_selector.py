"""The selector's form without JavaScript: every button, the short address it leads to, and the headers of the page."""

import html
import re

import pytest
from doors_world import CONNECTOR, World

pytestmark = pytest.mark.asyncio(loop_scope="session")
PROFILE_GUIDE = f"/connectors/{CONNECTOR}/guides/connector-profile/oauth-2-0"


def ids(*names: str) -> list[str]:
    return [f"{CONNECTOR}_{name}" for name in names]


async def submitted(world: World, **fields: object) -> str:
    """Submit the form and give the path and query it leads to."""
    async with world.browser() as client:
        answer = await client.get(PROFILE_GUIDE, params={"form": "1", **fields})
    assert 200 == answer.status_code
    assert 1 == len(answer.history)
    assert 303 == answer.history[0].status_code
    return str(answer.url.raw_path.decode())


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        ({"actions": ids("list_customers", "get_customer", "list_items")}, "?a=customers.lg~items.l"),
        (
            {"actions": ids("list_items", "list_customers"), "sep": "space", "for": "one_tenant", "client": ""},
            "?a=customers.l~items.l",
        ),
        (
            {"actions": ids("list_items"), "sep": "comma", "for": "many_tenants"},
            "?a=items.l&sep=comma&for=many_tenants",
        ),
        ({}, ""),
        ({"pick": "none", "actions": ids("list_items")}, ""),
        ({"pick": "all"}, "?a=all"),
        ({"pick": "all", "q": "tax area"}, "?q=tax+area&a=tax_areas.lgcud"),
        (
            {"pick": "read", "q": "tax area", "actions": ids("delete_tax_area", "list_items")},
            "?q=tax+area&a=items.l~tax_areas.lg",
        ),
        ({"pick": "none", "q": "tax area", "actions": ids("delete_tax_area", "list_items")}, "?q=tax+area&a=items.l"),
        ({"actions": ids("list_itmes")}, f"?a={CONNECTOR}_list_itmes"),
    ],
)
async def test_a_form_leads_to_the_short_address(world: World, fields: dict[str, object], query: str) -> None:
    assert PROFILE_GUIDE + query == await submitted(world, **fields)


async def test_read_only_chooses_what_changes_nothing(world: World) -> None:
    reading = [
        action for action in world.hall.catalog.connectors[CONNECTOR].actions.values() if action.annotations.read_only
    ]
    address = await submitted(world, pick="read")
    letters = re.findall(r"\.([a-z]+)", address.partition("?a=")[2])

    assert {"l", "g"} == set("".join(letters))
    assert len(reading) == len("".join(letters))


async def test_an_unknown_action_is_a_notice_and_no_error(world: World) -> None:
    async with world.browser() as client:
        page = (await client.get(f"{PROFILE_GUIDE}?a=items.lz~parcels.l~{CONNECTOR}_list_itmes")).text

    for name in ("items.z", "parcels.l", f"{CONNECTOR}_list_itmes"):
        assert f"has no action “{name}”" in html.unescape(page)
    assert f"Did you mean {CONNECTOR}_list_items?" in html.unescape(page)
    assert "Actions: 1 of 466" in page


@pytest.mark.parametrize(("name", "shown"), [("space", " "), ("comma", ","), ("newline", "\n"), ("plus", "+")])
async def test_the_separator_joins_the_scopes(world: World, name: str, shown: str) -> None:
    async with world.browser() as client:
        told = (await client.get(f"{PROFILE_GUIDE}.json?sep={name}")).json()["selection"]

    assert name == told["separator"]
    assert shown.join(told["scopes"]) == told["scopes_text"]


async def test_a_search_without_javascript_keeps_what_is_ticked(world: World) -> None:
    async with world.browser() as client:
        page = (await client.get(f"{PROFILE_GUIDE}?a=items.l&q=tax+area")).text

    assert 5 == page.count('type="checkbox" name="actions"')
    assert f'<input type="hidden" name="actions" value="{CONNECTOR}_list_items">' in page


async def test_pages_are_sent_with_a_strict_policy(world: World) -> None:
    async with world.browser() as client:
        answer = await client.get(PROFILE_GUIDE)
        assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.text)
        kept = [await client.get(address) for address in assets]
        nothing = await client.get("/static/linkspan.css")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert "max-age=31536000" == answer.headers["strict-transport-security"]
    assert len(assets) >= 4
    assert {200} == {asset.status_code for asset in kept}
    assert all("immutable" in asset.headers["cache-control"] for asset in kept)
    assert 404 == nothing.status_code


async def test_the_index_leads_to_everything(world: World) -> None:
    async with world.browser() as client:
        front = await client.get("/")
        connector = await client.get(f"/connectors/{CONNECTOR}")
        logo = await client.get(f"/connectors/{CONNECTOR}/logo.svg")

    assert "/connectors" == front.url.path
    assert f'href="/connectors/{CONNECTOR}"' in front.text
    assert 466 == len(set(re.findall(rf'<span class="action-id">({CONNECTOR}_\w+)</span>', connector.text)))
    assert f'href="{PROFILE_GUIDE}"' in connector.text
    assert "image/svg+xml" == logo.headers["content-type"]
