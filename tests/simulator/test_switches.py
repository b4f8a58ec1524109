"""Every switch over HTTP: what the simulator does at the start, and what it does once the switch is set."""

from collections.abc import Callable, Iterator
from dataclasses import fields

import httpx2
import pytest
from bc_client import Books

from linkspan.simulator import Simulator
from linkspan.simulator.switches import Switches

Seen = tuple[object, ...]
NOBODY = "11111111-2222-3333-4444-555555555555"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    client = Books(simulator)
    yield client
    client.close()


def refusal(answer: httpx2.Response) -> Seen:
    return answer.status_code, answer.json()["error"]["code"]


def first_customer(books: Books) -> dict[str, str]:
    found: dict[str, str] = books.inside("GET", "customers?$top=1").json()["value"][0]
    return found


def batch(books: Books, *operations: dict[str, object]) -> list[dict[str, object]]:
    answer = books.call("POST", "$batch", {"requests": list(operations)}, accept="application/json")
    found: list[dict[str, object]] = answer.json()["responses"]
    return found


def missing_record(books: Books) -> Seen:
    return refusal(books.inside("GET", f"customers({NOBODY})"))


def duplicate_key(books: Books) -> Seen:
    body = {"number": first_customer(books)["number"], "displayName": "Twin"}
    return refusal(books.inside("POST", "customers", body))


def invalid_relation(books: Books) -> Seen:
    return refusal(books.inside("POST", "customers", {"displayName": "Lost", "country": "QQ"}))


def too_many(books: Books) -> Seen:
    books.simulator.set_limits(requests=1)
    books.inside("GET", "customers?$top=1")
    answer = books.inside("GET", "customers?$top=1")
    books.simulator.set_limits(requests=6_000)
    return answer.status_code, answer.headers.get("retry-after")


def quoted_key(books: Books) -> Seen:
    return (books.inside("GET", f"customers('{first_customer(books)['id']}')").status_code,)


def searched(books: Books) -> Seen:
    return (books.inside("GET", "customers?$search=gull&$top=1").status_code,)


def filtered_by_signs(books: Books) -> Seen:
    one, two = (row["number"] for row in books.inside("GET", "customers?$top=2").json()["value"])
    found = books.inside("GET", f"customers?$filter=number eq '{one}|{two}'").json()["value"]
    return (len(found),)


def oversized(books: Books) -> Seen:
    books.simulator.set_limits(page_records=3)
    return (books.inside("GET", "customers", prefer="odata.maxpagesize=4").status_code,)


def grouped(books: Books) -> Seen:
    url = f"companies({books.simulator.demo.company_id})/customers"
    names = (f"Razorbill {books.simulator.switches().atomicity_groups}", "")
    made = [{"displayName": name} for name in names]
    batch(books, *({"id": str(place), "method": "POST", "url": url, "headers": JSON, "body": body, "atomicityGroup": "g"} for place, body in enumerate(made)))  # fmt: skip
    return (len(books.inside("GET", f"customers?$filter=displayName eq '{names[0]}'").json()["value"]),)


def referred(books: Books) -> Seen:
    url = f"companies({books.simulator.demo.company_id})/customers"
    make = {"id": "1", "method": "POST", "url": url, "headers": JSON, "body": {"displayName": "Fulmar"}}
    return tuple(one["status"] for one in batch(books, make, {"id": "2", "method": "GET", "url": "$1"}))


def located(books: Books) -> Seen:
    number = first_customer(books)["number"]
    line = {"lineType": "Item", "lineObjectNumber": books.inside("GET", "items?$top=1").json()["value"][0]["number"]}
    quote = books.inside(
        "POST", "salesQuotes", {"customerNumber": number, "salesQuoteLines": [{**line, "quantity": 1}]}
    )
    made = books.inside("POST", f"salesQuotes({quote.json()['id']})/Microsoft.NAV.makeOrder")

    assert made.is_success, made.text
    return (made.headers["location"].startswith("http"),)


def not_permitted(books: Books) -> Seen:
    books.simulator.set_permission("currencies", "none")
    return refusal(books.inside("GET", "currencies"))


def in_order(books: Books) -> Seen:
    answer = books.inside("POST", "customers", {"city": "c" * 401, "displayName": "d" * 402})
    return tuple(length in answer.json()["error"]["message"] for length in ("401", "402"))


CASES: dict[str, tuple[Callable[[Books], Seen], Seen, object, Seen]] = {
    "missing_record_code": (missing_record, (404, "Internal_RecordNotFound"), "BadRequest_NotFound", (404, "BadRequest_NotFound")),
    "duplicate_key_status": (duplicate_key, (400, "Internal_EntityWithSameKeyExists"), 409, (409, "Internal_EntityWithSameKeyExists")),
    "invalid_relation_status": (invalid_relation, (400, "Internal_InvalidTableRelation"), 404, (404, "Internal_InvalidTableRelation")),
    "retry_after_seconds": (too_many, (429, None), 7, (429, "7")),
    "quoted_guid_keys": (quoted_key, (404,), True, (200,)),
    "search": (searched, (501,), "ignore", (200,)),
    "al_filter_signs": (filtered_by_signs, (0,), True, (2,)),
    "oversized_page": (oversized, (200,), "refuse", (413,)),
    "atomicity_groups": (grouped, (0,), False, (1,)),
    "batch_references": (referred, (201, 404), True, (201, 200)),
    "relative_location": (located, (True,), True, (False,)),
    "permission_refusal": (not_permitted, (500, "Internal_ServerError"), "Authorization_RequestDenied", (403, "Authorization_RequestDenied")),
    "property_order": (in_order, (True, False), "declared", (False, True)),
}  # fmt: skip
"""By switch: how to see what it does, what is seen at the start, a setting, and what is seen then."""


def test_every_switch_is_told_here() -> None:
    assert {one.name for one in fields(Switches)} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_switch_changes_what_is_answered_until_a_reset(books: Books, simulator: Simulator, name: str) -> None:
    look, at_start, setting, afterwards = CASES[name]
    before = look(books)
    put = httpx2.post(f"{simulator.url}/_sim/set_switch", json={"name": name, "value": setting})
    after = look(books)
    simulator.reset()

    assert at_start == before
    assert 200 == put.status_code
    assert afterwards == after
    assert Switches() == simulator.switches()
