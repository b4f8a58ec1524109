"""Lists over pages: cursors, `top`, `all`, streams, and next links that lead astray."""

import asyncio
import itertools
from urllib.parse import parse_qs, urlsplit

import pytest
from engine_world import BASE, COMPANY, KeySeal, World, customer, page, world
from wire_server import Script, Seen, WireServer, says

from linkspan.engine.call import Inputs
from linkspan.engine.target import target_of
from linkspan.errors import CursorInvalidError, InvalidInputError, ProviderAnswerError, TooManyRowsError


def shelf(total: int, *, ignores_page_size: bool = False) -> Script:
    """A provider with `total` customers that pages as Business Central does: keyset tokens, `$top` counted down in the link."""

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        query = parse_qs(urlsplit(seen.target).query)
        size = total if ignores_page_size else int(seen.headers["prefer"].partition("=")[2])
        begin = int(query.get("$skiptoken", ["0"])[0]) + int(query.get("$skip", ["0"])[0])
        top = int(query["$top"][0]) if "$top" in query else total
        end = min(total, begin + size, begin + top)
        rest = f"&$top={top - (end - begin)}" if "$top" in query else ""
        more = end < min(total, begin + top)
        link = (
            {"@odata.nextLink": f"http://{seen.headers['host']}{BASE}/customers?aid=FIN&$skiptoken={end}{rest}"}
            if more
            else {}
        )
        count = {"@odata.count": total} if "$count" in query else {}
        await says(200, page([customer(number) for number in range(begin, end)], **count, **link))(seen, writer)

    return script


def numbers(rows: object) -> list[int]:
    return [int(row["number"]) for row in rows]


async def walk(here: World, **query: object) -> list[list[int]]:
    """Pages by following cursors to the end."""
    pages, options = [], dict(query)
    while True:
        result = await here.run("list_customers", query=options)
        pages.append(numbers(result.data))
        if result.next is None:
            return pages
        options = {"cursor": result.next}


@pytest.mark.parametrize(
    ("query", "sizes"),
    [
        ({"page_size": 10}, [10, 10, 5]),
        ({"page_size": 10, "top": 25}, [10, 10, 5]),
        ({"page_size": 10, "top": 12}, [10, 2]),
        ({"page_size": 10, "top": 20}, [10, 10]),
        ({"top": 3}, [3]),
        ({"top": 0}, [0]),
        ({"page_size": 25}, [25]),
    ],
)
@pytest.mark.parametrize("ignores_page_size", [False, True])
async def test_cursors_walk_the_whole_list_once(
    query: dict[str, object], sizes: list[int], ignores_page_size: bool
) -> None:
    async with world(shelf(25, ignores_page_size=ignores_page_size)) as here:
        pages = await walk(here, **query)

    assert sizes == [len(page) for page in pages]
    assert list(range(sum(sizes))) == list(itertools.chain(*pages))


async def test_a_cursor_takes_another_page_size() -> None:
    async with world(shelf(25)) as here:
        first = await here.run("list_customers", query={"page_size": 10, "count": True})
        second = await here.run("list_customers", query={"cursor": first.next, "page_size": 15})

    assert 25 == first.count
    assert list(range(10, 25)) == numbers(second.data)
    assert second.next is None


async def test_a_cursor_survives_a_restart_and_needs_no_path() -> None:
    async with world(shelf(12)) as here:
        first = await here.run("list_customers", path={"company_id": COMPANY}, query={"page_size": 10})
        async with world(shelf(12)) as after_restart:
            after_restart.engine = type(here.engine)(
                here.engine._wiring.transport, KeySeal(), here.engine._wiring.throttle, here.engine._wiring.clock
            )
            after_restart.target = here.target
            second = await after_restart.run("list_customers", query={"cursor": first.next})

    assert [10, 11] == numbers(second.data)


@pytest.mark.parametrize("change", ["cut", "flip", "empty", "other key", "garbage"])
async def test_a_changed_cursor_is_refused_before_anything_is_sent(change: str) -> None:
    async with world(shelf(12)) as here:
        cursor = (await here.run("list_customers", query={"page_size": 10})).next
        changed = {
            "cut": cursor[:-4],
            "flip": cursor[:60] + ("A" if cursor[60] != "A" else "B") + cursor[61:],
            "empty": "x",
            "other key": KeySeal(b"other").seal(KeySeal().open(cursor)),
            "garbage": KeySeal().seal(b'["nothing", 1]'),
        }[change]
        with pytest.raises(CursorInvalidError):
            here.prepare("list_customers", query={"cursor": changed})

    assert 1 == len(here.server.seen)


async def test_a_cursor_belongs_to_its_action_account_and_company() -> None:
    async with world(shelf(12)) as here:
        cursor = (await here.run("list_customers", query={"page_size": 10})).next
        with pytest.raises(CursorInvalidError):
            here.prepare("list_vendors", query={"cursor": cursor})
        with pytest.raises(CursorInvalidError):
            here.prepare("list_customers", path={"company_id": "other"}, query={"cursor": cursor})
        from engine_world import CONNECTOR, account, profile

        elsewhere = target_of(CONNECTOR, profile(here.server.url), account(environment="Sandbox"))
        with pytest.raises(CursorInvalidError):
            here.engine.prepare(
                CONNECTOR.actions["dynamics365bc_list_customers"], elsewhere, Inputs(query={"cursor": cursor})
            )


async def test_a_cursor_excludes_other_options() -> None:
    async with world(shelf(12)) as here:
        cursor = (await here.run("list_customers", query={"page_size": 10})).next
        with pytest.raises(InvalidInputError) as caught:
            here.prepare(
                "list_customers", query={"cursor": cursor, "top": 1, "filter": "number eq '1'", "page_size": 5}
            )

    assert ["query.top", "query.filter"] == [mistake.where for mistake in caught.value.mistakes]


async def test_all_collects_every_page() -> None:
    async with world(shelf(4500)) as here:
        result = await here.run("list_customers", query={"all": True, "count": True})

    assert (4500, 4500, None, 4500) == (len(result.data), result.rows, result.next, result.count)
    assert 3 == len(here.server.seen)


async def test_all_is_refused_above_ten_thousand_rows() -> None:
    async with world(shelf(10_001)) as here:
        with pytest.raises(TooManyRowsError) as caught:
            await here.run("list_customers", query={"all": True, "page_size": 5000})
        exact = await here.run("list_customers", query={"all": True, "page_size": 5000, "top": 10_000})

    assert "POST /v1/actions/dynamics365bc_list_customers with Accept: application/x-ndjson" in caught.value.next_step
    assert 10_000 == exact.rows


async def test_a_stream_has_no_bound() -> None:
    async with world(shelf(12_000)) as here:
        rows = await here.rows("list_customers", query={"page_size": 6000})
        fewer = await here.rows("list_customers", query={"top": 1500})

    assert list(range(12_000)) == numbers(rows)
    assert 1500 == len(fewer)
    assert 4 == len(here.steps.taken)


async def test_only_lists_are_streamed() -> None:
    async with world(shelf(1)) as here:
        with pytest.raises(InvalidInputError):
            await here.rows("get_customer", path={"id": COMPANY})


def linking(link: object) -> Script:
    return says(200, page([customer(1)], **{"@odata.nextLink": link}))


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v2.0/tenant-1/Production/api/v2.0/companies",
        "//evil.example/api",
        "/v2.0/tenant-1/Sandbox/api/v2.0/companies",
        "/v2.0/tenant-1/Production/api/v2.0/../../Sandbox/companies",
        "/v2.0/tenant-1/Production/api/v2.0evil",
        "http://user@evil.example/",
        17,
        "",
    ],
)
async def test_a_next_link_that_leads_elsewhere_is_not_followed(link: object) -> None:
    async with world(linking(link)) as here:
        with pytest.raises(ProviderAnswerError):
            await here.run("list_customers")

    assert 1 == len(here.server.seen)


async def test_a_relative_next_link_and_other_capitals_are_fine() -> None:
    link = BASE.replace("Production", "PRODUCTION") + "/customers?$skiptoken=2"
    async with world(linking(link), says(200, page([customer(2)]))) as here:
        rows = await here.rows("list_customers")

    assert [1, 2] == numbers(rows)


async def test_next_links_in_circles_end() -> None:
    def link(token: int) -> Script:
        return linking(f"{BASE}/customers?$skiptoken={token}")

    async with world(link(1), link(2), link(1)) as here:
        with pytest.raises(ProviderAnswerError, match="circles"):
            await here.rows("list_customers")
    async with world(says(200, page([], **{"@odata.nextLink": f"{BASE}/customers"}))) as here:
        with pytest.raises(ProviderAnswerError, match="same page"):
            await here.run("list_customers")


async def test_endless_empty_pages_end() -> None:
    token = itertools.count(1)

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await says(200, page([], **{"@odata.nextLink": f"{BASE}/customers?$skiptoken={next(token)}"}))(seen, writer)

    async with world(script) as here:
        with pytest.raises(ProviderAnswerError, match="circles"):
            await here.rows("list_customers")

    assert len(here.server.seen) < 60


def served(server: WireServer) -> list[str]:
    return [seen.target for seen in server.seen]


async def test_a_position_lost_at_the_provider_is_a_cursor_error() -> None:
    stale = says(400, {"error": {"code": "SkipTokenIsNoLongerValid", "message": "Gone."}})
    async with world(shelf(12)) as here:
        cursor = (await here.run("list_customers", query={"page_size": 10})).next
        here.server.scripts = [stale]
        with pytest.raises(CursorInvalidError):
            await here.run("list_customers", query={"cursor": cursor})

    assert served(here.server)[1].endswith("$skiptoken=10")
