"""Endpoints: connector profiles."""

from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import SecretStr

from linkspan.doors.porch.guide_json import guide_json
from linkspan.doors.rest.access import CallerOf, HallOf
from linkspan.doors.rest.answers import Page
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.doors.rest.profile_answers import ProfileAnswer
from linkspan.doors.rest.profile_asks import ProfileAsk, ProfileChangeAsk
from linkspan.model import Secret
from linkspan.usecases.change_profile import ProfileChange, change_profile
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.delete_profile import delete_profile
from linkspan.usecases.guide_proofs import read_profile_guide
from linkspan.usecases.profile_credentials import NewCertificate
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
        audience=ask.audience,
        tenant=ask.tenant,
        secret_expires_at=ask.client_secret_expires_at,
        certificate=_certificate(ask.certificate, ask.certificate_key),
    )
    return ProfileAnswer.of(hall, await create_profile(hall, caller, new))


@router.get("/profiles", summary="List connector profiles")
async def list_all(
    hall: HallOf, caller: CallerOf, connector: Annotated[str | None, Query(description="Only this connector's.")] = None
) -> Page[ProfileAnswer]:
    """Every profile of the project, oldest first. Needs `platform:read`."""
    found = await list_profiles(hall, caller, connector=connector)
    return Page(data=[ProfileAnswer.of(hall, profile) for profile in found])


@router.get("/profiles/{profile_id}", summary="Get a connector profile")
async def get(profile_id: str, hall: HallOf, caller: CallerOf) -> ProfileAnswer:
    """One profile. Needs `platform:read`."""
    return ProfileAnswer.of(hall, await read_profile(hall, caller, profile_id))


@router.get("/profiles/{profile_id}/guide", summary="Get a connector profile's setup guide")
async def guide(profile_id: str, hall: HallOf, caller: CallerOf) -> dict[str, object]:
    """The setup guide for exactly this profile, as the public guides are as JSON; each step has a `proof` as well. Needs `platform:read`.

    `proof.state`: `proved` or `failed` by what happened (with the error's `code`), `stated` by a person, or `not_tried`. Nothing is proved
    by configuration alone, and nothing is asked of the provider here: `POST /v1/accounts/{account_id}/check` asks.
    """
    return guide_json(await read_profile_guide(hall, caller, profile_id))


@router.patch("/profiles/{profile_id}", summary="Change a connector profile")
async def change(profile_id: str, ask: ProfileChangeAsk, hall: HallOf, caller: CallerOf) -> ProfileAnswer:
    """Change what is given and leave the rest; linked accounts keep their grants. Needs `platform:write`.

    To roll a secret over, send the new `client_secret` with `keep_old_secret`: new accounts use the new one, refreshes fall back to the
    old one, and nobody links again. Send `old_client_secret: null` once the new one has proved itself.
    """
    values: dict[str, object] = {name: getattr(ask, name) for name in ask.model_fields_set}
    if "client_secret" in values:
        values["client_secret"] = _secret(ask.client_secret)
    if "client_secret_expires_at" in values:
        values["secret_expires_at"] = values.pop("client_secret_expires_at")
    if {"certificate", "certificate_key"} & values.keys():
        values["certificate"] = _certificate(ask.certificate, ask.certificate_key)
        values.pop("certificate_key", None)
    if "scopes" in values:
        values["scopes"] = tuple(ask.scopes)
    if "enabled_actions" in values:
        values["enabled_actions"] = _actions(ask.enabled_actions)
    changes = ProfileChange(**values)  # type: ignore[typeddict-item]  # the names and types are ProfileChangeAsk's
    return ProfileAnswer.of(hall, await change_profile(hall, caller, profile_id, changes))


@router.delete("/profiles/{profile_id}", status_code=status.HTTP_204_NO_CONTENT, summary="Delete a connector profile")
async def delete(profile_id: str, hall: HallOf, caller: CallerOf) -> None:
    """Remove a profile and its secret; refused while accounts are linked through it. Needs `platform:write`."""
    await delete_profile(hall, caller, profile_id)


def _secret(given: SecretStr | None) -> Secret | None:
    return Secret(given.get_secret_value()) if given is not None else None


def _certificate(pem: str | None, key: SecretStr | None) -> NewCertificate | None:
    if pem is None and key is None:
        return None
    return NewCertificate(pem or "", Secret(key.get_secret_value() if key is not None else ""))


def _actions(given: list[str] | None) -> frozenset[str] | None:
    return frozenset(given) if given is not None else None
