"""Reads a service's $metadata document (CSDL 4) into the form of contract.json, without trusting a byte of it."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from linkspan.connectors.contract_file import ContractFile
from linkspan.connectors.names import words
from linkspan.errors import ConfigurationError

LARGEST_METADATA = 64 * 1024 * 1024
"""Bytes; Business Central's own document has about one million."""

_TYPES = {
    "Edm.String": "string",
    "Edm.Guid": "guid",
    "Edm.Decimal": "decimal",
    "Edm.Date": "date",
    "Edm.DateTimeOffset": "datetime",
    "Edm.Boolean": "boolean",
    "Edm.Byte": "int32",
    "Edm.Int16": "int32",
    "Edm.Int32": "int32",
    "Edm.Int64": "int64",
    "Edm.Stream": "stream",
}
_CAPABILITIES = {
    "InsertRestrictions": ("Insertable", "create"),
    "UpdateRestrictions": ("Updatable", "update"),
    "DeleteRestrictions": ("Deletable", "delete"),
}
_ENCODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LONGEST_NAME = 128
_NEXT = "Save the answer of the service's own $metadata address as a file and name it."


def read_metadata(path: Path) -> ContractFile:
    """The contract that a $metadata file declares: entities with a set, their fields, links, verbs, operations and enums.

    Raises ConfigurationError for a file that is no such document, is too large, or has a DTD or entities.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST_METADATA else b""
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}."
        raise ConfigurationError(message, next_step=_NEXT) from error
    if not data:
        message = f"{path} is empty or larger than {LARGEST_METADATA // 1024 // 1024} MB."
        raise ConfigurationError(message, next_step=_NEXT)
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        message = f"{path} is not a $metadata document: {type(error).__name__}."
        raise ConfigurationError(message, next_step=_NEXT) from error
    schemas = [part for part in root.iter() if _local(part) == "Schema" and part.get("Namespace")]
    contract = _Document(schemas).contract()
    if not contract.entities:
        message = f"{path} declares no entity sets, so no contract can be made of it."
        raise ConfigurationError(message, next_step=_NEXT)
    return contract


class _Document:
    """The schemas of one document."""

    def __init__(self, schemas: list[Element]) -> None:
        self._schemas = schemas
        types = [(schema.get("Namespace", ""), part) for schema in schemas for part in _named(schema, "EntityType")]
        self._types = {f"{namespace}.{_name(part)}": part for namespace, part in types}
        enums = [(schema.get("Namespace", ""), part) for schema in schemas for part in _named(schema, "EnumType")]
        self._enums = {f"{namespace}.{_name(part)}": part for namespace, part in enums}
        sets = [
            part for schema in schemas for box in _named(schema, "EntityContainer") for part in _named(box, "EntitySet")
        ]
        self._sets = {part.get("EntityType", ""): part for part in reversed(sets)}
        self._operations: dict[str, list[str]] = {}
        for schema in schemas:
            for action in _named(schema, "Action"):
                bound = next(iter(_parts(action, "Parameter")), None)
                if action.get("IsBound") == "true" and bound is not None:
                    self._operations.setdefault(bound.get("Type", ""), []).append(_name(action))

    def contract(self) -> ContractFile:
        """All of it in the form of the file."""
        holder = next((schema for schema in self._schemas if any(_named(schema, "EntityType"))), None)
        known = {full: part for full, part in self._types.items() if full in self._sets}
        return ContractFile.model_validate(
            {
                "about": "Read from a service's $metadata document.",
                "source_version": "live",
                "namespace": holder.get("Namespace") if holder is not None else None,
                "enums": {
                    _name(part): {_name(one): _decoded(_name(one)) for one in _named(part, "Member")}
                    for part in self._enums.values()
                },
                "entities": {_name(part): self._entity(full, part) for full, part in known.items()},
            }
        )

    def _entity(self, full: str, part: Element) -> dict[str, object]:
        name, entity_set = _name(part), self._sets[full]
        key = [ref.get("Name", "") for box in _parts(part, "Key") for ref in _parts(box, "PropertyRef")]
        fields = [self._field(one) for one in _named(part, "Property")]
        return {
            "label": words(name).title(),
            "about": f"A record of {_name(entity_set)}, as the service's own description has it.",
            "set": _name(entity_set),
            "key": key or [str(fields[0]["name"])] if fields else [],
            "verbs": ["read", *_verbs(entity_set)],
            "operations": self._operations.get(full, []),
            "links": list(self._links(part)),
            "fields": fields,
        }

    def _field(self, part: Element) -> dict[str, object]:
        field: dict[str, object] = {"name": _name(part), "type": _TYPES.get(part.get("Type", ""), "string")}
        if part.get("Type") in self._enums:
            field |= {"type": "enum", "enum": part.get("Type", "").rpartition(".")[2]}
        length = part.get("MaxLength", "")
        if length.isdecimal() and int(length) > 0 and field["type"] == "string":
            field["max_length"] = int(length)
        edits = {
            note.get("Term", "").rpartition(".")[2]: note.get("Bool", "true") for note in _parts(part, "Annotation")
        }
        if edits.get("AllowEdit") == "false" and edits.get("AllowEditOnCreate", "false") == "false":
            field["read_only"] = True
        return field

    def _links(self, part: Element) -> Iterator[dict[str, object]]:
        for one in _named(part, "NavigationProperty"):
            kind = one.get("Type", "")
            target = kind.removeprefix("Collection(").removesuffix(")")
            if target not in self._sets or target not in self._types:
                continue
            link: dict[str, object] = {
                "name": _name(one),
                "entity": target.rpartition(".")[2],
                "many": kind.startswith("Collection("),
                "contained": one.get("ContainsTarget") == "true",
            }
            pairs = [
                (pair.get("Property"), pair.get("ReferencedProperty")) for pair in _parts(one, "ReferentialConstraint")
            ]
            if pairs:
                link |= {"own_field": pairs[0][0], "target_field": pairs[0][1]}
            if pairs[1:]:
                link["also"] = dict(pairs[1:])
            yield link


def _verbs(entity_set: Element) -> list[str]:
    """The writes that no annotation of the set denies."""
    denied = set()
    for note in _parts(entity_set, "Annotation"):
        prop, verb = _CAPABILITIES.get(note.get("Term", "").rpartition(".")[2], ("", ""))
        values = [one for one in note.iter() if _local(one) == "PropertyValue" and one.get("Property") == prop]
        if verb and any(one.get("Bool") == "false" for one in values):
            denied.add(verb)
    return [verb for _, verb in _CAPABILITIES.values() if verb not in denied]


def _decoded(wire: str) -> str:
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), wire).strip()


def _local(part: Element) -> str:
    return part.tag.rpartition("}")[2]


def _parts(part: Element, name: str) -> Iterable[Element]:
    return (one for one in part if _local(one) == name)


def _named(part: Element, name: str) -> Iterable[Element]:
    return (one for one in _parts(part, name) if 0 < len(one.get("Name", "")) <= _LONGEST_NAME)


def _name(part: Element) -> str:
    return part.get("Name", "")
