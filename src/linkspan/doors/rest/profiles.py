"""Endpoints: connector profiles."""

from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import SecretStr

from linkspan.doors.rest.access import CallerOf, HallOf
from linkspan.doors.rest.answers import Page, ProfileAnswer
from linkspan.doors.rest.asks import ProfileAsk, ProfileChangeAsk
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.model import Secret
from linkspan.usecases.change_profile import ProfileChange, change_profile
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.delete_profile import delete_profile
from linkspan.usecases.read_profiles import list_profiles, read_profile

router = APIRouter(route_class=BoundedRoute, tags=["Connector profiles"])


@router.post("/profiles", status_code=status.HTTP_201_CREATED, summary="Create a connector profile")
async def create(ask: ProfileAsk, hall: HallOf, caller: CallerOf) -> ProfileAnswer:
    """Keep an OAuth client for a connector. Needs the key scope `platform:write`."""
    new = NewProfile(
        connector=ask.connector,
        name=ask.name,
        client_id=ask.client_id,
        client_secret=_secret(ask.client_secret),
        auth_method=ask.auth_method,
        scopes=tuple(ask.scopes),
        enabled_actions=_actions(ask.enabled_actions),
        provider_url=ask.provider_url,
        enabled=ask.enabled,
        is_default=ask.is_default,
    )
    return ProfileAnswer.of(await create_profile(hall, caller, new), hall.settings.base_url)


@router.get("/profiles", summary="List connector profiles")
async def list_all(
    hall: HallOf, caller: CallerOf, connector: Annotated[str | None, Query(description="Only this connector's.")] = None
) -> Page[ProfileAnswer]:
    """Every profile of the project, oldest first. Needs `platform:read`."""
    found = await list_profiles(hall, caller, connector=connector)
    return Page(data=[ProfileAnswer.of(profile, hall.settings.base_url) for profile in found])


@router.get("/profiles/{profile_id}", summary="Get a connector profile")
async def get(profile_id: str, hall: HallOf, caller: CallerOf) -> ProfileAnswer:
    """One profile. Needs `platform:read`."""
    return ProfileAnswer.of(await read_profile(hall, caller, profile_id), hall.settings.base_url)


@router.patch("/profiles/{profile_id}", summary="Change a connector profile")
async def change(profile_id: str, ask: ProfileChangeAsk, hall: HallOf, caller: CallerOf) -> ProfileAnswer:
    """Change what is given and leave the rest; linked accounts keep their grants. Needs `platform:write`."""
    values: dict[str, object] = {name: getattr(ask, name) for name in ask.model_fields_set}
    if "client_secret" in values:
        values["client_secret"] = _secret(ask.client_secret)
    if "scopes" in values:
        values["scopes"] = tuple(ask.scopes)
    if "enabled_actions" in values:
        values["enabled_actions"] = _actions(ask.enabled_actions)
    changes = ProfileChange(**values)  # type: ignore[typeddict-item]  # the names and types are ProfileChangeAsk's
    return ProfileAnswer.of(await change_profile(hall, caller, profile_id, changes), hall.settings.base_url)


@router.delete("/profiles/{profile_id}", status_code=status.HTTP_204_NO_CONTENT, summary="Delete a connector profile")
async def delete(profile_id: str, hall: HallOf, caller: CallerOf) -> None:
    """Remove a profile and its secret; refused while accounts are linked through it. Needs `platform:write`."""
    await delete_profile(hall, caller, profile_id)


def _secret(given: SecretStr | None) -> Secret | None:
    return Secret(given.get_secret_value()) if given is not None else None


def _actions(given: list[str] | None) -> frozenset[str] | None:
    return frozenset(given) if given is not None else None
