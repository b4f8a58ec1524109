"""After a write whose answer was lost: what the provider shows of it. Nothing is concluded here that the provider does not show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from linkspan.connectors.action import SeenBy
from linkspan.engine.call import Call, Position
from linkspan.engine.exchange import Exchange
from linkspan.engine.likeness import Likeness, likeness, same_text
from linkspan.engine.shape import Record, decoded
from linkspan.engine.urls import next_tail
from linkspan.engine.values import literal_of
from linkspan.errors import ProviderAnswerError, ProviderNotFoundError
from linkspan.model import Verb

# A Date header has whole seconds, and the answer that carried it took its time.
_DATE_ERROR = timedelta(seconds=2)
_MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is known of a write in doubt.

    `began_at` by our clock; by the provider's `provider_time`, when it began, if that was known, and `settles_from`, when it was first looked
    for and nobody was at it any more. `accepted`: the provider answered 2xx. `etag` is the one that was sent, `location` the address that a broken answer named.
    """

    began_at: datetime
    provider_time: datetime | None = None
    settles_from: datetime | None = None
    accepted: bool = False
    etag: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the provider shows.

    `happened`: yes, no, or None where the records have to tell: those that `equal` what was sent and were changed since, and those that
    `may` be it. `fenced`: the provider itself would refuse to do it twice. `settles_in`: seconds until the write can no longer be under way.
    `seen_at`: the time there.
    """

    happened: bool | None = None
    equal: tuple[Record, ...] = ()
    may: tuple[Record, ...] = ()
    fenced: bool = False
    settles_in: float = 0.0
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Since:
    """Bounds by the provider's clock: what was changed before `surely_before` is older than the write, what from `surely_after` on is not."""

    surely_before: datetime
    surely_after: datetime


async def look(call: Call, exchange: Exchange, path: str, doubt: Doubt) -> Sighting:
    """What the provider shows of a write; `path` is the action's path. Raises what reads raise."""
    if exchange.wiring.provider_clocks.now(call.target.api_root) is None:
        await exchange.read(_clock_url(call, path))
    there = exchange.wiring.provider_clocks.now(call.target.api_root)
    since = _since(doubt, exchange.wiring.clock(), there)
    looks = {Verb.CREATE: _created, Verb.UPDATE: _updated, Verb.DELETE: _deleted, Verb.ACT: _acted}
    seen = await looks[call.action.verb](call, exchange, path, doubt, since)
    return replace(seen, settles_in=_settles_in(call, exchange, doubt, there), seen_at=there)


def _clock_url(call: Call, path: str) -> str:
    """A small read whose answer tells the provider's time."""
    collection = path.partition("(")[0] if call.action.verb is not Verb.CREATE else path
    company = path.partition("/")[0]
    place = path if call.action.verb is Verb.CREATE else (company if call.action.company_scoped else collection)
    return f"{call.target.api_root}/{place}" + ("?$top=1" if call.action.verb is Verb.CREATE else "")


def _since(doubt: Doubt, now: datetime, there: datetime | None) -> _Since:
    """Where the provider's time at the start is not known it is reckoned back, and both readings of our clock are believed."""
    readings = [doubt.provider_time] if doubt.provider_time is not None else [doubt.began_at]
    if doubt.provider_time is None and there is not None:
        readings.append(doubt.began_at + (there - now))
    return _Since(min(readings) - _DATE_ERROR, max(readings) - _DATE_ERROR)


def _settles_in(call: Call, exchange: Exchange, doubt: Doubt, there: datetime | None) -> float:
    """Seconds until the provider can no longer be at the write, by its own clock alone: ours may have jumped."""
    own = exchange.wiring.settles
    settles = call.target.connector.limits.settles if own is None else own
    if doubt.settles_from is None or there is None:
        return settles
    return max(0.0, settles - (there - doubt.settles_from).total_seconds())


async def _created(call: Call, exchange: Exchange, path: str, doubt: Doubt, since: _Since) -> Sighting:
    if doubt.location is not None and doubt.accepted:
        named = await _at_location(call, exchange, path, doubt.location)
        if named is not None and likeness(named, call) is not Likeness.OTHER and _age(call, named, since) is not False:
            return Sighting(happened=True, equal=(named,))
    keys, body = call.action.identified_by, call.body or {}
    fenced = bool(keys) and all(body.get(name) for name in keys)
    rows = await _rows(call, exchange, path, _identity(call) if fenced else _changed_since(call, since))
    equal, may = [], []
    for row in rows:
        like, age = likeness(row, call), _age(call, row, since)
        if like is Likeness.EQUAL and age is True:
            equal.append(row)
        elif age is not False and (like is not Likeness.OTHER or (fenced and age is True)):
            # A record of the same number that was changed since may be ours, changed again.
            may.append(row)
    none = not equal and not may
    return Sighting(happened=False if none else None, equal=_plain(call, equal), may=_plain(call, may), fenced=fenced)


async def _updated(call: Call, exchange: Exchange, path: str, doubt: Doubt, since: _Since) -> Sighting:
    try:
        record = await _one(call, exchange, path)
    except ProviderNotFoundError:
        return Sighting()
    age, etag = _age(call, record, since), record.get("@odata.etag")
    if age is False or (doubt.etag is not None and etag == doubt.etag):
        return Sighting(happened=False, fenced=True)
    equal = likeness(record, call) is Likeness.EQUAL
    if equal and (age is True or (age is None and doubt.etag is not None and isinstance(etag, str))):
        return Sighting(happened=True, equal=(record,))
    return Sighting(may=(record,))


async def _deleted(call: Call, exchange: Exchange, path: str, doubt: Doubt, since: _Since) -> Sighting:
    del doubt, since
    try:
        record = await _one(call, exchange, path)
    except ProviderNotFoundError:
        return Sighting(happened=True)
    return Sighting(happened=False, may=(record,), fenced=True)


async def _acted(call: Call, exchange: Exchange, path: str, doubt: Doubt, since: _Since) -> Sighting:
    del doubt
    seen_by = call.action.seen_by
    if seen_by is None:
        return Sighting()
    try:
        record = await _one(call, exchange, path.rpartition("/")[0])
    except ProviderNotFoundError:
        return Sighting()
    happened = _shown(seen_by, record, _age(call, record, since))
    return Sighting(happened=happened, may=() if happened else (record,), fenced=happened is False)


def _shown(seen_by: SeenBy, record: Record, changed: bool | None) -> bool | None:
    """Whether the record shows the operation: it changes the record in any case, so an untouched one shows that nothing was done."""
    if changed is False or seen_by.deletes:
        return False
    value = record.get(seen_by.field) if seen_by.field else None
    told = decoded(value) if isinstance(value, str) else None
    if told in seen_by.not_done:
        return False
    return True if told in seen_by.done and changed is True else None


async def _at_location(call: Call, exchange: Exchange, path: str, location: str) -> Record | None:
    """The record at the address that the provider gave, if it is one of the collection that was written to."""
    name = location.rpartition("/")[2]
    collection, _, key = name.partition("(")
    if collection != call.action.entity.set or not key.endswith(")"):
        return None
    parent = path.rpartition("/")[0]
    own = f"{call.target.api_root}/{parent}/" if parent else f"{call.target.api_root}/"
    try:
        return await exchange.read(own + quote(name, safe="()-'"))
    except ProviderNotFoundError:
        return None


async def _one(call: Call, exchange: Exchange, path: str) -> Record:
    """The record that the write is about. Raises ProviderAnswerError when another one is answered."""
    record = await exchange.read(f"{call.target.api_root}/{path}")
    key, wanted = call.action.entity.key[0], call.path.get("id", "")
    if not same_text(record.get(key), wanted.strip("'")):
        message = "The provider showed another record than the one asked for."
        raise ProviderAnswerError(message)
    return record


def _identity(call: Call) -> str:
    """The condition that finds the record by the values that only one can have."""
    conditions = []
    for name in call.action.identified_by:
        field, value = call.action.entity.fields[name], (call.body or {})[name]
        literal = literal_of(field, call.action.contract, call.target.connector.enum_literals)
        conditions.append(
            f"{name} eq {literal(value.upper() if field.upper_cased and isinstance(value, str) else value)}"
        )
    return " and ".join(conditions)


def _changed_since(call: Call, since: _Since) -> str | None:
    field = _modified_field(call)
    moment = since.surely_before.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{field} ge {moment}" if field else None


def _modified_field(call: Call) -> str | None:
    name = call.target.connector.modified_field
    return name if name in call.action.entity.fields else None


def _age(call: Call, record: Record, since: _Since) -> bool | None:
    """Whether a record was changed since the write began; None: it cannot be said."""
    name = _modified_field(call)
    value = record.get(name) if name else None
    try:
        changed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        changed = None
    if changed is None:
        return None
    changed = changed if changed.tzinfo else changed.replace(tzinfo=UTC)
    if changed < since.surely_before:
        return False
    return True if changed >= since.surely_after else None


async def _rows(call: Call, exchange: Exchange, path: str, condition: str | None) -> Sequence[Record]:
    """The records of the collection that was written to, with what the body holds below them."""
    nested = [name for name in call.action.nested_links if name in (call.body or {})]
    options = ["$filter=" + quote(condition, safe="(),:'")] if condition else []
    options += [f"$expand={','.join(nested)}"] if nested else []
    position = Position(f"{path}?{'&'.join(options)}" if options else path, {}, 0)
    rows: list[Record] = []
    for _ in range(_MOST_PAGES):
        page = await exchange.read(f"{call.target.api_root}/{position.tail}")
        found = page.get("value")
        if not isinstance(found, list) or not all(type(row) is dict for row in found):
            message = "The provider's answer is no list of records."
            raise ProviderAnswerError(message)
        rows += found
        if "@odata.nextLink" not in page:
            return rows
        position = Position(next_tail(call.target, position, page["@odata.nextLink"]), {}, 0)
    message = "Too many records were changed since the write to find one among them."
    raise ProviderAnswerError(message)


def _plain(call: Call, rows: Sequence[Record]) -> tuple[Record, ...]:
    """The records as the answer of a create has them: without those below, which were only read to be compared."""
    hidden = {part for name in call.action.nested_links for part in (name, f"{name}@odata.context")}
    return tuple({name: value for name, value in row.items() if name not in hidden} for row in rows)
