"""Recording a tenant's answers, redacted, and replaying them: a second simulator stands for the real service."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from bc_client import Books, service_token
from hypothesis import given
from hypothesis import strategies as st

from linkspan.simulator import Simulator
from linkspan.simulator.contract import load_contract
from linkspan.simulator.tape.disguise import Disguise
from linkspan.simulator.tape.recorded import Recorded, likeness, read_recording
from linkspan.simulator.tape.redaction import Redaction

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ORIGIN = "https://api.businesscentral.dynamics.com"


@pytest.fixture(scope="module")
def service() -> Iterator[Simulator]:
    """The service whose answers are recorded."""
    with Simulator.start(seed=3) as one:
        yield one


@pytest.fixture
def tenant(simulator: Simulator, service: Simulator) -> Iterator[Books]:
    """A client of the real service that sends everything through the recording simulator."""
    service.reset()
    client = Books(simulator, service_token(service))
    simulator.start_recording(service.url)
    yield client
    client.close()


@pytest.fixture
def viewer(simulator: Simulator) -> Iterator[Books]:
    """A client of the simulator that replays, with the simulator's own token."""
    client = Books(simulator)
    yield client
    client.close()


def texts(value: object) -> Iterator[str]:
    """Every text and fraction inside a JSON value that belongs to the tenant."""
    if isinstance(value, dict):
        for name, one in value.items():
            if "@odata." not in name:
                yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, float) or (isinstance(value, str) and not ISO_DATE.match(value)):
        yield str(value)


def members() -> set[str]:
    contract = load_contract()
    options = {
        option for entity in contract.entities.values() for field in entity.fields.values() for option in field.options
    }
    return options.union(*contract.enums.values())


def walk(books: Books) -> list[httpx2.Response]:
    """Read and write as a connector does; the requests are the same ones for the tenant and for its replay."""
    companies = books.call("GET", "companies")
    company = f"companies({companies.json()['value'][0]['id']})"
    first = books.call("GET", f"{company}/customers?$orderby=number&$count=true", prefer="odata.maxpagesize=4")
    link = urlsplit(first.json()["@odata.nextLink"])
    second = books.http.get(
        f"{link.scheme}://{link.netloc}{link.path}?{link.query}", headers={"prefer": "odata.maxpagesize=4"}
    )
    one = first.json()["value"][0]
    number = one["number"]
    return [
        companies,
        first,
        second,
        books.call("GET", f"{company}/customers({one['id']})"),
        books.call("GET", f"{company}/customers?$filter=number eq '{number}'"),
        books.call("GET", f"{company}/customers/$count"),
        books.call("GET", f"{company}/customers(00000000-0000-4000-8000-000000000000)"),
        books.call("POST", f"{company}/customers", {"displayName": ""}),
        books.call("POST", f"{company}/customers", {"displayName": "Recorded Person", "phoneNumber": "+47 555 01 99"}),
        books.call(
            "POST",
            "$batch",
            {"requests": [{"id": "1", "method": "GET", "url": f"{company}/vendors?$top=3"}]},
            accept="application/json",
        ),
    ]  # fmt: skip


def shape(value: object) -> object:
    """What stays of a JSON value when all content of its own is taken away."""
    if isinstance(value, dict):
        return {name: shape(one) if "@odata." not in name else "annotation" for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return len(value) if isinstance(value, str) else type(value).__name__


def test_the_client_of_a_recording_gets_the_real_answers(
    tenant: Books, simulator: Simulator, service: Simulator
) -> None:
    through = walk(tenant)
    direct = Books(service, tenant.token)
    customer = direct.inside("GET", "customers?$filter=displayName eq 'Recorded Person'").json()["value"][0]
    direct.close()

    assert [200, 200, 200, 200, 200, 200, 404, 400, 201, 200] == [answer.status_code for answer in through]
    assert through[-2].json()["id"] == customer["id"]
    assert through[1].json()["@odata.nextLink"].startswith(simulator.url)
    assert through[-2].headers["location"].startswith(simulator.url)
    assert [] == [seen for seen in simulator.requests() if "authorization" in seen.headers]
    assert 10 == simulator.stop_recording()


def test_a_recording_holds_nothing_of_the_tenants_own(tenant: Books, simulator: Simulator) -> None:
    answers = walk(tenant)
    kept = json.dumps(httpx2.get(f"{simulator.url}/_sim/recording").json())
    public = members() | {
        "00000000-0000-0000-0000-000000000000",
        "Internal_RecordNotFound",
        "application/json; odata.metadata=minimal",
        "Application_DialogException",
    }
    own = {
        text
        for answer in answers
        if "json" in answer.headers["content-type"]
        for text in texts(answer.json())
        if sum(map(str.isalpha, text)) > 4 and text not in public and not text.startswith(("The blank", "The Customer"))
    }

    assert len(own) > 50
    assert [] == [text for text in own if json.dumps(text).strip('"') in kept]
    assert "Recorded Person" not in kept
    assert "555 01 99" not in kept
    assert tenant.token not in kept
    assert str(simulator.demo.tenant_id) not in kept
    assert "Production" not in kept
    assert simulator.url not in kept


def test_a_replay_answers_the_same_walk_in_the_same_shape(tenant: Books, viewer: Books, simulator: Simulator) -> None:
    real = walk(tenant)
    recording = simulator.recording()
    simulator.stop_recording()
    assert len(real) == simulator.replay(recording)
    played = walk(viewer)

    assert [answer.status_code for answer in real] == [answer.status_code for answer in played]
    # The id of no customer is disguised as well: to the replay it is a request that was never made.
    assert "NotRecorded" == played[6].json()["error"]["code"]
    for before, after in zip(real[:6] + real[7:], played[:6] + played[7:], strict=True):
        if "json" in before.headers["content-type"]:
            assert shape(before.json()) == shape(after.json())
        else:
            assert before.text == after.text
    customer = played[1].json()["value"][0]
    assert customer == {name: one for name, one in played[3].json().items() if name != "@odata.context"}
    assert [customer] == played[4].json()["value"]
    assert real[1].json()["value"][0]["displayName"] != customer["displayName"]
    assert 'The blank \\"displayName\\" is not allowed.' in played[7].text
    assert played[1].json()["@odata.context"].startswith(f"{viewer.root}/$metadata#companies(")


def test_what_was_not_recorded_is_refused_or_left_to_the_books(viewer: Books, simulator: Simulator) -> None:
    one = Recorded("GET", "companies", "", 200, headers={"content-type": "application/json"}, body='{"value":[]}')
    simulator.replay([one])
    recorded = viewer.call("GET", "companies").json()
    again = viewer.call("GET", "companies").json()
    refused = viewer.inside("GET", "customers")
    simulator.replay([one], otherwise="books")
    invented = viewer.inside("GET", "customers")
    simulator.stop_replay()

    assert {"value": []} == recorded == again
    assert (404, "NotRecorded") == (refused.status_code, refused.json()["error"]["code"])
    assert 200 == invented.status_code
    assert len(viewer.call("GET", "companies").json()["value"]) > 0


def test_writes_are_answered_once_each_and_in_order(viewer: Books, simulator: Simulator) -> None:
    made = [Recorded("POST", "companies(1)/customers", "", 201, body=f'{{"number":"{n}"}}') for n in (1, 2)]
    simulator.replay(made)
    answers = [viewer.call("POST", "companies(1)/customers", {"displayName": "x"}) for _ in range(3)]

    assert [201, 201, 404] == [answer.status_code for answer in answers]
    assert ["1", "2"] == [answer.json()["number"] for answer in answers[:2]]


def test_links_with_encoded_values_can_be_followed_in_a_replay(
    tenant: Books, viewer: Books, simulator: Simulator
) -> None:
    company = f"companies({simulator.demo.company_id})"
    for city in ("Mo i Rana", "Mo i Rana", "Ål & Gol + Co"):
        assert 201 == tenant.call("POST", f"{company}/customers", {"displayName": "One", "city": city}).status_code
    query = "$filter=city%20eq%20%27Mo%20i%20Rana%27&$select=number,city"
    first = tenant.call("GET", f"{company}/customers?{query}", prefer="odata.maxpagesize=1").json()
    second = tenant.http.get(first["@odata.nextLink"], headers={"prefer": "odata.maxpagesize=1"}).json()
    recorded = simulator.recording()
    simulator.stop_recording()
    simulator.replay(recorded)
    city = json.loads(recorded[3].body)["value"][0]["city"]
    place = f"{viewer.root}/{recorded[3].path}?$select=number,city&$filter=city eq '{city}'"
    played = viewer.http.get(place, headers={"prefer": "odata.maxpagesize=1"}).json()
    following = viewer.http.get(played["@odata.nextLink"], headers={"prefer": "odata.maxpagesize=1"})

    assert (1, 1) == (len(first["value"]), len(second["value"]))
    assert 200 == following.status_code, following.text
    assert city == following.json()["value"][0]["city"] != "Mo i Rana"


def test_tokens_limits_and_failures_hold_during_a_replay(viewer: Books, simulator: Simulator) -> None:
    simulator.replay([Recorded("GET", "companies", "", 200, body="{}")])
    simulator.fail_next(status=503, path="companies")
    failed = viewer.call("GET", "companies").status_code
    anonymous = httpx2.get(f"{viewer.root}/companies").status_code
    simulator.set_limits(requests=1)

    assert (503, 401) == (failed, anonymous)
    assert [200, 429] == [viewer.call("GET", "companies").status_code for _ in range(2)]


def test_reset_ends_recording_and_replay(viewer: Books, simulator: Simulator) -> None:
    simulator.replay([Recorded("GET", "companies", "", 200, body="{}")])
    simulator.reset()
    client = Books(simulator)
    answer = client.call("GET", "companies").json()
    client.close()

    assert "value" in answer


def test_a_file_is_private_starts_anew_and_can_be_replayed(
    tenant: Books, viewer: Books, simulator: Simulator, service: Simulator, tmp_path: Path
) -> None:
    file = tmp_path / "tape.jsonl"
    simulator.record_to(service.url, file)
    tenant.call("GET", "companies")
    simulator.stop_recording()

    assert 0o600 == file.stat().st_mode & 0o777
    assert 1 == len(read_recording(file.read_bytes().splitlines()))
    with pytest.raises(ValueError, match="exists already"):
        simulator.record_to(service.url, file)
    assert 1 == simulator.replay_file(file)
    assert 200 == viewer.call("GET", "companies").status_code
    file.write_text('{"another": "file"}\n')
    with pytest.raises(ValueError, match="cannot be replayed"):
        simulator.replay_file(file)


def test_the_token_goes_to_https_or_this_computer_only(simulator: Simulator) -> None:
    for upstream in ("http://example.com", "ftp://127.0.0.1", "https://", "https://a.example/path", "nonsense"):
        answer = httpx2.post(f"{simulator.url}/_sim/start_recording", json={"upstream": upstream})
        assert 400 == answer.status_code, upstream
    assert 0 == simulator.stop_recording()


def test_a_service_that_cannot_be_reached_is_told(viewer: Books, simulator: Simulator) -> None:
    simulator.start_recording("http://127.0.0.1:9")
    answer = viewer.call("GET", "companies")

    assert (503, "ServiceUnavailable") == (answer.status_code, answer.json()["error"]["code"])
    assert 0 == simulator.stop_recording()


def test_texts_of_the_service_stay_and_lose_what_fills_them() -> None:
    redaction = Redaction(load_contract(), Disguise(b"k"), ORIGIN)
    known = "The Customer already exists. Identification fields and values: No.='C00690'"
    secret = "Ingrid Solberg (C00690) must not be seen"
    guid = "7f4d1c1e-0d0e-4b6f-9a3e-2f1d5b6c7a80"

    def message(text: str) -> str:
        body = json.dumps({"error": {"code": "X", "message": f"{text}  CorrelationId:  {guid}."}})
        return json.loads(redaction.body(body.encode()))["error"]["message"]

    assert re.fullmatch(
        r"The \w{8} already exists\. Identification fields and values: \w\w\.='\w\d{5}'  CorrelationId:  [0-9a-f-]{36}\.",
        message(known),
    )
    assert "C00690" not in message(known)
    assert message(secret).startswith(f"(a message of {len(secret)} characters)  CorrelationId:")
    assert guid not in message(known)


def test_personal_dates_go_and_business_dates_stay() -> None:
    redaction = Redaction(load_contract(), Disguise(b"k"), ORIGIN)
    body = b'{"birthDate":"1980-02-29","postingDate":"2026-01-31","blocked":"_x0020_","type":"Person","address":""}'
    kept = json.loads(redaction.body(body))

    assert {
        "birthDate": "0001-01-01",
        "postingDate": "2026-01-31",
        "blocked": "_x0020_",
        "type": "Person",
        "address": "",
    } == kept


def test_addresses_keep_their_structure() -> None:
    redaction = Redaction(load_contract(), Disguise(b"k"), ORIGIN)
    root = f"{ORIGIN}/v2.0/7f4d1c1e-0d0e-4b6f-9a3e-2f1d5b6c7a80/Prod-NO/api/v2.0"
    link = redaction.address(
        f"{root}/customers?$filter=city%20eq%20'Mo%20i%20Rana' and balance gt 12.50&$top=5&tenant=db7&aid=FIN&$search=Mo"
    )
    found = re.fullmatch(
        r"\{root\}/customers\?\$filter=city\+eq\+'([A-Z][a-z]\+[a-z]\+[A-Z][a-z]{3})'\+and\+balance\+gt\+(\d\d\.\d\d)"
        r"&\$top=5&\$search=([A-Z][a-z])",
        link,
    )

    assert found is not None, link
    assert not {"Mo+i+Rana", "12.50", "Mo"} & set(found.groups())
    assert redaction.query("$filter=city eq 'Mo i Rana'") == link.partition("?")[2].partition("+and+")[0]


def test_likeness_ignores_order_encoding_and_routing() -> None:
    one = likeness("get", "customers/", "$top=5&$filter=city%20eq%20'X'&aid=FIN&tenant=msweua", "odata.maxpagesize = 5")

    assert likeness("GET", "customers", "$filter=city+eq+%27X%27&$top=5", "odata.maxpagesize=5") == one
    assert likeness("GET", "customers", "$top=6", "") != likeness("GET", "customers", "$top=5", "")


@given(values=st.lists(st.text(min_size=1), min_size=1, max_size=20, unique=True))
def test_different_texts_stay_different_and_keep_their_length(values: list[str]) -> None:
    disguise = Disguise(b"key")
    made = [disguise.text(value) for value in values]
    wide = [(value, other) for value, other in zip(values, made, strict=True) if sum(map(str.isalnum, value)) > 3]

    assert len(set(made)) == len(made) or any(not any(map(str.isalnum, value)) for value in values)
    assert made == [disguise.text(value) for value in values]
    assert all(len(value) == len(other) and value != other for value, other in wide)


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=2, max_value=10**12))
def test_numbers_keep_sign_and_places(number: Decimal) -> None:
    made = Disguise(b"key").number(number)

    assert (number.is_signed(), number.as_tuple().exponent) == (made.is_signed(), made.as_tuple().exponent)
    assert len(number.as_tuple().digits) == len(made.as_tuple().digits)
    assert bool(number) == bool(made)
