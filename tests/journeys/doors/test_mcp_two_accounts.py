"""Two accounts of one connector in one MCP session: each tool says which account it acts on, and no call reaches the other's books."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from doors_world import CONNECTOR, World, open_world, walk
from mcp_client import META, Mcp, told

from linkspan.model import Account
from linkspan.simulator import Simulator
from linkspan.usecases.read_accounts import list_accounts

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECOND = "Tidewater Skipshandel AS"
CHOICE = "x-account-id"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> AsyncIterator[World]:
    async for world in open_world(tmp_path_factory.mktemp("two"), simulator):
        yield world


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def books(here: World) -> dict[str, Account]:
    """Account by the mark of its company: each company has one customer of that name, and no other has."""
    company = str(here.simulator.demo.company_ids[SECOND])
    async with here.browser() as browser:
        await walk(browser, await here.link_url("second", label="Second books"), here.answers(company_id=company))
    second = next(one for one in await list_accounts(here.hall, here.caller) if one.owner.id == "second")
    found = {"Only in the first": here.account, "Only in the second": second}
    for mark, account in found.items():
        await Mcp(here, headers={CHOICE: account.id}).call("create_customer", body={"displayName": mark})
    return found


def session(world: World, books: dict[str, Account], query: str = "") -> Mcp:
    return Mcp(world, address=f"/mcp{query}", headers={CHOICE: ",".join(one.id for one in books.values())})


async def names(mcp: Mcp, **arguments: object) -> list[str]:
    """The marked customers that a call sees."""
    query = {"filter": "startswith(displayName,'Only in')", "select": ["displayName"]}
    result = await mcp.call("list_customers", query=query, **arguments)
    return [row[0] for row in told(result)["rows"]]


@pytest.mark.parametrize(
    ("style", "place"),
    [("nested", ("headers", CHOICE)), ("flat_prefixed", (f"headers_{CHOICE}",)), ("flat_smart", (CHOICE,))],
)
async def test_every_tool_asks_for_the_account_and_a_call_as_its_schema_says_reaches_it(
    here: World, books: dict[str, Account], style: str, place: tuple[str, ...]
) -> None:
    mcp = session(here, books, f"?param-style={style}")
    tools = await mcp.tools()
    ids = [account.id for account in books.values()]
    for tool in tools:
        schema = tool["inputSchema"]
        for step in place:
            assert step in schema["required"]
            schema = schema["properties"][step]

        assert ids == schema["enum"]
        assert all(account.id in schema["description"] for account in books.values())
        assert all(words in schema["description"] for words in ("Second books", SECOND))
    for mark, account in books.items():
        chosen = {place[0]: account.id} if len(place) == 1 else {"headers": {CHOICE: account.id}}
        query = {"filter": f"displayName eq '{mark}'", "select": "displayName"}
        flat = {f"query_{name}" if style == "flat_prefixed" else name: value for name, value in query.items()}
        answer = await mcp.call("list_customers", **chosen, **({"query": query} if style == "nested" else flat))

        assert [[mark]] == told(answer)["rows"]


async def test_without_a_choice_no_tool_does_anything(here: World, books: dict[str, Account]) -> None:
    mcp = session(here, books)
    before = len(here.simulator.requests())
    for tool in await mcp.tools():
        result = (await mcp.ask("tools/call", {"name": tool["name"], "arguments": {}})).json()["result"]

        assert result["isError"]
        assert all(account.id in result["content"][0]["text"] for account in books.values())
    assert before == len(here.simulator.requests())


async def test_calls_side_by_side_each_see_their_own_books(here: World, books: dict[str, Account]) -> None:
    mcp = session(here, books)
    wanted = [mark for _ in range(25) for mark in books]
    found = await asyncio.gather(*(names(mcp, headers={CHOICE: books[mark].id}) for mark in wanted))

    assert [[mark] for mark in wanted] == found


async def test_writes_go_where_they_are_sent_also_under_one_idempotency_key(
    here: World, books: dict[str, Account]
) -> None:
    mcp = session(here, books)
    made = {}
    for mark, account in books.items():
        body = {"displayName": f"Only in {account.id}"}
        arguments = {"headers": {CHOICE: account.id}, "body": body, "idempotency_key": "the-same-for-both"}
        made[mark] = [told(await mcp.call("create_customer", **arguments)) for _ in range(2)]
    seen = {mark: sorted(await names(mcp, headers={CHOICE: books[mark].id})) for mark in books}
    for mark, account in books.items():
        gone = {"id": made[mark][0]["data"]["id"]}
        await mcp.call("delete_customer", headers={CHOICE: account.id}, path=gone)

    assert all(first["data"]["id"] == again["data"]["id"] for first, again in made.values())
    assert 2 == len({first["data"]["id"] for first, _ in made.values()})
    assert {mark: sorted([mark, f"Only in {account.id}"]) for mark, account in books.items()} == seen


async def test_a_record_of_the_one_is_unknown_to_the_other(here: World, books: dict[str, Account]) -> None:
    mcp = session(here, books)
    first, second = books.values()
    query = {"filter": "displayName eq 'Only in the first'", "select": ["id"]}
    ((customer,),) = told(await mcp.call("list_customers", headers={CHOICE: first.id}, query=query))["rows"]
    for action in ("get_customer", "delete_customer"):
        astray = await mcp.call(action, headers={CHOICE: second.id}, path={"id": customer})

        assert astray["isError"]
    assert ["Only in the first"] == await names(mcp, headers={CHOICE: first.id})


async def test_a_cursor_of_the_one_does_not_go_on_in_the_other(here: World, books: dict[str, Account]) -> None:
    mcp = session(here, books)
    first, second = books.values()
    page = told(await mcp.call("list_accounts", headers={CHOICE: first.id}))
    follow = await mcp.call("list_accounts", headers={CHOICE: first.id}, query={"cursor": page["next"]})
    astray = await mcp.call("list_accounts", headers={CHOICE: second.id}, query={"cursor": page["next"]})

    assert told(follow)["rows"]
    assert "cursor_invalid" == told(astray)["error"]["code"]


@pytest.mark.parametrize("spelling", ["X-Account-Id", "x-account-ID", "X-ACCOUNT-ID"])
async def test_an_account_in_the_arguments_counts_in_any_letter_case(
    here: World, books: dict[str, Account], spelling: str
) -> None:
    first, second = books.values()
    both = await names(session(here, books), headers={spelling: second.id})
    one = await Mcp(here, headers={CHOICE: first.id}).call("list_customers", headers={spelling: second.id})

    assert ["Only in the second"] == both
    assert "invalid_input" == told(one)["error"]["code"]


async def test_an_account_said_twice_differently_is_refused(here: World, books: dict[str, Account]) -> None:
    first, second = books.values()
    mcp = session(here, books)
    twice = await mcp.call("list_customers", headers={CHOICE: first.id, "X-Account-Id": second.id})

    assert "invalid_input" == told(twice)["error"]["code"]
    for wrong in (5, None, "", ["a"], {"a": 1}, f"{first.id},{second.id}"):
        answer = await mcp.call("list_customers", headers={CHOICE: wrong})

        assert answer["isError"], wrong


async def test_search_and_execute_keep_the_accounts_apart_too(here: World, books: dict[str, Account]) -> None:
    mcp = session(here, books, "?tool-mode=search_execute")
    execute = next(tool for tool in await mcp.tools() if tool["name"].endswith("_execute_action"))
    choice = execute["inputSchema"]["properties"]["headers"]
    asked = {"action_id": f"{CONNECTOR}_list_customers", "query": {"filter": "startswith(displayName,'Only in')"}}
    seen = {}
    for mark, account in books.items():
        answer = await mcp.call("execute_action", **asked, headers={CHOICE: account.id})
        seen[mark] = json.dumps(told(answer))
    nobody = await mcp.call("execute_action", **asked)

    assert ([CHOICE], [account.id for account in books.values()]) == (
        choice["required"],
        choice["properties"][CHOICE]["enum"],
    )
    assert all(
        mark in text and not any(other in text for other in books if other != mark) for mark, text in seen.items()
    )
    assert nobody["isError"]


ELICITS = {"io.modelcontextprotocol/clientCapabilities": {"elicitation": {}}}


async def ask_again(mcp: Mcp, params: dict[str, object], *, capabilities: dict[str, object] = ELICITS) -> dict:
    """The whole answer to a stateless call of a client with these capabilities."""
    return (await mcp.ask_stateless("tools/call", {"_meta": {**META, **capabilities}, **params})).json()


async def test_a_client_that_shows_forms_is_asked_for_the_account_and_the_answer_is_obeyed(
    here: World, books: dict[str, Account]
) -> None:
    mcp = session(here, books)
    params = {"name": f"{CONNECTOR}_create_customer", "arguments": {"body": {"displayName": "Only in answer"}}}
    asked = (await ask_again(mcp, params))["result"]
    (key, question), *more = asked["inputRequests"].items()
    field = question["params"]["requestedSchema"]["properties"]["account_id"]
    second = books["Only in the second"]
    answer = {"inputResponses": {key: {"action": "accept", "content": {"account_id": second.id}}}}
    done = (await ask_again(mcp, params | answer))["result"]
    seen = {mark: await names(mcp, headers={CHOICE: account.id}) for mark, account in books.items()}
    await mcp.call("delete_customer", headers={CHOICE: second.id}, path={"id": told(done)["data"]["id"]})

    assert ("input_required", "elicitation/create", []) == (asked["resultType"], question["method"], more)
    assert [account.id for account in books.values()] == [each["const"] for each in field["oneOf"]]
    assert any("Second books" in each["title"] for each in field["oneOf"])
    assert "complete" == done["resultType"]
    assert ["Only in the first"] == seen["Only in the first"]
    assert {"Only in the second", "Only in answer"} == set(seen["Only in the second"])


@pytest.mark.parametrize("capabilities", [{}, {"elicitation": {"url": {}}}, {"sampling": {}}, {"elicitation": True}])
async def test_other_clients_are_told_by_an_error(
    here: World, books: dict[str, Account], capabilities: dict[str, object]
) -> None:
    declared = {"io.modelcontextprotocol/clientCapabilities": capabilities}
    params = {"name": f"{CONNECTOR}_list_customers", "arguments": {}}
    answer = (await ask_again(session(here, books), params, capabilities=declared))["result"]

    assert ("complete", True) == (answer["resultType"], answer["isError"])
    assert all(account.id in answer["content"][0]["text"] for account in books.values())


async def test_no_answer_leads_to_an_account_that_was_not_offered(here: World, books: dict[str, Account]) -> None:
    first, second = books.values()
    params = {"name": f"{CONNECTOR}_list_customers", "arguments": {}}
    content = {"action": "accept", "content": {"account_id": "someoneElsesAccount"}}
    stranger = (await ask_again(session(here, books), params | {"inputResponses": {"account": content}}))["result"]
    narrow = Mcp(here, headers={CHOICE: first.id})
    content = {"action": "accept", "content": {"account_id": second.id}}
    beyond = (await ask_again(narrow, params | {"inputResponses": {"account": content}}))["result"]
    declined = (await ask_again(session(here, books), params | {"inputResponses": {"account": {"action": "decline"}}}))[
        "result"
    ]
    spoilt = [
        (await ask_again(session(here, books), params | {"inputResponses": wrong}))["error"]["code"]
        for wrong in (
            5,
            [],
            {},
            {"account": 7},
            {"account": {"action": "accept"}},
            {"account": {"action": "accept", "content": {"account_id": 5}}},
        )
    ]

    assert all(result["isError"] for result in (stranger, declined))
    assert [-32602] * 6 == spoilt
    assert beyond["isError"]
