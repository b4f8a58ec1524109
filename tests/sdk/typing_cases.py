"""What a type checker must see: the same methods, awaited on one client and plain on the other (checked by test_sdk_typing)."""

from collections.abc import AsyncGenerator, Callable, Iterator
from typing import assert_type

from linkspan.sdk import Account, Answer, AsyncLinkspan, AsyncToolset, Linkspan, Page, Profile, ToolAnswer, Toolset

Record = dict[str, object]


async def awaited(client: AsyncLinkspan) -> None:
    assert_type(await client.run("a", query={"top": 1}), Answer)
    assert_type(await client.account("x").run("a"), Answer)
    assert_type(client.rows("a"), AsyncGenerator[Record, None])
    assert_type(client.pages("a"), AsyncGenerator[Answer, None])
    assert_type(await client.accounts.list(state=["active"]), Page[Account])
    assert_type(await client.profiles.get("p"), Profile)
    assert_type((await client.run("a")).rows, list[Record])


def blocking(client: Linkspan) -> None:
    assert_type(client.run("a", body={"n": 1}), Answer)
    assert_type(client.account("x").run("a"), Answer)
    assert_type(client.stream("a"), Iterator[Record])
    assert_type(client.accounts.each(), Iterator[Account])
    assert_type(client.accounts.get("x").fields["company_id"], str)


def wrong(client: Linkspan, any_run: Callable[[], Answer]) -> None:
    client.run("a", filter="x")  # type: ignore[call-arg]
    client.run(1)  # type: ignore[arg-type]
    client.accounts.get()  # type: ignore[call-arg]
    client.run("a").rows.nothing  # type: ignore[attr-defined]  # noqa: B018
    any_run()


async def toolsets(one: AsyncToolset, other: Toolset) -> None:
    assert_type(await (await one.tools()).call("a", {}), ToolAnswer)
    assert_type(await (await one.tools())[0].call('{"top": 1}', idempotency_key="k"), ToolAnswer)
    assert_type(other.tools().call("a"), ToolAnswer)
    assert_type(other.tools().tell("a"), str)
    other.tools().call(1)  # type: ignore[arg-type]
    await one.tools().call("a")  # type: ignore[attr-defined]
