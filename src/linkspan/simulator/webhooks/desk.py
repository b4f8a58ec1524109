"""What becomes of a request about webhook subscriptions, alone or inside a batch: create with a handshake, list, renew, delete."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

from linkspan.simulator.books.world import Environment
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
from linkspan.simulator.odata.arrival import Caller
from linkspan.simulator.odata.condition import Record
from linkspan.simulator.odata.exchange import Answer, Incoming
from linkspan.simulator.odata.options import Expansion, Query, bind_query, read_options
from linkspan.simulator.odata.paging import LARGEST_PAGE, cut_page
from linkspan.simulator.odata.payload import check_changes, check_new, read_body
from linkspan.simulator.odata.representation import Body, encode, single, write_records
from linkspan.simulator.webhooks.courier import Courier
from linkspan.simulator.webhooks.receiver import shake_hands
from linkspan.simulator.webhooks.subscription import (
    MOST_SUBSCRIPTIONS,
    SUBSCRIPTION,
    Subscription,
    SubscriptionBook,
    place_of,
    read_resource,
)

_KEY: Final = re.compile(r"\((?:subscriptionId=)?'((?:[^']|'')*)'\)")


@dataclass(frozen=True, slots=True)
class SubscriptionDesk:
    """Serves one caller in one environment; `root` is the outside address of its API.

    A new or changed subscription needs the agreement of its receiver: who serves a request asks for the receiver
    (`asked`), then the receiver (`shake`, which waits for it), and then for the answer.
    """

    courier: Courier
    environment: Environment
    caller: Caller
    root: str

    def takes(self, incoming: Incoming) -> bool:
        """Tell whether a request is about subscriptions."""
        segments = incoming.segments
        return len(segments) == 1 and segments[0].partition("(")[0] == SUBSCRIPTION.set

    def asked(self, incoming: Incoming) -> str | None:
        """Return the address that must agree before the answer, None for none; raises the faults found before that."""
        key = _key(incoming)
        if incoming.method == "POST" and key is None:
            return self._wanted(incoming).notification_url
        if incoming.method == "PATCH" and key is not None:
            return self._renewed(incoming, key).notification_url
        return None

    def shake(self, url: str) -> None:
        """Let a receiver agree; raises 400 where it does not."""
        shake_hands(url, self.courier.receivers)

    def answer(self, incoming: Incoming) -> Answer:
        """Answer one request, whose receiver has agreed."""
        key, method = _key(incoming), incoming.method
        if key is None:
            if method == "GET":
                return self._list(incoming)
            if method == "POST":
                return self._create(incoming)
            raise _not_allowed(method, "Collection")
        if method == "GET":
            return self._shown(incoming, self._find(key))
        if method == "PATCH":
            with self.courier.writing() as book:
                renewed = self._renewed(incoming, key)
                self._be_undone(book)
                return self._shown(incoming, book.put(renewed))
        if method == "DELETE":
            return self._delete(incoming, key)
        raise _not_allowed(method, "Entity")

    def _list(self, incoming: Incoming) -> Answer:
        query = bind_query(read_options(incoming.raw_query), SUBSCRIPTION, load_contract(), many=True)
        with self.courier.writing() as book:
            known = book.of(self.environment)
        rows = [one.record() for one in known]
        page = cut_page(rows, query, LARGEST_PAGE, entity=SUBSCRIPTION, contract=load_contract())
        bodies = _bodies(page.rows, {one.id: one for one in known}, query)
        context = f"{self.root}/$metadata#subscriptions"
        counted = {"@odata.count": page.total} if query.count else {}
        return Answer(200, encode({"@odata.context": context, **counted, "value": bodies}))

    def _shown(self, incoming: Incoming, one: Subscription, status: int = 200) -> Answer:
        options = read_options(incoming.raw_query)
        query = bind_query(options, SUBSCRIPTION, load_contract(), many=False)
        body = _bodies([one.record()], {one.id: one}, query)[0]
        headers = {"Location": f"{self.root}/subscriptions('{one.id}')"} if status == 201 else {}  # noqa: PLR2004
        return Answer(status, single(f"{self.root}/$metadata#subscriptions/$entity", body), headers=headers)

    def _create(self, incoming: Incoming) -> Answer:
        wanted = self._wanted(incoming)
        with self.courier.writing() as book:
            if len(book.of(self.environment)) >= MOST_SUBSCRIPTIONS:
                raise bad_request(f"An environment has at most {MOST_SUBSCRIPTIONS} webhook subscriptions.")
            self._be_undone(book)
            return self._shown(incoming, book.put(wanted), 201)

    def _wanted(self, incoming: Incoming) -> Subscription:
        """Return the subscription that a request wants to create."""
        values = check_new(_writable(incoming), SUBSCRIPTION, load_contract())
        for name in ("notificationUrl", "resource"):
            if not values.get(name):
                raise required_parameter(name)
        moment = self.environment.tenant.world.log.stamp()
        resource, table = read_resource(str(values["resource"]), self.environment, load_contract())
        return Subscription(
            id=uuid4().hex,
            notification_url=str(values["notificationUrl"]),
            resource=resource,
            client_state=str(values.get("clientState", "")),
            user_id=_user_id(self.caller),
            created=moment,
            modified=moment,
            version=0,
            table=table,
            place=place_of(self.environment),
        )

    def _renewed(self, incoming: Incoming, key: str) -> Subscription:
        """Return a subscription as a request wants to have it."""
        if incoming.headers.get("if-match") is None:
            raise invalid_token()
        known = self._find(key)
        _match(incoming, known)
        values = check_changes(_writable(incoming), SUBSCRIPTION, load_contract())
        resource, table = read_resource(str(values.get("resource", known.resource)), self.environment, load_contract())
        return replace(
            known,
            notification_url=str(values.get("notificationUrl", known.notification_url)),
            resource=resource,
            table=table,
            client_state=str(values.get("clientState", known.client_state)),
            modified=self.environment.tenant.world.log.stamp(),
        )

    def _delete(self, incoming: Incoming, key: str) -> Answer:
        _check_intent(incoming)
        with self.courier.writing() as book:
            _match(incoming, self._find(key))
            self._be_undone(book)
            book.remove(key)
        return Answer(204, content_type=None)

    def _find(self, key: str) -> Subscription:
        with self.courier.writing() as book:
            found = book.find(key)
        if found is None or found.place != place_of(self.environment):
            raise record_not_found("Subscription", key)
        return found

    def _be_undone(self, book: SubscriptionBook) -> None:
        """Let the write to come be undone with the transaction that is open, if there is one."""
        past = book.snapshot()

        def undo() -> None:
            with self.courier.writing() as again:
                again.restore(past)

        self.environment.tenant.world.log.remember(undo)


def _key(incoming: Incoming) -> str | None:
    """Return the id in the address, None for the set; raises 404 where it is malformed."""
    text = incoming.segments[-1].removeprefix(SUBSCRIPTION.set)
    if not text:
        return None
    found = _KEY.fullmatch(text)
    if found is None:
        raise query_syntax()
    return found[1].replace("''", "'")


def _bodies(rows: Sequence[Record], known: Mapping[str, Subscription], query: Query) -> list[Body]:
    def etag_of(_entity: Entity, record: Record) -> str:
        return known[str(record["subscriptionId"])].etag

    def expand(_record: Record, _expansion: Expansion) -> tuple[object, int | None]:
        return None, None

    return write_records(rows, SUBSCRIPTION, query, etag_of=etag_of, expand=expand, root="")


def _check_intent(incoming: Incoming) -> None:
    if incoming.headers.get("data-access-intent", "").lower() == "readonly":
        raise invalid_operation("A request with Data-Access-Intent ReadOnly cannot modify data.")


def _writable(incoming: Incoming) -> dict[str, object]:
    _check_intent(incoming)
    kind = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise BcFault(415, "BadRequest", f"The content type '{kind}' is not supported. Send application/json.")
    return read_body(incoming.body)


def _match(incoming: Incoming, known: Subscription) -> None:
    sent = (incoming.headers.get("if-match") or "*").strip()
    if sent == "*":
        return
    if not (sent.removeprefix("W/").startswith('"') and sent.endswith('"')):
        raise invalid_token()
    if sent.removeprefix("W/") != known.etag.removeprefix("W/"):
        raise entity_changed()


def _user_id(caller: Caller) -> UUID:
    return caller.user_id or service_principal_id(caller.app_id, caller.tenant_id)


def _not_allowed(method: str, kind: str) -> BcFault:
    return BcFault(
        405,
        "BadRequest_MethodNotAllowed",
        f"'{method}' requests for 'subscriptions' of EdmType '{kind}' are not allowed within "
        "Dynamics 365 Business Central OData web services.",
    )
