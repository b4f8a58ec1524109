"""Changing a connector profile."""

from dataclasses import replace
from typing import TypedDict

from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Caller, KeyScope, Profile, Secret
from linkspan.usecases.access import require
from linkspan.usecases.create_profile import action_mistakes, clean_origin, find_connector, origin_mistakes, seal_secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_profiles import find_profile


class ProfileChange(TypedDict, total=False):
    """What to change of a profile; an absent name stays as it is, and the connector and method cannot be changed."""

    name: str
    client_id: str
    client_secret: Secret | None
    scopes: tuple[str, ...]
    enabled_actions: frozenset[str] | None
    provider_url: str | None
    enabled: bool
    is_default: bool


async def change_profile(hall: Hall, caller: Caller, profile_id: str, change: ProfileChange) -> Profile:
    """Change a profile; accounts keep their grants. Raises NotFoundError, InvalidInputError, AlreadyExistsError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    before = await find_profile(hall, caller.project_id, profile_id)
    _check(hall, before, change)
    values = dict(change)
    secret = change.get("client_secret")
    values.pop("client_secret", None)
    if "provider_url" in change:
        values["provider_url"] = clean_origin(change["provider_url"])
    if "client_secret" in change:
        values["has_secret"] = secret is not None
    after = replace(before, **values, updated_at=hall.clock())  # type: ignore[arg-type]  # the keys are ProfileChange's
    if "client_secret" in change:
        await hall.profiles.change(after, secret=await seal_secret(hall, after, secret), keep_secret=False)
    else:
        await hall.profiles.change(after)
    hall.warm.drop()
    return after


def _check(hall: Hall, before: Profile, change: ProfileChange) -> None:
    connector = find_connector(hall, before.connector)
    mistakes = [
        *action_mistakes(connector, change.get("enabled_actions") or ()),
        *origin_mistakes(change.get("provider_url")),
    ]
    if not change.get("name", before.name).strip():
        mistakes.append(Mistake("name", "give the profile a name"))
    if not change.get("client_id", before.client_id).strip():
        mistakes.append(Mistake("client_id", "give the application (client) ID"))
    secret = change.get("client_secret")
    if secret is not None and not secret.reveal().strip():
        mistakes.append(Mistake("client_secret", "is empty; send null to remove it"))
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
