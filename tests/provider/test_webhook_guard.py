"""A webhook never leads inside: what is refused when it is made, and what is refused when it is delivered to."""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from webhook_world import hook, toggle
from wire_server import says, wire_server

from linking_world import World
from linkspan.errors import InvalidInputError
from linkspan.transport.pinned_client import PinnedTransport, host_of
from linkspan.usecases.deliver_events import Courier
from linkspan.usecases.keep_webhooks import NewWebhook, change_webhook, create_webhook


@pytest.mark.parametrize(
    "url",
    [
        "http://198.51.100.7/hook",
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.1]/hook",
        "https://169.254.169.254/latest",
        "https://user:pass@example.com/hook",
        "https://0x7f.1/hook",
        "https://2130706433/hook",
        "https://127.1/hook",
        "https://example.com\\@127.0.0.1/hook",
        "https://example.com/hook#part",
        "https:///hook",
        "ftp://example.com/hook",
        "https://exa mple.com/",
        "https://example.com:99999999/",
    ],
)
async def test_an_address_that_leads_inside_or_reads_two_ways_is_refused_at_once(world: World, url: str) -> None:
    hall = replace(world.hall, settings=world.hall.settings.model_copy(update={"allow_private_addresses": False}))
    with pytest.raises(InvalidInputError) as refused:
        await create_webhook(hall, world.caller, NewWebhook(url=url))

    assert ["url"] == [mistake.where for mistake in refused.value.mistakes]


async def test_a_name_that_moves_inside_after_it_was_checked_is_not_followed(world: World, monkeypatch) -> None:
    account = await world.link()
    async with wire_server(says(200)) as server:
        told = await hook(world, server, path="/hook")
        guarded = replace(world.hall, post=PinnedTransport(allow_private_addresses=False))
        await change_webhook(
            world.hall, world.caller, told.webhook.id, {"url": server.url.replace("127.0.0.1", "localhost")}
        )
        await toggle(world, account, 1)
        await Courier(guarded, timeout=1.0).deliver_due()
        await guarded.post.close()
    failed = await told.deliveries()

    assert [] == server.seen
    assert "pending" == failed[0][0]
    assert "private address" in str(failed[0][2])


async def test_a_request_goes_to_the_very_address_that_was_judged(world: World, monkeypatch) -> None:
    async def looked_up(host: str, port: int) -> list[object]:
        assert "receiver.example" == host
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr("linkspan.transport.pinned_client.addresses_of", looked_up)
    account = await world.link()
    async with wire_server(says(200)) as server:
        told = await hook(world, server)
        named = server.url.replace("127.0.0.1", "receiver.example")
        await change_webhook(world.hall, world.caller, told.webhook.id, {"url": named})
        await toggle(world, account, 1)
        await told.courier.deliver_due()

    assert ["suspended"] == [state for _, state in told.told()]
    assert server.seen[0].headers["host"].startswith("receiver.example:")


def test_only_plain_hosts_are_hosts() -> None:
    assert "app.example.com" == host_of("https://App.Example.com/x")
    assert "203.0.113.9" == host_of("http://203.0.113.9:8080/x")
    assert None is host_of("https://example.com./x")
    assert None is host_of("https://ex_ample.com/x")
    assert None is host_of("https://%31.example.com/x")
