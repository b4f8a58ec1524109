"""What the hot path remembers: keys, profiles, accounts and what follows from them, dropped together whenever any of them changes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from linkspan.errors import NotFoundError, ServerBusyError
from linkspan.model import Account, ApiKey, Profile
from linkspan.storage.account_store import AccountStore
from linkspan.storage.change_counter import ChangeCounter
from linkspan.storage.key_store import KeyStore
from linkspan.storage.profile_store import ProfileStore

_MOST = 100_000

T = TypeVar("T")


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
        self._found: dict[tuple[object, ...], Any] = {}
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

    def at_hand(self, at: tuple[object, ...]) -> Any:
        """What is remembered there, without waiting; None: ask `remembered`."""
        return self._found.get(at)

    async def remembered(self, at: tuple[object, ...], find: Callable[[], Awaitable[T | None]]) -> T | None:
        """What `find` makes of stored records: asked for once, until any record changes. Nothing and errors are not remembered."""
        found: T | None = self._found.get(at)
        if found is None:
            epoch = self._epoch
            found = await find()
            if found is not None and epoch == self._epoch:
                if len(self._found) >= _MOST:
                    self._found.clear()
                self._found[at] = found
        return found

    async def key(self, digest: str) -> ApiKey | None:
        """The API key of that digest."""
        return await self.remembered(("key", digest), lambda: self._keys.find(digest))

    async def profile(self, project_id: str, profile_id: str) -> Profile:
        """A profile of the project. Raises NotFoundError."""
        at = ("profile", project_id, profile_id)
        found = await self.remembered(at, lambda: self._profiles.read(project_id, profile_id))
        if found is None:
            raise NotFoundError("There is no such connector profile in this project.")
        return found

    async def account(self, project_id: str, account_id: str) -> Account:
        """An account of the project. Raises NotFoundError."""
        at = ("account", project_id, account_id)
        found = await self.remembered(at, lambda: self._accounts.read(project_id, account_id))
        if found is None:
            raise NotFoundError("There is no such account in this project.")
        return found
