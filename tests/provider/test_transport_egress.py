"""Outbound requests go only to hosts that a connector or profile names, and to private ones only when a setting allows it."""

from ipaddress import ip_address

import pytest
from wire_server import says, wire_server

from linkspan.transport.egress import EgressGuard, is_private, origin_of
from linkspan.transport.protocol import Outbound, Sent, TransportError
from linkspan.transport.pyreqwest_client import PyreqwestTransport

API = frozenset({"https://api.example.com"})


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com.evil.example/x",
        "https://api.example.com@evil.example/x",
        "https://user@api.example.com/x",
        "https://api.example.com\\@evil.example/x",
        "https://api.example.com:8443/x",
        "http://api.example.com/x",
        "//api.example.com/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_other_origins_are_refused(url: str) -> None:
    with pytest.raises(TransportError) as caught:
        EgressGuard(allow_private=True).known(url, API)

    assert ("refused", Sent.NO) == (caught.value.kind, caught.value.sent)


@pytest.mark.parametrize("url", ["https://api.example.com", "https://api.example.com/x?y", "HTTPS://API.example.com#z"])
def test_the_named_origin_passes(url: str) -> None:
    assert EgressGuard(allow_private=True).known(url, API)
    assert not EgressGuard(allow_private=False).known(url, API)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", True), ("10.1.2.3", True), ("172.16.0.1", True), ("192.168.1.1", True), ("169.254.169.254", True),
        ("100.64.0.1", True), ("0.0.0.0", True), ("224.0.0.1", True), ("::1", True), ("fe80::1", True), ("fd00::1", True),
        ("::ffff:127.0.0.1", True), ("2002:7f00:1::", True), ("20.190.128.1", False), ("2603:1020::1", False),
    ],
)  # fmt: skip
def test_private_addresses(address: str, private: bool) -> None:
    assert private == is_private(ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
async def test_loopback_is_refused_unless_allowed(host: str) -> None:
    async with wire_server(says(200, {})) as server:
        url = server.url.replace("127.0.0.1", host)
        request = Outbound("GET", url + "/", {}, None, 5, frozenset({origin_of(url)}), 1000)
        guarded = PyreqwestTransport(allow_private_addresses=False)
        with pytest.raises(TransportError) as caught:
            await guarded.send(request)
        await guarded.close()

    assert ("refused", Sent.NO) == (caught.value.kind, caught.value.sent)
    assert [] == server.seen


async def test_a_checked_host_is_not_looked_up_again() -> None:
    guard = EgressGuard(allow_private=False)
    allowed = frozenset({"https://20.190.128.1"})
    before = guard.known("https://20.190.128.1/a", allowed)
    await guard.check("https://20.190.128.1/a")

    assert not before
    assert guard.known("https://20.190.128.1/b", allowed)
