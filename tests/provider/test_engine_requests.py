"""What leaves the house for each verb, and what a caller gets for the answer."""

import pytest
from engine_world import BASE, COMPANY, RECORD, World, customer, page, world
from wire_server import WireServer, says

from linkspan.errors import CompanyNotFoundError, ProviderAnswerError

OTHER = "9a6e2c0e-0d4f-4a55-8a10-1c6f6e0a9d02"


def asked(server: WireServer, index: int = 0) -> tuple[str, str]:
    return server.seen[index].method, server.seen[index].target


async def test_list_options_become_odata() -> None:
    async with world(says(200, page([]))) as here:
        await here.run(
            "list_customers",
            query={
                "filter": {"displayName": {"startswith": "O'Neil & Co"}, "blocked": "", "creditLimit": {"ge": "12.50"}},
                "select": "number, displayName",
                "expand": ["currency"],
                "order_by": "displayName desc,number",
                "skip": 5,
                "count": True,
            },
        )

    assert ("GET", BASE + "/customers?$select=number,displayName&$expand=currency&$orderby=displayName%20desc,number"
        "&$filter=startswith(displayName,%27O%27%27Neil%20%26%20Co%27)%20and%20blocked%20eq%20%27_x0020_%27%20and%20creditLimit%20ge%2012.50"
        "&$skip=5&$count=true") == asked(here.server)  # fmt: skip
    assert "odata.maxpagesize=100" == here.server.seen[0].headers["prefer"]
    assert "Bearer token-1" == here.server.seen[0].headers["authorization"]
    assert "en-US" == here.server.seen[0].headers["accept-language"]


async def test_a_page_is_shaped() -> None:
    line = {"lineType": "Fixed_x0020_Asset", "item": {"type": "Non_x002D_Inventory"}}
    quote = {
        "@odata.etag": "e",
        "status": "Expired_x0020_",
        "salesQuoteLines": [line],
        "salesQuoteLines@odata.context": "x",
    }
    async with world(says(200, page([quote], **{"@odata.count": 7}))) as here:
        result = await here.run("list_sales_quotes", query={"expand": "salesQuoteLines($expand=item)", "count": True})

    assert "$expand=salesQuoteLines(%24expand%3Ditem)" in here.server.seen[0].target
    assert [
        {"@odata.etag": "e", "status": "Expired",
         "salesQuoteLines": [{"lineType": "Fixed Asset", "item": {"type": "Non-Inventory"}}]}
    ] == result.data  # fmt: skip
    assert (7, None, 1) == (result.count, result.next, result.rows)


async def test_unknown_enum_members_are_decoded_and_odd_values_kept() -> None:
    rows = [customer(1, type="New_x0020_Kind"), customer(2, type=7), customer(3, type=None)]
    async with world(says(200, page(rows))) as here:
        result = await here.run("list_customers")

    assert ["New Kind", 7, None] == [row["type"] for row in result.data]
    assert ["", "", ""] == [row["blocked"] for row in result.data]


async def test_get() -> None:
    async with world(says(200, {"@odata.context": "c", **customer(1)})) as here:
        result = await here.run("get_customer", path={"id": RECORD.upper()}, query={"select": ["number"]})

    assert ("GET", f"{BASE}/customers({RECORD})?$select=number") == asked(here.server)
    assert customer(1, blocked="") == result.data


async def test_create_with_lines_keeps_every_digit() -> None:
    answer = b'{"@odata.context":"c","id":"q","totalAmountIncludingTax":1234567890123456.10,"salesQuoteLines":[{"unitPrice":0.0000000}]}'
    async with world(says(201, answer)) as here:
        result = await here.run(
            "create_sales_quote",
            body={
                "customerNumber": "C1",
                "salesQuoteLines": [{"lineType": "Fixed Asset", "unitPrice": "12.50", "quantity": 3}],
            },
        )

    assert ("POST", BASE + "/salesQuotes") == asked(here.server)
    assert (
        b'{"customerNumber":"C1","salesQuoteLines":[{"lineType":"Fixed_x0020_Asset","unitPrice":12.50,"quantity":3}]}'
        == here.server.seen[0].body
    )
    assert "1234567890123456.10" == str(result.data["totalAmountIncludingTax"])


async def test_update_with_the_callers_etag() -> None:
    async with world(says(200, customer(1))) as here:
        result = await here.run(
            "update_customer",
            path={"id": RECORD},
            body={"blocked": "", "type": "Person"},
            headers={"If-Match": 'W/"x"'},
        )

    assert ("PATCH", f"{BASE}/customers({RECORD})") == asked(here.server)
    assert 'W/"x"' == here.server.seen[0].headers["if-match"]
    assert b'{"blocked":"_x0020_","type":"Person"}' == here.server.seen[0].body
    assert result.concurrency is None


@pytest.mark.parametrize(("verb", "body", "status"), [("update", {"type": "Person"}, 200), ("delete", None, 204)])
async def test_without_an_etag_the_current_one_is_used(verb: str, body: dict[str, object] | None, status: int) -> None:
    async with world(
        says(200, {"@odata.etag": 'W/"now"', "id": RECORD}), says(status, customer(1) if body else None)
    ) as here:
        result = await here.run(f"{verb}_customer", path={"id": RECORD}, body=body)

    assert ("GET", f"{BASE}/customers({RECORD})?$select=id") == asked(here.server)
    assert 'W/"now"' == here.server.seen[1].headers["if-match"]
    assert "last_writer_wins" == result.concurrency
    assert (result.data is None) == (verb == "delete")


async def test_no_etag_to_be_had() -> None:
    async with world(says(200, {"id": RECORD})) as here:
        with pytest.raises(ProviderAnswerError):
            await here.run("delete_customer", path={"id": RECORD})

    assert 1 == len(here.server.seen)


async def test_children_are_asked_below_their_parent() -> None:
    async with world(says(200, page([]))) as here:
        await here.run("list_journal_lines", path={"journal_id": RECORD})
        await here.run("list_customer_payments", path={"customer_payment_journal_id": RECORD})

    assert ("GET", f"{BASE}/journals({RECORD})/journalLines") == asked(here.server)
    assert ("GET", f"{BASE}/customerPaymentJournals({RECORD})/customerPayments") == asked(here.server, 1)


@pytest.mark.parametrize(
    ("path", "body", "target"),
    [
        ({"journal_id": RECORD}, {"amount": 1}, f"/journals({RECORD})/journalLines"),
        ({}, {"journalId": RECORD}, "/journalLines"),
    ],
)
async def test_a_child_is_created_below_its_parent_or_in_its_own_set(
    path: dict[str, object], body: dict[str, object], target: str
) -> None:
    async with world(says(201, {"id": "x"})) as here:
        await here.run("create_journal_line", path=path, body=body)

    assert ("POST", BASE + target) == asked(here.server)


def companies(here: World) -> dict[str, object]:
    first = {"id": COMPANY, "name": "SKUA", "displayName": "Skua Boatyard"}
    second = {"id": OTHER, "name": "TERN", "displayName": "Skua Boatyard"}
    return {"value": [first, second]}


async def test_a_company_by_name_is_looked_up_once() -> None:
    async with world(says(200, page([]))) as here:
        here.server.scripts.insert(0, says(200, companies(here)))
        for name in ("tern", "TERN", "Skua Boatyard"):
            await here.run("list_customers", path={"company_id": name})

    root = "/v2.0/tenant-1/Production/api/v2.0"
    assert [
        f"{root}/companies?$select=id,displayName,name", f"{root}/companies({OTHER})/customers",
        f"{root}/companies({OTHER})/customers", f"{root}/companies({COMPANY})/customers",
    ] == [seen.target for seen in here.server.seen]  # fmt: skip


async def test_no_such_company_names_the_nearest() -> None:
    async with world(says(200, {"value": [{"id": OTHER, "name": "TERN", "displayName": "Tern & Tide"}]})) as here:
        with pytest.raises(CompanyNotFoundError, match="'tern'"):
            await here.run("list_customers", path={"company_id": "Ternn"})


async def test_steps_tell_what_was_asked() -> None:
    async with world(says(200, page([]), Request_Id="abc-1")) as here:
        await here.run("list_customers", query={"top": 1})

    (step,) = here.steps.taken
    assert (0, "GET", 200, "abc-1", None) == (step.index, step.method, step.status, step.request_id, step.error)
    assert step.url.endswith("/customers?$top=1")
