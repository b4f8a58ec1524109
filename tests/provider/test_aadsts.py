"""Every row of the AADSTS table, provoked in the simulator: what the person on the page, the API, the RPC door and the CLI are told."""

import html
import re
import tomllib
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

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

CONSENT = f"/{DEMO_TENANT_ID}/v2.0/adminconsent?client_id={DEMO_CLIENT_ID}&scope="
WHO = {
    "person": "You can put this right yourself.",
    "tenant_admin": "An administrator of your organisation's Microsoft Entra tenant can put this right.",
    "integrator": "The team of the product that sent you here must put this right.",
    "operator": "Whoever runs this installation must put this right.",
    "nobody": "Nobody has to do anything: it passes.",
}
_FILE = tomllib.loads((Path(__file__).with_name("aadsts_told.toml")).read_text())
TOLD = {int(code): row for code, row in _FILE["told"].items()}
OVER = "The provider no longer accepts this account's grant: "
RELINK = "Open a connect session for this account and let its user link it again."


def filled(world: World, text: str | None) -> str | None:
    """An expected text with its <names> filled in."""
    scope = quote("https://api.businesscentral.dynamics.com/Financials.ReadWrite.All", safe="")
    redirect = _FILE["pages"]["redirect"]
    guide = f"{PUBLIC_URL}/connectors/dynamics365bc/guides/connector-profile/oauth-2-0"
    known = _FILE["pages"] | {
        "consent": f"{world.simulator.url}{CONSENT}{scope}&redirect_uri={quote(redirect, safe='')}",
        "guide": f"{guide}?client={DEMO_CLIENT_ID}&profile={world.profile.id}",
    }
    return text and re.sub(r"<(\w+)>", lambda name: known[name[1]], text)


def of(*blames: Blame) -> list[int]:
    return [code for code, row in ROWS.items() if row.blame in blames]


@asynccontextmanager
async def visitor(world: World, key: str = ""):
    """A browser (with the cookie of this linking) and API client of the world's installation."""
    inside = httpx2.ASGITransport(app=build_app(world.hall))
    cookies, headers = {"linkspan_browser": BROWSER.reveal()}, {"authorization": f"Bearer {key}"} if key else {}
    async with httpx2.AsyncClient(transport=inside, base_url=PUBLIC_URL, cookies=cookies, headers=headers) as client:
        yield client


async def page_of(world: World, client: httpx2.AsyncClient) -> httpx2.Response:
    """The page that ends a sign-in whose code the provider refuses."""
    params = await sign_in(await world.start(await world.open(), FIELDS | {"tenant_id": str(DEMO_TENANT_ID)}))
    answer = await client.get("/connect/oauth2/dynamics365bc/callback", params=params)
    assert answer.status_code >= 400
    return answer


def read(answer: httpx2.Response) -> dict[str, object]:
    """The parts of a page of failure, as a person reads them; a long address is shown short, and where it leads is what counts."""

    def part(pattern: str) -> str:
        found = re.search(pattern, answer.text, re.DOTALL)
        shown = re.sub(r'<a href="([^"]+)"[^>]*>.*?</a>', r"\1", found[1] if found else "")
        return html.unescape(re.sub(r"<[^>]+>", "", shown)).strip()

    return {
        "status": answer.status_code,
        "code": part(r"<dt>Code</dt><dd>(.*?)</dd>"),
        "what": part(r'<h1 id="what"[^>]*>(.*?)</h1>'),
        "why": part(r'<p class="lead">(.*?)</p>'),
        "do": part(r"What to do next</h2>\s*<p>(.*?)</p>"),
        "who": part(r'<p class="soft">(.*?)</p>'),
        "provider": part(r"<dt>Provider.s code</dt><dd>(.*?)</dd>"),
    }


def test_the_texts_of_every_row_are_written_down():
    assert sorted(ROWS) == sorted(TOLD)
    assert len(TOLD) > 60


@pytest.mark.parametrize("blame", list(Blame))
async def test_the_page_says_word_for_word_what_happened_who_must_act_and_how(world, blame):
    async with visitor(world) as client:
        for code in of(blame):
            told = TOLD[code]
            world.simulator.fail_token_requests(code)
            answer = await page_of(world, client)

            assert {
                "status": told["status"],
                "code": told["code"],
                "what": told["what"],
                "why": f"{told.get('why', '')} (AADSTS{code})".strip(),
                "do": filled(world, told["do"]),
                "who": WHO[told["who"]],
                "provider": f"AADSTS{code}",
            } == read(answer), code
            for address in re.findall(r"https?://[^\s<>\"]+[^\s<>\".,;:)]", filled(world, told["do"])):
                assert f'href="{html.escape(address)}' in answer.text, code


def expected_of_api(world: World, code: int) -> tuple[object, ...]:
    """Code, who, message, next step and link of the API's error for a refresh that is refused."""
    told = TOLD[code]
    message = f"{told.get('why') or told['what'] + '.'} (AADSTS{code})"
    link = filled(world, told.get("link"))
    if told["later"] == "same":
        return told["code"], told["who"], message, filled(world, told["do"]), link
    do = RELINK if told["who"] == "person" else filled(world, told["do"])
    return "needs_reauth", told["who"], OVER + message, do, link


@pytest.mark.parametrize("blame", [Blame.GRANT, Blame.PROFILE])
async def test_api_rpc_and_cli_say_word_for_word_why_a_refresh_was_refused(world, blame, capsys):
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
            expected = expected_of_api(world, code)

            assert expected == tuple(told.get(name) for name in ("code", "who", "message", "next_step", "link")), code
            assert expected == tuple(again.get(name) for name in ("code", "who", "message", "next_step", "link")), code
            assert expected[3] == caught.value.next_step, code
            assert expected[3] in printed, code
            assert f"AADSTS{code}" in printed, code
            assert {Blame.GRANT: "over", Blame.PROFILE: "same"}[blame] == TOLD[code]["later"], code
            if blame is Blame.GRANT:
                await world.link()
            world.simulator.clear_failures()
            world.clock.offset += timedelta(seconds=5)


async def test_a_passing_trouble_passes_and_is_called_so_while_it_lasts(world):
    account = await world.link()
    _, key = await create_key(world.hall, world.caller, NewKey("aadsts"))
    async with visitor(world, key.reveal()) as client:
        for code in of(Blame.PASSING):
            found = []
            for times in (1, 20):
                world.later(hours=3)
                world.simulator.fail_token_requests(code, times)
                asked = {"json": {}, "headers": {"x-account-id": account.id}}
                answer = await client.post("/v1/actions/dynamics365bc_list_items", **asked)
                error = answer.json().get("error", {})
                found.append(tuple(error.get(name) for name in ("code", "who", "message", "next_step")))
                world.simulator.clear_failures()
                world.later(minutes=5)

            told = TOLD[code]
            do = told["do"] if told["who"] == "operator" else "Wait and repeat; the account stays linked."
            again = ("token_unavailable", told["who"], f"{told['why']} (AADSTS{code})", do)
            assert [(None,) * 4, again] == found, code
            assert "passes" == TOLD[code]["later"]


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
            told = read(await page_of(world, client))

        assert f"AADSTS{code}" == told["provider"]
        assert WHO[TOLD[code]["who"]] == told["who"]


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
