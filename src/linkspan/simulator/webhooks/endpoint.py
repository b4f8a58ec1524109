"""The subscriptions endpoint: create with a handshake, list, renew, delete."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from linkspan.simulator.contract import Entity, load_contract
from linkspan.simulator.entra.tokens import service_principal_id
from linkspan.simulator.faults import (
    BcFault,
    bad_request,
    entity_changed,
    invalid_operation,
    invalid_token,
    query_syntax,
    record_not_found,
    required_parameter,
)
from linkspan.simulator.odata.arrival import Arrival, Caller, Identity, arrive, outside, read_all
from linkspan.simulator.odata.condition import Record
from linkspan.simulator.odata.exchange import Answer
from linkspan.simulator.odata.options import Expansion, Query, bind_query, read_options
from linkspan.simulator.odata.paging import LARGEST_PAGE, cut_page
from linkspan.simulator.odata.payload import check_changes, check_new, read_body
from linkspan.simulator.odata.representation import Body, encode, single, write_records
from linkspan.simulator.odata.response import answered
from linkspan.simulator.served import Service
from linkspan.simulator.webhooks.courier import Courier
from linkspan.simulator.webhooks.receiver import shake_hands
from linkspan.simulator.webhooks.subscription import (
    MOST_SUBSCRIPTIONS,
    SUBSCRIPTION,
    Subscription,
    place_of,
    read_resource,
)

_KEY: Final = re.compile(r"\((?:subscriptionId=)?'((?:[^']|'')*)'\)")
_VERBS: Final = ["GET", "POST", "PATCH", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class _Visit:
    """One request: where it goes, who sent it, and its body."""

    request: Request
    arrival: Arrival
    root: str
    body: bytes


class SubscriptionEndpoint:
    """Serves the subscriptions that a courier keeps."""

    def __init__(self, service: Service, identity: Identity, courier: Courier) -> None:
        """Serve the subscriptions of `courier` to the callers that `identity` knows, within the service's limits."""
        self._service = service
        self._world = service.world
        self._gate = service.gate
        self._identity = identity
        self._courier = courier
        self._contract = load_contract()

    def routes(self) -> list[BaseRoute]:
        """Return the routes, which come before those of the entities."""
        front = "/v2.0/{place:path}/api/v2.0/subscriptions"
        return [
            Route(front, answered(self.answer), methods=_VERBS),
            Route(front + "({key:path})", answered(self.answer), methods=_VERBS),
        ]

    async def answer(self, request: Request) -> Answer:
        """Answer one request, within the limits of its user."""
        try:
            return await self._admitted(request)
        except BcFault as fault:
            raise self._service.switches.now.adjust(fault) from fault

    async def _admitted(self, request: Request) -> Answer:
        arrival = arrive(self._world, self._identity, self._gate, request)
        async with self._gate.admitted(arrival.user) as arrived:
            body = await read_all(request, self._gate.limits.body_bytes)
            lost = await self._gate.work(request.method, request.url.path, arrived)
            root = f"{outside(request)}/v2.0/{arrival.place.root}"
            answer = await self._routed(_Visit(request, arrival, root, body))
            if lost is not None:
                raise lost
            return answer

    async def _routed(self, visit: _Visit) -> Answer:
        key_text = visit.arrival.place.segments[-1].removeprefix(SUBSCRIPTION.set)
        if not key_text:
            return await self._at_the_set(visit)
        found = _KEY.fullmatch(key_text)
        if found is None:
            raise query_syntax()
        return await self._at_one(visit, found[1].replace("''", "'"))

    async def _at_the_set(self, visit: _Visit) -> Answer:
        if visit.request.method == "GET":
            return self._list(visit)
        if visit.request.method == "POST":
            return await self._create(visit)
        raise _not_allowed(visit, "Collection")

    async def _at_one(self, visit: _Visit, key: str) -> Answer:
        method = visit.request.method
        if method == "GET":
            return self._shown(visit, self._find(visit, key))
        if method == "PATCH":
            return await self._renew(visit, key)
        if method == "DELETE":
            return self._delete(visit, key)
        raise _not_allowed(visit, "Entity")

    def _list(self, visit: _Visit) -> Answer:
        query = bind_query(read_options(visit.request.url.query), SUBSCRIPTION, self._contract, many=True)
        with self._courier.writing() as book:
            known = book.of(visit.arrival.environment)
        rows = [one.record() for one in known]
        page = cut_page(rows, query, LARGEST_PAGE, entity=SUBSCRIPTION, contract=self._contract)
        bodies = _bodies(page.rows, {one.id: one for one in known}, query)
        context = f"{visit.root}/$metadata#subscriptions"
        counted = {"@odata.count": page.total} if query.count else {}
        return Answer(200, encode({"@odata.context": context, **counted, "value": bodies}))

    def _shown(self, visit: _Visit, one: Subscription, status: int = 200) -> Answer:
        options = read_options(visit.request.url.query)
        query = bind_query(options, SUBSCRIPTION, self._contract, many=False)
        body = _bodies([one.record()], {one.id: one}, query)[0]
        headers = {"Location": f"{visit.root}/subscriptions('{one.id}')"} if status == 201 else {}  # noqa: PLR2004
        return Answer(status, single(f"{visit.root}/$metadata#subscriptions/$entity", body), headers=headers)

    async def _create(self, visit: _Visit) -> Answer:
        values = check_new(_writable(visit), SUBSCRIPTION, self._contract)
        for name in ("notificationUrl", "resource"):
            if not values.get(name):
                raise required_parameter(name)
        moment = self._world.log.stamp()
        resource, table = read_resource(str(values["resource"]), visit.arrival.environment, self._contract)
        wanted = Subscription(
            id=uuid4().hex,
            notification_url=str(values["notificationUrl"]),
            resource=resource,
            client_state=str(values.get("clientState", "")),
            user_id=_user_id(visit.arrival.caller),
            created=moment,
            modified=moment,
            version=0,
            table=table,
            place=place_of(visit.arrival.environment),
        )
        await asyncio.to_thread(shake_hands, wanted.notification_url, self._courier.receivers)
        with self._courier.writing() as book:
            if len(book.of(visit.arrival.environment)) >= MOST_SUBSCRIPTIONS:
                raise bad_request(f"An environment has at most {MOST_SUBSCRIPTIONS} webhook subscriptions.")
            return self._shown(visit, book.put(wanted), 201)

    async def _renew(self, visit: _Visit, key: str) -> Answer:
        if visit.request.headers.get("if-match") is None:
            raise invalid_token()
        known = self._find(visit, key)
        _match(visit, known)
        values = check_changes(_writable(visit), SUBSCRIPTION, self._contract)
        resource, table = read_resource(
            str(values.get("resource", known.resource)), visit.arrival.environment, self._contract
        )
        url = str(values.get("notificationUrl", known.notification_url))
        await asyncio.to_thread(shake_hands, url, self._courier.receivers)
        with self._courier.writing() as book:
            current = self._find(visit, key)
            _match(visit, current)
            renewed = replace(
                current,
                notification_url=url,
                resource=resource,
                table=table,
                client_state=str(values.get("clientState", current.client_state)),
                modified=self._world.log.stamp(),
            )
            return self._shown(visit, book.put(renewed))

    def _delete(self, visit: _Visit, key: str) -> Answer:
        _check_intent(visit)
        with self._courier.writing() as book:
            _match(visit, self._find(visit, key))
            book.remove(key)
        return Answer(204, content_type=None)

    def _find(self, visit: _Visit, key: str) -> Subscription:
        with self._courier.writing() as book:
            found = book.find(key)
        if found is None or found.place != place_of(visit.arrival.environment):
            raise record_not_found("Subscription", key)
        return found


def _bodies(rows: Sequence[Record], known: Mapping[str, Subscription], query: Query) -> list[Body]:
    def etag_of(_entity: Entity, record: Record) -> str:
        return known[str(record["subscriptionId"])].etag

    def expand(_record: Record, _expansion: Expansion) -> tuple[object, int | None]:
        return None, None

    return write_records(rows, SUBSCRIPTION, query, etag_of=etag_of, expand=expand, root="")


def _check_intent(visit: _Visit) -> None:
    if visit.request.headers.get("data-access-intent", "").lower() == "readonly":
        raise invalid_operation("A request with Data-Access-Intent ReadOnly cannot modify data.")


def _writable(visit: _Visit) -> dict[str, object]:
    _check_intent(visit)
    kind = visit.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise BcFault(415, "BadRequest", f"The content type '{kind}' is not supported. Send application/json.")
    return read_body(visit.body)


def _match(visit: _Visit, known: Subscription) -> None:
    sent = (visit.request.headers.get("if-match") or "*").strip()
    if sent == "*":
        return
    if not (sent.removeprefix("W/").startswith('"') and sent.endswith('"')):
        raise invalid_token()
    if sent.removeprefix("W/") != known.etag.removeprefix("W/"):
        raise entity_changed()


def _user_id(caller: Caller) -> UUID:
    return caller.user_id or service_principal_id(caller.app_id, caller.tenant_id)


def _not_allowed(visit: _Visit, kind: str) -> BcFault:
    return BcFault(
        405,
        "BadRequest_MethodNotAllowed",
        f"'{visit.request.method}' requests for 'subscriptions' of EdmType '{kind}' are not allowed within "
        "Dynamics 365 Business Central OData web services.",
    )
