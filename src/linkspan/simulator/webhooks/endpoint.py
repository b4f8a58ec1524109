"""The subscriptions endpoint: one request about webhook subscriptions, within the limits of its user."""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from linkspan.simulator.faults import BcFault
from linkspan.simulator.odata.arrival import Arrival, Identity, arrive, incoming_of, read_all, root_of
from linkspan.simulator.odata.exchange import Answer, Incoming
from linkspan.simulator.odata.response import answered
from linkspan.simulator.served import Service
from linkspan.simulator.webhooks.courier import Courier
from linkspan.simulator.webhooks.desk import SubscriptionDesk

_VERBS: Final = ["GET", "POST", "PATCH", "PUT", "DELETE"]


class SubscriptionEndpoint:
    """Serves the subscriptions that a courier keeps."""

    def __init__(self, service: Service, identity: Identity, courier: Courier) -> None:
        """Serve the subscriptions of `courier` to the callers that `identity` knows, within the service's limits."""
        self._service = service
        self._gate = service.gate
        self._identity = identity
        self._courier = courier

    def routes(self) -> list[BaseRoute]:
        """Return the routes, which come before those of the entities."""
        front = "/v2.0/{place:path}/api/v2.0/subscriptions"
        return [
            Route(front, answered(self.answer), methods=_VERBS),
            Route(front + "({key:path})", answered(self.answer), methods=_VERBS),
        ]

    def desk(self, arrival: Arrival, root: str) -> SubscriptionDesk:
        """Return who serves the subscriptions to a caller that has arrived; `root` is the outside address of the API."""
        return SubscriptionDesk(self._courier, arrival.environment, arrival.caller, root)

    async def answer(self, request: Request) -> Answer:
        """Answer one request, within the limits of its user."""
        try:
            return await self._admitted(request)
        except BcFault as fault:
            raise self._service.switches.now.adjust(fault) from fault

    async def _admitted(self, request: Request) -> Answer:
        arrival = arrive(self._service.world, self._identity, self._gate, request)
        async with self._gate.admitted(arrival.user) as arrived:
            body = await read_all(request, self._gate.limits.body_bytes)
            lost = await self._gate.work(request.method, request.url.path, arrived)
            desk = self.desk(arrival, root_of(request, arrival))
            answer = await _served(desk, incoming_of(request, arrival, body))
            if lost is not None:
                raise lost
            return answer


async def _served(desk: SubscriptionDesk, incoming: Incoming) -> Answer:
    receiver = desk.asked(incoming)
    if receiver is not None:
        await asyncio.to_thread(desk.shake, receiver)
    return desk.answer(incoming)
