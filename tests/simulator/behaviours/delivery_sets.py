"""What posted shipments and receipts do alike: they say what an order delivered, and cannot change."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from document_sets import DocumentSet
from http_desk import HttpDesk


@dataclass
class DeliverySet:
    """The deliveries of one side at a desk: of sales orders, or of purchase orders."""

    desk: HttpDesk
    kind: str

    @property
    def lines(self) -> str:
        return f"{self.kind[:-1]}Lines"

    @property
    def sale(self) -> bool:
        return self.kind == "salesShipments"

    @cached_property
    def orders(self) -> DocumentSet:
        return DocumentSet(self.desk, "salesOrders" if self.sale else "purchaseOrders")

    def deliver(self, *quantities: int) -> dict[str, Any]:
        """Post an order with these lines in the season of sailing and return what it delivered."""
        order = self.orders.document(*[self.orders.line_of(quantity) for quantity in quantities])
        url = self.orders.url(order)
        self.desk.make(f"{url}/dimensionSetLines", code="SEASON", valueCode="SAILING")
        for line in self.orders.rows(order):
            own = f"{url}/{self.orders.lines}({line['id']})"
            self.desk.make(f"{own}/dimensionSetLines", code="VESSEL", valueCode="FERRY")
        self.orders.run(order, "shipAndInvoice" if self.sale else "receiveAndInvoice")
        (found,) = self.desk.rows(f"{self.kind}?$filter=orderNumber eq '{order['number']}'")
        return found

    def rows(self, delivery: dict[str, Any]) -> list[dict[str, Any]]:
        return self.desk.rows(f"{self.kind}({delivery['id']})/{self.lines}")

    def are_listed(self) -> None:
        made = [self.deliver(2), self.deliver(3)]
        partner = f"{self.orders.party}Number"
        rows = self.desk.rows(f"{self.kind}?$filter={partner} eq '{self.orders.partner['number']}'")
        found = {row["id"]: row for row in rows}

        assert {row["id"]: row for row in made} == found
        assert 2 == len({row["number"] for row in made})
        assert "Gannet Yachts" == made[0][f"{self.orders.party}Name"]
        assert made[0]["id"] == self.desk.get(f"{self.kind}({made[0]['id']})")["id"]

    def show_their_dimensions(self) -> None:
        made = self.deliver(2)
        found = self.desk.get(f"{self.kind}({made['id']})?$expand=dimensionSetLines")["dimensionSetLines"]

        assert {"SEASON": "SAILING"} == {row["code"]: row["valueCode"] for row in found}
        assert {made["id"]} == {row["parentId"] for row in found}

    def show_their_lines_dimensions(self) -> None:
        (line,) = self.rows(self.deliver(2))
        found = self.desk.get(f"{self.lines}({line['id']})?$expand=dimensionSetLines")["dimensionSetLines"]

        assert "FERRY" == {row["code"]: row["valueCode"] for row in found}["VESSEL"]
        assert {line["id"]} == {row["parentId"] for row in found}

    def give_a_line_directly(self) -> None:
        made = self.deliver(2)
        (line,) = self.rows(made)
        found = self.desk.get(f"{self.lines}({line['id']})")

        assert (line["id"], made["id"], 10_000, 2) == tuple(
            found[name] for name in ("id", "documentId", "sequence", "quantity")
        )

    def give_their_lines(self) -> None:
        made = self.deliver(2, 5)
        item = self.orders.item

        wanted = ("Item", item["number"], "Snatch block", "PCS")
        rows = self.rows(made)
        assert [2, 5] == [row["quantity"] for row in rows]
        assert {wanted} == {
            tuple(row[name] for name in ("lineType", "lineObjectNumber", "description", "unitOfMeasureCode"))
            for row in rows
        }
        price = "unitPrice" if self.sale else "unitCost"
        assert {self.orders.worth} == {row[price] for row in rows}

    def give_lines_by_document_filter(self) -> None:
        made, _ = self.deliver(2, 5), self.deliver(9)
        found = self.desk.rows(f"{self.lines}?$filter=documentId eq {made['id']}")

        assert [2, 5] == [row["quantity"] for row in found]
        assert {made["id"]} == {row["documentId"] for row in found}
