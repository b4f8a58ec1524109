"""A project as a file: its profiles, keys and webhooks, with secrets by reference only."""

from collections.abc import Callable, Iterable
from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from linkspan.connectors.yaml_lines import path_text, read_lines
from linkspan.errors import InvalidInputError, Mistake
from linkspan.event_records import EventType
from linkspan.model import KeyScope


class ProfileEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A profile, known by connector and name; what is left out stays as it is. Secrets are references."""

    connector: str
    name: str
    client_id: str
    auth_method: str | UnsetType = UNSET
    client_secret: str | UnsetType | None = UNSET
    secret_expires_at: date | UnsetType | None = UNSET
    certificate: str | UnsetType = UNSET
    certificate_key: str | UnsetType = UNSET
    scopes: list[str] | UnsetType = UNSET
    enabled_actions: list[str] | UnsetType | None = UNSET
    provider_url: str | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    audience: str | UnsetType = UNSET
    tenant: str | UnsetType | None = UNSET


class KeyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An API key, known by name; its text is made here and shown once."""

    name: str
    scopes: list[KeyScope] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    expires_at: date | UnsetType | None = UNSET
    per_minute: int | UnsetType | None = UNSET


class WebhookEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A webhook, known by its address; its signing secret is made here and shown once."""

    url: str
    events: list[EventType] | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET


class ProjectFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the file says; what it does not name is left alone."""

    profiles: list[ProfileEntry] = []
    keys: list[KeyEntry] = []
    webhooks: list[WebhookEntry] = []


def read_project_file(text: str, resolve: Callable[[str], str]) -> ProjectFile:
    """The file's content with every reference resolved. Raises InvalidInputError with where the mistake is.

    `resolve` gives the text behind `env:NAME` or `file:PATH` and raises ValueError with what is wrong.
    """
    lines = read_lines(text)
    if lines.mistakes:
        raise _wrong(
            Mistake(", ".join(filter(None, (f"line {line}", path_text(path)))), remedy)
            for line, path, remedy in lines.mistakes
        )
    try:
        found = msgspec.convert(lines.data if lines.data is not None else {}, ProjectFile)
    except msgspec.ValidationError as error:
        raise _wrong([Mistake("file", str(error))]) from None
    mistakes = [*_twice("profiles", [f"{each.connector} {each.name.strip()}" for each in found.profiles])]
    defaults = [each.connector for each in found.profiles if each.is_default is True]
    mistakes += _twice("profiles: is_default", defaults)
    mistakes += _twice("keys", [each.name.strip() for each in found.keys])
    mistakes += _twice("webhooks", [each.url for each in found.webhooks])
    profiles = [_resolved(entry, f"profiles[{at}]", resolve, mistakes) for at, entry in enumerate(found.profiles)]
    if mistakes:
        raise _wrong(mistakes)
    return msgspec.structs.replace(found, profiles=profiles)


def _resolved(entry: ProfileEntry, place: str, resolve: Callable[[str], str], mistakes: list[Mistake]) -> ProfileEntry:
    """The entry with texts in place of references; what is wrong is added to `mistakes`."""
    if (entry.certificate is UNSET) != (entry.certificate_key is UNSET):
        mistakes.append(Mistake(place, "give certificate and certificate_key together"))
    texts: dict[str, str] = {}
    for name in ("client_secret", "certificate", "certificate_key"):
        reference = getattr(entry, name)
        if not isinstance(reference, str):
            continue
        try:
            texts[name] = resolve(reference)
        except ValueError as error:
            mistakes.append(Mistake(f"{place}.{name}", str(error)))
    return msgspec.structs.replace(entry, **texts)


def given(entry: msgspec.Struct) -> dict[str, object]:
    """What an entry says, without what it leaves out."""
    return {name: value for name in entry.__struct_fields__ if (value := getattr(entry, name)) is not UNSET}


def _twice(part: str, names: Iterable[str]) -> list[Mistake]:
    seen: set[str] = set()
    return [Mistake(part, f"{name!r} is there twice") for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]  # add answers None


def _wrong(mistakes: Iterable[Mistake]) -> InvalidInputError:
    return InvalidInputError(
        "The project file holds mistakes; nothing was changed.",
        mistakes=list(mistakes),
        next_step="Correct the file and apply it again.",
    )
