"""Makes a project what its file says: compares first, then changes only what differs, so that a second time changes nothing."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import cast

from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import ApiKey, Caller, KeyScope, Profile, Secret
from linkspan.usecases.access import USUAL_SCOPES, require
from linkspan.usecases.change_key import KeyChange, change_key
from linkspan.usecases.change_profile import ProfileChange, change_profile
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_profile import NewProfile, clean_origin, clean_tenant, create_profile
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_webhooks import NewWebhook, WebhookChange, change_webhook, create_webhook
from linkspan.usecases.profile_credentials import NewCertificate
from linkspan.usecases.project_file import KeyEntry, ProfileEntry, ProjectFile, WebhookEntry, given

MADE, CHANGED = "+", "~"
_HIDDEN = frozenset({"client_secret", "certificate"})
_IDENTITY = frozenset({"connector", "auth_method", "name"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the file says: `deed` is MADE or CHANGED; `fields` are (name, before, after), secrets hidden.

    `carry_out` makes it so, and answers a text that is shown this once, such as a new key's.
    """

    thing: str
    deed: str
    fields: tuple[tuple[str, object, object], ...]
    carry_out: Callable[[], Awaitable[Secret | None]]


async def compare_project(hall: Hall, caller: Caller, wanted: ProjectFile) -> list[Difference]:
    """What has to be made or changed, in the order of the file; what the file does not name is left alone.

    Raises InvalidInputError for what cannot be changed.
    """
    require(caller, KeyScope.PLATFORM_WRITE)
    require(caller, KeyScope.PLATFORM_READ)
    profiles = {(each.connector, each.name): each for each in await hall.profiles.list(caller.project_id)}
    keys = await hall.keys.list(caller.project_id)
    hooks = {each.url: each for each in await hall.webhooks.list(caller.project_id)}
    found = [
        await _profile(hall, caller, each, profiles.get((each.connector, each.name.strip())))
        for each in wanted.profiles
    ]
    found += [_key(hall, caller, each, _only(keys, each.name.strip())) for each in wanted.keys]
    for hook in wanted.webhooks:
        before = hooks.get(hook.url)
        now = (
            {}
            if before is None
            else {"events": before.events, "description": before.description, "enabled": before.enabled}
        )
        found.append(_webhook(hall, caller, hook, before.id if before else None, now))
    return [each for each in found if each is not None]


async def _profile(hall: Hall, caller: Caller, entry: ProfileEntry, before: Profile | None) -> Difference | None:
    said = _profile_values(entry)
    if "client_secret" not in said and (before is None or not before.has_secret):
        said.pop("secret_expires_at", None)  # the date of nothing
    if before is None:
        new = NewProfile(**said)  # type: ignore[arg-type]  # the names and types are ProfileEntry's

        async def make() -> None:
            await create_profile(hall, caller, new)

        return Difference(f"profile {entry.name}", MADE, _shown({}, said), make)
    if said.get("auth_method", before.auth_method) != before.auth_method:
        what = f"is {before.auth_method} and cannot be changed; make another profile"
        raise InvalidInputError(mistakes=[Mistake(f"profile {entry.name}: auth_method", what)])
    now = {name: getattr(before, name, None) for name in said if name not in _HIDDEN}
    now |= await _proofs(hall, before)
    change = {name: value for name, value in said.items() if name not in _IDENTITY and not _same(now.get(name), value)}
    if "client_secret" in change and "secret_expires_at" in said:
        change["secret_expires_at"] = said["secret_expires_at"]  # a new secret takes its date along
    if not change:
        return None

    async def alter() -> None:
        await change_profile(hall, caller, before.id, cast("ProfileChange", change))

    return Difference(f"profile {entry.name}", CHANGED, _shown(now, change), alter)


def _key(hall: Hall, caller: Caller, entry: KeyEntry, before: ApiKey | None) -> Difference | None:
    said = {name: _cell(value) for name, value in given(entry).items()}
    if before is None:
        enabled = said.pop("enabled", True)
        new = NewKey(**{"scopes": USUAL_SCOPES} | said)  # type: ignore[arg-type]  # the names and types are KeyEntry's

        async def make() -> Secret:
            key, text = await create_key(hall, caller, new)
            if not enabled:
                await change_key(hall, caller, key.id, {"enabled": False})
            return text

        return Difference(f"key {entry.name}", MADE, _shown({}, said), make)
    now = {name: getattr(before, name) for name in said}
    change = {name: value for name, value in said.items() if name != "name" and now[name] != value}
    if not change:
        return None

    async def alter() -> None:
        await change_key(hall, caller, before.id, cast("KeyChange", change))

    return Difference(f"key {entry.name}", CHANGED, _shown(now, change), alter)


def _webhook(
    hall: Hall, caller: Caller, entry: WebhookEntry, webhook_id: str | None, now: Mapping[str, object]
) -> Difference | None:
    said = {name: _cell(value) for name, value in given(entry).items()}
    if webhook_id is None:
        new = NewWebhook(**said)  # type: ignore[arg-type]  # the names and types are WebhookEntry's

        async def make() -> Secret:
            return (await create_webhook(hall, caller, new))[1]

        return Difference(f"webhook {entry.url}", MADE, _shown({}, said), make)
    change = {name: value for name, value in said.items() if name != "url" and now[name] != value}
    if not change:
        return None

    async def alter() -> None:
        await change_webhook(hall, caller, webhook_id, cast("WebhookChange", change))

    return Difference(f"webhook {entry.url}", CHANGED, _shown(now, change), alter)


def _profile_values(entry: ProfileEntry) -> dict[str, object]:
    """What an entry says, as a profile holds it."""
    said = given(entry)
    secret, pem, key = said.get("client_secret"), said.pop("certificate", None), said.pop("certificate_key", None)
    if isinstance(secret, str):
        said["client_secret"] = Secret(secret)
    if isinstance(pem, str) and isinstance(key, str):
        said["certificate"] = NewCertificate(pem, Secret(key))
    for name, clean in (("provider_url", clean_origin), ("tenant", clean_tenant)):
        if name in said:
            said[name] = clean(cast("str | None", said[name]))
    if "scopes" in said:
        said["scopes"] = tuple(cast("list[str]", said["scopes"]))
    said["name"], said["client_id"] = entry.name.strip(), entry.client_id.strip()
    return {name: _cell(value) for name, value in said.items()}


async def _proofs(hall: Hall, profile: Profile) -> dict[str, object]:
    """The secret and the certificate that a profile has, in clear."""
    sealed, owner = await hall.profiles.credentials(profile.project_id, profile.id), f"profile:{profile.id}"
    proofs: dict[str, object] = {"client_secret": None, "certificate": None}
    if sealed.secret is not None:
        proofs["client_secret"] = await hall.vault.open(profile.project_id, owner, "client_secret", sealed.secret)
    if sealed.certificate_key is not None and profile.certificate is not None:
        key = await hall.vault.open(profile.project_id, owner, "certificate_key", sealed.certificate_key)
        proofs["certificate"] = NewCertificate(profile.certificate, key)
    return proofs


def _only(keys: list[ApiKey], name: str) -> ApiKey | None:
    named = [each for each in keys if each.name == name]
    if len(named) > 1:
        what = f"there are {len(named)} keys of this name, so that it is open which is meant"
        raise InvalidInputError(mistakes=[Mistake(f"key {name}", what)], next_step="Rename or delete all but one.")
    return named[0] if named else None


def _cell(value: object) -> object:
    """A value of the file as records hold it: days are midnights in UTC, lists are sets."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return frozenset(value) if isinstance(value, list) else value


def _same(before: object, after: object) -> bool:
    if isinstance(before, Secret) and isinstance(after, Secret):
        return hmac.compare_digest(before.reveal().encode(), after.reveal().encode())
    if isinstance(before, NewCertificate) and isinstance(after, NewCertificate):
        return before.pem == after.pem and _same(before.key, after.key)
    return before == after


def _shown(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[tuple[str, object, object], ...]:
    """Names with what they were and what they become; of secrets only whether there is one."""

    def told(name: str, value: object) -> object:
        if name in _HIDDEN:
            return "(none)" if value is None else "(secret)"
        return sorted(value) if isinstance(value, frozenset) else value

    return tuple((name, told(name, before.get(name)), told(name, value)) for name, value in after.items())
