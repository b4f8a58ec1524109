"""What payments of customers and to vendors do alike: made, read, changed, deleted, for invoices, posted."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from document_sets import DocumentSet
from http_desk import NO_ID, NOWHERE, HttpDesk


@dataclass
class PaymentSet:
    """The payments of one party, customer or vendor, in a journal of their own at a desk."""

    desk: HttpDesk
    party: str

    @property
    def lines(self) -> str:
        return f"{self.party}Payments"

    @property
    def sign(self) -> int:
        """The sign of a payment's amount: what customers pay is a credit."""
        return -1 if self.party == "customer" else 1

    @cached_property
    def journal(self) -> dict[str, Any]:
        bank = self.desk.one("bankAccounts", "number eq 'CURRENT'")
        return self.desk.make(
            f"{self.party}PaymentJournals", code="OURS", displayName="Ours", balancingAccountId=bank["id"]
        )

    @cached_property
    def invoices(self) -> DocumentSet:
        return DocumentSet(self.desk, "salesInvoices" if self.party == "customer" else "purchaseInvoices")

    @cached_property
    def invoice(self) -> dict[str, Any]:
        """A posted invoice of the partner: 240 of a customer, 144 of a vendor."""
        return self.invoices.make_posted()

    @property
    def partner(self) -> dict[str, Any]:
        return self.invoices.partner

    @property
    def all(self) -> str:
        return f"{self.party}PaymentJournals({self.journal['id']})/{self.lines}"

    def url(self, payment: dict[str, Any]) -> str:
        return f"{self.all}({payment['id']})"

    def pay(self, **values: object) -> dict[str, Any]:
        return self.desk.make(self.all, **values)

    def id_of(self, record: dict[str, Any]) -> dict[str, Any]:
        return {f"{self.party}Id": record["id"]}

    def post(self) -> None:
        self.desk.run(f"journals({self.journal['id']})/Microsoft.NAV.post")

    def are_made(self) -> None:
        given = {"amount": 50 * self.sign, "documentNumber": "OWN-1", "postingDate": "2026-03-02", "comment": "By giro"}
        made = self.pay(**self.id_of(self.partner), **given)

        assert given.items() <= made.items()
        assert (self.journal["id"], "OURS", 10_000, "Gannet Yachts") == tuple(
            made[name] for name in ("journalId", "journalDisplayName", "lineNumber", "description")
        )
        assert [made["id"]] == [row["id"] for row in self.desk.rows(self.all)]

    def get_a_document_number(self) -> None:
        first = self.pay(**self.id_of(self.partner), amount=50 * self.sign)
        second = self.pay(**self.id_of(self.partner), amount=60 * self.sign, externalDocumentNumber="OTHER")

        assert first["documentNumber"][0] == self.party.replace("customer", "R").replace("vendor", "P")[0]
        assert int(first["documentNumber"][1:]) + 1 == int(second["documentNumber"][1:])

    def take_an_invoice_by_id(self) -> None:
        made = self.pay(appliesToInvoiceId=self.invoice["id"], amount=10 * self.sign)

        assert (self.invoice["id"], self.invoice["number"]) == (
            made["appliesToInvoiceId"],
            made["appliesToInvoiceNumber"],
        )

    def refuse_what_is_no_posted_invoice(self) -> None:
        draft = self.invoices.document(self.invoices.line_of())
        for wrong in (draft["id"], self.partner["id"], NOWHERE):
            refusal = self.desk.refused("POST", self.all, {"appliesToInvoiceId": wrong, "amount": 10 * self.sign})
            assert "appliesToInvoiceId" in refusal

        assert [] == self.desk.rows(self.all)

    def are_read(self) -> None:
        made = self.pay(**self.id_of(self.partner), amount=50 * self.sign)

        assert made["id"] == self.desk.get(self.url(made))["id"]
        (found,) = self.desk.rows(f"{self.lines}?$filter=journalId eq {self.journal['id']}")
        assert made == {**found, "@odata.context": made["@odata.context"]}
        assert "journal" in self.desk.refused("GET", self.lines)

    def are_changed(self) -> None:
        made = self.pay(**self.id_of(self.partner), amount=50 * self.sign)
        given = {"amount": 75 * self.sign, "description": "In full", "documentNumber": "OWN-2", "lineNumber": 15_000}

        assert given.items() <= self.desk.change(self.url(made), **given).items()
        assert "cannot be changed" in self.desk.refused("PATCH", self.url(made), {"journalId": NOWHERE})

    def lose_the_invoice_with_another_number(self) -> None:
        made = self.pay(appliesToInvoiceNumber=self.invoice["number"], amount=10 * self.sign)
        assert self.invoice["id"] == made["appliesToInvoiceId"]
        changed = self.desk.change(self.url(made), appliesToInvoiceNumber="ELSEWHERE")

        assert ("ELSEWHERE", NO_ID) == (changed["appliesToInvoiceNumber"], changed["appliesToInvoiceId"])

    def are_deleted(self) -> None:
        made = self.pay(**self.id_of(self.partner), amount=50 * self.sign)
        kept = self.pay(**self.id_of(self.partner), amount=60 * self.sign)
        self.desk.drop(self.url(made))

        assert [kept["id"]] == [row["id"] for row in self.desk.rows(self.all)]

    def get_the_partner_of_their_invoice(self) -> None:
        made = self.pay(appliesToInvoiceNumber=self.invoice["number"], amount=10 * self.sign)

        assert (self.invoice["number"], self.partner["number"], self.partner["id"]) == tuple(
            made[name] for name in ("appliesToInvoiceNumber", f"{self.party}Number", f"{self.party}Id")
        )

    def keep_the_partner_that_is_given(self) -> None:
        other = self.desk.make(f"{self.party}s", displayName="Someone else")
        made = self.pay(**self.id_of(other), appliesToInvoiceNumber=self.invoice["number"], amount=10 * self.sign)

        assert (self.invoice["number"], other["number"]) == (
            made["appliesToInvoiceNumber"],
            made[f"{self.party}Number"],
        )

    def know_the_partner_by_id_and_number(self) -> None:
        pair = (self.partner["id"], self.partner["number"])
        for given in (self.id_of(self.partner), {f"{self.party}Number": pair[1]}):
            made = self.pay(**given, amount=50 * self.sign)
            assert pair == (made[f"{self.party}Id"], made[f"{self.party}Number"])

    def refuse_an_unknown_partner(self) -> None:
        other = self.desk.make(f"{self.party}s", displayName="Someone else")
        for wrong, word in (
            (self.id_of({"id": NOWHERE}), "does not match"),
            ({f"{self.party}Number": "NOBODY"}, "does not match"),
            ({**self.id_of(self.partner), f"{self.party}Number": other["number"]}, "do not match"),
        ):
            assert word in self.desk.refused("POST", self.all, {**wrong, "amount": 10 * self.sign})

        assert [] == self.desk.rows(self.all)

    def know_the_invoice_by_id_and_number(self) -> None:
        pair = (self.invoice["id"], self.invoice["number"])
        for given in ({"appliesToInvoiceId": pair[0]}, {"appliesToInvoiceNumber": pair[1]}):
            made = self.pay(**given, amount=10 * self.sign)
            assert pair == (made["appliesToInvoiceId"], made["appliesToInvoiceNumber"])

    def refuse_another_invoices_number(self) -> None:
        other = self.invoices.make_posted(**self.invoices_own("OURS-2"))
        given = {"appliesToInvoiceId": self.invoice["id"], "appliesToInvoiceNumber": other["number"]}
        refusal = self.desk.refused("POST", self.all, {**given, "amount": 10 * self.sign})

        assert "do not match to the same Invoice" in refusal
        assert [] == self.desk.rows(self.all)

    def invoices_own(self, number: str) -> dict[str, str]:
        """Return the vendor's own number for one more invoice."""
        return {"vendorInvoiceNumber": number} if self.party == "vendor" else {}
