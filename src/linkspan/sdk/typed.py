"""What the typed clients stand on that `linkspan sdk generate` writes: an account whose answers have the types of one profile's actions."""

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast

from linkspan.sdk.client import BoundAccount, Group
from linkspan.sdk.modes import Awaited, Blocking, ModeT, either, either_each
from linkspan.sdk.records import Answer, Record

__all__ = [
    "Amount",
    "Awaited",
    "Blocking",
    "Filter",
    "Listed",
    "ModeT",
    "Shape",
    "TypedAccount",
    "either",
    "either_each",
]

Filter = str | Mapping[str, object]
"""OData text, or `{field: value}` and `{field: {"gt": value}}`."""

Amount = Decimal | int | str
"""An amount to write; answers always have Decimals."""

RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class Listed(Generic[RecordT]):
    """One page of a list; `next` is the cursor of the following one, `count` is there when it was asked for."""

    rows: list[RecordT]
    next: str | None
    count: int | None
    run_id: str


# Without slots: a generic class sets its parameters on what it makes.
@dataclass(frozen=True)
class Shape(Generic[RecordT]):
    """What a record type is at run time: which fields are amounts, and which hold records of another shape."""

    amounts: Collection[str] = ()
    linked: Mapping[str, "Shape[Any]"] = field(default_factory=dict)

    def of(self, record: Record) -> RecordT:
        """The record with every amount a Decimal, those without a fraction too; fields that the shape does not know are kept."""
        told: Record = {}
        for name, value in record.items():
            shape = self.linked.get(name)
            if shape is not None:
                told[name] = [shape.of(one) for one in value] if isinstance(value, list) else _linked(shape, value)
            elif name in self.amounts and isinstance(value, int) and not isinstance(value, bool):
                told[name] = Decimal(value)
            else:
                told[name] = value
        return cast("RecordT", told)


class TypedAccount(BoundAccount[ModeT], Generic[ModeT]):
    """An account of a client, with methods for actions. `run` and its kin do what no method does, such as a dry run."""

    def __init__(self, account: BoundAccount[ModeT]) -> None:
        super().__init__(account._line, account._portal, account._account_id)  # noqa: SLF001 - the same account, with more methods

    async def _one(self, action: str, shape: Shape[RecordT], **given: Any) -> RecordT:
        """The record that an action answers."""
        return shape.of((await self._asked(action, **given)).record)

    async def _one_or_none(self, action: str, shape: Shape[RecordT], **given: Any) -> RecordT | None:
        """The record that an action answers, if there is one."""
        answer = await self._asked(action, **given)
        return None if answer.data is None else shape.of(answer.record)

    async def _nothing(self, action: str, **given: Any) -> None:
        """An action that answers nothing."""
        await self._asked(action, **given)

    async def _listed(self, action: str, shape: Shape[RecordT], **given: Any) -> Listed[RecordT]:
        """One page of a list."""
        answer = await self._asked(action, **given)
        return Listed([shape.of(row) for row in answer.rows], answer.next, answer.count, answer.run_id)

    async def _each(self, action: str, shape: Shape[RecordT], **groups: Group) -> AsyncGenerator[RecordT, None]:
        """Each record of a list, page by page."""
        async for page in self._pages(action, **{name: _said(group) for name, group in groups.items()}):
            for row in page.rows:
                yield shape.of(row)

    async def _asked(
        self, action: str, *, body: Group | None = None, idempotency_key: str | None = None, **groups: Group
    ) -> Answer:
        said = {name: _said(group) for name, group in groups.items()}
        return await self._answer(action, {**said, "body": body}, idempotency_key=idempotency_key)


def _said(group: Group) -> Group | None:
    """What was given of a group; None if nothing was."""
    return {name: value for name, value in group.items() if value is not None} or None


def _linked(shape: Shape[Any], value: object) -> object:
    return shape.of(value) if isinstance(value, dict) else value
