"""The protocol `odata_v4`: how each verb becomes requests of an OData V4 service, and their answers a result."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from typing import Any

from linkspan.connectors.action import Action
from linkspan.engine.call import COMPANY, Call, Position, Result, Seal
from linkspan.engine.companies import Companies
from linkspan.engine.cursor import seal_position
from linkspan.engine.exchange import Exchange
from linkspan.engine.pages import STREAMED_PAGE, Page, after_rows, collect, every_page, first_position, read_page
from linkspan.engine.readback import Doubt, Sighting, look
from linkspan.engine.rehearsal import Rehearsal, RehearsalExchange, WouldWrite
from linkspan.engine.shape import Record, Shaper, deep_shaper_of, made_record, shaper_of
from linkspan.engine.urls import action_path, record_url
from linkspan.engine.values import GUID
from linkspan.errors import ProviderAnswerError
from linkspan.model import Verb

LAST_WRITER_WINS = "last_writer_wins"
_COLLECTED_PAGE = 2000


class ODataV4:
    """Runs validated calls against an OData V4 service; it keeps nothing but compiled shapers and companies' names."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self._companies = Companies()
        self._shapers: dict[tuple[str, bool], Shaper] = {}

    def run(self, call: Call, exchange: Exchange) -> Coroutine[Any, Any, Result]:
        """Carry a call out. Raises the errors of faults.py."""
        path = self._plain_path(call)
        if path is None:
            return self._run(call, exchange)
        return _VERBS[call.action.verb](self, call, exchange, path)

    async def _run(self, call: Call, exchange: Exchange) -> Result:
        return await _VERBS[call.action.verb](self, call, exchange, await self._path(call, exchange))

    async def rehearse(self, call: Call, exchange: RehearsalExchange) -> Rehearsal:
        """What a write would send, and the record that it would change. Raises what the reads before a write raise."""
        path = await self._path(call, exchange)
        before = await self._before(call, exchange, path) if "id" in call.path else None
        try:
            await _VERBS[call.action.verb](self, call, exchange, path)
        except WouldWrite as ready:
            return ready.rehearsal(before)
        message = "The action sends no write."
        raise ProviderAnswerError(message)

    async def look(self, call: Call, exchange: Exchange, doubt: Doubt) -> Sighting:
        """What the provider shows of a write whose answer was lost. Raises what reads raise."""
        return await look(call, exchange, await self._path(call, exchange), doubt)

    async def _before(self, call: Call, exchange: Exchange, path: str) -> Mapping[str, object]:
        """The record as it is now; an operation's path ends with its name, behind the record's."""
        record_path = path.rpartition("/")[0] if call.action.verb is Verb.ACT else path
        return self._shaper(call)(await exchange.read(f"{call.target.api_root}/{record_path}"))

    async def stream(self, call: Call, exchange: Exchange) -> AsyncGenerator[Sequence[Record], None]:
        """All rows of a list, page by page."""
        async for page in every_page(
            call, exchange, await self._first(call, exchange, STREAMED_PAGE), self._shaper(call)
        ):
            yield page.rows

    async def list_records(self, call: Call, exchange: Exchange, path: str) -> Result:
        """One page, or all rows where the caller asked for `all`."""
        wants_all = bool(call.query.get("all"))
        limits = call.target.connector.limits
        size = min(_COLLECTED_PAGE, limits.max_page) if wants_all else limits.default_page
        position = first_position(call, path, size)
        read = collect if wants_all else read_page
        page: Page = await read(call, exchange, position, self._shaper(call))
        following = seal_position(self._seal, call.action, call.target, page.next) if page.next is not None else None

        def rest(given: int) -> str:
            later = after_rows(position, given)
            return seal_position(self._seal, call.action, call.target, later)

        return Result(
            page.rows, next=following, count=page.count, rows=len(page.rows), rest=None if wants_all else rest
        )

    async def get_record(self, call: Call, exchange: Exchange, path: str) -> Result:
        """One record."""
        record = await exchange.read(record_url(call, path))
        return Result(self._shaper(call)(record), rows=1)

    async def create_record(self, call: Call, exchange: Exchange, path: str) -> Result:
        """A new record, with the records below it that the body holds."""
        record = await exchange.write("POST", f"{call.target.api_root}/{path}", call.body)
        return Result(None if record is None else self._shaper(call)(record), rows=1)

    async def update_record(self, call: Call, exchange: Exchange, path: str) -> Result:
        """A changed record; the provider refuses when the etag is no longer the record's."""
        url = f"{call.target.api_root}/{path}"
        condition, concurrency = await self._condition(call, exchange, url)
        record = await exchange.write("PATCH", url, call.body, condition)
        return Result(None if record is None else self._shaper(call)(record), concurrency=concurrency, rows=1)

    async def delete_record(self, call: Call, exchange: Exchange, path: str) -> Result:
        """No record any more."""
        url = f"{call.target.api_root}/{path}"
        condition, concurrency = await self._condition(call, exchange, url)
        await exchange.write("DELETE", url, headers=condition)
        return Result(None, concurrency=concurrency)

    async def act(self, call: Call, exchange: Exchange, path: str) -> Result:
        """An operation done with one record, and the id of the record that it made; it is sent once and never again."""
        headers = {"If-Match": call.if_match} if call.if_match is not None else None
        answer = await exchange.write("POST", f"{call.target.api_root}/{path}", headers=headers, once=True)
        return Result(made_record(call.action.makes, answer))

    @staticmethod
    async def _condition(call: Call, exchange: Exchange, url: str) -> tuple[dict[str, str], str | None]:
        """The caller's etag as a header, or the record's current one (none without etags) and the word that says what this means."""
        if call.if_match is not None:
            return {"If-Match": call.if_match}, None
        if not call.action.contract.etags:
            return {}, LAST_WRITER_WINS
        record = await exchange.read(f"{url}?$select={','.join(call.action.entity.key)}")
        etag = record.get("@odata.etag")
        if not isinstance(etag, str):
            message = "The provider gave no etag for the record."
            raise ProviderAnswerError(message)
        return {"If-Match": etag}, LAST_WRITER_WINS

    async def _first(self, call: Call, exchange: Exchange, page_size: int) -> Position:
        size = min(page_size, call.target.connector.limits.max_page)
        return first_position(call, await self._path(call, exchange), size)

    async def _path(self, call: Call, exchange: Exchange) -> str:
        """The action's path; a company's name is looked up."""
        path = self._plain_path(call)
        if path is None:
            path = action_path(call, await self._companies.id_of(call.target, call.path[COMPANY], exchange))
        return path

    @staticmethod
    def _plain_path(call: Call) -> str | None:
        """The action's path, if that needs no look-up: no company belongs into it, or its id is given."""
        if call.position is not None:
            return ""
        company = call.path.get(COMPANY)
        return action_path(call, company) if company is None or GUID.fullmatch(company) else None

    def _shaper(self, call: Call) -> Shaper:
        """Linked records can only be in the answer if they were asked for, created together, or belong to a cursor's list."""
        return self.shaper(call.action, linked=call.position is not None or bool(call.query.get("expand")))

    def shaper(self, action: Action, *, linked: bool = False) -> Shaper:
        """What gives the records of an action their outward shape; `linked`: other records may be in them."""
        deep = linked or bool(action.nested_links)
        shaper = self._shapers.get((action.id, deep))
        if shaper is None:
            make = deep_shaper_of if deep else shaper_of
            shaper = self._shapers[(action.id, deep)] = make(action.entity, action.contract)
        return shaper


_VERBS: Mapping[Verb, Callable[[ODataV4, Call, Exchange, str], Coroutine[Any, Any, Result]]] = {
    Verb.LIST: ODataV4.list_records,
    Verb.GET: ODataV4.get_record,
    Verb.CREATE: ODataV4.create_record,
    Verb.UPDATE: ODataV4.update_record,
    Verb.DELETE: ODataV4.delete_record,
    Verb.ACT: ODataV4.act,
}
