"""The few actions that `linkspan demo` runs, over real HTTP with the API key, as any client would."""

from typing import TYPE_CHECKING

import httpx2

from linkspan.cli.output import console, print_heading, print_table
from linkspan.engine.json_text import parse
from linkspan.errors import LinkspanError

if TYPE_CHECKING:
    from linkspan.cli.demo import Shown

CUSTOMER_COLUMNS = ("number", "displayName", "city", "currencyCode", "balanceDue")
LINE_COLUMNS = ("lineObjectNumber", "description", "quantity", "unitPrice", "amountIncludingTax")


class Client:
    """`POST /actions/rpc` with one key and one account."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    async def call(self, action: str, **groups: object) -> dict[str, object]:
        """The answer's JSON. Raises LinkspanError with the door's own message."""
        answer = await self._http.post("/actions/rpc", json={"action": f"dynamics365bc_{action}", **groups})
        told = parse(answer.content)
        if not isinstance(told, dict):
            raise LinkspanError(f"{action}: the answer is no JSON object.")
        if answer.is_error:
            raise LinkspanError(f"{action}: {told.get('message')}", next_step=str(told.get("next_step")))
        return told

    async def record(self, action: str, **groups: object) -> dict[str, object]:
        """The one record of the answer."""
        data = (await self.call(action, **groups))["data"]
        return data if isinstance(data, dict) else {}

    async def rows(self, action: str, **groups: object) -> list[dict[str, object]]:
        """The rows of the answer."""
        data = (await self.call(action, **groups))["data"]
        return data if isinstance(data, list) else []


async def run_showcase(shown: "Shown") -> None:
    """Read customers; create a sales quote with two lines, read it, update it, delete it."""
    headers = {"x-account-id": shown.account.id}
    async with httpx2.AsyncClient(
        base_url=shown.base_url, auth=(shown.api_key.reveal(), ""), headers=headers, timeout=30
    ) as http:
        print_heading("Running actions", "POST /actions/rpc with the API key, as any client would")
        client = Client(http)
        await show_customers(client)
        await show_quote(client)


async def show_customers(client: Client) -> None:
    """The first five customers as a table."""
    customers = await client.rows("list_customers", query={"top": 5, "order_by": "number"})
    console.print(f"list_customers: {len(customers)} of them")
    print_table(CUSTOMER_COLUMNS, ([row.get(name) for name in CUSTOMER_COLUMNS] for row in customers), empty="none")


async def show_quote(client: Client) -> None:
    """A quote's life."""
    customer = (await client.rows("list_customers", query={"filter": {"blocked": ""}, "top": 1}))[0]
    items = await client.rows("list_items", query={"filter": {"type": "Inventory"}, "top": 2})
    lines = [
        {"lineType": "Item", "itemId": item["id"], "quantity": count} for item, count in zip(items, (2, 5), strict=True)
    ]
    created = await client.record("create_sales_quote", body={"customerId": customer["id"], "salesQuoteLines": lines})
    console.print(f"\ncreate_sales_quote: {created['number']} with {len(lines)} lines")
    read = await client.record("get_sales_quote", path={"id": created["id"]}, query={"expand": ["salesQuoteLines"]})
    console.print(
        f"get_sales_quote: {read['number']} for {read['customerName']}, "
        f"{read['totalAmountIncludingTax']} {read['currencyCode']} with tax"
    )
    found = read["salesQuoteLines"]
    rows = [[line.get(name) for name in LINE_COLUMNS] for line in found] if isinstance(found, list) else []
    print_table(LINE_COLUMNS, rows, empty="none")
    updated = await client.record(
        "update_sales_quote",
        path={"id": created["id"]},
        headers={"if_match": read["@odata.etag"]},
        body={"externalDocumentNumber": "DEMO-1"},
    )
    console.print(f"update_sales_quote: external document number {updated['externalDocumentNumber']}")
    await client.call("delete_sales_quote", path={"id": created["id"]})
    console.print(f"delete_sales_quote: {created['number']} is gone")
