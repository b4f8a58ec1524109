"""What a type checker must see of a generated client (checked by test_typed_client, beside the client that it imports)."""

from collections.abc import AsyncGenerator, Iterator
from datetime import date
from decimal import Decimal
from typing import assert_type

from dynamics365bc_client import AsyncDynamics365bc, Customer, Dynamics365bc, NewCustomer, NewItem, SalesQuote

from linkspan.sdk import AsyncLinkspan, Linkspan
from linkspan.sdk.typed import Listed


def blocking(client: Linkspan) -> None:
    books = Dynamics365bc(client)
    assert_type(books.list_customers(top=2, select=["number", "displayName"]), Listed[Customer])
    assert_type(books.get_customer("x"), Customer)
    assert_type(books.get_customer("x")["creditLimit"], Decimal)
    assert_type(books.each_customers(filter_={"blocked": ""}), Iterator[Customer])
    assert_type(books.get_sales_quote("x", expand="salesQuoteLines")["salesQuoteLines"][0]["quantity"], Decimal)
    books.create_customer({"displayName": "A", "creditLimit": Decimal("1.50"), "type": "Person"}, idempotency_key="k")
    books.create_sales_quote(
        {"customerNumber": "1", "documentDate": date(2026, 1, 1), "salesQuoteLines": [{"quantity": 2}]}
    )
    books.delete_customer("x", if_match="y")
    Dynamics365bc(client.account("other")).list_items(order_by="number desc")


async def awaited(client: AsyncLinkspan) -> None:
    books = AsyncDynamics365bc(client)
    assert_type(await books.create_sales_quote({"customerNumber": "1"}), SalesQuote)
    assert_type(books.each_customers(), AsyncGenerator[Customer, None])


def wrong(client: Linkspan, other: AsyncLinkspan) -> tuple[NewItem, NewCustomer]:
    books = Dynamics365bc(client)
    books.list_customers(select=["nummer"])  # type: ignore[list-item]
    books.create_customer({"displayName": "A", "nummer": "1"})  # type: ignore[typeddict-unknown-key]
    books.create_customer({"displayName": "A", "type": "Robot"})  # type: ignore[typeddict-item]
    books.create_customer({"displayName": 1})  # type: ignore[typeddict-item]
    books.get_customer()  # type: ignore[call-arg]
    books.post_sales_invoice("x")  # type: ignore[attr-defined]
    Dynamics365bc(other)  # type: ignore[arg-type]
    item: NewItem = {"displayName": "Lamp", "unitPrice": 24.9}  # type: ignore[typeddict-item]
    customer: NewCustomer = {}  # type: ignore[typeddict-item]
    return item, customer
