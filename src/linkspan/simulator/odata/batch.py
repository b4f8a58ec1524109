"""Runs a $batch: many operations in one request, one after the other, some or all of them together or not at all."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final, NoReturn, Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from linkspan.simulator.faults import BcFault, bad_request, batch_too_large, method_not_allowed, resource_not_found
from linkspan.simulator.odata.batch_format import Done, Operation, Part, Result
from linkspan.simulator.odata.batch_json import read_json_batch, write_json_batch
from linkspan.simulator.odata.batch_multipart import read_multipart_batch, write_multipart_batch
from linkspan.simulator.odata.dispatch import respond
from linkspan.simulator.odata.exchange import Answer, Desk, Incoming, read_preferences
from linkspan.simulator.odata.failure import render_fault
from linkspan.simulator.odata.language import chosen_language, in_language

_INHERITED: Final = ("company", "accept-language", "data-access-intent")

Counter = Callable[[], None]
"""Counts one operation against its user's rate; raises 429 above it."""


class Aside(Protocol):
    """Answers operations on what is not in the books, some of which need the agreement of a receiver elsewhere."""

    def takes(self, incoming: Incoming, /) -> bool:
        """Tell whether an operation is one of these."""
        ...

    def asked(self, incoming: Incoming, /) -> str | None:
        """Return the address that must agree before the answer, None for none; raises the faults found before that."""
        ...

    def shake(self, url: str, /) -> None:
        """Let a receiver agree, and wait for it; raises the fault where it does not."""
        ...

    def answer(self, incoming: Incoming, /) -> Answer:
        """Answer an operation whose receiver has agreed."""
        ...


class _UndoneError(Exception):
    """Leaves a transaction so that it is undone; what was answered stands."""


def _undo() -> NoReturn:
    raise _UndoneError


async def answer_batch(desk: Desk, incoming: Incoming, count: Counter, aside: Aside | None) -> Answer:
    """Return the answer to a batch: 200 whatever became of its operations; `aside` has those that it takes.

    It stops at the first operation that fails, unless `Prefer: odata.continue-on-error` is sent. `Isolation: snapshot`
    undoes all operations when one fails, though those before still show what they answered.
    """
    if incoming.method != "POST":
        raise method_not_allowed(incoming.method, "$batch")
    parts = _read(desk, incoming)
    if len(parts) > desk.limits.batch_operations:
        raise batch_too_large(desk.limits.batch_operations)
    preferences = read_preferences(incoming.headers.get("prefer", ""))
    wish = preferences.get("odata.continue-on-error", preferences.get("continue-on-error", "false"))
    runner = _Runner(desk, incoming, count, aside, continues=wish != "false")
    isolation = incoming.headers.get("isolation", incoming.headers.get("odata-isolation", ""))
    done = await (runner.run_isolated(parts) if isolation.lower() == "snapshot" else runner.run(parts))
    if "application/json" in incoming.headers.get("accept", "").lower():
        return write_json_batch(done)
    return write_multipart_batch(done)


def _read(desk: Desk, incoming: Incoming) -> Sequence[Part]:
    kind, _, parameters = incoming.headers.get("content-type", "").partition(";")
    if kind.strip().lower() == "application/json":
        return read_json_batch(incoming.body, grouped=desk.switches.atomicity_groups)
    if kind.strip().lower() == "multipart/mixed":
        return read_multipart_batch(incoming.body, parameters)
    raise BcFault(415, "BadRequest", f"The content type '{kind}' is not supported for a batch.")


class _Runner:
    """Runs the parts of one batch."""

    def __init__(self, desk: Desk, incoming: Incoming, count: Counter, aside: Aside | None, *, continues: bool) -> None:
        self._desk = desk
        self._incoming = incoming
        self._count = count
        self._aside = aside
        self._continues = continues
        self._locations: dict[str, str] = {}
        self._agreed: dict[int, tuple[str, BcFault | None]] = {}

    async def run(self, parts: Sequence[Part]) -> list[Done]:
        """Run the parts in their order, up to the first that fails unless the batch continues on errors."""
        done: list[Done] = []
        for part in parts:
            await self._ask_receivers(part)
            done.append(Done(part, self._run_part(part)))
            if self._stops(done):
                break
        return done

    async def run_isolated(self, parts: Sequence[Part]) -> list[Done]:
        """Run the parts in one transaction."""
        for part in parts:
            await self._ask_receivers(part)
        done: list[Done] = []
        with suppress(_UndoneError), self._desk.world.transaction():
            for part in parts:
                done.append(Done(part, self._run_part(part)))
                if self._stops(done):
                    break
            if any(part.failed for part in done):
                _undo()
        return done

    def _stops(self, done: Sequence[Done]) -> bool:
        return done[-1].failed and not self._continues

    async def _ask_receivers(self, part: Part) -> None:
        """Let receivers agree before the part runs: nothing may wait for anybody while a transaction is open."""
        for operation in part.operations:
            receiver = self._receiver(operation)
            if self._aside is None or receiver is None:
                continue
            refusal = None
            try:
                await asyncio.to_thread(self._aside.shake, receiver)
            except BcFault as fault:
                refusal = fault
            self._agreed[id(operation)] = (receiver, refusal)

    def _receiver(self, operation: Operation) -> str | None:
        # What is wrong with an operation is said when it runs; one before it may still put it right.
        with suppress(BcFault):
            incoming = self._addressed(operation)
            if self._aside is not None and self._aside.takes(incoming):
                return self._aside.asked(incoming)
        return None

    def _run_part(self, part: Part) -> list[Result]:
        """Return the results of a part; a change set that failed has one result only, its failure."""
        if not part.atomic:
            return list(self._results(part))
        results: list[Result] = []
        with suppress(_UndoneError), self._desk.world.transaction():
            for result in self._results(part):
                if result.failed:
                    results = [result]
                    _undo()
                results.append(result)
        return results

    def _results(self, part: Part) -> Iterator[Result]:
        for operation in part.operations:
            answer = self._answer(operation)
            if operation.id is not None and "Location" in answer.headers:
                self._locations[operation.id] = answer.headers["Location"]
            yield Result(operation, answer)

    def _answer(self, operation: Operation) -> Answer:
        try:
            self._count()
            incoming = self._addressed(operation)
            if self._aside is not None and self._aside.takes(incoming):
                return self._answered_aside(self._aside, operation, incoming)
            return respond(self._desk, incoming)
        except BcFault as fault:
            headers = {**self._incoming.headers, **operation.headers}
            language = chosen_language(headers.get("accept-language", ""))
            return render_fault(in_language(self._desk.switches.adjust(fault), language), uuid4())

    def _answered_aside(self, aside: Aside, operation: Operation, incoming: Incoming) -> Answer:
        receiver = aside.asked(incoming)
        agreed, refusal = self._agreed.get(id(operation), (None, None))
        if receiver is not None and receiver != agreed:
            # It hangs on an operation of the same transaction, and could not be asked before.
            aside.shake(receiver)
        elif refusal is not None:
            raise refusal
        return aside.answer(incoming)

    def _addressed(self, operation: Operation) -> Incoming:
        """Return the operation as a request of its own; its address is relative to the API's root, or starts with that."""
        target = urlsplit(self._resolved(operation.url))
        root = urlsplit(self._desk.root)
        path = target.path
        if path.startswith(root.path):
            path = path.removeprefix(root.path)
        elif target.netloc:
            raise resource_not_found(target.path)
        path = path.strip("/")
        outer = self._incoming.headers
        inherited = {name: outer[name] for name in _INHERITED if name in outer}
        return Incoming(
            method=operation.method.upper(),
            here=f"{self._desk.root}/{path}",
            segments=tuple(unquote(segment) for segment in path.split("/") if segment),
            raw_query=target.query,
            headers={**inherited, **operation.headers},
            body=operation.body,
        )

    def _resolved(self, url: str) -> str:
        if not (self._desk.switches.batch_references and url.startswith("$")):
            return url
        end = min((url.index(mark) for mark in "/?" if mark in url), default=len(url))
        name, rest = url[1:end], url[end:]
        if name.lower() in {"batch", "metadata"}:
            return url
        if name not in self._locations:
            raise bad_request(f"The batch has no earlier operation '{name}' that created something.")
        return f"{self._locations[name]}{rest}"
