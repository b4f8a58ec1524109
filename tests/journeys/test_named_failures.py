"""What goes wrong in the main job: each failure has a name, a next step and a line in the log; nothing is lost, nothing doubled."""

import html
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from demo_process import Demo, running_demo
from linkspan.cli.walk import Walker, forms_of

ACTION = "dynamics365bc_link_account"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own: these tests break its provider. A provider's answer is waited for two seconds."""
    with running_demo(tmp_path_factory.mktemp("hostile"), LINKSPAN_PROVIDER_TIMEOUT="2") as demo:
        yield demo


@pytest.fixture
async def calm(hostile: Demo) -> AsyncIterator[Demo]:
    """The demo with its provider as at the start, and an account that works, before and after each test."""
    yield hostile
    hostile.control("/clear_failures", {})
    hostile.control("/set_consent_policy", {"policy": "ask"})
    facts = simulator_facts(hostile)
    hostile.control("/replace_secret", {"client_id": facts["client_id"], "value": facts["client_secret"]})


def simulator_facts(demo: Demo) -> dict[str, str]:
    state = httpx2.get(f"{demo.simulator_url}/_sim/state").json()
    app = next(app for app in state["apps"] if app["published_secret"] or app["audience"] == "one_tenant")
    tenant = next(tenant for tenant in state["tenants"] if tenant["id"] == app["tenant_id"])
    user = next(user for user in state["users"] if user["administrator"] and user["upn"].endswith(tenant["domain"]))
    return {
        "client_id": app["client_id"],
        "client_secret": SECRETS.setdefault(app["client_id"], app["published_secret"]),
        "tenant_id": tenant["id"],
        "username": user["upn"],
        "password": user["published_password"],
    }


SECRETS: dict[str, str] = {}


def link_url(demo: Demo, owner: str) -> str:
    with demo.client() as client:
        answer = client.post(
            "/v1/connect_sessions",
            json={
                "connector": "dynamics365bc",
                "origin_owner_id": owner,
                "origin_owner_name": owner,
                "profile_id": demo.profile_id,
            },
        )
    assert 201 == answer.status_code, answer.text
    return answer.json()["link_url"]


def answers(demo: Demo, **other: str) -> dict[str, str]:
    facts = simulator_facts(demo)
    told = {name: facts[name] for name in ("tenant_id", "username", "password")}
    return {**told, "environment": "Production", "answer": "accept", "company_id": demo.company_id, **other}


async def walk(demo: Demo, owner: str, **other: str) -> httpx2.Response:
    return await Walker(answers(demo, **other)).walk(link_url(demo, owner))


def code_on(page: httpx2.Response) -> str | None:
    found = re.search(r"Code(?:</dt><dd>| )<code>([a-z_]+)</code>", page.text)
    return found.group(1) if found else None


def next_step_on(page: httpx2.Response) -> str:
    """What the page tells the person to do; a row of the provider's own codes may say it better than the error's class."""
    found = re.search(r"What to do next</(?:h2|p)>\s*<p>(.*?)</p>", page.text, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


def logged(demo: Demo, **query: str) -> list[dict[str, object]]:
    with demo.client() as client:
        answer = client.get("/v1/runs", params=query)
    assert 200 == answer.status_code, answer.text
    return answer.json()["data"]


def account_works(demo: Demo) -> bool:
    return 200 == demo.rpc("list_companies").status_code


async def assert_named(demo: Demo, page: httpx2.Response, code: str) -> None:
    """The page names the failure with a next step; the log has it; the account that was linked before still works."""
    runs = [run for run in logged(demo, action=ACTION) if run["error_code"] == code]

    assert code == code_on(page), page.text
    assert len(next_step_on(page)) > 20, page.text
    assert runs, code
    assert account_works(demo)


async def test_wrong_tenant(calm: Demo) -> None:
    await assert_named(calm, await walk(calm, "wrong-tenant", tenant_id="nosuch-tenant.example"), "tenant_not_found")


async def test_wrong_secret(calm: Demo) -> None:
    calm.control("/replace_secret", {"client_id": simulator_facts(calm)["client_id"]})

    await assert_named(calm, await walk(calm, "wrong-secret"), "client_secret_wrong")


async def test_expired_secret(calm: Demo) -> None:
    calm.control("/expire_secrets", {"client_id": simulator_facts(calm)["client_id"]})

    await assert_named(calm, await walk(calm, "expired-secret"), "client_secret_expired")


async def test_consent_refused(calm: Demo) -> None:
    facts = simulator_facts(calm)
    calm.control("/revoke_consent", {"client_id": facts["client_id"]})

    await assert_named(calm, await walk(calm, "refuses", answer="cancel"), "consent_refused")


async def test_code_replayed(calm: Demo) -> None:
    calm.control("/fail_token_requests", {"code": 54005})

    await assert_named(calm, await walk(calm, "replayed"), "code_already_redeemed")


async def callback_of(demo: Demo, browser: httpx2.AsyncClient, owner: str) -> str:
    """Go as far as the provider's redirect back to us, and stop before following it."""
    told = answers(demo)
    page = await browser.get(link_url(demo, owner))
    for _ in range(12):
        while page.is_redirect:
            target = str(page.next_request.url) if page.next_request else ""
            if "/callback" in target:
                return target
            page = await browser.get(target)
        form = max(
            (form for form in forms_of(page.text) if form.method == "post"),
            key=lambda form: sum(n in form.values for n in told),
        )
        data = form.values | {name: value for name, value in told.items() if name in form.values}
        if any(name == "answer" for name, _, _ in form.buttons):
            data["answer"] = "accept"
        page = await browser.post(page.url.join(form.action or str(page.url)), data=data)
    pytest.fail("the sign-in never came back")


async def test_state_forged_and_reused(calm: Demo) -> None:
    async with httpx2.AsyncClient(follow_redirects=False, timeout=20) as browser:
        callback = await callback_of(calm, browser, "twice")
        query = parse_qs(urlsplit(callback).query)
        forged = await browser.get(callback.replace(query["state"][0], "forged-state"), follow_redirects=True)
        first = await browser.get(callback, follow_redirects=True)
        again = await browser.get(callback, follow_redirects=True)
        async with httpx2.AsyncClient(follow_redirects=True) as stranger:
            elsewhere = await stranger.get(callback)

    assert first.status_code < 400
    assert "link_state_invalid" == code_on(elsewhere)
    await assert_named(calm, forged, "link_state_invalid")
    await assert_named(calm, again, "link_state_used")


def new_customer(demo: Demo) -> dict[str, object]:
    return demo.rpc("create_customer", body={"displayName": f"Stale {uuid.uuid4().hex[:8]}"}).json()["data"]


async def test_stale_etag(calm: Demo) -> None:
    customer = new_customer(calm)
    stale = {"path": {"id": customer["id"]}, "headers": {"if_match": customer["@odata.etag"]}}
    calm.rpc("update_customer", **stale, body={"city": "Bergen"})
    refused = calm.rpc("update_customer", **stale, body={"city": "Oslo"})
    now = calm.rpc("get_customer", path={"id": customer["id"]}).json()["data"]
    told = refused.json()

    assert (409, "conflict") == (refused.status_code, told["code"])
    assert told["next_step"]
    assert "Bergen" == now["city"]
    assert "conflict" == logged(calm, action="dynamics365bc_update_customer")[0]["error_code"]


@pytest.mark.parametrize(
    "failure", [{"kind": "delay_after", "delay_seconds": 4}, {"kind": "drop_after"}, {"kind": "half_body"}]
)
async def test_a_create_whose_answer_is_lost_is_found_and_not_sent_again(
    calm: Demo, failure: dict[str, object]
) -> None:
    name = f"Lost {uuid.uuid4().hex[:8]}"
    calm.control("/clear_requests", {})
    calm.control("/fail_next", {"method": "POST", "path": "/customers", **failure})
    answer = calm.rpc("create_customer", body={"displayName": name})
    told = answer.json()
    posts = httpx2.get(f"{calm.simulator_url}/_sim/requests", params={"method": "POST", "path": "/customers"}).json()
    found = calm.rpc("list_customers", query={"filter": {"displayName": name}}).json()["data"]
    run = next(run for run in logged(calm, action="dynamics365bc_create_customer") if run["id"] == told["run_id"])

    assert (200, [told["data"]["id"]]) == (answer.status_code, [row["id"] for row in found])
    assert run["error_code"] is None
    assert 1 == len(posts)
    assert 1 == len(found)
