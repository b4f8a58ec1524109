"""Reads a connector's folder and reports every mistake in it at once."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from types import MappingProxyType

from pydantic import TypeAdapter, ValidationError

from linkspan.connectors.connector_checks import check_connector
from linkspan.connectors.contract import Contract
from linkspan.connectors.contract_file import (
    ContractFile,
    check_contract,
    contract_of,
    has_repeated_keys,
    repeated_names,
)
from linkspan.connectors.document import Document, read_document, say_all, shape_of
from linkspan.connectors.guide import Guide, completed
from linkspan.connectors.guide_file import read_guide
from linkspan.connectors.mistakes import ConnectorInvalidError, ConnectorMistake, unknown_name
from linkspan.connectors.resource_checks import check_permissions, check_resources
from linkspan.connectors.spec import ConnectorSpec, PermissionsSpec, ResourceSpec, ResourcesSpec
from linkspan.connectors.yaml_lines import Lines

CONNECTOR_FILE = "connector.yaml"
RESOURCES_FILE = "resources.yaml"
PERMISSIONS_FILE = "permissions.yaml"
CONTRACT_FILE = "contract.json"
LOGO_FILE = "logo.svg"
GUIDES_FOLDER = "guides"

_ACTIVE_SVG = re.compile(r"<!|<script|<foreignObject|\son\w+\s*=|href\s*=\s*[\"'](?!#)|javascript:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ConnectorSource:
    """A connector as declared, free of mistakes: what the compiler takes. `guides` are by file name without `.md`."""

    spec: ConnectorSpec
    resources: Mapping[str, ResourceSpec]
    permissions: PermissionsSpec
    contract: Contract
    guides: Mapping[str, Guide]
    logo_svg: str


def read_connector(folder: Traversable) -> ConnectorSource:
    """Read and check the connector in `folder`. Raises ConnectorInvalidError with every mistake of every file."""
    return _FolderReader(folder).read()


class _FolderReader:
    """Reads the files of one folder; all of them note their mistakes in one list."""

    def __init__(self, folder: Traversable) -> None:
        self._folder = folder
        self._found: list[ConnectorMistake] = []

    def read(self) -> ConnectorSource:
        connector, resources = self._yaml(CONNECTOR_FILE), self._yaml(RESOURCES_FILE)
        permissions = self._yaml(PERMISSIONS_FILE, needed=False)
        contract = self._contract()
        scopes = connector.part(("scopes",))
        check_connector(connector, self._folder.name, resources, contract)
        if contract is not None:
            check_resources(resources, contract, scopes)
        check_permissions(permissions, resources.data)
        spec = shape_of(connector, TypeAdapter(ConnectorSpec), ConnectorSpec)
        shaped = shape_of(resources, ResourcesSpec, Mapping[str, ResourceSpec])
        rights = shape_of(permissions, TypeAdapter(PermissionsSpec), PermissionsSpec)
        guides = self._guides(connector)
        logo = self._logo()
        if self._found or spec is None or shaped is None or contract is None or rights is None:
            raise ConnectorInvalidError(sorted(self._found))
        return ConnectorSource(spec, MappingProxyType(shaped), rights, contract, guides, logo)

    def _text(self, *names: str, needed: bool = True) -> str | None:
        file = self._folder.joinpath(*names)
        if file.is_file():
            try:
                return file.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self._found.append(ConnectorMistake(str(file), 1, "", "save the file as UTF-8"))
                return None
        if needed:
            self._found.append(ConnectorMistake(str(file), 1, "", "add this file: every connector has it"))
        return None

    def _yaml(self, name: str, *, needed: bool = True) -> Document:
        text = self._text(name, needed=needed)
        shown = str(self._folder.joinpath(name))
        if text is None:
            empty: dict[str, object] = {} if needed else {"tables": {}, "resources": {}}
            return Document(shown, Lines(data=None if needed else empty, lines={(): 1}), self._found)
        return read_document(shown, text, self._found)

    def _contract(self) -> Contract | None:
        text = self._text(CONTRACT_FILE)
        if text is None:
            return None
        document = Document(str(self._folder.joinpath(CONTRACT_FILE)), Lines(lines={(): 1}), self._found)
        try:
            file = ContractFile.model_validate_json(text)
        except ValidationError as error:
            document.read(text)
            say_all(document, error.errors(include_url=False), ContractFile)
            repaired = _repaired(text, error)
            for path, remedy in check_contract(repaired) if repaired else ():
                document.say(path, remedy)
            # A guessed type would make mistakes of good examples in the other files.
            return None if any(item["type"] == "enum" for item in error.errors()) else repaired
        contract = contract_of(file)
        mistakes = [*repeated_names(file), *check_contract(contract)]
        if mistakes or has_repeated_keys(text):
            document.read(text)
        for path, remedy in mistakes:
            document.say(path, remedy)
        return contract

    def _guides(self, connector: Document) -> Mapping[str, Guide]:
        folder = self._folder.joinpath(GUIDES_FOLDER)
        guides: dict[str, Guide] = {}
        for file in sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else ():
            stem, dot, ending = file.name.rpartition(".")
            text = self._text(GUIDES_FOLDER, file.name) if dot and ending == "md" else None
            document = Document(str(file), Lines(lines={(): 1}), self._found)
            guide = read_guide(document, stem, text, connector.part(("scopes",))) if text is not None else None
            if guide is not None:
                methods = connector.part(("auth_methods",))
                if guide.method not in methods:
                    document.say((), "rename the file: " + unknown_name("sign-in method", guide.method, methods))
                guides[stem] = guide
                self._check_likeness(document, guide)
        return MappingProxyType({stem: _whole(guide, guides) for stem, guide in guides.items()})

    def _check_likeness(self, document: Document, guide: Guide) -> None:
        """A guide may be like one of the same folder that is whole by itself."""
        if guide.like is None:
            return
        text = self._text(GUIDES_FOLDER, f"{guide.like}.md", needed=False)
        if text is None or "\nlike:" in text:
            document.say(("like",), "name a guide of this folder, without .md, that is like no other one")

    def _logo(self) -> str:
        text = self._text(LOGO_FILE, needed=False) or ""
        active = _ACTIVE_SVG.search(text)
        if active:
            line = text.count("\n", 0, active.start()) + 1
            remedy = (
                f"remove {active[0].strip()!r}: a logo holds shapes only, no scripts, declarations or outside addresses"
            )
            self._found.append(ConnectorMistake(str(self._folder.joinpath(LOGO_FILE)), line, "", remedy))
        return text


def _whole(guide: Guide, guides: Mapping[str, Guide]) -> Guide:
    other = guides.get(guide.like or "")
    return completed(guide, other) if other is not None else guide


def _repaired(text: str, error: ValidationError) -> Contract | None:
    """The contract with unknown keys left out, missing texts filled and unknown types guessed, so that the other files can be checked against the rest."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    for item in error.errors(include_url=False):
        *around, last = item["loc"]
        place = _inside(data, around)
        if not isinstance(place, dict):
            continue
        if item["type"] == "missing":
            place[last] = "?"
        elif item["type"] == "extra_forbidden":
            place.pop(last, None)
        elif last == "type" and item["type"] == "enum":
            place[last] = "enum" if "enum" in place else "string"
    try:
        return contract_of(ContractFile.model_validate(data))
    except ValidationError:
        return None


def _inside(data: object, path: Sequence[str | int]) -> object:
    for part in path:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part]
    return data
