"""What quotes, orders, invoices and credit memos do alike as documents: made, read, changed, deleted, discounted."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx2
from http_desk import NO_ID
from line_sets import LineSet

STREET = {
    "AddressLine1": 'Sjøgata 8 / "Kaia"',
    "AddressLine2": "2. etg.",
    "City": "Bodø",
    "State": "Nordland",
    "Country": "NO",
    "PostCode": "8006",
}
DATES = {
    "salesQuotes": "documentDate",
    "salesOrders": "orderDate",
    "purchaseOrders": "orderDate",
    "salesCreditMemos": "creditMemoDate",
    "purchaseCreditMemos": "creditMemoDate",
}
EXTERNAL = {"purchaseInvoices": "vendorInvoiceNumber", "purchaseCreditMemos": "vendorCreditMemoNumber"}


class DocumentSet(LineSet):
    """The documents of one kind at a desk."""

    @property
    def seller(self) -> str:
        """What the fields of the partner's address begin with."""
        return "buyFrom" if self.party == "vendor" else "sellTo"

    @property
    def agent(self) -> str:
        """The field with the salesperson or purchaser."""
        return "purchaser" if self.party == "vendor" else "salesperson"

    @property
    def date(self) -> str:
        """The field with the document's date."""
        return DATES.get(self.kind, "invoiceDate")

    def address(self, lead: str = "") -> dict[str, str]:
        return {f"{lead or self.seller}{name}": value for name, value in STREET.items()}

    def make_posted(self, *lines: dict[str, Any], **values: object) -> dict[str, Any]:
        """Make and post a document, by default with one line of the item; return it as posted."""
        given = {EXTERNAL[self.kind]: "OURS-1"} if self.kind in EXTERNAL else {}
        document = self.document(*(lines or (self.line_of(),)), **{**given, **values})
        return self.act(document, "post")

    def act(self, document: dict[str, Any], action: str) -> dict[str, Any]:
        """Run a bound action and return the document after it."""
        self.run(document, action)
        return self.head(document)

    def run(self, document: dict[str, Any], action: str) -> httpx2.Response:
        return self.desk.run(f"{self.url(document)}/Microsoft.NAV.{action}")

    def refuse(self, document: dict[str, Any], action: str) -> str:
        """Return the message with which an action is refused; the document must stay as it is."""
        before = self.head(document)
        refusal = self.desk.refused("POST", f"{self.url(document)}/Microsoft.NAV.{action}")
        assert before == self.head(document)
        return refusal

    # Reading

    def are_listed(self, *, posted: bool) -> None:
        """Two documents, the second posted where that can be, are in the set under their ids and numbers."""
        made = [self.document(self.line_of()), self.make_posted() if posted else self.document()]
        found = {
            row["id"]: row for row in self.desk.rows(f"{self.kind}?$filter={self.party}Id eq {self.partner['id']}")
        }

        assert [row["number"] for row in made] == [found[row["id"]]["number"] for row in made]
        assert ["Draft", "Open" if posted else "Draft"] == [found[row["id"]]["status"] for row in made]
        assert 2 == len(found)

    def show_the_partners_discount(self) -> None:
        (low, _), (high, _) = self.tiers
        for amount, tier in ((low, 0), (high, 1)):
            assert self.cut(amount, tier) == self.total(self.discounted(amount))

    def spread_the_agreed_discount(self) -> None:
        document = self.document(self.line_of(1), self.line_of(2))
        self.desk.change(self.url(document), discountAmount=30)

        nets = [row["netAmount"] for row in self.rows(document)]
        assert [self.worth - 10, 2 * self.worth - 20] == nets
        assert (30, sum(nets)) == self.total(document)
        head = self.head(document)
        assert head["totalAmountIncludingTax"] == sum(nets) * 6 / 5 == sum(nets) + head["totalTaxAmount"]

    # Making

    def are_made_with_an_address(self) -> None:
        made = self.document(**self.address())

        assert self.address().items() <= self.head(made).items()
        assert ("GBP", NO_ID, self.partner["number"], "Gannet Yachts", "Draft") == tuple(
            made[name] for name in ("currencyCode", "currencyId", f"{self.party}Number", f"{self.party}Name", "status")
        )
        assert made["id"] == self.desk.one(self.kind, f"number eq '{made['number']}'")["id"]

    def are_made_in_a_currency(self) -> None:
        euro = self.desk.one("currencies", "code eq 'EUR'")
        for given in ({"currencyCode": "EUR"}, {"currencyId": euro["id"]}):
            made = self.document(self.line_of(), **given)
            assert ("EUR", euro["id"]) == (made["currencyCode"], made["currencyId"])
            (line,) = self.rows(made)
            assert 0 < self.worth < line[self.price]

    def are_the_same_by_every_document_way(self) -> None:
        """A document sent whole and one completed field by field end up the same."""
        details = {**self.address(), self.agent: "IK", "shortcutDimension2Code": "SHOP"}
        whole = self.document(self.line_of(3), **details)
        slow = self.document()
        for name, value in details.items():
            self.desk.change(self.url(slow), **{name: value})
        self.desk.make(f"{self.url(slow)}/{self.lines}", **self.line_of(3))

        own = {"id", "number", "lastModifiedDateTime", "@odata.etag", "@odata.context"}
        first, second = ({k: v for k, v in self.head(one).items() if k not in own} for one in (whole, slow))
        assert first == second
        today = date.fromisoformat(first["postingDate"])
        assert {**details, self.date: today.isoformat()}.items() <= first.items()
        if "dueDate" in first:
            assert (today + timedelta(days=30)).isoformat() == first["dueDate"]

    def need_a_partner(self) -> None:
        before = len(self.desk.rows(self.kind))
        refusal = self.desk.refused("POST", self.kind, {self.agent: "IK"})

        assert f'A "{self.party}Number" or a "{self.party}I' in refusal
        assert before == len(self.desk.rows(self.kind))

    def take_the_partners_location(self) -> None:
        """The third customer and vendor are always served from the loft."""
        known = self.desk.one(f"{self.party}s", f"number eq '{self.party[0].upper()}00030'")
        loft = self.desk.one("locations", "code eq 'LOFT'")
        made = self.desk.make(self.kind, **{f"{self.party}Id": known["id"], self.lines: [self.line_of()]})

        assert [loft["id"]] == [row["locationId"] for row in self.rows(made)]
        assert [NO_ID] == [row["locationId"] for row in self.rows(self.document(self.line_of()))]

    # Changing and deleting

    def are_changed_everywhere(self) -> None:
        document = self.document(self.line_of())
        given = {**self.address(), self.agent: "IK"}
        changed = self.desk.change(self.url(document), **given)

        assert given.items() <= changed.items()
        assert (document["number"], document["totalAmountIncludingTax"]) == (
            changed["number"],
            changed["totalAmountIncludingTax"],
        )

    def are_emptied(self) -> None:
        document = self.document(self.line_of(), **self.address(), **{self.agent: "IK"})
        blank = dict.fromkeys([*self.address(), self.agent], "")
        changed = self.desk.change(self.url(document), **blank)

        assert blank.items() <= changed.items()
        assert ("Gannet Yachts", 2 * self.worth) == (changed[f"{self.party}Name"], changed["totalAmountExcludingTax"])

    def are_changed_in_part(self) -> None:
        document = self.document(**self.address(), **{self.agent: "IK"})
        changed = self.desk.change(self.url(document), **{f"{self.seller}City": "Tromsø"})

        assert {**self.address(), f"{self.seller}City": "Tromsø", self.agent: "IK"}.items() <= changed.items()

    def take_an_agreed_discount(self) -> None:
        document = self.document(self.line_of(2))
        changed = self.desk.change(self.url(document), discountAmount=12.5)

        assert (Decimal("12.5"), 2 * self.worth - Decimal("12.5")) == (
            changed["discountAmount"],
            changed["totalAmountExcludingTax"],
        )
        too_much = self.desk.refused("PATCH", self.url(document), {"discountAmount": float(2 * self.worth) + 0.01})
        assert "maximum" in too_much
        assert Decimal("12.5") == self.total(document)[0]

    def lose_an_agreed_discount(self) -> None:
        document = self.document(self.line_of(2))
        self.desk.change(self.url(document), discountAmount=25)
        cleared = self.desk.change(self.url(document), discountAmount=0)

        assert (0, 2 * self.worth) == (cleared["discountAmount"], cleared["totalAmountExcludingTax"])
        assert [2 * self.worth] == [row["netAmount"] for row in self.rows(document)]

    def are_deleted_whole(self) -> None:
        documents = [self.document(self.line_of()), self.document()]
        (line,) = self.rows(documents[0])
        for document in documents:
            self.desk.drop(self.url(document))

        assert [] == self.desk.rows(f"{self.kind}?$filter={self.party}Id eq {self.partner['id']}")
        assert 404 == self.desk.send("GET", f"{self.lines}({line['id']})").status_code

    # What posting leaves

    def entries_of(self, number: str) -> list[dict[str, Any]]:
        """Return the general ledger entries of a document, after seeing that they balance."""
        entries = self.desk.rows(f"generalLedgerEntries?$filter=documentNumber eq '{number}'")
        assert sum(row["debitAmount"] for row in entries) == sum(row["creditAmount"] for row in entries)
        return entries

    def balance(self) -> Decimal:
        """Return what the customer owes us, or we owe the vendor."""
        partner = self.desk.get(f"{self.party}s({self.partner['id']})")
        found: Decimal = partner["balanceDue" if self.party == "customer" else "balance"]
        return found

    def mails(self) -> int:
        """Return how many mailing jobs wait in the queue."""
        return len(self.desk.rows("jobQueueEntries?$filter=objectIdToRun eq 260"))
