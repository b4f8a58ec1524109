"""The guide of a connector whose actions need different scopes: sections, scopes and address follow the selection, for both audiences."""

import pytest
from playwright.async_api import Browser, expect
from served_world import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
GUIDE = "/connectors/entraid/guides/connector-profile/oauth-2-0"
GRAPH = "https://graph.microsoft.com/"
# The sections that depend on scopes, by their ids.
READ_USERS, CHANGE_USERS, READ_GROUPS, CHANGE_GROUPS = "read_users", "change_users", "read_groups", "change_groups"
DEPENDENT = {READ_USERS, CHANGE_USERS, READ_GROUPS, CHANGE_GROUPS}

# Actions ticked; the text in the address; sections shown; scopes selected.
SELECTIONS = [
    (["list_users"], "users.l", {READ_USERS}, ["User.Read.All"]),
    (["get_user"], "users.g", {READ_USERS}, ["User.Read.All"]),
    (["create_user"], "users.c", {CHANGE_USERS}, ["User.ReadWrite.All"]),
    (["list_users", "update_user"], "users.lu", {CHANGE_USERS}, ["User.ReadWrite.All"]),
    (["delete_user", "list_groups"], "groups.l~users.d", {CHANGE_USERS, READ_GROUPS}, ["User.ReadWrite.All", "GroupMember.Read.All"]),
    (["list_groups"], "groups.l", {READ_GROUPS}, ["GroupMember.Read.All"]),
    (["list_group_members"], "group_members.l", {READ_GROUPS}, ["GroupMember.Read.All"]),
    (["list_user_groups", "get_group"], "groups.g~user_groups.l", {READ_GROUPS}, ["GroupMember.Read.All"]),
    (["create_group"], "groups.c", {CHANGE_GROUPS}, ["Group.ReadWrite.All"]),
    (["list_users", "delete_group"], "groups.d~users.l", {READ_USERS, CHANGE_GROUPS}, ["User.Read.All", "Group.ReadWrite.All"]),
    (["list_users", "list_groups"], "groups.l~users.l", {READ_USERS, READ_GROUPS}, ["User.Read.All", "GroupMember.Read.All"]),
    (["create_user", "update_group", "list_group_members"], "group_members.l~groups.u~users.c", {CHANGE_USERS, CHANGE_GROUPS}, ["User.ReadWrite.All", "Group.ReadWrite.All"]),
]  # fmt: skip


@pytest.mark.parametrize("audience", ["one_tenant", "many_tenants"])
@pytest.mark.parametrize(("chosen", "address", "sections", "scopes"), SELECTIONS)
async def test_sections_scopes_and_address_follow_the_selection(
    installation: Installation, chromium: Browser, chosen: list[str], address: str, sections: set[str],
    scopes: list[str], audience: str,
) -> None:  # fmt: skip
    window = await chromium.new_context()
    page = await window.new_page()
    many = audience == "many_tenants"
    await page.goto(installation.hall.settings.base_url + GUIDE)
    if many:
        await page.check("input[name=for][value=many_tenants]")
        await page.wait_for_url("**for=many_tenants**")
    for number, action in enumerate(chosen):
        await page.check(f"#entraid_{action}")
        await page.wait_for_function(
            "n => document.querySelectorAll('input[type=checkbox]:checked').length === n", arg=number + 1
        )
    await page.wait_for_url(f"**?a={address}{'&for=many_tenants' if many else ''}")
    await expect(page.locator("[data-status]")).to_have_text("The guide is up to date.")
    shown = set(await page.locator("[data-guide-step]").evaluate_all("all => all.map(one => one.id)"))

    assert sections == shown & DEPENDENT
    assert many == ("admin_consent_many_tenants" in shown)
    assert many != ("admin_consent" in shown)
    assert " ".join(f"{GRAPH}{scope}" for scope in scopes) == await page.inner_text("[data-scopes]")
    assert await page.inner_text("[data-address]") == page.url
    await window.close()


async def test_nothing_chosen_shows_every_section(installation: Installation, chromium: Browser) -> None:
    window = await chromium.new_context(java_script_enabled=False)
    page = await window.new_page()
    await page.goto(installation.hall.settings.base_url + GUIDE)
    shown = set(await page.locator("[data-guide-step]").evaluate_all("all => all.map(one => one.id)"))

    assert shown >= DEPENDENT
    await window.close()
