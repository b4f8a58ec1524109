"""Lets a demo company trade for a year: quotes, orders, invoices, payments, credit memos, purchases, in order of time."""

import heapq
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import cast

from linkspan.simulator.books.fields import NO_MOMENT, ZERO, guid, number, plain, round_to, text
from linkspan.simulator.books.posting.application import entry_of
from linkspan.simulator.books.posting.documents import post_document
from linkspan.simulator.books.rules.invoicing import cancel
from linkspan.simulator.books.rules.journal_posting import post_journal
from linkspan.simulator.books.rules.kinds import KINDS
from linkspan.simulator.books.rules.orders import deliver_and_invoice
from linkspan.simulator.books.seed.masters import make
from linkspan.simulator.books.seed.plan import Plan
from linkspan.simulator.books.seed.time import SeedClock
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company

_YEAR = 340
_QUANTITIES = ((60, 60), (500, 10), (10**6, 2))
_DISCOUNTS = ("0", "0", "0", "5", "7.5", "10")


class Trade:
    """A year of events of one company; each runs with the clock on its day."""

    def __init__(self, company: Company, plan: Plan, clock: SeedClock, today: date) -> None:
        """Prepare the choice of partners and goods."""
        self.company, self.plan, self.clock, self.today = company, plan, clock, today
        self.random = Random(plan.seed)  # noqa: S311  invented data, not secrets
        free = [row for row in company.tables["customer"].all() if row["blocked"] == "_x0020_"]
        self.customers = free
        self.vendors = [row for row in company.tables["vendor"].all() if row["blocked"] == "_x0020_"]
        self.items = [row for row in company.tables["item"].all() if number(row, "unitPrice")]
        self.stocked = [row for row in self.items if row["type"] == "Inventory"]
        self._queue: list[tuple[date, int, Callable[[], None]]] = []
        self._order = count()

    def run(self) -> None:
        """Do everything that happens up to today."""
        plan = self.plan
        self._spread(plan.purchase_invoices, self._purchase_invoice, draft=plan.purchase_invoices // 10, newest=1)
        self._spread(plan.invoices, self._invoice, draft=plan.invoices // 11, newest=1)
        self._spread(plan.credit_memos, self._credit_memo, draft=plan.credit_memos // 4, newest=3)
        self._spread(plan.purchase_orders, self._purchase_order, draft=0, newest=2)
        self._spread(plan.orders, self._order_placed, draft=0, newest=1)
        self._spread(plan.quotes, self._quote, draft=0, newest=0)
        while self._queue:
            when, _, act = heapq.heappop(self._queue)
            self.clock.go(when)
            act()
        self.clock.go(self.today)
        for at in range(plan.orders // 5):
            self._deliver("salesOrder", self._sale("salesOrder", at * 3 + 1), part=at % 2 == 1)
        for at in range(plan.purchase_orders // 5):
            self._deliver("purchaseOrder", self._purchase(at * 2), part=at % 2 == 1)
        for at in range(plan.purchase_invoices // 8):
            self._purchase_memo(at)

    def at(self, when: date, act: Callable[[], None]) -> None:
        """Let something happen on a day; nothing happens after today."""
        if when <= self.today:
            heapq.heappush(self._queue, (when, next(self._order), act))

    def _spread(self, times: int, act: Callable[..., None], *, draft: int, newest: int) -> None:
        """Let ``act`` happen so many times over the year; the last ``draft`` times stay drafts."""
        for at in range(times):
            age = newest + (_YEAR - newest) * (times - 1 - at) // max(times - 1, 1)
            last = at >= times - draft
            self.at(self.today - timedelta(days=age), lambda at=at, last=last: act(at, draft=last))  # type: ignore[misc]

    def _lines(self, goods: list[Record], price_field: str | None = None) -> list[Record]:
        lines: list[Record] = []
        for item in self.random.sample(goods, self.random.randint(1, 4)):
            line: Record = {"lineType": "Item", "itemId": guid(item), "quantity": self._quantity(item)}
            line["discountPercent"] = Decimal(self.random.choice(_DISCOUNTS))
            if price_field:
                line[price_field] = number(item, "unitCost")
                line["quantity"] = Decimal(self.random.randint(10, 60))
            lines.append(line)
        return lines

    def _quantity(self, item: Record) -> Decimal:
        """Cheap goods sell by the dozen, dear ones by ones and twos."""
        price = number(item, "unitPrice")
        most = next(quantity for limit, quantity in _QUANTITIES if price <= limit)
        return Decimal(self.random.randint(max(1, most // 6), most))

    def _extras(self, at: int) -> list[Record]:
        if at % 9 == 4:  # noqa: PLR2004  some documents
            return [{"lineType": "Comment", "description": "Deliver before the evening tide, please."}]
        if at % 7 == 3:  # noqa: PLR2004  some documents
            mooring: Record = {"lineType": "Account", "lineObjectNumber": "4200", "quantity": Decimal(2)}
            return [{**mooring, "unitPrice": Decimal("37.50"), "description": "Mooring, two nights"}]
        return []

    def _sale(self, name: str, at: int, **values: object) -> Record:
        customer = self.customers[at * 5 % len(self.customers)]
        lines = [*self._lines(self.items), *self._extras(at)]
        made = {"customerId": guid(customer), f"{name}Lines": lines, "externalDocumentNumber": f"PO-{4100 + at * 3}"}
        return make(self.company, name, {**made, **values})

    def _invoice(self, at: int, *, draft: bool) -> None:
        discount: dict[str, object] = {"discountAmount": Decimal("2.50")} if at % 11 == 5 else {}  # noqa: PLR2004
        invoice = self._sale("salesInvoice", at, **discount)
        if draft:
            return
        posted = post_document(self.company, invoice, "salesInvoice")
        later = self.clock.now().date() + timedelta(days=12 + at * 7 % 45)
        if at % 13 == 6:  # noqa: PLR2004  some are undone
            self.at(self.clock.now().date() + timedelta(days=2), lambda: self._cancel(posted))
        elif at % 17 == 8:  # noqa: PLR2004  some are paid in part
            self.at(later, lambda: self._pay(posted, parts=3))
        elif at % 6 != 5:  # noqa: PLR2004  some are not paid at all
            self.at(later, lambda: self._pay(posted, parts=1))

    def _pay(self, invoice: Record, *, parts: int) -> None:
        """Book that a customer paid one of so many equal parts of an invoice, in local currency."""
        entry = entry_of(self.company, "customer", guid(invoice, "billToCustomerId"), guid(invoice))
        amount = round_to(number(entry, "remainingLocal") / parts) if entry else ZERO
        if not amount:
            return
        journal = cast("Record", self.company.tables["journal"].find("CASHRCPT", "BANK"))
        payment = {"appliesToInvoiceId": guid(invoice), "amount": -amount, "postingDate": self.clock.now().date()}
        make(self.company, "customerPayment", {**payment, "documentNumber": f"R{text(invoice, 'number')[1:]}"}, journal)
        post_journal(self.company, journal)

    def _cancel(self, invoice: Record) -> None:
        current = cast("Record", self.company.tables["salesInvoice"].get(guid(invoice)))
        cancel(self.company, KINDS["salesInvoice"], current)

    def _credit_memo(self, at: int, *, draft: bool) -> None:
        reasons = self.company.tables["customerReturnReason"].all()
        memo = self._sale("salesCreditMemo", at + 3, customerReturnReasonId=guid(reasons[at % len(reasons)]))
        if not draft:
            post_document(self.company, memo, "salesCreditMemo")

    def _purchase_invoice(self, at: int, *, draft: bool) -> None:
        vendor = self.vendors[at * 3 % len(self.vendors)]
        lines = self._lines(self.stocked, "unitCost") if at % 2 else [self._cost_line(at)]
        values: Record = {"vendorId": guid(vendor), "purchaseInvoiceLines": lines}
        invoice = make(self.company, "purchaseInvoice", {**values, "vendorInvoiceNumber": f"{7000 + at * 17}"})
        if draft:
            return
        posted = post_document(self.company, invoice, "purchaseInvoice")
        if at % 3 != 1:
            later = self.clock.now().date() + timedelta(days=20 + at * 5 % 30)
            self.at(later, lambda: self._settle(posted, parts=1 + at % 2))

    def _purchase_memo(self, at: int) -> None:
        """Send goods back: the first memo undoes a whole invoice, the second stays a draft."""
        table = self.company.tables["purchaseInvoice"]
        if at == 0:
            unpaid = [row for row in table.all() if row["status"] == "Open" and self._is_unpaid(row)]
            if unpaid:
                cancel(self.company, KINDS["purchaseInvoice"], unpaid[-1])
            return
        vendor = self.vendors[at * 7 % len(self.vendors)]
        values: Record = {"vendorId": guid(vendor), "purchaseCreditMemoLines": self._lines(self.stocked, "unitCost")}
        memo = make(self.company, "purchaseCreditMemo", {**values, "vendorCreditMemoNumber": f"CM{300 + at * 7}"})
        if at > 1:
            post_document(self.company, memo, "purchaseCreditMemo")

    def _is_unpaid(self, invoice: Record) -> bool:
        entry = entry_of(self.company, "vendor", guid(invoice, "payToVendorId"), guid(invoice))
        return entry is not None and entry["remaining"] == entry["amount"]

    def _settle(self, invoice: Record, *, parts: int) -> None:
        """Pay a vendor one of so many equal parts of an invoice."""
        entry = entry_of(self.company, "vendor", guid(invoice, "payToVendorId"), guid(invoice))
        amount = -round_to(number(entry, "remainingLocal") / parts) if entry else ZERO
        if not amount:
            return
        journal = cast("Record", self.company.tables["journal"].find("PAYMENT", "BANK"))
        payment = {"appliesToInvoiceId": guid(invoice), "amount": amount, "postingDate": self.clock.now().date()}
        make(self.company, "vendorPayment", {**payment, "documentNumber": f"P{text(invoice, 'number')[1:]}"}, journal)
        post_journal(self.company, journal)

    def _deliver(self, name: str, order: Record, *, part: bool) -> None:
        """Deliver and invoice an order, or only the half of its first line."""
        kind = KINDS[name]
        first = self.company.tables[kind.line].group(guid(order))[0]
        if part and first["lineType"] == "Item":
            half = plain(number(first, "quantity") / 2)
            due = "shipQuantity" if name == "salesOrder" else "receiveQuantity"
            table = self.company.tables[kind.line]
            for line in list(table.group(guid(order))):
                own = half if line["id"] == first["id"] else ZERO
                table.replace({**line, due: own, "invoiceQuantity": own})
        deliver_and_invoice(self.company, kind, cast("Record", self.company.tables[name].get(guid(order))))

    def _cost_line(self, at: int) -> Record:
        account = ("6010", "6030", "6110", "6210", "6230", "6240", "6270", "6350")[at // 2 % 8]
        cost = plain(Decimal(self.random.randint(4000, 90000)) / 100)
        return {"lineType": "Account", "lineObjectNumber": account, "quantity": Decimal(1), "unitCost": cost}

    def _purchase_order(self, at: int, *, draft: bool) -> None:
        del draft
        self._release("purchaseOrder", self._purchase(at), released=at % 3 == 1)

    def _purchase(self, at: int) -> Record:
        vendor = self.vendors[(at * 5 + 2) % len(self.vendors)]
        lines = self._lines(self.stocked, "directUnitCost")
        return make(self.company, "purchaseOrder", {"vendorId": guid(vendor), "purchaseOrderLines": lines})

    def _order_placed(self, at: int, *, draft: bool) -> None:
        del draft
        order = self._sale("salesOrder", at + 2, requestedDeliveryDate=self.clock.now().date() + timedelta(days=9))
        self._release("salesOrder", order, released=at % 3 == 2)  # noqa: PLR2004  every third

    def _release(self, name: str, order: Record, *, released: bool) -> None:
        """Release an order, which the API cannot: its lines are then closed to changes."""
        table = self.company.tables[name]
        stored = table.get(guid(order))
        if released and stored is not None:
            table.replace({**stored, "status": "Open"})

    def _quote(self, at: int, *, draft: bool) -> None:
        del draft
        sent = self.clock.now() if at % 4 == 1 else NO_MOMENT
        values: Record = {"sentDate": sent} if at % 4 == 1 else {}
        if at % 6 == 2:  # noqa: PLR2004  some are accepted
            values["acceptedDate"] = self.clock.now().date()
        self._sale("salesQuote", at + 7, **values)
