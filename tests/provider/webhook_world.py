"""A receiver of webhooks that checks every signature, and the courier that tries to reach it."""

import base64
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from standardwebhooks.webhooks import Webhook as Verifier
from wire_server import Seen, WireServer

from linking_world import World
from linkspan.event_records import Webhook
from linkspan.model import Account, Secret
from linkspan.usecases.change_account import resume_account, suspend_account
from linkspan.usecases.deliver_events import Courier
from linkspan.usecases.keep_webhooks import NewWebhook, WebhookView, create_webhook, read_webhook
from linkspan.usecases.read_deliveries import DeliveryFilter, list_deliveries


@dataclass
class Hook:
    """One webhook of the world's project and what its receiver saw."""

    world: World
    server: WireServer
    webhook: Webhook
    secret: Secret
    courier: Courier
    checked: list[dict[str, object]] = field(default_factory=list)

    def bodies(self) -> list[dict[str, object]]:
        """Every body that came in, in order; its signatures are checked by the published verifier, the compatible one by hand."""
        for seen in self.server.seen[len(self.checked) :]:
            self.checked.append(checked(seen, self.secret))
        return self.checked

    def told(self) -> list[tuple[str, str]]:
        return [(str(body["event"]), str(body["data"].get("state"))) for body in self.bodies()]

    async def health(self) -> WebhookView:
        return await read_webhook(self.world.hall, self.world.caller, self.webhook.id)

    async def deliveries(self) -> list[tuple[str, int, str | None]]:
        wanted = DeliveryFilter(self.webhook.id)
        found = await list_deliveries(self.world.hall, self.world.caller, wanted)
        return [(one.state.value, one.attempts, one.last_error) for one in reversed(found)]


def checked(seen: Seen, secret: Secret) -> dict[str, object]:
    """The body of a request whose signatures are right. The verifier knows no clock but the machine's: with a moved one it only signs."""
    verifier, sent_at = Verifier(secret.reveal()), datetime.fromtimestamp(int(seen.headers["webhook-timestamp"]), UTC)
    if abs(datetime.now(UTC) - sent_at) < timedelta(minutes=4):
        verifier.verify(seen.body.decode(), seen.headers)
    signature = verifier.sign(seen.headers["webhook-id"], sent_at, seen.body.decode())
    body: dict[str, object] = json.loads(seen.body)
    mac = hmac.new(secret.reveal().encode(), seen.body, hashlib.sha256).digest()

    assert base64.urlsafe_b64encode(mac).rstrip(b"=").decode() == seen.headers["x-stackone-signature"]
    assert signature in seen.headers["webhook-signature"].split()
    assert body["id"] == seen.headers["webhook-id"]
    return body


async def hook(world: World, server: WireServer, *, path: str = "/hook", **given: object) -> Hook:
    new = NewWebhook(url=server.url + path, **given)
    webhook, secret = await create_webhook(world.hall, world.caller, new)
    return Hook(world, server, webhook, secret, Courier(world.hall, timeout=1.0))


async def toggle(world: World, account: Account, times: int) -> None:
    """Changes that each are an event: suspended, active, suspended, …"""
    for number in range(times):
        change: Callable[..., Awaitable[Account]] = resume_account if number % 2 else suspend_account
        await change(world.hall, world.caller, account.id)


def order_of(bodies: list[dict[str, object]]) -> dict[str, list[str]]:
    """States by account in the order in which they arrived, a repetition of the same event counted once."""
    order, known = defaultdict(list), set()
    for body in bodies:
        if body["id"] not in known:
            known.add(body["id"])
            order[str(body["account_id"])].append(body["data"]["state"])
    return dict(order)
