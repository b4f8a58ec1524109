"""What a user or application may do with an entity set: the permission sets of Business Central, as far as clients see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol
from uuid import UUID

from linkspan.simulator.administration.permission_sets import Held, may, table_of
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import BcFault, forbidden, server_error

Allowed = Literal["all", "read", "none"]
RefusalCode = Literal["Internal_ServerError", "Authorization_RequestDenied"]
_VERBS: Final[Mapping[str, str]] = {"GET": "Read", "HEAD": "Read", "POST": "Insert", "PATCH": "Modify", "PUT": "Modify", "DELETE": "Delete"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PermissionRule:
    """One exception; `who` is a user's or an application's id, None for everybody."""

    who: UUID | None
    entity_set: str
    allowed: Allowed


class Bearer(Protocol):
    """Who a token speaks for."""

    @property
    def user_id(self) -> UUID | None:
        """The user's id, None for an application on its own."""
        ...

    @property
    def app_id(self) -> UUID:
        """The application's id."""
        ...


class Permissions:
    """The exceptions to the rule that everybody may do everything that the API allows."""

    def __init__(self) -> None:
        """Start without exceptions."""
        self._rules: dict[tuple[UUID | None, str], Allowed] = {}

    def reset(self) -> None:
        """Let everybody do everything again."""
        self._rules.clear()

    def set(self, who: UUID | None, entity_set: str, allowed: Allowed) -> None:
        """Hold a user or application (None: everybody) to so much with one entity set."""
        self._rules[who, entity_set] = allowed

    @property
    def rules(self) -> list[PermissionRule]:
        """All exceptions."""
        return [PermissionRule(who, name, allowed) for (who, name), allowed in self._rules.items()]

    def of(self, caller: Bearer) -> Mapping[str, Allowed]:
        """Return the exceptions that hold for a caller; a rule of its own comes before one for everybody."""
        who = caller.user_id or caller.app_id
        general = {name: allowed for (owner, name), allowed in self._rules.items() if owner is None}
        return general | {name: allowed for (owner, name), allowed in self._rules.items() if owner == who}


@dataclass(frozen=True, slots=True)
class Access:
    """What a caller may do: so much as the permission sets that it holds allow (None: everything), less the exceptions."""

    held: tuple[Held, ...] | None = None
    exceptions: Mapping[str, Allowed] = field(default_factory=dict)

    def check(self, entity: Entity, method: str, company: str, code: RefusalCode) -> None:
        """Raise the refusal of a request that the caller may not make in a company (blank: outside all companies)."""
        verb = _VERBS.get(method, "Read")
        limit = self.exceptions.get(entity.set, "all")
        allowed = limit == "all" or (limit == "read" and verb == "Read")
        if allowed and (self.held is None or may(self.held, table_of(entity), verb[0], company)):
            return
        raise _refusal(code, f"(TableData {entity.table} {verb}: Business Central)")


def _refusal(code: RefusalCode, what: str) -> BcFault:
    text = f"Sorry, the current permissions prevented the action. {what}"
    return server_error(text) if code == "Internal_ServerError" else forbidden("RequestDenied", text)
