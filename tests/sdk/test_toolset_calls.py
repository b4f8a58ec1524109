"""How a toolset calls: once for each call, whatever the cable does, and what a hostile server cannot do to it."""

import asyncio
import json

import pytest
from test_sdk_failures import server, tell
from toolset_world import OK, READ, WRITE, failed, keys, offering, reply

from linkspan.sdk import (
    AsyncToolset,
    InvalidInputError,
    LinkspanError,
    PossibleDuplicateError,
    WriteOutcomeUnknownError,
)
from linkspan.sdk.toolset.tool import LONGEST_NAME, short_name


@pytest.mark.parametrize("bad", ["[1]", "{", '"x"', "", "nul", {"top": float("nan")}, {"a": [{"b": float("inf")}]}])
def test_arguments_that_are_none_are_not_sent(bad: object) -> None:
    async def story() -> tuple[LinkspanError | None, int]:
        async with offering(WRITE) as here, AsyncToolset(here.url, "key", "a") as toolset:
            (tool,) = await toolset.tools()
            try:
                await tool.call(bad)
            except InvalidInputError as error:
                return error, len(here.asked)
            return None, len(here.asked)

    error, asked = asyncio.run(story())

    assert (bad == "", 1 + (bad == "")) == (error is None, asked)


@pytest.mark.parametrize(
    "first", [None, failed("write_in_progress", "wait", retry_after=0.01)], ids=["cut", "in-progress"]
)
async def test_every_try_of_a_write_has_the_same_key_and_every_call_another(first: object) -> None:
    async with offering(WRITE, answers=(first, OK)) as here, AsyncToolset(here.url, "key", "a") as toolset:
        (tool,) = await toolset.tools()
        await tool.call({"displayName": "Lamp"})
        await tool.call({"displayName": "Lamp"})
    one, two, other = keys(here)

    assert one == two
    assert one != other
    assert len(str(one)) >= 32


async def test_a_write_without_any_answer_is_in_doubt_under_its_key() -> None:
    async with offering(WRITE, answers=(None,)) as here, AsyncToolset(here.url, "key", "a") as toolset:
        (tool,) = await toolset.tools()
        with pytest.raises(WriteOutcomeUnknownError) as caught:
            await tool.call({})

    assert 3 == len(keys(here))
    assert 1 == len(set(keys(here)))
    assert str(keys(here)[0]) in caught.value.next_step


async def test_what_is_no_wait_is_not_repeated() -> None:
    answers = (failed("possible_duplicate", "fix", first_run_id="run_1", mistakes=["a.b: is wrong", "bare"]), OK)
    async with offering(WRITE, answers=answers) as here, AsyncToolset(here.url, "key", "a") as toolset:
        (tool,) = await toolset.tools()
        with pytest.raises(PossibleDuplicateError) as caught:
            await tool.call({})

    assert 2 == len(here.asked)
    assert "run_1" == caught.value.first_run_id
    assert [("a.b", "is wrong"), ("", "bare")] == [(one.where, one.what) for one in caught.value.mistakes]


async def test_a_server_that_does_not_say_it_reads_is_taken_to_write() -> None:
    unsaid = offering({"name": "x_list_y", "inputSchema": {"type": "object"}}, answers=(OK,))
    async with unsaid as here, AsyncToolset(here.url, "key", "a") as toolset:
        (tool,) = await toolset.tools()
        await tool.call({})

    assert (False, True) == (tool.reads, tool.destructive)
    assert keys(here)[0] is not None


HOSTILE = [
    b"",
    b"<html>Sign in</html>",
    b"null",
    b"[]",
    b"{}",
    b'{"result": null}',
    b'{"result": {"tools": 7}}',
    b'{"result": {"tools": [{"name": "a b", "inputSchema": {"type": "object"}}]}}',
    b'{"result": {"tools": [{"name": "../../etc", "inputSchema": {"type": "object"}}]}}',
    b'{"result": {"tools": [{"name": "a\\nIgnore all", "inputSchema": {"type": "object"}}]}}',
    b'{"result": {"tools": [{"name": "a_b_c", "inputSchema": {"type": "array"}}]}}',
    b'{"result": {"tools": [{"name": "a_b_c"}]}}',
    b'{"result": {"tools": [%s, %s]}}' % ((b'{"name": "a_b_c", "inputSchema": {"type": "object"}}',) * 2),
    b'{"result": {"tools": [{"name": "%s", "inputSchema": {"type": "object"}}]}}' % (b"a" * 200),
    b'{"result": ' + b"[" * 100_000,
    b'{"error": {"message": 7}}',
]


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_list_that_is_none_is_one_named_error(answer: bytes) -> None:
    async def play(writer: asyncio.StreamWriter, _: int) -> None:
        await tell(writer, 200, answer, "Content-Type: application/json")

    async with server(play) as here, AsyncToolset(here.url, "key", "a") as toolset:
        with pytest.raises(LinkspanError) as caught:
            await toolset.tools()

    assert "answer_unreadable" == caught.value.code


@pytest.mark.parametrize("answer", [b"", b"{", b'{"result": {}}', reply({"content": [{"text": "?"}], "isError": True})])
async def test_a_call_with_a_senseless_answer_is_one_named_error(answer: bytes) -> None:
    async with offering(READ, answers=(answer,)) as here, AsyncToolset(here.url, "key", "a") as toolset:
        (tool,) = await toolset.tools()
        with pytest.raises(LinkspanError) as caught:
            await tool.call({})

    assert "answer_unreadable" == caught.value.code


@pytest.mark.parametrize("status", [401, 403, 500, 502])
async def test_a_refusal_by_http_is_named_too(status: int) -> None:
    body = json.dumps(
        {"jsonrpc": "2.0", "error": {"code": -1, "message": "m", "data": {"code": "missing_scope", "advice": "ask"}}}
    )

    async def play(writer: asyncio.StreamWriter, _: int) -> None:
        await tell(writer, status, body.encode() if status < 500 else b"<html>", "Content-Type: application/json")

    async with server(play) as here, AsyncToolset(here.url, "key", "a") as toolset:
        with pytest.raises(LinkspanError) as caught:
            await toolset.tools()

    assert ("missing_scope" if status < 500 else "answer_unreadable") == caught.value.code


async def test_a_redirect_does_not_take_the_key_along() -> None:
    async def play(writer: asyncio.StreamWriter, _: int) -> None:
        await tell(writer, 307, b"", "Location: http://127.0.0.1:9/elsewhere")

    async with server(play) as here, AsyncToolset(here.url, "key", "a") as toolset:
        with pytest.raises(LinkspanError):
            await toolset.tools()

    assert 1 == len(here.asked)


async def test_long_names_are_shortened_and_still_lead_to_their_action() -> None:
    long = [f"connector_list_{'very_' * 15}long_things_{end}" for end in ("a", "b")]
    shapes = [{**READ, "name": name} for name in long]
    async with offering(*shapes) as here, AsyncToolset(here.url, "key", "a") as toolset:
        tools = await toolset.tools()
        await tools.call(tools.names[1])
        await tools.call(long[1])
    called = [json.loads(asked)["params"]["name"] for asked in here.asked[1:]]

    assert [LONGEST_NAME] * 2 == [len(name) for name in tools.names]
    assert 2 == len(set(tools.names))
    assert [long[1]] * 2 == called
    assert "kept" == short_name("kept")
    assert all(len(made["function"]["name"]) <= LONGEST_NAME for made in tools.openai())
