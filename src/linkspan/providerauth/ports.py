"""What providerauth needs of the store, as it sees it; the storage room fits these without knowing them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from linkspan.model import SealedGrant, StateReason, Step
from linkspan.sealed import SealedCredentials


class GrantStore(Protocol):
    """Grants with compare-and-swap."""

    async def read(self, project_id: str, account_id: str) -> SealedGrant | None:
        """The grant as it is now."""
        ...

    async def swap(self, grant: SealedGrant, *, now: datetime) -> SealedGrant | None:
        """Store tokens over the version that `grant` names; the new version, or None if another is there."""
        ...

    async def fail(self, grant: SealedGrant, reason: StateReason, *, refused: bool) -> bool:
        """Note a failed refresh of a version; False if another is there."""
        ...


class LeaseStore(Protocol):
    """Short ownership over all processes."""

    async def take(
        self, name: str, owner: str, *, now: datetime, until: datetime, dead: tuple[str, datetime] | None = None
    ) -> bool:
        """Become the owner if nobody is, or if the lease still is what `dead` says (owner, end)."""
        ...

    async def read(self, name: str) -> tuple[str, datetime] | None:
        """Owner and end of a lease."""
        ...

    async def renew(self, name: str, owner: str, *, until: datetime) -> bool:
        """Stay the owner; False if somebody else is."""
        ...

    async def drop(self, name: str, owner: str) -> None:
        """Give the lease back."""
        ...


class DataKeyStore(Protocol):
    """Wrapped data keys."""

    async def read(self, scope: str) -> dict[int, tuple[bytes, str]]:
        """Every version of a scope's key: (wrapped key, id of the master key)."""
        ...

    async def add(self, scope: str, version: int, *, wrapped: bytes, master_key_id: str, now: datetime) -> bool:
        """Store a new version; False if it is there already."""
        ...

    async def scopes(self) -> Sequence[str]:
        """Every scope that has a key."""
        ...

    async def rewrap(self, scope: str, version: int, *, wrapped: tuple[bytes, bytes], master_key_id: str) -> bool:
        """Put the second wrapped text in place of the first; False if the first is not there any more."""
        ...


class SecretStore(Protocol):
    """Sealed credentials of profiles."""

    async def credentials(self, project_id: str, profile_id: str) -> SealedCredentials:
        """What proves a profile's application."""
        ...


class StepSink(Protocol):
    """Collects the provider requests of a run."""

    def add(self, step: Step) -> None:
        """Take one finished provider request."""
        ...
