"""Endpoints: API keys and the project they belong to."""

from fastapi import APIRouter, status

from linkspan.doors.rest.access import CallerOf, HallOf
from linkspan.doors.rest.answers import Page
from linkspan.doors.rest.asks import KeyAsk, KeyChangeAsk
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.doors.rest.log_answers import KeyAnswer, NewKeyAnswer, ProjectAnswer
from linkspan.model import KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.change_key import KeyChange, change_key, delete_key
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_project import read_project
from linkspan.usecases.read_keys import list_keys, read_key

router = APIRouter(route_class=BoundedRoute)


@router.post("/keys", tags=["API keys"], status_code=status.HTTP_201_CREATED, summary="Create an API key")
async def create(ask: KeyAsk, hall: HallOf, caller: CallerOf) -> NewKeyAnswer:
    """Make a key; its text is in this answer only. Needs `platform:write`, and the scopes that it gives away."""
    key, text = await create_key(hall, caller, NewKey(ask.name, frozenset(ask.scopes), ask.expires_at, ask.per_minute))
    return NewKeyAnswer.made(key, text.reveal())


@router.get("/keys", tags=["API keys"], summary="List API keys")
async def list_all(hall: HallOf, caller: CallerOf) -> Page[KeyAnswer]:
    """Every key of the project, oldest first, without their texts. Needs `platform:read`."""
    return Page(data=[KeyAnswer.of(key) for key in await list_keys(hall, caller)])


@router.get("/keys/{key_id}", tags=["API keys"], summary="Get an API key")
async def get(key_id: str, hall: HallOf, caller: CallerOf) -> KeyAnswer:
    """One key without its text. Needs `platform:read`."""
    return KeyAnswer.of(await read_key(hall, caller, key_id))


@router.patch("/keys/{key_id}", tags=["API keys"], summary="Change an API key")
async def change(key_id: str, ask: KeyChangeAsk, hall: HallOf, caller: CallerOf) -> KeyAnswer:
    """Rename, switch off (`enabled: false`), limit or prolong a key. Needs `platform:write`."""
    values: dict[str, object] = {name: getattr(ask, name) for name in ask.model_fields_set}
    if "scopes" in values:
        values["scopes"] = frozenset(ask.scopes)
    changes = KeyChange(**values)  # type: ignore[typeddict-item]  # the names and types are KeyChangeAsk's
    return KeyAnswer.of(await change_key(hall, caller, key_id, changes))


@router.delete("/keys/{key_id}", tags=["API keys"], status_code=status.HTTP_204_NO_CONTENT, summary="Delete an API key")
async def delete(key_id: str, hall: HallOf, caller: CallerOf) -> None:
    """Remove a key; it stops working at once. Needs `platform:write`."""
    await delete_key(hall, caller, key_id)


@router.get("/project", tags=["Project"], summary="Get the own project")
async def project(hall: HallOf, caller: CallerOf) -> ProjectAnswer:
    """The project that the key belongs to. Needs `platform:read`."""
    require(caller, KeyScope.PLATFORM_READ)
    return ProjectAnswer.of(await read_project(hall, caller.project_id))
