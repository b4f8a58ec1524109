"""Every row of the AADSTS table, provoked in the simulator: what the person on the page, the API, the RPC door and the CLI are told."""

import html
import re
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx2
import pytest

from linking_world import BROWSER, FIELDS, PUBLIC_URL, World, sign_in
from linkspan.cli.output import print_error
from linkspan.errors import LinkspanError
from linkspan.model import AccountState
from linkspan.providerauth.entra import ROWS, Blame
from linkspan.server import build_app
from linkspan.simulator.entra.demo import ADMINISTRATOR, DEMO_CLIENT_ID, DEMO_TENANT_ID, UNLICENSED
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.check_account import check_account, first_to_fix
from linkspan.usecases.create_key import NewKey, create_key

pytestmark = pytest.mark.timeout(240)  # one sign-in for each code

APP_PAGE = "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~"
CONSENT = f"/{DEMO_TENANT_ID}/v2.0/adminconsent?client_id={DEMO_CLIENT_ID}&scope="
WHO = {
    "person": "You can put this right yourself.",
    "tenant_admin": "An administrator of your organisation's Microsoft Entra tenant can put this right.",
    "integrator": "The team of the product that sent you here must put this right.",
    "operator": "Whoever runs this installation must put this right.",
    "nobody": "Nobody has to do anything: it passes.",
}
# What people meet most, word for word: who, what happened, and a part of what to do.
TOLD = {
    7000215: ("integrator", "does not accept the profile's client secret", f"{APP_PAGE}/Credentials/appId/{DEMO_CLIENT_ID}"),
    7000222: ("integrator", "client secret has expired", f"{APP_PAGE}/Credentials/appId/{DEMO_CLIENT_ID}"),
    50011: ("integrator", "does not know this installation's redirect URI", f"{PUBLIC_URL}/connect/oauth2/dynamics365bc/callback"),
    65001: ("tenant_admin", "Nobody has agreed yet", CONSENT),
    90094: ("tenant_admin", "Only an administrator may agree", CONSENT),
    65004: ("person", "was declined on the sign-in page", CONSENT),
    50076: ("person", "asks for multifactor authentication", "confirm with the second factor"),
    53003: ("tenant_admin", "Conditional Access does not allow", "Microsoft_AAD_ConditionalAccess"),
    700016: ("integrator", "is not known in this tenant", f"{APP_PAGE}/Overview/appId/{DEMO_CLIENT_ID}"),
    70008: ("person", "has expired", "Sign in again from the link page"),
    50173: ("person", "was revoked", "Sign in again from the link page"),
    700082: ("person", "was not used for 90 days", "Sign in again from the link page"),
    28000: ("integrator", "belong to more than one resource", "Leave only Business Central's scopes"),
    900144: ("integrator", "the scope of a refresh", "Leave the scopes of the connector profile “Main” empty"),
    90002: ("person", "There is no such Entra tenant", "TenantOverview"),
    50020: ("person", "does not belong to this tenant", f"a user of tenant {DEMO_TENANT_ID}"),
    50105: ("tenant_admin", "is not assigned to the application", "Users and groups"),
    650057: ("integrator", "does not ask for the Business Central permission", f"{APP_PAGE}/CallAnAPI/appId/{DEMO_CLIENT_ID}"),
    700027: ("integrator", "signature of the profile's certificate", f"{APP_PAGE}/Credentials/appId/{DEMO_CLIENT_ID}"),
    90033: ("nobody", "passing trouble", "Wait a minute"),
}  # fmt: skip


def of(*blames: Blame) -> list[int]:
    return [code for code, row in ROWS.items() if row.blame in blames]


@asynccontextmanager
async def visitor(world: World, key: str = ""):
    """A browser (with the cookie of this linking) and API client of the world's installation."""
    inside = httpx2.ASGITransport(app=build_app(world.hall))
    cookies, headers = {"linkspan_browser": BROWSER.reveal()}, {"authorization": f"Bearer {key}"} if key else {}
    async with httpx2.AsyncClient(transport=inside, base_url=PUBLIC_URL, cookies=cookies, headers=headers) as client:
        yield client


async def page_of(world: World, client: httpx2.AsyncClient) -> str:
    """What the person sees after a sign-in whose code the provider refuses."""
    params = await sign_in(await world.start(await world.open(), FIELDS | {"tenant_id": str(DEMO_TENANT_ID)}))
    answer = await client.get("/connect/oauth2/dynamics365bc/callback", params=params)
    assert answer.status_code >= 400
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def assert_told(code: int, text: str, who: str | None) -> None:
    expected = TOLD.get(code)
    if expected is not None:
        assert expected[0] == who, code
        assert expected[1] in text, (code, text)
        assert expected[2] in text, (code, text)
    for unfilled in ("YOUR-", "{", "the admin-consent link of the guide", "the redirect URI of the guide"):
        assert unfilled not in text, (code, text)


@pytest.mark.parametrize("blame", list(Blame))
async def test_the_page_says_who_must_do_what_for_every_code(world, blame):
    async with visitor(world) as client:
        for code in of(blame):
            world.simulator.fail_token_requests(code)
            text = await page_of(world, client)
            main = re.search(r"<main.*</main>", text)[0]
            # A long address is shown short; where it leads is what counts.
            plain = re.sub(r"<[^>]+>", "", re.sub(r'<a href="([^"]+)"[^>]*>.*?</a>', r"\1", main))
            row = ROWS[code]

            assert WHO[row.who] in plain, code
            assert f"AADSTS{code}" in plain, code
            assert_told(code, plain, row.who)
            if row.link == "admin_consent":
                assert f'href="{world.simulator.url}{CONSENT}' in main, code
            elif row.link is not None:
                assert 'href="https://entra.microsoft.com/#view/' in main, code
            for address in re.findall(r"https?://[^\s<>\"]+[^\s<>\".,;:)]", row.next_step or ""):
                assert f'href="{address}' in main, code


@pytest.mark.parametrize("blame", [Blame.GRANT, Blame.PROFILE])
async def test_api_rpc_and_cli_say_the_same_when_a_refresh_is_refused(world, blame, capsys):
    account = await world.link()
    _, key = await create_key(world.hall, world.caller, NewKey("aadsts"))
    headers = {"x-account-id": account.id}
    async with visitor(world, key.reveal()) as client:
        for code in of(blame):
            world.later(hours=3)
            world.simulator.fail_token_requests(code)
            rest = await client.post("/v1/actions/dynamics365bc_list_items", json={}, headers=headers)
            rpc = await client.post("/actions/rpc", json={"action": "dynamics365bc_list_items"}, headers=headers)
            told, again = rest.json()["error"], rpc.json()
            with pytest.raises(LinkspanError) as caught:
                await world.token(account)
            print_error(caught.value)
            printed = re.sub(r"\s+", " ", capsys.readouterr().err)

            assert told["who"] == again["who"] == ROWS[code].who, code
            assert told["next_step"] == again["next_step"] == caught.value.next_step, code
            assert told.get("link") == again.get("link"), code
            assert told["next_step"] in printed, code
            assert f"AADSTS{code}" in told["message"], code
            if ROWS[code].who != "person":
                assert_told(code, f"{told['message']} {told['next_step']}", told["who"])
            if blame is Blame.GRANT:
                await world.link()
            world.simulator.clear_failures()
            world.clock.offset += timedelta(seconds=5)


async def test_a_user_without_a_licence_is_told_so(world):
    params = await sign_in(await world.start(await world.open()), user=UNLICENSED)
    async with visitor(world) as client:
        answer = await client.get("/connect/oauth2/dynamics365bc/callback", params=params)

    assert "Business Central licence" in answer.text
    assert "provider_refused_token" in answer.text


async def test_scopes_of_two_resources_and_unknown_ones_are_the_profiles_trouble(world):
    for scopes, code in (
        (("https://api.businesscentral.dynamics.com/No.Such",), 650053),
        (("https://nowhere.example/Files.Read",), 500011),
    ):
        await change_profile(world.hall, world.caller, world.profile.id, {"scopes": scopes})
        async with visitor(world) as client:
            text = await page_of(world, client)

        assert f"AADSTS{code}" in text
        assert WHO[ROWS[code].who] in text


async def test_consent_withdrawn_and_multifactor_asked_between_two_refreshes(world):
    account = await world.link()
    found = []
    for trouble in (
        lambda: world.simulator.revoke_consent(client_id=DEMO_CLIENT_ID),
        lambda: world.simulator.set_access_rule(ADMINISTRATOR, "multifactor"),
        lambda: world.simulator.set_access_rule(ADMINISTRATOR, "blocked"),
    ):
        trouble()
        first = first_to_fix(await check_account(world.hall, world.caller, account.id))
        state = await world.hall.accounts.read(account.project_id, account.id)
        found.append((first.name, first.who, state.reasons[0].code))
        assert AccountState.NEEDS_REAUTH is state.state
        world.simulator.set_access_rule(ADMINISTRATOR, "none")
        await world.link()

    assert [
        ("consent", "tenant_admin", "consent_missing"),
        ("token", "person", "mfa_required"),
        ("token", "tenant_admin", "conditional_access"),
    ] == found
