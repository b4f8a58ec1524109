"""The guides tell every fact in every form, and exactly the chosen actions."""

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable

import pytest
from doors_world import BASE, CONNECTOR, REDIRECT, World

pytestmark = pytest.mark.asyncio(loop_scope="session")
PROFILE_GUIDE = f"/connectors/{CONNECTOR}/guides/connector-profile/oauth-2-0"
LINK_GUIDE = f"/connectors/{CONNECTOR}/guides/link-account/oauth-2-0"
SCOPE = "https://api.businesscentral.dynamics.com/Financials.ReadWrite.All"
FACTS = {
    "role": "Application Developer",
    "licence": "Business Central licence",
    "directory switch": "settings (gear) icon",
    "single tenant": "single tenant",
    "redirect path": "Add redirect URI",
    "older redirect path": "Platform configurations > Add a platform > Web",
    "redirect URI": REDIRECT,
    "not Graph": "not Microsoft Graph",
    "API": "APIs my organization uses",
    "delegated": "Delegated",
    "permission": "Financials.ReadWrite.All",
    "offline_access": "offline_access",
    "asked for by itself": "asked for automatically",
    "consent": "Grant admin consent",
    "consent status": "Granted",
    "consent link": "/v2.0/adminconsent?client_id=",
    "value": "Value",
    "not the id": "secret ID",
    "expiry": "expiry",
    "certificate": "certificate",
    "profile": "+ Connector profile",
    "client id": "Client ID",
    "client secret": "Client Secret",
    "optional scopes": "Scopes (optional)",
    "optional actions": "actions (optional)",
    "link next": LINK_GUIDE,
    "store securely": "securely",
}
LINK_FACTS = {
    "tenant": "Identity > Overview",
    "older path": "Azure portal > Microsoft Entra ID > Overview",
    "domain": "onmicrosoft.com",
    "environment": "Production",
    "admin centre": "Environments",
    "sign in": "Business Central licence",
    "company": "Choose the company",
}


def plain(text: str) -> str:
    """Words without markup: HTML tags, entities and Markdown emphasis taken out."""
    text = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r'href="([^"]+)"', r">\1<", text)))
    return " ".join(text.replace("**", "").replace("`", "").split())


async def read(world: World, address: str) -> str:
    async with world.browser() as client:
        answer = await client.get(address)
    assert 200 == answer.status_code, answer.text
    return answer.text


@pytest.mark.parametrize("form", ["", ".md", ".json"])
@pytest.mark.parametrize(("guide", "facts"), [(PROFILE_GUIDE, FACTS), (LINK_GUIDE, LINK_FACTS)])
async def test_every_fact_in_every_form(world: World, form: str, guide: str, facts: dict[str, str]) -> None:
    text = await read(world, guide + form)
    found = plain(" ".join(words_of(json.loads(text))) if form == ".json" else text)

    assert [] == [name for name, fact in facts.items() if fact not in found]


def printed(*words: str, which: str) -> str:
    """What `linkspan guide` prints for an installation at this address."""
    kind = which.split("/")[-2]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LINKSPAN_")}
    done = subprocess.run(
        [sys.executable, "-m", "linkspan.cli.app", "guide", "--which", kind, *words],
        capture_output=True, text=True, check=True, timeout=30, env=clean | {"LINKSPAN_PUBLIC_URL": BASE},
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["Markdown", "JSON"])
@pytest.mark.parametrize(("guide", "facts"), [(PROFILE_GUIDE, FACTS), (LINK_GUIDE, LINK_FACTS)])
async def test_every_fact_on_the_command_line(guide: str, facts: dict[str, str], words: tuple[str, ...]) -> None:
    text = printed(*words, which=guide)
    found = plain(" ".join(words_of(json.loads(text))) if words else text)

    assert [] == [name for name, fact in facts.items() if fact not in found]


async def test_the_command_line_names_the_seventy_or_the_three(world: World) -> None:
    actions = [one for one in world.hall.catalog.connectors[CONNECTOR].actions.values() if one.default]
    chosen = [f"--action={CONNECTOR}_{name}" for name in ("list_customers", "create_customer", "list_items")]

    assert 70 == len(actions)
    assert f"Enables actions: {', '.join(action.label for action in actions)}." in printed(which=PROFILE_GUIDE)
    assert "Enables actions: List Customers, Create Customer, List Items.\n" in printed(*chosen, which=PROFILE_GUIDE)


def words_of(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from words_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from words_of(item)
    else:
        yield str(value)


def enabled(page: str) -> list[str]:
    """The actions named in the permission step of the page."""
    (step,) = re.findall(r'<li id="api_permissions".*?(?=<li id)', page, re.DOTALL)
    (names,) = re.findall(r"Enables actions: (.*?)</p>", step, re.DOTALL)
    return re.findall(r'<span title="([^"]+)">', names)


async def test_the_usual_actions_are_named_in_the_permission_step(world: World) -> None:
    actions = [one for one in world.hall.catalog.connectors[CONNECTOR].actions.values() if one.default]
    page = await read(world, PROFILE_GUIDE)
    markdown = await read(world, f"{PROFILE_GUIDE}.md")
    told = json.loads(await read(world, f"{PROFILE_GUIDE}.json"))
    (step,) = [step for step in told["steps"] if step["enables_actions"]]

    assert 70 == len(actions)
    assert [action.id for action in actions] == enabled(page)
    assert [action.id for action in actions] == [found["id"] for found in step["enables_actions"]]
    assert f"Enables actions: {', '.join(action.label for action in actions)}." in markdown


async def test_with_three_chosen_exactly_those_three(world: World) -> None:
    three = ["list_customers", "create_customer", "list_items"]
    query = "?a=customers.lc~items.l"
    page = await read(world, PROFILE_GUIDE + query)
    markdown = await read(world, f"{PROFILE_GUIDE}.md{query}")
    told = json.loads(await read(world, f"{PROFILE_GUIDE}.json{query}"))
    (step,) = [step for step in told["steps"] if step["enables_actions"]]

    assert [f"{CONNECTOR}_{name}" for name in three] == enabled(page)
    assert [f"{CONNECTOR}_{name}" for name in three] == [found["id"] for found in step["enables_actions"]]
    assert "Enables actions: List Customers, Create Customer, List Items.\n" in markdown
    assert [f"{CONNECTOR}_{name}" for name in three] == told["selection"]["chosen"]
    assert SCOPE == told["selection"]["scopes_text"]
    assert f"{BASE}{PROFILE_GUIDE}{query}" == told["addresses"]["dynamic"]
    assert f"{BASE}{PROFILE_GUIDE}{query}" in html.unescape(page)


async def test_many_tenants_is_another_story(world: World) -> None:
    one = plain(await read(world, f"{PROFILE_GUIDE}.md"))
    many = plain(await read(world, f"{PROFILE_GUIDE}.md?for=many_tenants"))

    assert "Verify the publisher" in many
    assert "multitenant" in many
    assert "Verify the publisher" not in one


async def test_client_and_tenant_fill_the_consent_link(world: World) -> None:
    client = "0d9d1c1e-1111-4222-8333-444455556666"
    text = await read(world, f"{PROFILE_GUIDE}.md?client={client}&tenant=tidewater.example")
    hostile = await read(world, f"{PROFILE_GUIDE}?client=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")

    assert f"https://login.microsoftonline.com/tidewater.example/v2.0/adminconsent?client_id={client}&scope=" in text
    assert "YOUR-CLIENT-ID" not in text
    assert "<script>alert" not in hostile
    assert "is not an application (client) ID" in hostile


async def test_the_permission_set_follows_the_choice(world: World) -> None:
    reading = json.loads(await read(world, f"{PROFILE_GUIDE}.json?a=customers.l"))["permission_set"]
    writing = json.loads(await read(world, f"{PROFILE_GUIDE}.json?a=customers.lcud"))["permission_set"]
    xml = await read(world, reading["xml"].removeprefix(BASE))
    al = await read(world, writing["al"].removeprefix(BASE))
    rights = {row["table"]: row["rights"] for row in reading["tables"]}

    assert all(rights[table] == "R" for table in rights)
    assert "RIMD" == {row["table"]: row["rights"] for row in writing["tables"]}["Customer"]
    assert "<ObjectID>18</ObjectID>" in xml
    assert 'tabledata "Customer" = RIMD' in al
    assert len(reading["tables"]) < len(writing["tables"]) or len(writing["tables"]) < 70


async def test_wrong_addresses_are_pages_with_a_way_on(world: World) -> None:
    async with world.browser() as client:
        for address in (
            "/connectors/nothing",
            f"{PROFILE_GUIDE}.txt",
            f"/connectors/{CONNECTOR}/guides/other/oauth-2-0",
            "/connectors/a/b/c",
        ):
            answer = await client.get(address)

            assert 404 == answer.status_code
            assert "What to do next" in answer.text
            assert "<code>not_found</code>" in answer.text


async def test_guides_need_no_key_and_no_javascript(world: World) -> None:
    page = await read(world, PROFILE_GUIDE)
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)

    assert 466 == len(re.findall(r'<input type="checkbox" name="actions"', page))
    assert {""} == set(scripts)
    assert " style=" not in page
    assert "onclick" not in page


async def test_a_missing_guide_is_told_in_the_form_asked_for(world: World) -> None:
    async with world.browser() as client:
        told = await client.get(f"/connectors/{CONNECTOR}/guides/connector-profile/saml.json")
        text = await client.get(f"/connectors/{CONNECTOR}/guides/connector-profile/saml.md")

    assert (404, 404) == (told.status_code, text.status_code)
    assert "not_found" == told.json()["error"]["code"]
    assert "connector-profile/oauth-2-0" in told.json()["error"]["next_step"]
    assert "Code: `not_found`" in text.text
