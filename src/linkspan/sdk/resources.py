"""What a client reads of the installation: runs, connectors and actions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Generic

from linkspan.sdk.line import Ask, Line
from linkspan.sdk.modes import ModeT, Portal, Speaker, either
from linkspan.sdk.records import Action, ActionSummary, Connector, Page, Run


class Resource(Speaker[ModeT], Generic[ModeT]):
    """One kind of record of the installation."""

    def __init__(self, line: Line, portal: Portal | None) -> None:
        super().__init__(portal)
        self._line = line


class Runs(Resource[ModeT], Generic[ModeT]):
    """The log: every call of an action, with its requests to the provider."""

    @either
    async def list(
        self,
        *,
        account_id: str | None = None,
        action: str | None = None,
        failed: bool | None = None,
        error_code: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
        page_size: int | None = None,
    ) -> Page[Run]:
        """Runs that fit every given filter, newest first. Raises LinkspanError."""
        query = {
            "account_id": account_id,
            "action": action,
            "failed": failed,
            "error_code": error_code,
            "since": _moment(since),
            "until": _moment(until),
            "cursor": cursor,
            "page_size": page_size,
        }
        return await self._line.ask(read_of("/v1/runs", query), Page[Run])

    @either
    async def get(self, run_id: str) -> Run:
        """One run. Raises NotFoundError."""
        return await self._line.ask(read_of(f"/v1/runs/{run_id}"), Run)


class Connectors(Resource[ModeT], Generic[ModeT]):
    """The providers that can be linked."""

    @either
    async def list(self) -> Page[Connector]:
        """Every connector of the installation. Raises LinkspanError."""
        return await self._line.ask(read_of("/v1/connectors"), Page[Connector])

    @either
    async def get(self, key: str) -> Connector:
        """One connector. Raises NotFoundError."""
        return await self._line.ask(read_of(f"/v1/connectors/{key}"), Connector)


class Actions(Resource[ModeT], Generic[ModeT]):
    """What the connectors can do."""

    @either
    async def list(
        self,
        *,
        connector: str | None = None,
        verb: str | None = None,
        resource: str | None = None,
        search: str | None = None,
    ) -> Page[ActionSummary]:
        """The actions that fit every given filter, without their schemas. Raises LinkspanError."""
        query = {"connector": connector, "verb": verb, "resource": resource, "search": search}
        return await self._line.ask(read_of("/v1/actions", query), Page[ActionSummary])

    @either
    async def get(self, action_id: str) -> Action:
        """One action with its schemas. Raises NotFoundError."""
        return await self._line.ask(read_of(f"/v1/actions/{action_id}"), Action)


def read_of(path: str, query: Mapping[str, object] | None = None) -> Ask:
    """A request that may be repeated."""
    return Ask("GET", path, query or {}, reads=True)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
