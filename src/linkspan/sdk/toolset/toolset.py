"""The toolset: which of an installation's actions an agent gets, on which accounts, and how they are called."""

from collections.abc import Iterable
from types import TracebackType
from typing import Generic, Self

from linkspan.sdk.line import Line, Patience
from linkspan.sdk.linked import Accounts
from linkspan.sdk.modes import Awaited, Blocking, ModeT, Portal, Speaker, either
from linkspan.sdk.toolset.catalogue import Catalogue
from linkspan.sdk.toolset.globs import chosen, is_plain, patterns_of
from linkspan.sdk.toolset.tool import Manner, Tool
from linkspan.sdk.toolset.tools import Tools

Globs = str | Iterable[str]
# States in which an account is there, even if its owner has to link it again.
_THERE = ("active", "refreshing", "degraded", "needs_reauth")


class _Toolset(Speaker[ModeT], Generic[ModeT]):
    """What both toolsets offer."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        accounts: Globs,
        *,
        connectors: Globs | None,
        actions: Globs | None,
        manner: Manner,
        timeout: float,
        portal: Portal | None,
    ) -> None:
        super().__init__(portal)
        self._line = Line(base_url, api_key, timeout=timeout, patience=Patience())
        self._accounts = patterns_of(accounts)
        self._connectors, self._actions = patterns_of(connectors), patterns_of(actions)
        self._manner = manner

    @either
    async def tools(self) -> Tools[ModeT]:
        """The tools as they are now. Raises InvalidInputError for globs that choose nothing, NotFoundError for an account, LinkspanError."""
        catalogue = Catalogue(self._line, await self._account_ids())
        shapes = {shape.name: shape for shape in await catalogue.tools()}
        names = list(shapes)
        if self._connectors:
            names = chosen("connectors", self._connectors, {name: (name.partition("_")[0],) for name in names})
        if self._actions:
            names = chosen("actions", self._actions, {name: (name,) for name in names})
        found: list[Tool[ModeT]] = [Tool(shapes[name], catalogue, self._manner, self._portal) for name in names]
        return Tools(found, self._portal)

    @either
    async def close(self) -> None:
        """Close every connection; tools of this set cannot be called any more."""
        await self._line.close()

    async def _account_ids(self) -> list[str]:
        """The accounts meant; only globs need the list of all."""
        if self._accounts and all(is_plain(pattern) for pattern in self._accounts):
            return list(self._accounts)
        every = Accounts[Awaited](self._line, None).each(state=_THERE)
        named = {
            account.id: tuple(name for name in (account.id, account.label, account.origin_owner_id) if name)
            async for account in every
        }
        return chosen("accounts", self._accounts or ("",), named)


class AsyncToolset(_Toolset[Awaited]):
    """Tools for programs with an event loop: `tools` and every call are awaited.

    `accounts` are ids, or globs over ids, labels and owner ids (`*` for all), `connectors` and `actions` globs over their keys and ids; a
    glob with `!` in front takes out. With `dry_run` no write is ever carried out; with `raise_errors` a failing tool raises in the
    framework that runs it, where it is otherwise told to the model. `timeout` in seconds for each request.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        accounts: Globs,
        *,
        connectors: Globs | None = None,
        actions: Globs | None = None,
        dry_run: bool = False,
        raise_errors: bool = False,
        timeout: float = 120.0,
    ) -> None:
        super().__init__(
            base_url, api_key, accounts, connectors=connectors, actions=actions,
            manner=Manner(dry_run, raise_errors), timeout=timeout, portal=None,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Toolset(_Toolset[Blocking]):
    """The same for programs without an event loop; frameworks that await tools are served too."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        accounts: Globs,
        *,
        connectors: Globs | None = None,
        actions: Globs | None = None,
        dry_run: bool = False,
        raise_errors: bool = False,
        timeout: float = 120.0,
    ) -> None:
        self._own_portal = Portal()
        super().__init__(
            base_url, api_key, accounts, connectors=connectors, actions=actions,
            manner=Manner(dry_run, raise_errors), timeout=timeout, portal=self._own_portal,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self._own_portal.close()
