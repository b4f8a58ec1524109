"""The multipart $batch: single operations and change sets, read by an independent parser of MIME."""

from email import message_from_bytes
from email.message import Message
from http.client import HTTPResponse
from io import BytesIO
from typing import Any, cast

import httpx2
import orjson
import pytest
from odata_world import API, COMPANY_ID, Sim, build_sim

HERE = f"companies({COMPANY_ID})"


@pytest.fixture
def sim() -> Sim:
    """Return a fresh small world."""
    return build_sim()


def part(method: str, url: str, body: object = None, content_id: str = "") -> str:
    """Return one operation as a part of a batch."""
    named = f"Content-ID: {content_id}\r\n" if content_id else ""
    typed = "Content-Type: application/json\r\n" if body is not None else ""
    text = orjson.dumps(body).decode() if body is not None else ""
    front = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
    return f"{front}{named}\r\n{method} {url} HTTP/1.1\r\n{typed}\r\n{text}\r\n"


def joined(parts: list[str], boundary: str) -> str:
    """Return the parts between their boundaries."""
    return "".join(f"--{boundary}\r\n{text}" for text in parts) + f"--{boundary}--\r\n"


def change_set(*parts: str) -> str:
    """Return a change set of these operations."""
    return "Content-Type: multipart/mixed; boundary=changeset_1\r\n\r\n" + joined(list(parts), "changeset_1") + "\r\n"


def customer(name: str, content_id: str = "") -> str:
    """Return the operation that creates a customer."""
    return part("POST", f"{HERE}/customers", {"displayName": name}, content_id)


async def send(sim: Sim, *parts: str, **headers: str) -> httpx2.Response:
    """Send a multipart batch."""
    sent = {"Content-Type": 'multipart/mixed; boundary="batch_1"', **headers}
    return await sim.ask("POST", f"{API}/$batch", joined(list(parts), "batch_1").encode(), sent)


class _Bytes:
    """What http.client reads a response from."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(self.data)


def read(response: httpx2.Response) -> list[Any]:
    """Return the answer's parts: (status, JSON or text) each, those of a change set as a list of their own."""
    text = b"Content-Type: " + response.headers["content-type"].encode() + b"\r\n\r\n" + response.content
    return [_read_part(one) for one in cast("list[Message]", message_from_bytes(text).get_payload())]


def _read_part(one: Message) -> Any:
    if one.is_multipart():
        return [_read_part(inner) for inner in cast("list[Message]", one.get_payload())]
    answer = HTTPResponse(_Bytes(cast("bytes", one.get_payload(decode=True))))  # type: ignore[arg-type]  # only makefile is used
    answer.begin()
    body = answer.read()
    return answer.status, orjson.loads(body) if "json" in answer.headers.get("content-type", "") else body.decode()


async def test_operations_and_a_change_set(sim: Sim) -> None:
    response = await send(
        sim,
        part("GET", f"{HERE}/customers/$count"),
        change_set(customer("Gull", "1"), customer("Tern", "2")),
        part("GET", f"{HERE}/customers?$filter=displayName%20eq%20'Tern'"),
    )
    count, made, found = read(response)

    assert 200 == response.status_code
    assert (200, "\ufeff5") == count
    assert [(201, "Gull"), (201, "Tern")] == [(status, body["displayName"]) for status, body in made]
    assert ["Tern"] == [row["displayName"] for row in found[1]["value"]]


async def test_a_change_set_that_fails_has_one_answer(sim: Sim) -> None:
    response = await send(sim, change_set(customer("Gull"), customer("")), customer("Tern"))
    (refused,) = read(response)

    assert 400 == refused[0]
    assert 5 == len((await sim.get("customers"))["value"])


async def test_continuing_after_an_error(sim: Sim) -> None:
    response = await send(sim, customer(""), customer("Tern"), Prefer="odata.continue-on-error")

    assert [400, 201] == [status for status, _ in read(response)]


async def test_json_asked_for(sim: Sim) -> None:
    response = await send(sim, customer("Gull", "4"), Accept="application/json")

    assert [("4", 201)] == [(one["id"], one["status"]) for one in response.json()["responses"]]


async def test_json_sent_without_accept_is_answered_in_parts(sim: Sim) -> None:
    requests = [{"id": "1", "method": "GET", "url": f"{HERE}/customers?$top=1"}]
    response = await sim.ask("POST", f"{API}/$batch", {"requests": requests}, {"Accept": "*/*"})

    assert response.headers["content-type"].startswith("multipart/mixed; boundary=batchresponse_")
    assert [200] == [status for status, _ in read(response)]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"--b\r\n\r\nGET customers HTTP/1.1\r\n", "multipart/mixed; boundary=b", 400),
        (b"--b\r\n\r\nnonsense\r\n--b--", "multipart/mixed; boundary=b", 400),
        (b"--b--", "multipart/mixed", 400),
        (b"--b--", "text/plain", 415),
    ],
)
async def test_malformed_batches(sim: Sim, body: bytes, kind: str, status: int) -> None:
    assert status == (await sim.refusal("POST", f"{API}/$batch", body, Content_Type=kind))[0]
