"""The HTTP door of the simulated Business Central: routes, and the flow of one request through check and limits."""

from typing import Protocol

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from linkspan.simulator.administration.administration import Administration
from linkspan.simulator.administration.jobs import run_due
from linkspan.simulator.administration.people import held_by
from linkspan.simulator.administration.route import ROUTE, load_automation
from linkspan.simulator.books.rules import standard
from linkspan.simulator.books.world import Tenant
from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault, invalid_credentials
from linkspan.simulator.odata.arrival import Arrival, Identity, arrive, incoming_of, outside, read_all, root_of
from linkspan.simulator.odata.batch import Aside, answer_batch
from linkspan.simulator.odata.catalogue import answer_runtime
from linkspan.simulator.odata.dispatch import respond
from linkspan.simulator.odata.environments import administered_list, environment_list
from linkspan.simulator.odata.exchange import Answer, Desk
from linkspan.simulator.odata.response import answered
from linkspan.simulator.odata.shelf import Shelf
from linkspan.simulator.permissions import Access
from linkspan.simulator.served import Service

_VERBS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "MERGE"]


class Subscriptions(Protocol):
    """Where a batch sends its operations on webhook subscriptions, which are not in the books."""

    def desk(self, arrival: Arrival, root: str, /) -> Aside:
        """Return who serves them to one caller."""
        ...


def routes(service: Service, identity: Identity, subscriptions: Subscriptions) -> list[BaseRoute]:
    """Return the routes of Business Central: the API under ``/v2.0`` and the two lists of environments."""
    door = _Door(service, identity, subscriptions)
    admin = "/admin/{version}/applications"
    return [
        Route("/v2.0/{rest:path}", answered(door.api), methods=_VERBS),
        Route("/environments/{version}", answered(door.environments)),
        Route(f"{admin}/environments", answered(door.administered)),
        Route(f"{admin}/{{family}}/environments", answered(door.administered)),
    ]


class _Door:
    """Answers the requests of every route over one service."""

    def __init__(self, service: Service, identity: Identity, subscriptions: Subscriptions) -> None:
        self._service = service
        self._subscriptions = subscriptions
        self._world = service.world
        self._gate = service.gate
        self._deck = service.deck
        self._identity = identity
        self._contract = load_contract()

    async def environments(self, request: Request) -> Answer:
        """Answer the list of the caller's environments."""
        tenant = self._tenant(request)
        return Answer(200, environment_list(tenant, outside(request)), "application/json; charset=utf-8")

    async def administered(self, request: Request) -> Answer:
        """Answer the administration API's list of environments."""
        tenant = self._tenant(request)
        return Answer(200, administered_list(tenant, outside(request)), "application/json; charset=utf-8")

    async def api(self, request: Request) -> Answer:
        """Answer a request to the API of an environment, within the limits of its user; or let a recording have it."""
        if self._deck.takes(request):
            return await self._deck.pass_on(request, self._gate.limits.body_bytes)
        try:
            return await self._admitted(request)
        except BcFault as fault:
            raise self._service.switches.now.adjust(fault) from fault

    async def _admitted(self, request: Request) -> Answer:
        arrival = arrive(self._world, self._identity, self._gate, request)
        async with self._gate.admitted(arrival.user) as arrived:
            body = await read_all(request, self._gate.limits.body_bytes)
            lost = await self._gate.work(request.method, request.url.path, arrived)
            answer = await self._answer(request, arrival, body)
            if lost is not None:
                raise lost
            return answer

    async def _answer(self, request: Request, arrival: Arrival, body: bytes) -> Answer:
        place = arrival.place
        run_due(arrival.environment, self._identity.directory)
        desk = self._desk(arrival, root_of(request, arrival))
        incoming = incoming_of(request, arrival, body)
        taped = self._deck.answer(incoming, desk.root)
        if taped is not None:
            return taped
        if place.runtime:
            return answer_runtime(desk, incoming, ["/".join(route) for route in (ROUTE, *self._service.apis.by_route)])
        if place.segments == ("$batch",):
            aside = self._subscriptions.desk(arrival, desk.root) if place.custom is None else None
            return await answer_batch(desk, incoming, lambda: self._gate.count(arrival.user), aside)
        return respond(desk, incoming)

    def _desk(self, arrival: Arrival, root: str) -> Desk:
        """Return the desk for a route: the standard API, a custom one, or the automation API."""
        environment, custom = arrival.environment, arrival.place.custom
        shelf: Shelf = standard
        if custom is None:
            contract = self._contract
        elif custom == ROUTE:
            contract, shelf = load_automation(), Administration(environment, self._identity.directory)
        else:
            contract = self._service.apis.contract_of(custom, environment)
        caller = arrival.caller
        return Desk(
            self._world,
            environment,
            contract,
            root,
            self._service.switches.now,
            self._gate.limits,
            self._service.pages,
            Access(held_by(environment, caller.user_id or caller.app_id), self._service.permissions.of(caller)),
            shelf,
        )

    def _tenant(self, request: Request) -> Tenant:
        caller = self._identity.authenticate(request.headers.get("authorization"), tenant_in_url=None)
        tenant = self._world.find_tenant(str(caller.tenant_id))
        if tenant is None:
            raise invalid_credentials()
        return tenant
