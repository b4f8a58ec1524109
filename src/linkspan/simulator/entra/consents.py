"""Who has agreed to what: the consents of users for themselves and of administrators for their tenant."""

from typing import Literal
from uuid import UUID

ConsentPolicy = Literal["ask", "refuse", "administrators_only"]


class ConsentBook:
    """Keeps consents; `policy` says what the consent page does.

    `ask` shows it, `refuse` answers as if every user had declined, `administrators_only` stops everyone else.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all consents and ask again."""
        self.policy: ConsentPolicy = "ask"
        self._by_user: dict[tuple[UUID, UUID], frozenset[str]] = {}
        self._by_tenant: dict[tuple[UUID, UUID], frozenset[str]] = {}

    def granted(self, client_id: UUID, user_id: UUID, tenant_id: UUID) -> frozenset[str]:
        """Return the full scope names that `client_id` may use for this user."""
        own = self._by_user.get((user_id, client_id), frozenset())
        return own | self._by_tenant.get((tenant_id, client_id), frozenset())

    def has_any(self, client_id: UUID, user_id: UUID, tenant_id: UUID) -> bool:
        """Tell whether the application is known to the user at all, also with no permission."""
        return (user_id, client_id) in self._by_user or (tenant_id, client_id) in self._by_tenant

    def grant_for_user(self, client_id: UUID, user_id: UUID, names: frozenset[str]) -> None:
        """Add a user's own consent."""
        known = self._by_user.get((user_id, client_id), frozenset())
        self._by_user[user_id, client_id] = known | names

    def grant_for_tenant(self, client_id: UUID, tenant_id: UUID, names: frozenset[str]) -> None:
        """Add an administrator's consent for everybody in the tenant (delegated scopes and application roles)."""
        known = self._by_tenant.get((tenant_id, client_id), frozenset())
        self._by_tenant[tenant_id, client_id] = known | names

    def granted_for_tenant(self, client_id: UUID, tenant_id: UUID) -> frozenset[str] | None:
        """Return what an administrator of the tenant has consented to, or None if nobody ever did."""
        return self._by_tenant.get((tenant_id, client_id))

    def withdraw(self, client_id: UUID | None, user_id: UUID | None) -> int:
        """Remove the consents of a user to an application (None: any; any user: administrators' too), return count."""
        users = [key for key in self._by_user if user_id in {None, key[0]} and client_id in {None, key[1]}]
        tenants = [key for key in self._by_tenant if user_id is None and client_id in {None, key[1]}]
        for key in users:
            del self._by_user[key]
        for key in tenants:
            del self._by_tenant[key]
        return len(users) + len(tenants)
