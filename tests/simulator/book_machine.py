"""Anything that callers may do to a company's books, in any order; after every step and at the end all must be right."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule
from small_books import Books, Reply, a_loop, open_books
from totals_of_books import check_document, check_everything

KINDS = ("salesQuotes", "salesOrders", "salesInvoices", "salesCreditMemos", "purchaseOrders", "purchaseInvoices",
         "purchaseCreditMemos")  # fmt: skip
PRICE = {"purchaseOrders": "directUnitCost", "purchaseInvoices": "unitCost", "purchaseCreditMemos": "unitCost"}
OWN_NUMBER = {"purchaseInvoices": "vendorInvoiceNumber", "purchaseCreditMemos": "vendorCreditMemoNumber"}
ACTIONS = {
    "salesQuotes": ("makeOrder", "makeInvoice", "send"),
    "salesOrders": ("shipAndInvoice",),
    "salesInvoices": ("post", "post", "postAndSend", "send", "cancel", "cancelAndSend", "makeCorrectiveCreditMemo"),
    "salesCreditMemos": ("post", "postAndSend", "send", "cancel", "cancelAndSend"),
    "purchaseOrders": ("receiveAndInvoice",),
    "purchaseInvoices": ("post",),
    "purchaseCreditMemos": ("post", "cancel"),
}
QUANTITIES = st.sampled_from([1, 2, 3, 7, 0.5, 12.345, 0, -1])
AMOUNTS = st.sampled_from([10, 100, 33.33, 9.99, 1234.56, 0.01, 0.05, 0])
PERCENTS = st.sampled_from([0, 0, 5, 7.5, 33.33333, 100])
CURRENCIES = st.sampled_from(["", "", "EUR", "JPY"])
ACCOUNTS = ("6210", "6260", "4200", "1330", "2130", "1310")


class BookMachine(RuleBasedStateMachine):
    """One company; documents and items are known by their addresses."""

    documents = Bundle("documents")
    items = Bundle("items")

    def __init__(self) -> None:
        super().__init__()
        self._held = a_loop()
        self.books: Books = open_books(self._held.__enter__())
        self.last_entry = self._newest_entry()
        self.bills = 0
        self.partners = {
            "customer": [row["id"] for row in self.books.rows("customers?$top=3&$select=id")],
            "vendor": [row["id"] for row in self.books.rows("vendors?$top=3&$select=id")],
        }
        self.bank = self.books.rows("bankAccounts?$filter=number eq 'CURRENT'")[0]["id"]
        self.goods = [row["id"] for row in self.books.rows("items?$top=6&$select=id")]
        self.journals: dict[str, str] = {}

    def teardown(self) -> None:
        check_everything(self.books)
        self._held.__exit__(None, None, None)

    # What there is to trade with

    @initialize(target=items)
    def known_items(self) -> Any:
        return multiple(*self.goods)

    @initialize()
    def known_journals(self) -> None:
        for name, party in (("customerPayments", "customer"), ("vendorPayments", "vendor")):
            made = self.books.ask("POST", f"{party}PaymentJournals", {"code": "OURS", "balancingAccountId": self.bank})
            self.journals[name] = made.body["id"]
        self.journals["journalLines"] = self.books.ask("POST", "journals", {"code": "OURS"}).body["id"]

    @rule(target=items, price=AMOUNTS, cost=AMOUNTS, tax=st.sampled_from(["STANDARD", "REDUCED", "ZERO"]),
          kind=st.sampled_from(["Inventory", "Service", "Non_x002D_Inventory"]), inclusive=st.booleans())  # fmt: skip
    def make_item(self, price: float, cost: float, tax: str, kind: str, inclusive: bool) -> Any:
        made = self.books.ask("POST", "items", {
            "displayName": "Something", "unitPrice": price, "unitCost": cost, "taxGroupCode": tax, "type": kind,
            "priceIncludesTax": inclusive,
        })  # fmt: skip
        assert made.done, made.body
        self.goods.append(made.body["id"])
        return made.body["id"]

    @rule(item=items, stock=st.sampled_from([0, 5, 100]), cost=AMOUNTS, party=st.sampled_from(["customer", "vendor"]),
          at=st.integers(0, 2), blocked=st.sampled_from(["_x0020_", "_x0020_", "All"]))  # fmt: skip
    def tinker(self, item: str, stock: int, cost: float, party: str, at: int, blocked: str) -> None:
        """Count an item, change what it costs, and block or free a partner."""
        self._change(f"items({item})", {"inventory": stock, "unitCost": cost})
        self._change(f"{party}s({self.partners[party][at]})", {"blocked": blocked})
        self._balanced()

    # Documents

    @initialize(target=documents, kinds=st.lists(st.sampled_from(KINDS), min_size=2, max_size=4), data=st.data())
    def known_documents(self, kinds: list[str], data: st.DataObject) -> Any:
        return multiple(*(url for kind in kinds if (url := self._make(kind, 0, "", data))))

    @rule(target=documents, kind=st.sampled_from(KINDS), at=st.integers(0, 2), currency=CURRENCIES, data=st.data())
    def make_document(self, kind: str, at: int, currency: str, data: st.DataObject) -> Any:
        return self._make(kind, at, currency, data) or multiple()

    @rule(target=documents, kind=st.sampled_from(KINDS), at=st.integers(0, 2), currency=CURRENCIES, data=st.data())
    def trade(self, kind: str, at: int, currency: str, data: st.DataObject) -> Any:
        """Make a document and at once do what such a document is made for."""
        url = self._make(kind, at, currency, data)
        if url is None:
            return multiple()
        made = self._act(url, ACTIONS[kind][0])
        return multiple(url, made) if made else url

    @rule(target=documents, at=st.integers(0, 2), currency=CURRENCIES, data=st.data(),
          how=st.sampled_from(["cancel", "makeCorrectiveCreditMemo", "cancelAndSend"]), again=st.booleans())  # fmt: skip
    def take_back(self, at: int, currency: str, data: st.DataObject, how: str, again: bool) -> Any:
        """Post an invoice and undo it, then perhaps undo that too."""
        url = self._make("salesInvoices", at, currency, data)
        if url is None:
            return multiple()
        self._act(url, "post")
        made = self._act(url, how)
        invoice = url.partition("(")[2][:-1]
        memos = self.books.rows(f"salesCreditMemos?$filter=invoiceId eq {invoice}")
        for memo in memos if again else []:
            self._act(f"salesCreditMemos({memo['id']})", "post" if made else "cancel")
        return multiple(url, *(f"salesCreditMemos({memo['id']})" for memo in memos))

    def _make(self, kind: str, at: int, currency: str, data: st.DataObject) -> str | None:
        party = "vendor" if kind.startswith("purchase") else "customer"
        lines = data.draw(st.lists(self._lines(kind), min_size=1, max_size=3))
        values: dict[str, Any] = {f"{party}Id": self.partners[party][at], f"{kind[:-1]}Lines": lines}
        if currency:
            values["currencyCode"] = currency
        if kind in OWN_NUMBER:
            self.bills += 1
            values[OWN_NUMBER[kind]] = f"B-{self.bills}"
        if kind in {"salesOrders", "purchaseOrders"}:
            values["pricesIncludeTax"] = data.draw(st.booleans())
        made = self.books.ask("POST", kind, values)
        if not made.done:
            return None
        url = f"{kind}({made.body['id']})"
        check_document(self.books, url)
        return url

    def _lines(self, kind: str) -> st.SearchStrategy[dict[str, Any]]:
        item = st.sampled_from(self.goods)
        goods = st.fixed_dictionaries(
            {"itemId": item, "quantity": QUANTITIES},
            optional={PRICE.get(kind, "unitPrice"): AMOUNTS, "discountPercent": PERCENTS},
        )
        account = st.fixed_dictionaries(
            {"lineType": st.just("Account"), "lineObjectNumber": st.sampled_from(ACCOUNTS[:5]), "quantity": QUANTITIES},
            optional={PRICE.get(kind, "unitPrice"): AMOUNTS},
        )
        words = st.fixed_dictionaries({"lineType": st.just("Comment"), "description": st.just("Mind the tide")})
        return st.one_of(goods, goods, account, words)

    @rule(url=documents, data=st.data())
    def add_line(self, url: str, data: st.DataObject) -> None:
        kind = url.partition("(")[0]
        self.books.ask("POST", f"{url}/{kind[:-1]}Lines", data.draw(self._lines(kind)))
        check_document(self.books, url)

    @rule(url=documents, at=st.integers(0, 3), quantity=QUANTITIES, percent=PERCENTS, drop=st.booleans())
    def touch_line(self, url: str, at: int, quantity: float, percent: float, drop: bool) -> None:
        name = f"{url.partition('(')[0][:-1]}Lines"
        lines = self.books.ask("GET", f"{url}/{name}")
        rows = lines.body["value"] if lines.done else []
        if at >= len(rows):
            return
        line = f"{url}/{name}({rows[at]['id']})"
        if drop:
            self.books.ask("DELETE", line)
        else:
            self._change(line, {"quantity": quantity, "discountPercent": percent})
        check_document(self.books, url)

    @rule(url=documents, part=st.sampled_from([0, 0.5, 1]), at=st.integers(0, 3))
    def deliver_in_part(self, url: str, part: float, at: int) -> None:
        """Set what an order's next posting delivers and invoices to a part of a line."""
        kind = url.partition("(")[0]
        field = {"salesOrders": "shipQuantity", "purchaseOrders": "receiveQuantity"}.get(kind)
        lines = self.books.ask("GET", f"{url}/{kind[:-1]}Lines")
        if field is None or not lines.done or at >= len(lines.body["value"]):
            return
        line = lines.body["value"][at]
        wanted = float(line["quantity"]) * part
        self._change(f"{url}/{kind[:-1]}Lines({line['id']})", {field: wanted, "invoiceQuantity": wanted})

    @rule(url=documents, discount=AMOUNTS)
    def agree_discount(self, url: str, discount: float) -> None:
        self._change(url, {"discountAmount": discount})
        check_document(self.books, url)

    @rule(target=documents, url=documents, data=st.data())
    def act(self, url: str, data: st.DataObject) -> Any:
        return self._act(url, data.draw(st.sampled_from(ACTIONS[url.partition("(")[0]]))) or multiple()

    @rule(target=documents, url=documents, data=st.data())
    def act_again(self, url: str, data: st.DataObject) -> Any:
        return self.act(url, data)

    def _act(self, url: str, action: str) -> str | None:
        """Run a bound action; return the address of what it made, if it says so."""
        before = self.books.ask("GET", url)
        done = self.books.ask("POST", f"{url}/Microsoft.NAV.{action}")
        after = self.books.ask("GET", url)
        assert before.done or not done.done
        if after.done and action not in {"send", "makeCorrectiveCreditMemo"}:
            assert done.done == (before.etag != after.etag), (url, action)
        self._balanced()
        check_document(self.books, url)
        return done.headers.get("location", "").rpartition("/")[2] or None

    @rule(url=documents, sure=st.integers(0, 3))
    def drop_document(self, url: str, sure: int) -> None:
        if sure:
            return
        before = self.books.ask("GET", url)
        dropped = self.books.ask("DELETE", url)
        if before.done and before.body["status"] in {"Open", "Paid", "Canceled", "Corrective"} and "Invoice" in url:
            assert not dropped.done
        assert dropped.done == (before.done and self.books.ask("GET", url).status == 404)

    # Journals

    @rule(name=st.sampled_from(["customerPayments", "vendorPayments"]), at=st.integers(0, 2), data=st.data())
    def pay(self, name: str, at: int, data: st.DataObject) -> None:
        """Enter a payment, mostly for an open invoice and mostly in full, and post the journal."""
        party, invoices = ("customer", "salesInvoices") if name[0] == "c" else ("vendor", "purchaseInvoices")
        owner = "billToCustomerId" if party == "customer" else "payToVendorId"
        found = self.books.rows(f"{invoices}?$filter=status eq 'Open'")
        values: dict[str, Any] = {f"{party}Id": self.partners[party][at]}
        amount = Decimal(str(data.draw(AMOUNTS)))
        if found and data.draw(st.integers(0, 3)):
            invoice = data.draw(st.sampled_from(found))
            values = {f"{party}Id": invoice[owner], "appliesToInvoiceId": invoice["id"]}
            amount = invoice["totalAmountIncludingTax"] * data.draw(st.sampled_from([1, 1, 2])) or amount
        values["amount"] = float(-amount if party == "customer" else amount)
        journal = f"{party}PaymentJournals({self.journals[name]})"
        made = self.books.ask("POST", f"{journal}/{name}", values)
        done = self.books.ask("POST", f"journals({self.journals[name]})/Microsoft.NAV.post")
        if not done.done and made.done:
            assert self.books.ask("DELETE", f"{journal}/{name}({made.body['id']})").done
        self._balanced()

    @rule(
        rows=st.lists(
            st.tuples(st.sampled_from(ACCOUNTS), AMOUNTS, st.booleans(), st.booleans()), min_size=1, max_size=3
        )
    )
    def write_journal(self, rows: list[tuple[str, float, bool, bool]]) -> None:
        journal = self.journals["journalLines"]
        for account, amount, credit, banked in rows:
            line: dict[str, Any] = {"accountNumber": account, "amount": -amount if credit else amount}
            if banked:
                line |= {"balanceAccountType": "Bank_x0020_Account", "balancingAccountNumber": "CURRENT"}
            self.books.ask("POST", f"journals({journal})/journalLines", line)
        posted = self.books.ask("POST", f"journals({journal})/Microsoft.NAV.post")
        left = self.books.rows(f"journals({journal})/journalLines")
        assert not (posted.done and left)
        for line in left:
            assert self.books.ask("DELETE", f"journals({journal})/journalLines({line['id']})").done
        self._balanced()

    # What must hold after a step

    def _change(self, url: str, values: dict[str, Any]) -> Reply:
        """PATCH a record: done, it has other values under another etag; refused, it is as it was."""
        before = self.books.ask("GET", url)
        if not before.done:
            return before
        changed = self.books.ask("PATCH", url, values, match=before.etag)
        after = self.books.ask("GET", url)
        differs = {k: v for k, v in after.body.items() if k[0] != "@"} != {
            k: v for k, v in before.body.items() if k[0] != "@"
        }
        assert changed.done or not differs, (values, changed.body)
        assert not differs or before.etag != after.etag, (url, values)
        if differs:
            assert 409 == self.books.ask("PATCH", url, values, match=before.etag).status
        return changed

    def _newest_entry(self) -> int:
        rows = self.books.rows("generalLedgerEntries?$orderby=entryNumber desc&$top=1&$select=entryNumber")
        return int(rows[0]["entryNumber"])

    def _balanced(self) -> None:
        """The entries since the last look add up to nothing."""
        rows = self.books.rows(f"generalLedgerEntries?$filter=entryNumber gt {self.last_entry}")
        assert 0 == sum(row["debitAmount"] - row["creditAmount"] for row in rows)
        self.last_entry += len(rows)
