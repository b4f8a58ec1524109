"""Pages of generated customers are joined from prepared texts: byte for byte what is written record by record."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import pytest
from bc_client import Books

from linkspan.simulator import Simulator
from linkspan.simulator.contract import Entity
from linkspan.simulator.odata import navigation, representation
from linkspan.simulator.odata.condition import Record
from linkspan.simulator.odata.options import Query
from linkspan.simulator.odata.representation import Body

GENERATED = 700
UNKEPT = 50
"""Records on a page that is too small to be kept or joined: each of its records is written on its own."""
Change = Callable[[Books, Random], None]


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    simulator.seed(customers=GENERATED)
    someone = Books(simulator)
    yield someone
    someone.close()


def texts(books: Books, query: str, size: int) -> bytes:
    """Return the records of all pages of a set as they were sent, joined by commas."""
    found: list[bytes] = []
    address = f"{books.company}/{query}"
    while address:
        answer = books.http.get(address, headers={"prefer": f"odata.maxpagesize={size}"})

        assert 200 == answer.status_code, answer.text
        address = answer.json().get("@odata.nextLink", "")
        body = answer.content.partition(b'"value":[')[2]
        found.append(body.rpartition(b'],"@odata.nextLink":')[0] if address else body.removesuffix(b"]}"))
    return b",".join(found)


def check(books: Books, query: str = "customers") -> None:
    """Compare the texts of one large page, and of several, with those of records that were written on their own."""
    written = texts(books, query, UNKEPT)

    assert written == texts(books, query, 20_000)
    assert written == texts(books, query, 333)


def some(books: Books, random: Random) -> dict[str, str]:
    """Return one of the generated customers that are still there."""
    page = books.inside("GET", f"customers?$filter=startswith(number,'G')&$top=1&$skip={random.randrange(400)}")
    found: dict[str, str] = page.json()["value"][0]
    return found


def change(books: Books, random: Random) -> None:
    one = some(books, random)
    answer = books.inside("PATCH", f"customers({one['id']})", {"city": f"Hull {random.random()}"}, if_match="*")

    assert 200 == answer.status_code, answer.text


def renumber(books: Books, random: Random) -> None:
    one = some(books, random)
    number = f"G{random.randrange(GENERATED):08}{random.choice('ABCXYZ')}{random.randrange(1000)}"
    answer = books.inside("PATCH", f"customers({one['id']})", {"number": number}, if_match="*")

    assert 200 == answer.status_code, answer.text


def put_between(books: Books, random: Random) -> None:
    number = f"G{random.randrange(GENERATED):08}{random.randrange(1000)}"
    answer = books.inside("POST", "customers", {"number": number, "displayName": 'A "new" one \\ Ø'})

    assert 201 == answer.status_code, answer.text


def remove(books: Books, random: Random) -> None:
    answer = books.inside("DELETE", f"customers({some(books, random)['id']})", if_match="*")

    # One that something was posted to stays.
    assert answer.status_code in {204, 400}, answer.text


def bill(books: Books, random: Random) -> None:
    number = some(books, random)["number"]
    item = books.inside("GET", "items?$top=1&$filter=type eq 'Inventory'").json()["value"][0]["number"]
    line = {"lineType": "Item", "lineObjectNumber": item, "quantity": 2, "unitPrice": 17.5}
    made = books.inside("POST", "salesInvoices", {"customerNumber": number, "salesInvoiceLines": [line]})
    posted = books.inside("POST", f"salesInvoices({made.json()['id']})/Microsoft.NAV.post")

    assert (201, 204) == (made.status_code, posted.status_code), made.text + posted.text


def rename_tax_area(books: Books, random: Random) -> None:
    for area in books.inside("GET", "taxAreas").json()["value"]:
        name = {"displayName": f"Area {random.randrange(1000)}"}
        answer = books.inside("PATCH", f"taxAreas({area['id']})", name, if_match="*")

        assert 200 == answer.status_code, answer.text


def undo(books: Books, random: Random) -> None:
    """Change a customer and fail together with it."""
    one = some(books, random)
    writes = [
        {"id": "1", "method": "PATCH", "url": f"customers({one['id']})", "body": {"city": "Nowhere"}},
        {"id": "2", "method": "PATCH", "url": f"customers({one['id']})", "body": {"city": "x" * 500}},
    ]
    path = f"companies({books.simulator.demo.company_id})"
    requests = [
        {**write, "url": f"{path}/{write['url']}", "headers": {"If-Match": "*", "Content-Type": "application/json"}}
        for write in writes
    ]
    answer = books.call("POST", "$batch", {"requests": requests}, isolation="snapshot", accept="application/json")

    assert [200, 400] == [part["status"] for part in answer.json()["responses"]], answer.text


def keep(books: Books, _random: Random) -> None:
    books.simulator.snapshot()


def restore(books: Books, _random: Random) -> None:
    books.simulator.restore()


CHANGES: tuple[Change, ...] = (change, renumber, put_between, remove, bill, rename_tax_area, undo, keep, restore)


@pytest.mark.parametrize("done", CHANGES, ids=lambda done: done.__name__)
def test_a_joined_page_is_the_written_one_after(books: Books, done: Change) -> None:
    random = Random(done.__name__)  # noqa: S311  invented changes, not secrets
    books.simulator.snapshot()
    check(books)
    for _ in range(3):
        done(books, random)
    check(books)
    books.simulator.restore()
    check(books)


def test_a_joined_page_is_the_written_one_after_changes_in_any_order(books: Books) -> None:
    random = Random(7)  # noqa: S311  invented changes, not secrets
    books.simulator.snapshot()
    for _ in range(15):
        for done in random.choices(CHANGES, k=3):
            done(books, random)
        check(books)


def test_one_that_was_billed_shows_it_again_when_a_change_of_it_is_taken_back(books: Books) -> None:
    random = Random(1)  # noqa: S311  invented changes, not secrets
    bill(books, random)
    books.simulator.snapshot()
    (one,) = books.inside("GET", "customers?$filter=startswith(number,'G') and balanceDue gt 0").json()["value"]
    books.inside("PATCH", f"customers({one['id']})", {"city": "Hull"}, if_match="*")
    check(books)
    books.simulator.restore()
    check(books)

    page = books.inside("GET", "customers", prefer="odata.maxpagesize=20000").json()["value"]
    assert [one] == [shown for shown in page if shown["number"] == one["number"]]


@pytest.mark.parametrize(
    "options",
    [
        "$filter=city eq 'Kiel'",
        "$filter=balanceDue eq 0",
        "$orderby=displayName desc",
        "$skip=5&$top=600",
        "$select=number,city,balanceDue",
        "$select=displayName,id,number,taxAreaDisplayName",
        "$select=id,displayName",
        "$select=number",
        "$select=city,creditLimit&$filter=city eq 'Kiel'",
        "$select=balanceDue",
        "$select=currency",
        "$select=*",
        "$expand=paymentTerm",
        "$count=true",
    ],
)
def test_options_change_which_texts_are_sent_and_not_the_texts(books: Books, options: str) -> None:
    for done in (bill, change, remove):
        done(books, Random(options))  # noqa: S311  invented changes, not secrets
    check(books, f"customers?{options}")


@pytest.mark.parametrize("level", ["none", "full"])
def test_other_annotations_are_written_and_not_joined(books: Books, level: str) -> None:
    accept = {"accept": f"application/json;odata.metadata={level}"}
    books.http.headers.update(accept)
    pages = [texts(books, "customers", size) for size in (UNKEPT, 20_000)]

    assert pages[0] == pages[1]
    assert (level == "full") is (b"@odata.type" in pages[0])


def test_languages_change_no_record(books: Books) -> None:
    before = texts(books, "customers", 20_000)
    books.http.headers["accept-language"] = "de-DE"
    check(books)

    assert before == texts(books, "customers", 20_000)


def test_another_seed_leaves_no_text_of_the_one_before(books: Books) -> None:
    before = texts(books, "customers", 20_000)
    books.simulator.reset()
    books.simulator.seed(customers=GENERATED, seed=1)
    books.http.headers["authorization"] = f"Bearer {Books(books.simulator).token}"
    check(books)

    assert before != texts(books, "customers", 20_000)


def test_a_view_of_the_same_rows_is_its_own(books: Books) -> None:
    bill(books, Random(3))  # noqa: S311  invented changes, not secrets
    check(books, "customerFinancialDetails")


@pytest.mark.parametrize("options", ["", "$select=number,city", "$select=id,number,displayName,balanceDue"])
def test_what_is_taken_into_other_pages_changes_with_the_books(books: Books, options: str) -> None:
    random = Random(options)  # noqa: S311  invented changes, not secrets
    for done in (bill, rename_tax_area, change, undo, renumber):
        check(books, f"customers?{options}")
        done(books, random)
    check(books, f"customers?{options}")


@pytest.mark.parametrize("options", ["", "&$select=number,city", "&$select=id,number,displayName"])
def test_a_page_that_nobody_has_read_is_joined(books: Books, monkeypatch: pytest.MonkeyPatch, options: str) -> None:
    written: list[str] = []

    def write_records(records: Sequence[Record], entity: Entity, query: Query, **how: Any) -> list[Body]:
        written.extend(str(record["number"]) for record in records)
        return representation.write_records(records, entity, query, **how)

    monkeypatch.setattr(navigation, "write_records", write_records)
    first = texts(books, f"customers?$skip=44{options}", 20_000)
    kinds = len(written)
    written.clear()
    texts(books, f"customers?$skip=54{options}", 20_000)

    assert 700 == first.count(b'"number":"G')
    assert kinds < 200
    assert [] == written
