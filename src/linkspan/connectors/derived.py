"""Derives a connector of one's own from a shipped one and a service's own description: its custom fields and custom APIs become actions."""

import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from linkspan.connectors.contract_file import ContractFile, EntityEntry, FieldEntry
from linkspan.connectors.loader import (
    CONNECTOR_FILE,
    CONTRACT_FILE,
    GUIDES_FOLDER,
    LOGO_FILE,
    PERMISSIONS_FILE,
    RESOURCES_FILE,
)
from linkspan.connectors.names import snake_case, words
from linkspan.connectors.spec import KEY_PATTERN, NAME_PATTERN
from linkspan.connectors.vocabulary import VERBS_OFFERED
from linkspan.connectors.yaml_lines import read_lines
from linkspan.errors import ConfigurationError

_API = re.compile(r"\w[\w.-]*/\w[\w.-]*/\w[\w.-]*", re.ASCII)
_API_ROOT = re.compile(r'^(api_root: .*/api/)[^"\s]+("?)$', re.MULTILINE)
_KEY_LINE = re.compile(r"^key: .*$", re.MULTILINE)
_SAMPLES: Mapping[str, object] = {
    "string": "A",
    "guid": "6c1f2d34-9a05-4b7e-8d61-3f0a9be4c215",
    "decimal": 1,
    "date": "2026-01-31",
    "datetime": "2026-01-31T08:00:00Z",
    "boolean": True,
    "int32": 1,
    "int64": 1,
}
Resource = dict[str, object]


def merged(base: ContractFile, live: ContractFile) -> ContractFile:
    """What the service declares, with all that the shipped contract knows better of the same entities and fields."""
    entities = {name: _entity(base.entities.get(name), entry) for name, entry in live.entities.items()}
    enums = {name: {**members, **_known(base.enums.get(name, {}), members)} for name, members in live.enums.items()}
    file = {"source_version": base.source_version, "enums": enums, "entities": entities}
    return live.model_copy(update={**file, "about": base.about})


def _known(base: Mapping[str, str], members: Mapping[str, str]) -> dict[str, str]:
    return {wire: text for wire, text in base.items() if wire in members}


def _entity(base: EntityEntry | None, live: EntityEntry) -> EntityEntry:
    if base is None or base.set != live.set:
        return live
    known = {field.name: field for field in base.fields}
    fields = tuple(_field(known.get(field.name), field) for field in live.fields)
    links = {link.name: link for link in live.links} | {
        link.name: link for link in base.links if link.name in {one.name for one in live.links}
    }
    told = {"verbs": live.verbs, "operations": live.operations, "key": live.key, "fields": fields}
    return base.model_copy(update={**told, "links": tuple(links.values())})


def _field(base: FieldEntry | None, live: FieldEntry) -> FieldEntry:
    if base is None or (base.type, base.enum) != (live.type, live.enum):
        return live
    return base.model_copy(update={"max_length": live.max_length, "read_only": live.read_only})


def write_derived(base: Traversable, live: ContractFile, folder: Path, *, api: str | None = None) -> None:
    """Write a connector's folder: that of `base` over what the service declares; `api` names a custom API as publisher/group/version.

    The folder's name becomes the key. Raises ConfigurationError for a name that is no key, an api of another form, and a folder that is
    not empty.
    """
    if not re.fullmatch(KEY_PATTERN, folder.name):
        message = f"{folder.name!r} cannot be a connector's key: use lower-case letters, digits and hyphens."
        raise ConfigurationError(message, next_step="Give the command another name and run it again.")
    if api is not None and not _API.fullmatch(api):
        message = f"{api!r} is no custom API: write publisher/group/version, such as contoso/warehouse/v1.0."
        raise ConfigurationError(message, next_step="Give the command another name and run it again.")
    if folder.exists() and any(folder.iterdir()):
        message = f"{folder} holds something already; name a new folder."
        raise ConfigurationError(message, next_step="Give the command another name and run it again.")
    contract, resources, permissions = live, _generated(live, live.entities), {}
    if api is None:
        shipped = ContractFile.model_validate_json(base.joinpath(CONTRACT_FILE).read_text(encoding="utf-8"))
        contract = merged(shipped, live)
        new = [
            name for name, one in live.entities.items() if one.set != getattr(shipped.entities.get(name), "set", None)
        ]
        kept = _mended(
            _yaml(base, RESOURCES_FILE), {name: one for name, one in contract.entities.items() if name not in new}
        )
        resources = {**kept, **_generated(contract, new)}
        permissions = _yaml(base, PERMISSIONS_FILE)
        permissions["resources"] = {
            key: told for key, told in _part(permissions, "resources").items() if key in resources
        }
    _write(base, folder, contract=contract, resources=resources, permissions=permissions, api=api)


def _write(
    base: Traversable,
    folder: Path,
    *,
    contract: ContractFile,
    resources: Mapping[str, object],
    permissions: Mapping[str, object],
    api: str | None,
) -> None:
    head = _KEY_LINE.sub(f"key: {folder.name}", base.joinpath(CONNECTOR_FILE).read_text(encoding="utf-8"), count=1)
    if api is not None:
        head = _API_ROOT.sub(rf"\g<1>{api}\g<2>", head)
    (folder / GUIDES_FOLDER).mkdir(parents=True, exist_ok=True)
    (folder / CONNECTOR_FILE).write_text(head, encoding="utf-8")
    text = json.dumps(contract.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, indent=1)
    (folder / CONTRACT_FILE).write_text(text + "\n", encoding="utf-8")
    for name, data in ((RESOURCES_FILE, resources), (PERMISSIONS_FILE, permissions)):
        if data:
            told = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=140)
            (folder / name).write_text(told, encoding="utf-8")
    for guide in base.joinpath(GUIDES_FOLDER).iterdir():
        (folder / GUIDES_FOLDER / guide.name).write_text(guide.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / LOGO_FILE).write_text(base.joinpath(LOGO_FILE).read_text(encoding="utf-8"), encoding="utf-8")


def _yaml(base: Traversable, name: str) -> dict[str, object]:
    data = read_lines(base.joinpath(name).read_text(encoding="utf-8")).data
    return {str(key): value for key, value in data.items()} if isinstance(data, dict) else {}


def _part(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _generated(contract: ContractFile, names: Iterable[str]) -> dict[str, object]:
    """A resource for each entity, none of whose actions a new profile allows, except to read companies."""
    made: dict[str, object] = {}
    for name in names:
        entity = contract.entities[name]
        key, one = snake_case(entity.set), len(entity.key) == 1
        if not re.fullmatch(NAME_PATTERN, key):
            continue
        example = _example(entity, contract)
        verbs = ["list", *(["get"] if one else [])]
        verbs += [
            verb for verb in ("create", "update") if verb in entity.verbs and example and (one or verb == "create")
        ]
        verbs += ["delete"] if "delete" in entity.verbs and one else []
        verbs = verbs if name != "company" else verbs[:2]
        resource: Resource = {"entity": name, "verbs": verbs, "default": name == "company"}
        if name in {"company", "subscription"}:
            resource["company"] = False
        if entity.operations and one:
            about = "Do {} with one {}, as the service declares it."
            told = {each: {"about": about.format(words(each), words(name))} for each in entity.operations}
            resource["operations"] = told
        if {"create", "update"} & set(verbs):
            resource["example"] = example
        made[key] = resource
    return made


def _example(entity: EntityEntry, contract: ContractFile) -> dict[str, object]:
    """One field that may be set, with a value of its type."""
    for field in entity.fields:
        if field.read_only or field.name in entity.key or field.type == "stream":
            continue
        if field.type == "enum":
            return {field.name: next(iter(contract.enums[field.enum or ""].values()), "")}
        return {field.name: _SAMPLES[field.type]}
    return {}


def _mended(resources: Mapping[str, object], entities: Mapping[str, EntityEntry]) -> dict[str, object]:
    """The shipped resources without what the service does not have."""
    kept: dict[str, object] = {}
    for key, resource in resources.items():
        entity = entities.get(str(resource.get("entity"))) if isinstance(resource, dict) else None
        if entity is not None and isinstance(resource, dict):
            mended = _mend({str(name): value for name, value in resource.items()}, entity)
            kept |= {key: mended} if mended.get("verbs") else {}
    return {key: one for key, one in kept.items() if _has_parent(one, kept)}


def _has_parent(resource: object, kept: Mapping[str, object]) -> bool:
    parent = resource.get("parent") if isinstance(resource, dict) else None
    return parent is None or all(one in kept for one in ([parent] if isinstance(parent, str) else parent))


def _mend(resource: Resource, entity: EntityEntry) -> Resource:
    fields, links = {field.name for field in entity.fields}, {link.name for link in entity.links}
    offered = {verb for verb, offer in VERBS_OFFERED.items() if offer in entity.verbs}
    known = {"filter_by": fields, "columns": fields, "expand": links, "nested": links, "verbs": offered}
    known["default"] = offered | {"act"}
    for name, names in known.items():
        value = resource.get(name)
        if isinstance(value, list):
            resource[name] = [one for one in value if one in names]
    required = resource.get("required")
    if isinstance(required, list):
        resource["required"] = [one for one in required if set([one] if isinstance(one, str) else one) <= fields]
    for name, names in (
        ("notes", offered),
        ("left_out", offered),
        ("operations", set(entity.operations)),
        ("example", fields | links),
    ):
        told = resource.get(name)
        if isinstance(told, dict):
            resource[name] = {key: value for key, value in told.items() if key in names}
    return {name: value for name, value in resource.items() if value not in ([], {})}
