"""Snapshots: what is kept under a name, and how it is put back."""

from dataclasses import dataclass

from linkspan.simulator.books.world import Snapshot
from linkspan.simulator.limits import Limits
from linkspan.simulator.permissions import PermissionRule
from linkspan.simulator.served import Service
from linkspan.simulator.switches import Switches
from linkspan.simulator.webhooks.courier import Courier
from linkspan.simulator.webhooks.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Kept:
    """One snapshot; the clock, the directory and what it has granted are no part of it."""

    books: Snapshot
    subscriptions: tuple[Subscription, ...]
    limits: Limits
    switches: Switches
    permissions: list[PermissionRule]


def keep(service: Service, courier: Courier) -> Kept:
    """Return the present state."""
    return Kept(
        service.world.snapshot(),
        courier.subscriptions.snapshot(),
        service.gate.limits,
        service.switches.now,
        service.permissions.rules,
    )


def put_back(kept: Kept, service: Service, courier: Courier) -> None:
    """Return to a kept state, which can be put back again; notifications not yet sent are forgotten."""
    service.world.restore(kept.books)
    courier.restore(kept.subscriptions)
    service.gate.limits = kept.limits
    service.switches.now = kept.switches
    service.permissions.reset()
    for rule in kept.permissions:
        service.permissions.set(rule.who, rule.entity_set, rule.allowed)
