"""One tool: an action as a model sees it, and calling it, once."""

import hashlib
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

import msgspec

from linkspan.sdk import exact_json
from linkspan.sdk.errors import (
    Failure,
    InvalidInputError,
    LinkspanError,
    Mistake,
    UnauthenticatedError,
    UnreachableError,
)
from linkspan.sdk.modes import ModeT, Portal, Speaker, either
from linkspan.sdk.toolset.catalogue import Catalogue, Shape, write_in_doubt
from linkspan.sdk.toolset.strict import strict_schema, without_nulls

LONGEST_NAME = 64
"""Longest name of a function that OpenAI, Anthropic and Google all take."""

_ACCOUNT, _OURS = "x-account-id", "account_id"
_DIGEST = 8


@dataclass(frozen=True, slots=True)
class Manner:
    """How every tool of a set is called: only tried, failures raised or told to the model, arguments of strict models."""

    dry_run: bool = False
    raise_errors: bool = False


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool answered: `text` is what a model reads, small and without what says nothing."""

    text: str

    @property
    def data(self) -> object:
        """The same as Python, amounts as Decimals. Raises ValueError where the text is no JSON (the format `csv`)."""
        return exact_json.parse(self.text, object)


class Tool(Speaker[ModeT], Generic[ModeT]):
    """An action as a tool.

    `name` is what models call it (at most 64 characters; `action` is the whole id), `schema` the JSON Schema of its flat arguments.
    `reads` and `destructive` tell what it does. With several accounts of its connector the argument `account_id` is required.
    """

    def __init__(self, shape: Shape, catalogue: Catalogue, manner: Manner, portal: Portal | None) -> None:
        super().__init__(portal)
        self.action = shape.name
        self.name = short_name(shape.name)
        self.description = shape.description or shape.name.replace("_", " ")
        self.reads = shape.annotations.read_only_hint
        self.destructive = not self.reads and shape.annotations.destructive_hint
        self.schema: Mapping[str, object] = _renamed(shape.input_schema)
        self._renames = self.schema is not shape.input_schema
        self._catalogue, self._manner = catalogue, manner

    @property
    def strict_schema(self) -> Mapping[str, object]:
        """The schema for models that follow one strictly; call with `strict=True` what they answer."""
        return strict_schema(self.schema)

    @either
    async def call(
        self,
        arguments: Mapping[str, object] | str | None = None,
        *,
        idempotency_key: str | None = None,
        dry_run: bool = False,
        strict: bool = False,
    ) -> ToolAnswer:
        """Call the tool with the arguments of a model: an object, or its JSON text. Raises LinkspanError.

        A write gets an idempotency key of its own, which all tries of this call share, so it is done once; give a key of yours to repeat
        a whole call later. With `dry_run` a write is only rehearsed. `strict` leaves out arguments that are null.
        """
        return await self.answer(arguments, idempotency_key=idempotency_key, dry_run=dry_run, strict=strict)

    async def answer(
        self,
        arguments: Mapping[str, object] | str | None = None,
        *,
        idempotency_key: str | None = None,
        dry_run: bool = False,
        strict: bool = False,
    ) -> ToolAnswer:
        """`call`, awaited in whatever loop the client lives in."""
        sent = self._arguments(arguments, strict=strict)
        if self.reads:
            return ToolAnswer(await self._catalogue.call(self.action, sent, repeatable=True))
        if dry_run or self._manner.dry_run:
            return ToolAnswer(await self._catalogue.call(self.action, {**sent, "dry_run": True}, repeatable=True))
        key = idempotency_key or uuid.uuid4().hex
        sent["idempotency_key"] = key
        try:
            return ToolAnswer(await self._catalogue.call(self.action, sent, repeatable=True))
        except UnreachableError as error:
            raise write_in_doubt(error, key) from error

    async def told(self, arguments: Mapping[str, object] | str | None, *, strict: bool = False) -> str:
        """The text for a model, a failure included, unless failures shall be raised or no model can do anything about it."""
        try:
            return (await self.answer(arguments, strict=strict)).text
        except UnauthenticatedError:
            raise
        except LinkspanError as error:
            if self._manner.raise_errors:
                raise
            return error_text(error)

    async def told_anywhere(self, arguments: Mapping[str, object] | str | None, *, strict: bool = False) -> str:
        """`told`, awaited in any loop, also of a set for programs without one."""
        story = self.told(arguments, strict=strict)
        return await story if self._portal is None else await self._portal.elsewhere(story)

    def told_now(self, arguments: Mapping[str, object] | str | None, *, strict: bool = False) -> str:
        """`told`, waited for. Raises TypeError on an AsyncToolset."""
        if self._portal is None:
            message = "An AsyncToolset has no blocking calls: await its tools, or use Toolset."
            raise TypeError(message)
        return self._portal.wait_for(self.told(arguments, strict=strict))

    @property
    def waits(self) -> bool:
        """Whether `told_now` can be used."""
        return self._portal is not None

    def _arguments(self, given: Mapping[str, object] | str | None, *, strict: bool) -> dict[str, object]:
        sent = _read(given)
        if strict:
            sent = {name: without_nulls(value) for name, value in sent.items() if value is not None}
        _check_numbers(sent, "")
        if self._renames and _OURS in sent:
            sent[_ACCOUNT] = sent.pop(_OURS)
        return sent


def short_name(name: str) -> str:
    """A name that models take: one that is too long ends with a digest of the whole."""
    if len(name) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: LONGEST_NAME - _DIGEST - 1]}_{digest}"


def error_text(error: LinkspanError) -> str:
    """A failure as a model reads it."""
    told: dict[str, object] = {
        "code": error.code,
        "message": error.message,
        "advice": error.advice,
        "next_step": error.next_step,
        "who": error.who,
        "link": error.link,
        "mistakes": [f"{mistake.where}: {mistake.what}" for mistake in error.mistakes],
        "run_id": error.run_id,
        "retry_after": error.retry_after,
        "provider_says": msgspec.to_builtins(error.provider) if error.provider else None,
    }
    return exact_json.dump({"error": {name: value for name, value in told.items() if value}}).decode()


def _read(given: Mapping[str, object] | str | None) -> dict[str, object]:
    if given is None or isinstance(given, str):
        try:
            return exact_json.parse(given or "{}", dict)
        except (ValueError, RecursionError) as error:
            raise _invalid("arguments", f"are not a JSON object ({error})") from None
    return dict(given)


def _check_numbers(value: object, where: str) -> None:
    """Models write NaN and Infinity now and then; JSON has neither."""
    if isinstance(value, float) and not math.isfinite(value):
        raise _invalid(where, "is no number")
    if isinstance(value, dict):
        for name, item in value.items():
            _check_numbers(item, f"{where}.{name}".lstrip("."))
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for number, item in enumerate(value):
            _check_numbers(item, f"{where}[{number}]")


def _invalid(where: str, what: str) -> InvalidInputError:
    message = f"{where} {what}"
    return InvalidInputError(
        Failure("invalid_input", message, "Correct the arguments.", "fix", mistakes=[Mistake(where, what)])
    )


def _renamed(schema: dict[str, object]) -> dict[str, object]:
    """The schema with `account_id` in place of a header's name, which no Python function can have as a parameter."""
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict) or _ACCOUNT not in properties or _OURS in properties:
        return schema
    renamed = {_OURS if name == _ACCOUNT else name: one for name, one in properties.items()}
    needed = [_OURS if name == _ACCOUNT else name for name in required] if isinstance(required, list) else []
    return {**schema, "properties": renamed, "required": needed}
