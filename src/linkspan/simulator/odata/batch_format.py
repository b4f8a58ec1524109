"""The operations of a $batch and what became of them, whichever of the two formats they came in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from linkspan.simulator.odata.exchange import Answer

_FAILED: Final = 400
_SHOWN: Final = {"location": "Location", "preference-applied": "Preference-Applied", "retry-after": "Retry-After"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One request inside a batch; header names are lower-case, `id` is None where none was given."""

    id: str | None
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """One operation, or (`atomic`) a change set: operations that all succeed or are all undone."""

    operations: tuple[Operation, ...]
    atomic: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """An operation and its answer."""

    operation: Operation
    answer: Answer

    @property
    def failed(self) -> bool:
        """Whether the operation was refused."""
        return self.answer.status >= _FAILED

    def headers(self) -> dict[str, str]:
        """Return the headers shown inside the batch: of the body if there is one, and where a record was created."""
        shown: dict[str, str] = {}
        if self.answer.content_type is not None:
            shown["content-type"] = self.answer.content_type.replace("; odata.streaming=true", "")
            shown["odata-version"] = "4.0"
        found = ((name, self.answer.headers.get(sent)) for name, sent in _SHOWN.items())
        return {**shown, **{name: value for name, value in found if value is not None}}


@dataclass(frozen=True, slots=True)
class Done:
    """A part and the results of its operations; of a change set that failed only the failure."""

    part: Part
    results: Sequence[Result]

    @property
    def failed(self) -> bool:
        """Whether one of its operations was refused."""
        return any(result.failed for result in self.results)
