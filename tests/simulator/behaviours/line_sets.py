"""What the lines of every kind of document do alike, asked over HTTP: read, added, changed, deleted, discounted."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from http_desk import NO_ID, NOWHERE, HttpDesk

PRICE = {"purchaseOrders": "directUnitCost", "purchaseInvoices": "unitCost", "purchaseCreditMemos": "unitCost"}
TIERS = {"customer": ((5000, 3), (20000, 5)), "vendor": ((3000, 2), (12000, 4))}
"""The invoice discount of the second customer and vendor: minimum amounts and percentages."""
MOORING, STATIONERY = "4200", "6210"


@dataclass
class LineSet:
    """The lines of one kind of document at a desk; `sales` documents are for customers, others for vendors."""

    desk: HttpDesk
    kind: str
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def party(self) -> str:
        return "vendor" if self.kind.startswith("purchase") else "customer"

    @property
    def lines(self) -> str:
        return f"{self.kind[:-1]}Lines"

    @property
    def price(self) -> str:
        return PRICE.get(self.kind, "unitPrice")

    @cached_property
    def partner(self) -> dict[str, Any]:
        return self.desk.make(f"{self.party}s", displayName="Gannet Yachts")

    @cached_property
    def item(self) -> dict[str, Any]:
        return self.desk.make("items", displayName="Snatch block", unitPrice=100, unitCost=60)

    @property
    def worth(self) -> Decimal:
        """The price that a line of the item gets by itself."""
        return Decimal(100 if self.party == "customer" else 60)

    def document(self, *lines: dict[str, Any], **values: object) -> dict[str, Any]:
        """Make a draft for the partner with these lines."""
        return self.desk.make(self.kind, **{f"{self.party}Id": self.partner["id"], self.lines: lines, **values})

    def url(self, document: dict[str, Any]) -> str:
        return f"{self.kind}({document['id']})"

    def line_of(self, quantity: int = 2, **values: object) -> dict[str, Any]:
        return {"itemId": self.item["id"], "quantity": quantity, **values}

    def with_line(self, **values: object) -> tuple[dict[str, Any], str]:
        """Make a draft with one line of the item; return it and the line's address."""
        document = self.document(self.line_of(**values))
        (line,) = self.rows(document)
        return document, f"{self.url(document)}/{self.lines}({line['id']})"

    def rows(self, document: dict[str, Any]) -> list[dict[str, Any]]:
        return self.desk.rows(f"{self.url(document)}/{self.lines}")

    def head(self, document: dict[str, Any]) -> dict[str, Any]:
        return self.desk.get(self.url(document))

    def total(self, document: dict[str, Any]) -> tuple[Decimal, Decimal]:
        """Return invoice discount and total without VAT."""
        head = self.head(document)
        return head["discountAmount"], head["totalAmountExcludingTax"]

    def account(self, number: str = MOORING) -> dict[str, Any]:
        return self.desk.one("accounts", f"number eq '{number}'")

    def posted(self) -> tuple[dict[str, Any], str]:
        """Make and post a document with one line; return it as posted and the line's address."""
        external = {"purchaseInvoices": "vendorInvoiceNumber", "purchaseCreditMemos": "vendorCreditMemoNumber"}
        given = {external[self.kind]: "OURS-1"} if self.kind in external else {}
        document = self.document(self.line_of(), **given)
        (line,) = self.rows(document)
        self.desk.run(f"{self.url(document)}/Microsoft.NAV.post")
        return self.head(document), f"{self.url(document)}/{self.lines}({line['id']})"

    # Reading

    def need_a_document(self) -> None:
        self.with_line()
        refusal = self.desk.refused("GET", self.lines)

        assert "ou must specify an" in refusal

    def are_read_directly(self) -> None:
        document, url = self.with_line()
        line = self.desk.get(url)

        found = self.desk.get(f"{self.lines}({line['id']})")
        assert {**line, "@odata.context": ""} == {**found, "@odata.context": ""}
        assert (document["id"], 10_000, self.item["number"]) == tuple(
            found[name] for name in ("documentId", "sequence", "lineObjectNumber")
        )

    def are_read_below_their_document(self) -> None:
        document = self.document(self.line_of(1), self.line_of(3))
        found = self.rows(document)

        assert [(10_000, 1), (20_000, 3)] == [(row["sequence"], row["quantity"]) for row in found]
        assert {document["id"]} == {row["documentId"] for row in found}
        assert 2 == len({row["id"] for row in found} - {NO_ID})

    def are_read_by_document_filter(self) -> None:
        document = self.document(self.line_of(1), self.line_of(3))
        self.document(self.line_of(9))
        found = self.desk.rows(f"{self.lines}?$filter=documentId eq {document['id']}")

        assert [1, 3] == [row["quantity"] for row in found]
        assert self.rows(document) == found

    def of_posted_documents_are_read(self) -> None:
        document, url = self.posted()

        assert "Open" == document["status"]
        (line,) = self.rows(document)
        assert (document["id"], 2) == (line["documentId"], line["quantity"])
        assert line["id"] == self.desk.get(url)["id"]

    def come_with_an_expanded_document(self) -> None:
        documents = [self.document(self.line_of(1), self.line_of(3)), self.document(self.line_of(5))]
        wanted = [[1, 3], [5]]
        for document, quantities in zip(documents, wanted, strict=True):
            found = self.desk.get(f"{self.url(document)}?$expand={self.lines}")
            assert quantities == [line["quantity"] for line in found[self.lines]]
            assert self.rows(document) == found[self.lines]

    def come_with_several_expanded_documents(self) -> None:
        documents = {
            self.document(self.line_of(1), self.line_of(3))["id"]: [1, 3],
            self.document(self.line_of(5))["id"]: [5],
            self.document()["id"]: [],
        }
        found = self.desk.rows(f"{self.kind}?$filter={self.party}Id eq {self.partner['id']}&$expand={self.lines}")

        assert documents == {row["id"]: [line["quantity"] for line in row[self.lines]] for row in found}
        assert all(line["documentId"] == row["id"] for row in found for line in row[self.lines])

    def of_every_type_are_listed(self, *types: str) -> None:
        document = self.document(self.line_of(), {"lineType": "Account", "lineObjectNumber": MOORING})
        for name in types:
            self.desk.make(f"{self.url(document)}/{self.lines}", lineType=name, description=name)

        assert ["Item", "Account", *types] == [row["lineType"] for row in self.rows(document)]

    # Adding

    def are_added(self) -> None:
        document = self.document()
        made = self.desk.make(f"{self.url(document)}/{self.lines}", **self.line_of(4))

        assert (document["id"], self.item["id"], 4) == (made["documentId"], made["itemId"], made["quantity"])
        assert [made["id"]] == [row["id"] for row in self.rows(document)]
        assert (0, 4 * self.worth) == self.total(document)

    def take_a_free_sequence(self) -> None:
        document = self.document(self.line_of())
        made = self.desk.make(f"{self.url(document)}/{self.lines}", **self.line_of(), sequence=15_000)

        assert 15_000 == made["sequence"] == self.desk.get(f"{self.lines}({made['id']})")["sequence"]
        refusal = self.desk.refused("POST", f"{self.url(document)}/{self.lines}", self.line_of(sequence=10_000))
        assert "You cannot insert a line because a line already exists." == refusal
        assert [10_000, 15_000] == [row["sequence"] for row in self.rows(document)]

    def take_a_unit_by_id_or_code(self) -> None:
        document = self.document()
        box = self.desk.one("unitsOfMeasure", "code eq 'BOX'")
        for given in ({"unitOfMeasureId": box["id"]}, {"unitOfMeasureCode": "BOX"}):
            made = self.desk.make(f"{self.url(document)}/{self.lines}", **self.line_of(), **given)
            assert (box["id"], "BOX") == (made["unitOfMeasureId"], made["unitOfMeasureCode"])

    def change_their_unit(self) -> None:
        _, url = self.with_line()
        box, bag = (self.desk.one("unitsOfMeasure", f"code eq '{code}'") for code in ("BOX", "BAG"))

        assert "BOX" == self.desk.change(url, unitOfMeasureId=box["id"])["unitOfMeasureCode"]
        assert bag["id"] == self.desk.change(url, unitOfMeasureCode="BAG")["unitOfMeasureId"]

    def are_the_same_by_every_way(self) -> None:
        """A line sent with its header, one sent alone and one completed field by field end up the same."""
        whole, apart, slow = self.document(self.line_of(3)), self.document(), self.document()
        self.desk.make(f"{self.url(apart)}/{self.lines}", **self.line_of(3))
        started = self.desk.make(f"{self.url(slow)}/{self.lines}", lineType="Item")
        url = f"{self.url(slow)}/{self.lines}({started['id']})"
        self.desk.change(url, itemId=self.item["id"])
        self.desk.change(url, quantity=3)

        own = {"id", "documentId", "@odata.etag"}
        first, *others = ([{k: v for k, v in row.items() if k not in own} for row in self.rows(one)]
                          for one in (whole, apart, slow))  # fmt: skip
        assert others == [first, first]
        gross = 3 * self.worth
        assert ("Snatch block", "PCS", "STANDARD", 20, gross, gross / 5) == tuple(
            first[0][name]
            for name in ("description", "unitOfMeasureCode", "taxCode", "taxPercent", "netAmount", "netTaxAmount")
        )
        totals = ("totalAmountExcludingTax", "totalTaxAmount", "totalAmountIncludingTax", "status", "currencyCode")
        heads = [[self.head(one)[name] for name in totals] for one in (whole, apart, slow)]
        assert [[gross, gross / 5, gross * 6 / 5, "Draft", "GBP"]] * 3 == heads

    def without_anything_are_comments(self) -> None:
        document = self.document()
        made = self.desk.make(f"{self.url(document)}/{self.lines}", description="Mind the tide")

        assert ("Comment", "Mind the tide", NO_ID, 0) == tuple(
            made[name] for name in ("lineType", "description", "itemId", "netAmount")
        )

    def of_type_comment_are_comments(self) -> None:
        document = self.document(self.line_of())
        made = self.desk.make(f"{self.url(document)}/{self.lines}", lineType="Comment", description="Mind the tide")

        assert ("Comment", "Mind the tide", "") == (made["lineType"], made["description"], made["lineObjectNumber"])
        assert (0, 2 * self.worth) == self.total(document)

    def take_a_variant_of_their_item(self) -> None:
        variant = self.desk.make("itemVariants", itemId=self.item["id"], code="BLUE", description="Blue")
        document = self.document()
        made = self.desk.make(f"{self.url(document)}/{self.lines}", **self.line_of(), itemVariantId=variant["id"])

        assert variant["id"] == made["itemVariantId"] == self.rows(document)[0]["itemVariantId"]
        assert document["id"] == made["documentId"]

    def refuse_a_variant_of_another_item(self) -> None:
        other = self.desk.make("items", displayName="Fender")
        variant = self.desk.make("itemVariants", itemId=other["id"], code="BLUE", description="Blue")
        document = self.document()
        for wrong in (variant["id"], NOWHERE):
            url = f"{self.url(document)}/{self.lines}"
            self.desk.refused("POST", url, self.line_of(itemVariantId=wrong))

        assert [] == self.rows(document)

    # Changing and deleting

    def are_changed(self) -> None:
        document, url = self.with_line()
        changed = self.desk.change(url, quantity=5, description="As agreed")

        assert (5, "As agreed") == (changed["quantity"], changed["description"])
        assert 5 * self.worth == changed["netAmount"] == self.total(document)[1]

    def keep_their_place(self) -> None:
        document, url = self.with_line()
        other = self.document()
        refusals = [
            self.desk.refused("PATCH", url, values)
            for values in ({"sequence": 25_000}, {"documentId": other["id"]}, {"lineObjectNumber": "ELSE"})
        ]

        for name, refusal in zip(("sequence", "documentId", "lineObjectNumber"), refusals, strict=True):
            assert name in refusal
            assert "cannot be modified" in refusal
        assert [10_000] == [row["sequence"] for row in self.rows(document)]

    def are_deleted(self) -> None:
        document = self.document(self.line_of(1), self.line_of(3))
        first, second = self.rows(document)
        self.desk.drop(f"{self.url(document)}/{self.lines}({first['id']})")

        assert [second["id"]] == [row["id"] for row in self.rows(document)]
        assert (0, 3 * self.worth) == self.total(document)

    def of_posted_documents_stay(self) -> None:
        document, url = self.posted()
        refusals = [self.desk.refused("DELETE", url), self.desk.refused("PATCH", url, {"quantity": 1})]
        refusals.append(self.desk.refused("POST", f"{self.url(document)}/{self.lines}", self.line_of()))

        assert 3 == sum("has been posted" in refusal for refusal in refusals)
        assert [2] == [row["quantity"] for row in self.rows(document)]

    def become_lines_of_an_account(self) -> None:
        _, url = self.with_line()
        account = self.account()
        changed = self.desk.change(url, accountId=account["id"])

        assert ("Account", MOORING, NO_ID, account["displayName"], 0) == tuple(
            changed[name] for name in ("lineType", "lineObjectNumber", "itemId", "description", self.price)
        )

    def become_lines_of_an_item(self) -> None:
        document = self.document({"lineType": "Account", "lineObjectNumber": MOORING, "quantity": 1})
        (line,) = self.rows(document)
        changed = self.desk.change(f"{self.url(document)}/{self.lines}({line['id']})", itemId=self.item["id"])

        assert ("Item", self.item["number"], NO_ID, "Snatch block", "PCS", self.worth) == tuple(
            changed[name]
            for name in ("lineType", "lineObjectNumber", "accountId", "description", "unitOfMeasureCode", self.price)
        )

    def lose_their_item_with_their_type(self) -> None:
        document, url = self.with_line()
        changed = self.desk.change(url, lineType="Account")

        assert ("Account", NO_ID, NO_ID, "", "") == tuple(
            changed[name] for name in ("lineType", "itemId", "accountId", "lineObjectNumber", "description")
        )
        assert (0, 0) == self.total(document)

    # Invoice discount

    def discounted(self, *amounts: int) -> dict[str, Any]:
        """Make a draft for the partner with discount tiers, one line of each amount."""
        known = self.desk.one(f"{self.party}s", f"number eq '{self.party[0].upper()}00020'")
        lines = [self.line_of(1, **{self.price: amount}) for amount in amounts]
        return self.desk.make(self.kind, **{f"{self.party}Id": known["id"], self.lines: lines})

    def add_to(self, document: dict[str, Any], amount: int) -> None:
        self.desk.make(f"{self.url(document)}/{self.lines}", **self.line_of(1, **{self.price: amount}))

    @property
    def tiers(self) -> tuple[tuple[int, int], ...]:
        return TIERS[self.party]

    def cut(self, amount: int, tier: int) -> tuple[Decimal, Decimal]:
        """Return discount and rest of an amount at a tier."""
        off = Decimal(amount * self.tiers[tier][1]) / 100
        return off, amount - off

    def raise_the_discount_when_added(self) -> None:
        (low, _), (high, _) = self.tiers
        document = self.discounted(low - 1)
        assert (0, low - 1) == self.total(document)

        self.add_to(document, 1)
        assert self.cut(low, 0) == self.total(document)
        self.add_to(document, high)
        assert self.cut(low + high, 1) == self.total(document)
        assert self.cut(low + high, 1)[1] == sum(row["netAmount"] for row in self.rows(document))

    def raise_the_discount_when_changed(self) -> None:
        (low, _), (high, _) = self.tiers
        document = self.discounted(low // 2)
        (line,) = self.rows(document)
        url = f"{self.url(document)}/{self.lines}({line['id']})"

        self.desk.change(url, quantity=2)
        assert self.cut(low // 2 * 2, 0) == self.total(document)
        self.desk.change(url, **{self.price: high, "quantity": 1})
        assert self.cut(high, 1) == self.total(document)

    def lower_the_discount_when_deleted(self) -> None:
        (low, _), (high, _) = self.tiers
        document = self.discounted(low, high)
        assert self.cut(low + high, 1) == self.total(document)

        self.desk.drop(f"{self.url(document)}/{self.lines}({self.rows(document)[1]['id']})")
        assert self.cut(low, 0) == self.total(document)

    def end_the_discount_when_deleted(self) -> None:
        (low, _), _ = self.tiers
        document = self.discounted(low - 1, 1)
        assert self.cut(low, 0) == self.total(document)

        self.desk.drop(f"{self.url(document)}/{self.lines}({self.rows(document)[1]['id']})")
        assert (0, low - 1) == self.total(document)

    def agreed(self) -> dict[str, Any]:
        """Make a draft with two lines and an invoice discount of 25 that was entered by hand."""
        document = self.document(self.line_of(1), self.line_of(2))
        self.desk.change(self.url(document), discountAmount=25)
        assert (25, 3 * self.worth - 25) == self.total(document)
        return document

    def keep_the_agreed_discount_when_added(self) -> None:
        document = self.agreed()
        self.desk.make(f"{self.url(document)}/{self.lines}", **self.line_of(4))

        assert (25, 7 * self.worth - 25) == self.total(document)

    def keep_the_agreed_discount_when_changed(self) -> None:
        document = self.agreed()
        first = self.rows(document)[0]
        self.desk.change(f"{self.url(document)}/{self.lines}({first['id']})", quantity=6)

        assert (25, 8 * self.worth - 25) == self.total(document)
        assert 8 * self.worth - 25 == sum(row["netAmount"] for row in self.rows(document))

    def keep_the_agreed_discount_when_deleted(self) -> None:
        document = self.agreed()
        first = self.rows(document)[0]
        self.desk.drop(f"{self.url(document)}/{self.lines}({first['id']})")

        assert (25, 2 * self.worth - 25) == self.total(document)
