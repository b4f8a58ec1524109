"""A large page is made while it is sent: it stays that of the moment of asking, and may be cut, halved and put into a batch."""

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from bc_client import Books

from linkspan.simulator import Simulator

GENERATED = 12_000


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    simulator.seed(customers=GENERATED)
    someone = Books(simulator)
    yield someone
    someone.close()


def asked(books: Books, method: str = "GET") -> socket.socket:
    """Send the request for the page, and read nothing."""
    address = urlsplit(f"{books.company}/customers")
    line = socket.create_connection((address.hostname or "", address.port or 0), timeout=20)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    lines = [f"{method} {address.path} HTTP/1.1", f"Host: {address.netloc}", f"Authorization: Bearer {books.token}"]
    line.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
    return line


def rest(line: socket.socket) -> bytes:
    received = b"".join(iter(lambda: line.recv(1 << 20), b""))
    line.close()
    return received


def records(body: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(body)["value"]
    return found


def test_a_page_is_that_of_the_moment_of_asking(books: Books, simulator: Simulator) -> None:
    before = books.inside("GET", "customers").content
    line = asked(books)
    start = line.recv(1000)
    last = records(before)[-1]
    area = books.inside("GET", "taxAreas").json()["value"][0]
    changes = [
        books.inside("PATCH", f"customers({last['id']})", {"city": "Hull"}, if_match="*"),
        books.inside("PATCH", f"taxAreas({area['id']})", {"displayName": "Elsewhere"}, if_match="*"),
        books.inside("DELETE", f"customers({records(before)[-2]['id']})", if_match="*"),
    ]
    read_meanwhile = books.inside("GET", "customers").content
    simulator.reset()
    head, _, body = (start + rest(line)).partition(b"\r\n\r\n")

    assert [200, 200, 204] == [one.status_code for one in changes]
    assert b"200" in head.splitlines()[0]
    assert before == body
    assert GENERATED + 43 == len(records(read_meanwhile))
    assert "Hull" == records(read_meanwhile)[-1]["city"]


def test_a_reader_that_goes_away_takes_nothing_with_it(books: Books) -> None:
    for _ in range(5):
        line = asked(books)
        line.recv(1000)
        line.close()

    assert GENERATED + 44 == len(records(books.inside("GET", "customers").content))


def test_a_head_tells_the_length_alone(books: Books) -> None:
    whole = books.inside("GET", "customers")
    head, _, body = rest(asked(books, "HEAD")).partition(b"\r\n\r\n")

    assert f"content-length: {len(whole.content)}" in head.decode().lower()
    assert b"" == body


def test_half_a_page_breaks_off(books: Books, simulator: Simulator) -> None:
    simulator.fail_next("half_body", path="/customers")
    with pytest.raises(httpx2.RemoteProtocolError):
        books.inside("GET", "customers")
    whole = books.inside("GET", "customers").content
    simulator.fail_next("half_body", path="/customers")
    _, _, body = rest(asked(books)).partition(b"\r\n\r\n")

    assert whole[: len(whole) // 2] == body


def test_a_page_in_a_batch_is_the_same(books: Books) -> None:
    reads = [{"id": "1", "method": "GET", "url": f"companies({books.simulator.demo.company_id})/customers"}]
    answer = books.call("POST", "$batch", {"requests": reads}, accept="application/json")

    assert records(books.inside("GET", "customers").content) == answer.json()["responses"][0]["body"]["value"]
