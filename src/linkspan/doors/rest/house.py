"""Endpoints of keeping house: the audit log, and all data of one origin owner."""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import StreamingResponse

from linkspan.doors.rest.access import CallerOf, HallOf
from linkspan.doors.rest.answers import Page
from linkspan.doors.rest.asks import OwnerPageAsk
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.doors.rest.house_answers import AuditAnswer, ErasedAnswer, FeedbackAnswer, OwnerPageAnswer
from linkspan.engine import json_text
from linkspan.errors import CursorInvalidError
from linkspan.model import KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.audit import export_audit, read_audit
from linkspan.usecases.owner_data import erase_owner, export_owner
from linkspan.usecases.owner_page import open_owner_page
from linkspan.usecases.tool_feedback import read_feedback

router = APIRouter(route_class=BoundedRoute, tags=["Keeping house"])

OwnerId = Annotated[str, Path(description="The customer's id in your system.")]
_LINES: dict[int | str, dict[str, object]] = {
    200: {"content": {"application/x-ndjson": {"schema": {"type": "string", "description": "One record a line."}}}}
}
_MOST_DIGITS = 18


@router.get("/audit", summary="Read the audit log")
async def audit(
    hall: HallOf,
    caller: CallerOf,
    subject_id: Annotated[str | None, Query(description="Only of this profile, key, account or webhook.")] = None,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
    page_size: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Page[AuditAnswer]:
    """Who changed which profile, secret, key, account, webhook or brand, oldest first: names of fields, never values. Needs `logs:read`."""
    after = _position(cursor)
    found = await read_audit(hall, caller, after=after, limit=page_size, subject_id=subject_id)
    more = str(found[-1].position) if len(found) == page_size else None
    return Page(data=[AuditAnswer.of(entry) for entry in found], next=more)


@router.get("/audit/export", summary="Export the audit log", response_class=StreamingResponse, responses=_LINES)
async def export(hall: HallOf, caller: CallerOf) -> StreamingResponse:
    """The whole audit log of the project, one entry a line. Needs `logs:read`."""
    require(caller, KeyScope.LOGS_READ)

    async def lines() -> AsyncGenerator[bytes, None]:
        async for group in export_audit(hall, caller):
            for entry in group:
                yield AuditAnswer.of(entry).model_dump_json().encode() + b"\n"

    return _stream(lines())


@router.get("/feedback", summary="Read agents' feedback")
async def feedback(
    hall: HallOf, caller: CallerOf, page_size: Annotated[int, Query(ge=1, le=500)] = 100
) -> Page[FeedbackAnswer]:
    """What agents said of the tools that they used, newest first. Needs `logs:read`."""
    return Page(data=[FeedbackAnswer.of(one) for one in await read_feedback(hall, caller, limit=page_size)])


@router.get(
    "/owners/{origin_owner_id:path}/data",
    summary="Export all data of an owner",
    response_class=StreamingResponse,
    responses=_LINES,
)
async def owner_data(origin_owner_id: OwnerId, hall: HallOf, caller: CallerOf) -> StreamingResponse:
    """Accounts, grants (without tokens), runs with their steps, writes, connect sessions and events, one a line. Needs `platform:read` and `logs:read`."""
    return _stream(_lines(await export_owner(hall, caller, origin_owner_id)))


@router.delete("/owners/{origin_owner_id:path}/data", summary="Erase all data of an owner")
async def erase(origin_owner_id: OwnerId, hall: HallOf, caller: CallerOf) -> ErasedAnswer:
    """Erase them for good; answers how many there were, zeros for an owner that is not known. Needs `platform:write`."""
    return ErasedAnswer.of(await erase_owner(hall, caller, origin_owner_id))


@router.post("/owners/{origin_owner_id:path}/page", summary="Open an owner's own page", status_code=201)
async def owner_page(origin_owner_id: OwnerId, ask: OwnerPageAsk, hall: HallOf, caller: CallerOf) -> OwnerPageAnswer:
    """A short-lived signed link to the page on which the customer sees, links again and revokes what they have linked. Needs `platform:write`."""
    return OwnerPageAnswer.of(
        await open_owner_page(hall, caller, origin_owner_id, ask.expires_in, agents=ask.agents or "")
    )


async def _lines(records: AsyncGenerator[dict[str, object], None]) -> AsyncGenerator[bytes, None]:
    async for record in records:
        yield json_text.dump(record) + b"\n"


def _stream(lines: AsyncGenerator[bytes, None]) -> StreamingResponse:
    return StreamingResponse(lines, media_type="application/x-ndjson", headers={"cache-control": "no-store"})


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > _MOST_DIGITS:
        raise CursorInvalidError
    return int(cursor)
