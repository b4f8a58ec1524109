"""A request of one's own through an account's connection: what gets through, what never does, and what is written down of it."""

import asyncio

import httpx2
import pytest
from doors_world import CONNECTOR, World

from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import USUAL_SCOPES
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_project import create_project
from linkspan.usecases.read_runs import read_run

pytestmark = pytest.mark.asyncio(loop_scope="session")
_KEYS: dict[str, str] = {}


async def proxied(
    world: World, key: str | None = None, headers: dict[str, str] | None = None, **payload: object
) -> httpx2.Response:
    async with world.api(key or await every_right(world)) as client:
        return await client.post("/unified/proxy", json=payload, headers=headers or {})


async def every_right(world: World) -> str:
    """A key with the scope `proxy`, which the world's own has not."""
    if world.project.id not in _KEYS:
        _KEYS[world.project.id] = await world.new_key(*KeyScope)
    return _KEYS[world.project.id]


def company(world: World) -> str:
    return f"companies({world.simulator.demo.company_id})"


def root(world: World) -> str:
    fields = world.account.fields
    return f"{world.simulator.url}/v2.0/{fields['tenant_id']}/{fields['environment']}/api/v2.0"


async def test_a_read_comes_back_with_the_providers_own_data(world: World) -> None:
    answer = await proxied(world, method="get", path=f"/{company(world)}/items?$top=1&$select=number,unitPrice")
    told = answer.json()
    run = await read_run(world.hall, world.caller, told["run_id"])

    assert (200, 200) == (answer.status_code, told["status"])
    assert 1 == len(told["data"]["value"])
    assert "application/json" in told["headers"]["content-type"]
    assert (f"{CONNECTOR}_proxy", "get", 200, 1) == (run.action, run.verb, run.status, run.rows)
    assert [("GET", 200)] == [(step.method, step.status) for step in run.steps]
    assert {"status", "data", "headers", "run_id"} == told.keys()


async def test_amounts_keep_their_digits(world: World) -> None:
    answer = await proxied(world, path=f"{company(world)}/items?$filter=unitPrice gt 0&$top=1&$select=unitPrice")
    rows = await world.rpc("list_items", query={"filter": "unitPrice gt 0", "top": 1, "select": ["unitPrice"]})
    price = rows.text.partition('"unitPrice":')[2].partition("}")[0].partition(",")[0]

    assert f'"unitPrice":{price}' in answer.text


async def test_the_account_may_be_named_in_the_bodys_headers(world: World) -> None:
    async with world.browser(auth=(await every_right(world), "")) as client:
        answer = await client.post(
            "/unified/proxy", json={"path": "companies", "headers": {"X-Account-Id": world.account.id}}
        )

    assert 200 == answer.status_code, answer.text


async def test_an_address_of_the_service_itself_is_a_path(world: World) -> None:
    answers = [
        await proxied(world, url=root(world), path="companies"),
        await proxied(world, url=f"{root(world)}/companies"),
        await proxied(world, path=f"{root(world)}/companies"),
    ]

    assert [200] * 3 == [answer.status_code for answer in answers]


ELSEWHERE = [
    {"path": "../../../../../_sim/state"},
    {"path": "/../ODataV4/Company"},
    {"path": "companies/%2e%2e/%2e%2e/%2e%2e"},
    {"path": "companies/%252e%252e/%252e%252e/x"},
    {"path": "companies/..%2f..%2fx"},
    {"path": "companies\\..\\..\\x"},
    {"path": "companies/..%5c..%5cx"},
    {"path": "companies/..;/..;/x"},
    {"path": "companies/\t../x"},
    {"path": "companies/%0d%0aX-Evil: 1/x"},
    {"path": "https://elsewhere.example/v2.0/companies"},
    {"url": "https://elsewhere.example", "path": "/companies"},
    {"url": "http://169.254.169.254/latest", "path": "meta-data"},
    {"url": "{root}@elsewhere.example", "path": "companies"},
    {"url": "{root}.elsewhere.example/", "path": "companies"},
    {"url": "{root}/../../OtherEnvironment/api/v2.0", "path": "companies"},
    {"url": "{root}#", "path": "companies"},
    {"url": "//elsewhere.example", "path": "companies"},
    {"url": "file:///etc/passwd"},
    {"path": 7},
    {"url": {"a": 1}, "path": "companies"},
    {},
    {"path": "x" * 9000},
]


@pytest.mark.parametrize("given", ELSEWHERE, ids=[str(number) for number in range(len(ELSEWHERE))])
async def test_no_other_place_is_asked(world: World, given: dict[str, object]) -> None:
    filled = {
        name: value.replace("{root}", root(world)) if isinstance(value, str) else value for name, value in given.items()
    }
    answer = await proxied(world, method="get", **filled)
    told = answer.json()
    run = await read_run(world.hall, world.caller, told["run_id"])

    assert (400, "invalid_input") == (answer.status_code, told["code"])
    assert () == run.steps


@pytest.mark.parametrize(
    "headers",
    [
        {
            "Host": "elsewhere.example",
            "Authorization": "Bearer stolen",
            "x-account-id": "nosuch",
            "Content-Type": "text/plain",
        },
        {"Prefer": "odata.maxpagesize=1", "accept": "application/json"},
    ],
)
async def test_headers_that_are_taken_out_or_passed_on(world: World, headers: dict[str, str]) -> None:
    answer = await proxied(world, path=f"{company(world)}/items?$select=number", headers={}, method="get")
    with_headers = await post_with(world, {"path": f"{company(world)}/items?$select=number", "headers": headers})

    assert (200, 200) == (answer.status_code, with_headers.status_code), with_headers.text
    assert ("Prefer" in headers) == (1 == len(with_headers.json()["data"]["value"]))


async def post_with(world: World, payload: dict[str, object]) -> httpx2.Response:
    async with world.api(await every_right(world)) as client:
        return await client.post("/unified/proxy", json=payload)


@pytest.mark.parametrize(
    "headers", [{"X-HTTP-Method-Override": "DELETE"}, {"Cookie": "a=b"}, {"Prefer": "a\r\nX: y"}, {"Accept": 7}, "text"]
)
async def test_headers_that_are_refused(world: World, headers: object) -> None:
    answer = await post_with(world, {"path": "companies", "headers": headers})

    assert (400, "invalid_input") == (answer.status_code, answer.json()["code"])
    assert "headers" in answer.json()["message"]


@pytest.mark.parametrize("method", ["trace", "head", "options", "connect", "get post", 7, ["get"]])
async def test_methods_that_are_refused(world: World, method: object) -> None:
    answer = await post_with(world, {"path": "companies", "method": method})

    assert (400, "invalid_input") == (answer.status_code, answer.json()["code"])


async def test_the_right_is_an_own_one(world: World) -> None:
    usual = await world.new_key(*USUAL_SCOPES)
    reader = await world.new_key(KeyScope.PROXY, KeyScope.ACTIONS_READ)
    bare = await world.new_key(KeyScope.PROXY)
    path, item = f"{company(world)}/items?$top=1", {"displayName": "Never"}
    answers = [
        await proxied(world, usual, path=path),
        await proxied(world, bare, path=path),
        await proxied(world, reader, method="post", path=f"{company(world)}/items", body=item),
        await proxied(world, reader, method="DELETE", path=f"{company(world)}/items(x)"),
    ]
    read = await proxied(world, reader, path=path)

    assert [403] * 4 == [answer.status_code for answer in answers]
    assert {"MissingScope"} == {answer.json()["errorCode"] for answer in answers}
    assert 200 == read.status_code


async def test_a_key_without_the_right_cannot_give_it(world: World) -> None:
    usual = await world.new_key(*USUAL_SCOPES)
    async with world.api(usual) as client:
        refused = await client.post("/v1/keys", json={"name": "more", "scopes": ["proxy"]})
        plain = await client.post("/v1/keys", json={"name": "usual"})

    assert (403, 201) == (refused.status_code, plain.status_code)
    assert "proxy" not in plain.json()["scopes"]


async def test_another_projects_account_is_not_there(world: World) -> None:
    other = await create_project(world.hall, "Other")
    _, key = await create_key(world.hall, Caller(other.id, frozenset(KeyScope)), NewKey("other", frozenset(KeyScope)))
    answer = await proxied(world, key.reveal(), path="companies")

    assert (404, "not_found") == (answer.status_code, answer.json()["code"])


async def test_a_write_is_journalled_and_done_once(world: World) -> None:
    asked = {"method": "post", "path": f"{company(world)}/items", "body": {"displayName": "Proxied lamp"}}
    headers = {"idempotency-key": "lamp-1"}
    made = await proxied(world, headers=headers, **asked)
    again = await proxied(world, headers=headers, **asked)
    other = await proxied(world, headers=headers, **asked | {"body": {"displayName": "Other lamp"}})
    line = await world.hall.journal.read(world.project.id, made.json()["run_id"])
    item = made.json()["data"]
    gone = await post_with(
        world,
        {
            "method": "delete",
            "path": f"{company(world)}/items({item['id']})",
            "headers": {"If-Match": item["@odata.etag"]},
        },
    )

    assert (201, 201) == (made.status_code, made.json()["status"])
    assert (True, item["id"]) == (again.json()["replayed"], again.json()["data"]["id"])
    assert 422 == other.status_code
    assert ("done", f"{CONNECTOR}_proxy") == (line.state.value, line.action)
    assert (200, 204, None) == (gone.status_code, gone.json()["status"], gone.json()["data"])


async def test_an_equal_write_at_once_is_refused(world: World) -> None:
    asked = {"method": "post", "path": f"{company(world)}/items", "body": {"displayName": "Twice a lamp"}}
    first, second = await asyncio.gather(proxied(world, **asked), proxied(world, **asked))
    third = await proxied(world, **asked)

    assert [201, 409] == sorted([first.status_code, second.status_code])
    assert (409, "possible_duplicate") == (third.status_code, third.json()["code"])


async def test_a_dry_run_sends_nothing(world: World) -> None:
    asked = {"method": "patch", "path": f"{company(world)}/items(7)", "body": {"displayName": "New"}, "dry_run": True}
    told = (await proxied(world, **asked)).json()
    read = await proxied(world, path="companies", dry_run=True)
    run = await read_run(world.hall, world.caller, told["run_id"])

    assert ("PATCH", f"{root(world)}/{company(world)}/items(7)") == (told["request"]["method"], told["request"]["url"])
    assert () == run.steps
    assert 400 == read.status_code


async def test_the_providers_refusal_is_told_as_an_error(world: World) -> None:
    answer = await proxied(world, path=f"{company(world)}/items(00000000-0000-0000-0000-0000000000ee)")
    told = answer.json()

    assert (404, "record_not_found") == (answer.status_code, told["code"])
    assert 404 == told["provider_errors"][0]["status"]
    assert told["timestamp"].endswith("Z")
    assert "Bearer" not in answer.text


async def test_feedback_is_kept_and_read(world: World) -> None:
    sent = {"feedback": " The list is long. ", "account_id": world.account.id, "tool_names": ["a_list_b"]}
    async with world.api() as client:
        kept = await client.post("/ai/tool-feedback", json=sent)
        read = await client.get("/v1/feedback")
        refused = [
            await client.post("/ai/tool-feedback", json=sent | wrong)
            for wrong in ({"feedback": "  "}, {"tool_names": "x"}, {"feedback": "x" * 20_000}, {"account_id": None})
        ]
        elsewhere = await client.post("/ai/tool-feedback", json=sent | {"account_id": "nosuch"})
        lost = await client.post("/ai/nothing", json={})
    told = kept.json()
    first = read.json()["data"][0]

    assert {"message", "key", "submitted_at", "trace_id"} == told.keys()
    assert ("The list is long.", ["a_list_b"], world.account.id) == (first["text"], first["tools"], first["account_id"])
    assert [400] * 4 == [answer.status_code for answer in refused]
    assert (404, 404) == (elsewhere.status_code, lost.status_code)
    assert lost.json()["timestamp"]
