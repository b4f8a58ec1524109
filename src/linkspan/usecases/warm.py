"""What the hot path remembers: keys, profiles and accounts, dropped together whenever any of them changes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from linkspan.errors import NotFoundError, ServerBusyError
from linkspan.model import Account, ApiKey, Profile
from linkspan.storage.account_store import AccountStore
from linkspan.storage.change_counter import ChangeCounter
from linkspan.storage.key_store import KeyStore
from linkspan.storage.profile_store import ProfileStore

_MOST = 100_000


class Warm:
    """Caches of one process. `drop()` after an own write; `watch()` follows the writes of other processes."""

    def __init__(
        self,
        *,
        keys: KeyStore,
        profiles: ProfileStore,
        accounts: AccountStore,
        changes: ChangeCounter,
        forget_tokens: Callable[[], None],
    ) -> None:
        self._keys, self._profiles, self._accounts, self._changes = keys, profiles, accounts, changes
        self._forget_tokens = forget_tokens
        self._found: dict[tuple[str, ...], ApiKey | Profile | Account] = {}
        self._epoch = 0
        self._generation: int | None = None

    def drop(self) -> None:
        """Forget everything; a read that is under way will not be remembered either."""
        self._epoch += 1
        self._found.clear()
        self._forget_tokens()

    async def check(self) -> None:
        """Drop the caches if any process has changed something since the last look."""
        generation = await self._changes.read()
        if generation != self._generation:
            self._generation = generation
            self.drop()

    async def watch(self, every: float = 1.0) -> None:
        """Call `check` every so many seconds until cancelled."""
        while True:
            # While the database is away, what is warm goes on serving.
            with suppress(ServerBusyError):
                await self.check()
            await asyncio.sleep(every)

    async def key(self, digest: str) -> ApiKey | None:
        """The API key of that digest."""
        found = self._found.get(("key", digest)) or await self._load(("key", digest), lambda: self._keys.find(digest))
        return found if isinstance(found, ApiKey) else None

    async def profile(self, project_id: str, profile_id: str) -> Profile:
        """A profile of the project. Raises NotFoundError."""
        at = ("profile", project_id, profile_id)
        found = self._found.get(at) or await self._load(at, lambda: self._profiles.read(project_id, profile_id))
        if not isinstance(found, Profile):
            raise NotFoundError("There is no such connector profile in this project.")
        return found

    async def account(self, project_id: str, account_id: str) -> Account:
        """An account of the project. Raises NotFoundError."""
        at = ("account", project_id, account_id)
        found = self._found.get(at) or await self._load(at, lambda: self._accounts.read(project_id, account_id))
        if not isinstance(found, Account):
            raise NotFoundError("There is no such account in this project.")
        return found

    async def _load(
        self, at: tuple[str, ...], read: Callable[[], Awaitable[ApiKey | Profile | Account | None]]
    ) -> ApiKey | Profile | Account | None:
        epoch = self._epoch
        found = await read()
        if found is not None and epoch == self._epoch:
            if len(self._found) >= _MOST:
                self._found.clear()
            self._found[at] = found
        return found
