"""Runs a $batch: many operations in one request, one after the other, some or all of them together or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final, NoReturn
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


class _UndoneError(Exception):
    """Leaves a transaction so that it is undone; what was answered stands."""


def _undo() -> NoReturn:
    raise _UndoneError


def answer_batch(desk: Desk, incoming: Incoming, count: Counter) -> Answer:
    """Return the answer to a batch: 200 whatever became of its operations.

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
    runner = _Runner(desk, incoming, count, continues=wish != "false")
    isolation = incoming.headers.get("isolation", incoming.headers.get("odata-isolation", ""))
    done = runner.run_isolated(parts) if isolation.lower() == "snapshot" else runner.run(parts)
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

    def __init__(self, desk: Desk, incoming: Incoming, count: Counter, *, continues: bool) -> None:
        self._desk = desk
        self._incoming = incoming
        self._count = count
        self._continues = continues
        self._locations: dict[str, str] = {}

    def run(self, parts: Sequence[Part]) -> list[Done]:
        """Run the parts in their order, up to the first that fails unless the batch continues on errors."""
        done: list[Done] = []
        for part in parts:
            done.append(Done(part, self._run_part(part)))
            if done[-1].failed and not self._continues:
                break
        return done

    def run_isolated(self, parts: Sequence[Part]) -> list[Done]:
        """Run the parts in one transaction."""
        done: list[Done] = []
        with suppress(_UndoneError), self._desk.world.transaction():
            done = self.run(parts)
            if any(part.failed for part in done):
                _undo()
        return done

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
            return respond(self._desk, self._addressed(operation))
        except BcFault as fault:
            headers = {**self._incoming.headers, **operation.headers}
            language = chosen_language(headers.get("accept-language", ""))
            return render_fault(in_language(self._desk.switches.adjust(fault), language), uuid4())

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
