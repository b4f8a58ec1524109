"""What is public is sent in fewer bytes to whoever can unpack it, and as it is to everybody else."""

import gzip

import pytest
from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.look.packing import pack, packed, takes_packed

LONG = "harbour " * 400


def asking(accept: str | None) -> Request:
    headers = [] if accept is None else [(b"accept-encoding", accept.encode())]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    "accept", ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1", "GZIP", "x-gzip", "gzip;q=0.01"]
)
def test_who_can_unpack_gets_it_packed(accept):
    answer = packed(asking(accept), Response(LONG, media_type="text/html"))

    assert takes_packed(asking(accept))
    assert LONG == gzip.decompress(answer.body).decode()
    assert ("gzip", str(len(answer.body)), "accept-encoding") == tuple(
        answer.headers[name] for name in ("content-encoding", "content-length", "vary")
    )


@pytest.mark.parametrize("accept", [None, "", "identity", "br", "gzip;q=0", "gzip;q=0.000, br", "notgzip", "gzipped"])
def test_everybody_else_gets_it_as_it_is(accept):
    answer = packed(asking(accept), Response(LONG, media_type="text/html"))

    assert LONG == bytes(answer.body).decode()
    assert "content-encoding" not in answer.headers
    assert "accept-encoding" == answer.headers["vary"]


def test_little_and_pictures_are_not_packed():
    for answer in (Response("short", media_type="text/html"), Response(LONG.encode(), media_type="image/png")):
        assert "content-encoding" not in packed(asking("gzip"), answer).headers


def test_packing_tells_no_time():
    assert pack(b"quay" * 500) == pack(b"quay" * 500)
