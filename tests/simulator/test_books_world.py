"""Tables and worlds: order, keys, etags, transactions that undo, snapshots that come back, copies that part."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from books_desk import ENTITIES, Desk, main_company, new_world
from hypothesis import given, settings
from hypothesis import strategies as st

from linkspan.simulator.books.bulk import generate
from linkspan.simulator.books.dates import apply_formula, is_formula
from linkspan.simulator.books.fields import blank
from linkspan.simulator.books.layouts import layout_of
from linkspan.simulator.books.series import step_up
from linkspan.simulator.books.table import Table
from linkspan.simulator.books.write_log import WriteLog
from linkspan.simulator.clock import Clock
from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault


def new_table(name="currency") -> Table:
    return Table(ENTITIES[name], layout_of(ENTITIES[name]), WriteLog(Clock()))


def currency(code: str):
    return {**blank(ENTITIES["currency"]), "id": uuid4(), "code": code}


def test_the_contract_is_read_in_its_own_order():
    contract = load_contract()
    customer = contract.entities["customer"]
    assert contract.by_set["customers"] is customer
    assert ["id", "number", "displayName"] == list(customer.fields)[:3]
    assert ("currency", False, "currencyId") == (
        customer.links["currency"].entity,
        customer.links["currency"].many,
        customer.links["currency"].own_field,
    )
    assert ("salesQuote",) == contract.entities["salesQuoteLine"].parents
    assert Decimal(100) == contract.entities["salesQuoteLine"].fields["discountPercent"].maximum


class Shadow:
    """A table beside a plain dictionary of code to id that must always agree with it."""

    def __init__(self) -> None:
        self.table = new_table()
        self.model: dict[str, UUID] = {}

    def insert(self, code: str) -> None:
        if code in self.model:
            with pytest.raises(BcFault, match="already exists"):
                self.table.insert(currency(code))
        else:
            self.model[code] = self.table.insert(currency(code))["id"]

    def replace(self, code: str) -> None:
        if self.model and code not in self.model:
            row_id = self.model.pop(min(self.model))
            self.table.replace({**self.table.get(row_id), "code": code})
            self.model[code] = row_id

    def remove(self, code: str) -> None:
        del code
        if self.model:
            self.table.remove(self.model.pop(max(self.model)))

    def undone(self, code: str) -> None:
        kept, rows, etags = dict(self.model), list(self.table.all()), self.etags()
        with pytest.raises(KeyError):
            self.fail_after_writing(code)
        self.model = kept
        assert (rows, etags) == (list(self.table.all()), self.etags())

    def fail_after_writing(self, code: str) -> None:
        with self.table._log.transaction():
            self.insert(code)
            self.replace(code + "2")
            self.remove(code)
            raise KeyError

    def etags(self) -> list[str]:
        return [self.table.etag_of(row) for row in self.table.all()]


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["insert", "replace", "remove", "undone"]), st.sampled_from("ABCDEFGH")), max_size=30
    )
)
def test_a_table_keeps_order_and_undoes_whatever_happens(steps):
    shadow = Shadow()
    for kind, code in steps:
        getattr(shadow, kind)(code)
    assert sorted(shadow.model.items()) == [(row["code"], row["id"]) for row in shadow.table.all()]
    for at, row in enumerate(shadow.table.all()):
        assert at == shadow.table.index_of(row["id"])
        assert row == shadow.table.get(row["id"]) == shadow.table.find(row["code"])


def insert_and_fail(table: Table, code: str) -> None:
    with table._log.transaction():
        table.insert(currency(code))
        raise KeyError


def test_an_inner_transaction_undoes_only_itself():
    table = new_table()
    log = table._log
    with log.transaction():
        table.insert(currency("A"))
        with pytest.raises(KeyError):
            insert_and_fail(table, "B")
        table.insert(currency("C"))
    assert ["A", "C"] == [row["code"] for row in table.all()]


def test_a_snapshot_comes_back_more_than_once():
    world = new_world()
    desk = Desk(main_company(world))
    start = world.snapshot()
    before = [desk.company.tables["customer"].etag_of(row) for row in desk.all("customer")]
    seen = set(before)
    for _ in range(2):
        customer = desk.all("customer")[0]
        changed = desk.change("customer", customer, displayName="Changed")
        etag = desk.company.tables["customer"].etag_of(changed)
        assert etag not in seen
        seen.add(etag)
        net = {row["number"]: row["netChange"] for row in desk.all("account")}
        world.restore(start)
        assert before == [desk.company.tables["customer"].etag_of(row) for row in desk.all("customer")]
        assert net == {row["number"]: row["netChange"] for row in desk.all("account")}


def test_reading_never_changes_stored_rows():
    desk = Desk(main_company(new_world()))
    stored = [dict(row) for row in desk.company.tables["customer"].all()]
    desk.make("salesQuote", customerId=stored[0]["id"])
    desk.all("customer")
    assert stored == list(desk.company.tables["customer"].all())


@pytest.mark.parametrize(
    ("formula", "start", "end"),
    [
        ("", date(2024, 1, 31), date(2024, 1, 31)),
        ("30D", date(2024, 1, 31), date(2024, 3, 1)),
        ("1M", date(2024, 1, 31), date(2024, 2, 29)),
        ("CM", date(2024, 2, 3), date(2024, 2, 29)),
        ("-CM", date(2024, 2, 3), date(2024, 2, 1)),
        ("CM+15D", date(2024, 2, 3), date(2024, 3, 15)),
        ("<1M-1D>", date(2024, 12, 15), date(2025, 1, 14)),
        ("CW", date(2024, 5, 1), date(2024, 5, 5)),
        ("CQ", date(2024, 5, 1), date(2024, 6, 30)),
        ("CY", date(2024, 5, 1), date(2024, 12, 31)),
        ("-11M", date(2024, 5, 31), date(2023, 6, 30)),
        ("D10", date(2024, 5, 15), date(2024, 6, 10)),
    ],
)
def test_date_formulas(formula, start, end):
    assert is_formula(formula)
    assert end == apply_formula(formula, start)


@pytest.mark.parametrize(
    ("number", "step", "following"),
    [("C00010", 10, "C00020"), ("S-9", 1, "S-10"), ("A099B", 1, "A100B"), ("NONE", 1, "NONE")],
)
def test_numbers_step_up(number, step, following):
    assert following == step_up(number, step)


def test_the_work_date_is_the_clocks():
    clock = Clock()
    clock.set(datetime(2031, 5, 6, 23, 59, tzinfo=UTC))
    world = new_world()
    company = main_company(world.fork(clock))
    assert date(2031, 5, 6) == company.today


def test_generated_customers_are_many_the_same_and_usable():
    first, second = (Desk(main_company(new_world())) for _ in range(2))
    for desk in (first, second):
        generate(desk.company, customers=5000)
    assert 5044 == len(first.all("customer"))
    assert [row["id"] for row in first.all("customer")] == [row["id"] for row in second.all("customer")]
    customer = first.company.tables["customer"].find("G00004999")
    assert 5042 == first.company.tables["customer"].index_of(customer["id"])
    assert customer["id"] == first.make("salesQuote", customerNumber="G00004999")["customerId"]
    with pytest.raises(ValueError, match="already"):
        generate(first.company, customers=1)
