"""What a webhook subscription is: its fields on the wire, which resources may be subscribed to, and the book of them."""

import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from linkspan.simulator.books.changes import Change
from linkspan.simulator.books.rules.journal_kinds import PAYMENT_JOURNALS, TEMPLATES
from linkspan.simulator.books.table import Record, Table
from linkspan.simulator.books.world import Environment
from linkspan.simulator.contract import Contract, load_contract
from linkspan.simulator.faults import BcFault, bad_request, company_not_found
from linkspan.simulator.odata.literals import read_guid

LIFETIME: Final = timedelta(days=3)
"""How long a subscription lives without renewal."""
MOST_SUBSCRIPTIONS: Final = 200
"""Subscriptions of one environment."""
SUPPORTED: Final = frozenset(
    {
        "accounts", "companyInformation", "countriesRegions", "currencies", "customerPaymentJournals", "customers",
        "dimensions", "employees", "generalLedgerEntries", "itemCategories", "items", "journals", "paymentMethods",
        "paymentTerms", "purchaseInvoices", "salesCreditMemos", "salesInvoices", "salesOrders", "salesQuotes",
        "shipmentMethods", "unitsOfMeasure", "vendors",
    }
)  # fmt: skip
"""Entity sets that send notifications, by the documentation."""

SUBSCRIPTION: Final = replace(load_contract().entities["subscription"], table="Subscription")
"""The platform's own entity, which belongs to an environment and no company."""


_TEMPLATES = {load_contract().entities[name].set: TEMPLATES[name] for name in PAYMENT_JOURNALS}


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription; `table` holds the rows that it is about, `version` changes with every write."""

    id: str
    notification_url: str
    resource: str
    client_state: str = field(repr=False)
    user_id: UUID
    created: datetime
    modified: datetime
    version: int
    table: Table
    place: tuple[UUID, str]

    @property
    def expires(self) -> datetime:
        """The moment at which it ends unless renewed."""
        return self.modified + LIFETIME

    @property
    def etag(self) -> str:
        """The opaque etag of this version."""
        digest = hashlib.blake2b(f"{self.id} {self.version}".encode(), digest_size=8).digest()
        inner = f"'20;{int.from_bytes(digest, 'big')};1;00;'"
        return f'W/"{base64.b64encode(inner.encode()).decode()}"'

    def concerns(self, change: Change) -> bool:
        """Tell whether a change is one of this resource: payment journals are the journals of one template."""
        if change.table is not self.table:
            return False
        template = _TEMPLATES.get(self.resource.rpartition("/")[2])
        row = self.table.get(change.row_id)
        return template is None or row is None or row["templateDisplayName"] == template

    def record(self) -> Record:
        """Return the fields as the API shows them."""
        return {
            "subscriptionId": self.id,
            "notificationUrl": self.notification_url,
            "resource": self.resource,
            "timestamp": self.version,
            "userId": self.user_id,
            "lastModifiedDateTime": self.modified,
            "clientState": self.client_state,
            "expirationDateTime": self.expires,
            "systemCreatedAt": self.created,
            "systemCreatedBy": self.user_id,
            "systemModifiedAt": self.modified,
            "systemModifiedBy": self.user_id,
        }


def place_of(environment: Environment) -> tuple[UUID, str]:
    """Return what tells an environment from all others."""
    return environment.tenant.id, environment.name


def read_resource(text: str, environment: Environment, contract: Contract) -> tuple[str, Table]:
    """Return a resource as it is kept, and the table behind it.

    Takes ``/api/v2.0/companies(…)/customers``, the same without the front, and whole addresses. Raises 400 for
    anything that sends no notifications.
    """
    parts = urlsplit(text.strip())
    path = parts.path.strip("/")
    _, mark, inner = f"/{path}".rpartition("/api/v2.0/")
    inner = inner if mark else path
    company_text, _, entity_set = inner.partition("/")
    if parts.query or not company_text.startswith("companies(") or not company_text.endswith(")"):
        raise _unsupported(text)
    entity = contract.by_set.get(entity_set)
    if entity is None or entity_set not in SUPPORTED:
        raise _unsupported(text)
    key = company_text.removeprefix("companies(").removesuffix(")")
    company = environment.find_company(_guid(key))
    if company is None:
        raise company_not_found(key)
    kept = text.strip().rstrip("/") if parts.scheme else f"api/v2.0/{inner}"
    return kept, company.tables[entity.name]


def _guid(text: str) -> UUID:
    try:
        return read_guid(text.strip("'"))
    except ValueError as mistake:
        raise company_not_found(text) from mistake


def _unsupported(resource: str) -> BcFault:
    return bad_request(f"The resource '{resource}' does not support webhook subscriptions.")


class SubscriptionBook:
    """All subscriptions of all environments."""

    def __init__(self) -> None:
        """Start empty."""
        self._known: dict[str, Subscription] = {}
        self._writes = 0

    def of(self, environment: Environment) -> list[Subscription]:
        """Return an environment's subscriptions, oldest first."""
        place = place_of(environment)
        return [one for one in self._known.values() if one.place == place]

    def all(self) -> list[Subscription]:
        """Return every subscription, oldest first."""
        return list(self._known.values())

    def find(self, subscription_id: str) -> Subscription | None:
        """Return the subscription with this id, or None."""
        return self._known.get(subscription_id)

    def put(self, subscription: Subscription) -> Subscription:
        """Add or replace a subscription; it gets a new version."""
        self._writes += 1
        kept = replace(subscription, version=self._writes)
        self._known[kept.id] = kept
        return kept

    def remove(self, subscription_id: str) -> None:
        """Delete a subscription; one that is gone already is no mistake."""
        self._known.pop(subscription_id, None)

    def expire(self, now: datetime) -> None:
        """Delete what has not been renewed in time."""
        for one in self.all():
            if one.expires <= now:
                self.remove(one.id)

    def snapshot(self) -> tuple[Subscription, ...]:
        """Return the present subscriptions, to give to `restore` later."""
        return tuple(self._known.values())

    def restore(self, past: tuple[Subscription, ...]) -> None:
        """Return to the subscriptions of a snapshot."""
        self._known = {one.id: one for one in past}
