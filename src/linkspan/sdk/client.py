"""The client: one description of every call, for programs with an event loop (AsyncLinkspan) and without one (Linkspan)."""

from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Generic, Self

from linkspan.sdk.errors import Failure, InvalidInputError
from linkspan.sdk.line import NDJSON, Ask, Line, Patience
from linkspan.sdk.linked import Accounts, Profiles, Sessions
from linkspan.sdk.modes import Awaited, Blocking, ModeT, Portal, Speaker, either, either_each
from linkspan.sdk.records import Answer, Record
from linkspan.sdk.resources import Actions, Connectors, Runs

Group = Mapping[str, object]
_READING = frozenset({"list", "get"})


class BoundAccount(Speaker[ModeT], Generic[ModeT]):
    """Runs actions on one linked account. Amounts are Decimals with the provider's digits, in answers and in bodies.

    Reads are repeated when Linkspan cannot be reached or asks to wait; a write only if it provably never left.
    """

    def __init__(self, line: Line, portal: Portal | None, account_id: str | None) -> None:
        super().__init__(portal)
        self._line = line
        self._account_id = account_id

    @either
    async def run(
        self,
        action: str,
        *,
        path: Group | None = None,
        query: Group | None = None,
        body: Group | None = None,
        headers: Group | None = None,
        idempotency_key: str | None = None,
        dry_run: bool = False,
    ) -> Answer:
        """Run an action by its id, such as `dynamics365bc_list_customers`. Raises LinkspanError.

        A write with an `idempotency_key` of yours is done once, however often it is asked for, so it is repeated like a read.
        With `dry_run` nothing is written: the record of the answer tells the request, the checks made and the record before.
        """
        groups = {"path": path, "query": query, "body": body, "headers": headers}
        return await self._answer(action, groups, idempotency_key=idempotency_key, dry_run=dry_run)

    async def _answer(
        self, action: str, groups: Mapping[str, Group | None], *, idempotency_key: str | None, dry_run: bool = False
    ) -> Answer:
        named = None if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        ask = self._ask(action, groups, named, reads=named is not None or dry_run)
        if dry_run and isinstance(ask.body, dict):
            ask.body["dry_run"] = True
        return await self._line.ask(ask, Answer)

    @either_each
    async def pages(
        self, action: str, *, path: Group | None = None, query: Group | None = None, headers: Group | None = None
    ) -> AsyncIterator[Answer]:
        """Each page of a list, one request a page. Raises LinkspanError."""
        async for page in self._pages(action, path=path, query=query, headers=headers):
            yield page

    @either_each
    async def rows(
        self, action: str, *, path: Group | None = None, query: Group | None = None, headers: Group | None = None
    ) -> AsyncIterator[Record]:
        """Each record of a list, page by page as they are needed. Raises LinkspanError."""
        async for page in self._pages(action, path=path, query=query, headers=headers):
            for row in page.rows:
                yield row

    @either_each
    async def stream(
        self, action: str, *, path: Group | None = None, query: Group | None = None, headers: Group | None = None
    ) -> AsyncIterator[Record]:
        """Each record of a whole list in one request, however long. Raises LinkspanError, also when the stream breaks midway."""
        ask = self._ask(action, {"path": path, "query": query, "headers": headers}, {"Accept": NDJSON})
        async for row in self._line.lines(ask, Record):
            yield row

    async def _pages(self, action: str, **groups: Group | None) -> AsyncIterator[Answer]:
        while True:
            page = await self._run(action, **groups)
            yield page
            if page.next is None:
                return
            groups["query"] = {"cursor": page.next}

    async def _run(self, action: str, **groups: Group | None) -> Answer:
        return await self._line.ask(self._ask(action, groups), Answer)

    def _ask(
        self,
        action: str,
        groups: Mapping[str, Group | None],
        headers: Mapping[str, str] | None = None,
        *,
        reads: bool = False,
    ) -> Ask:
        if self._account_id is None:
            message = "No account: give the client an `account`, or use `client.account(id)`."
            raise InvalidInputError(Failure("invalid_input", message, message, "fix"))
        body = {name: group for name, group in groups.items() if group is not None}
        # An action's id is connector, verb and what it is about.
        reads = reads or not _READING.isdisjoint(action.split("_")[1:2])
        sent = {"x-account-id": self._account_id, **(headers or {})}
        return Ask("POST", f"/v1/actions/{action}", body=body, headers=sent, reads=reads)


class _Client(BoundAccount[ModeT], Generic[ModeT]):
    """What both clients offer."""

    def __init__(self, base_url: str, api_key: str, account: str | None, timeout: float, portal: Portal | None) -> None:
        super().__init__(Line(base_url, api_key, timeout=timeout, patience=Patience()), portal, account)
        self.accounts: Accounts[ModeT] = Accounts(self._line, portal)
        self.profiles: Profiles[ModeT] = Profiles(self._line, portal)
        self.sessions: Sessions[ModeT] = Sessions(self._line, portal)
        self.runs: Runs[ModeT] = Runs(self._line, portal)
        self.connectors: Connectors[ModeT] = Connectors(self._line, portal)
        self.actions: Actions[ModeT] = Actions(self._line, portal)

    def account(self, account_id: str) -> BoundAccount[ModeT]:
        """The same client, bound to one account."""
        return BoundAccount(self._line, self._portal, account_id)

    @either
    async def close(self) -> None:
        """Close every connection."""
        await self._line.close()


class AsyncLinkspan(_Client[Awaited]):
    """A client for programs with an event loop; every method is awaited, every iterator is asynchronous.

    `base_url` is the installation's public address, `account` the linked account that `run` and its kin use, `timeout` in seconds
    for each request. Use it as `async with`, or call `close`.
    """

    def __init__(self, base_url: str, api_key: str, account: str | None = None, timeout: float = 120.0) -> None:
        super().__init__(base_url, api_key, account, timeout, None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Linkspan(_Client[Blocking]):
    """The same client for programs without an event loop: the same methods, which wait for their result, and plain iterators.

    It may be used from several threads. Use it as `with`, or call `close`.
    """

    def __init__(self, base_url: str, api_key: str, account: str | None = None, timeout: float = 120.0) -> None:
        self._own_portal = Portal()
        super().__init__(base_url, api_key, account, timeout, self._own_portal)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self._own_portal.close()
