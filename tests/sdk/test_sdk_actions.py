"""Actions through the SDK, awaited and blocking, against a running demo."""

from contextlib import aclosing
from decimal import Decimal
from itertools import islice

import pytest

from demo_process import Demo
from linkspan.sdk import (
    AsyncLinkspan,
    InvalidInputError,
    Linkspan,
    NotFoundError,
    RecordNotFoundError,
    UnauthenticatedError,
)

LIST, GET = "dynamics365bc_list_customers", "dynamics365bc_get_customer"
CREATE, DELETE = "dynamics365bc_create_item", "dynamics365bc_delete_item"
NOWHERE = "00000000-0000-0000-0000-00000000beef"


async def test_a_list_and_one_of_its_records(client: AsyncLinkspan) -> None:
    page = await client.run(LIST, query={"top": 2, "count": True})
    one = await client.run(GET, path={"id": page.rows[0]["id"]})

    assert 2 == len(page.rows)
    assert page.count is not None
    assert page.count > 2
    assert page.rows[0]["number"] == one.record["number"]
    assert one.run_id.startswith("run_")


async def test_pages_rows_and_stream_give_the_same_records(client: AsyncLinkspan) -> None:
    numbers = {"select": ["number"]}
    pages = [page async for page in client.pages(LIST, query={**numbers, "page_size": 3})]
    rows = [row["number"] async for row in client.rows(LIST, query={**numbers, "page_size": 3})]
    streamed = [row["number"] async for row in client.stream(LIST, query=numbers)]

    assert len(pages) > 1
    assert pages[-1].next is None
    assert rows == [row["number"] for page in pages for row in page.rows]
    assert rows == streamed


async def test_an_iteration_that_is_left_early_asks_for_no_more(client: AsyncLinkspan) -> None:
    async with aclosing(client.rows(LIST, query={"page_size": 1})) as rows:
        first = await anext(rows)
    newest = (await client.runs.list(action=LIST, page_size=1)).data[0]

    assert first["number"]
    assert (1, 1) == (newest.rows, len(newest.steps))


def test_the_blocking_client_has_the_same_calls(blocking: Linkspan) -> None:
    page = blocking.run(LIST, query={"page_size": 3})
    rows = list(blocking.rows(LIST, query={"page_size": 3}))
    streamed = list(islice(blocking.stream(LIST), 3))
    pages = list(islice(blocking.pages(LIST, query={"page_size": 3}), 2))

    assert page.next is not None
    assert page.rows == rows[:3]
    assert [row["number"] for row in page.rows] == [row["number"] for row in streamed]
    assert [3, 3] == [len(page.rows) for page in pages]


@pytest.mark.parametrize("digits", ["12.50", "0.00001", "100", "999999999999.99999"])
def test_amounts_keep_their_digits_both_ways(blocking: Linkspan, digits: str) -> None:
    made = blocking.run(CREATE, body={"displayName": "Amount", "unitPrice": Decimal(digits)}).record
    read = blocking.run("dynamics365bc_get_item", path={"id": made["id"]}).record
    gone = blocking.run(DELETE, path={"id": made["id"]})

    assert digits == str(Decimal(str(read["unitPrice"])).quantize(Decimal(digits)))
    assert Decimal(digits) == read["unitPrice"]
    assert not isinstance(read["unitPrice"], float)
    assert gone.data is None
    assert "last_writer_wins" == gone.concurrency


async def test_an_account_can_be_named_for_some_calls(demo: Demo) -> None:
    async with AsyncLinkspan(demo.base_url, demo.api_key) as client:
        answer = await client.account(demo.account_id).run(LIST, query={"top": 1})
        with pytest.raises(InvalidInputError, match="No account"):
            await client.run(LIST)

    assert 1 == len(answer.rows)


async def test_an_answer_says_when_it_is_read_as_the_wrong_thing(client: AsyncLinkspan) -> None:
    page = await client.run(LIST, query={"top": 1})
    one = await client.run(GET, path={"id": page.rows[0]["id"]})

    with pytest.raises(TypeError, match="rows"):
        _ = page.record
    with pytest.raises(TypeError, match="record"):
        _ = one.rows


async def test_mistakes_come_with_place_and_nearest_name(client: AsyncLinkspan) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await client.run(CREATE, body={"displayNam": "Lamp", "unitPrice": "dear"})
    error = caught.value
    found = {mistake.where: mistake for mistake in error.mistakes}

    assert ("invalid_input", 400, "fix") == (error.code, error.status, error.advice)
    assert {"body.displayNam", "body.unitPrice"} <= set(found)
    assert "displayName" == found["body.displayNam"].nearest
    assert error.run_id
    assert error.next_step


def test_a_refusal_of_the_provider_has_its_words(blocking: Linkspan) -> None:
    with pytest.raises(RecordNotFoundError) as caught:
        blocking.run(GET, path={"id": NOWHERE})

    assert 404 == caught.value.status
    assert caught.value.provider is not None
    assert 404 == caught.value.provider.status
    assert caught.value.provider.code
    assert "record_not_found" == blocking.runs.get(caught.value.run_id or "").error_code


async def test_unknown_action_account_and_key_are_told_apart(demo: Demo, client: AsyncLinkspan) -> None:
    with pytest.raises(NotFoundError) as action:
        await client.run("dynamics365bc_list_custmers")
    with pytest.raises(NotFoundError) as account:
        await client.account("nobody").run(LIST)
    async with AsyncLinkspan(demo.base_url, "v1.local.wrong", demo.account_id) as stranger:
        with pytest.raises(UnauthenticatedError) as key:
            await stranger.run(LIST)

    assert ["unknown_action", "not_found", "api_key_invalid"] == [it.value.code for it in (action, account, key)]
    assert LIST == action.value.mistakes[0].nearest


async def test_what_is_wrong_with_a_stream_is_raised_before_its_first_row(client: AsyncLinkspan) -> None:
    with pytest.raises(InvalidInputError):
        await anext(client.stream(LIST, query={"filtr": "x"}))
