"""Makes an answer of a real tenant fit to be kept: structure, kinds and enum members stay, everything of its own goes."""

import re
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

import msgspec

from linkspan.simulator.contract import Contract, FieldType
from linkspan.simulator.odata.representation import encode
from linkspan.simulator.tape.disguise import Disguise
from linkspan.simulator.tape.recorded import ROUTING

ROOT: Final = "{root}"
"""Stands for the address of the API, up to and with ``/api/v2.0``."""
_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_SAFE_IN_PATH: Final = "{}/:()',=$#@*!;+~"
_STRUCTURED: Final = frozenset(
    {"$count", "$expand", "$filter", "$format", "$orderby", "$schemaversion", "$select", "$skip", "$skiptoken", "$top"}
)
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?")
_PERSONAL_DATES: Final = frozenset({"birthDate", "employmentDate", "terminationDate"})
_WHOLE: Final = frozenset({"int32", "int64"})
_PLACEHOLDER: Final = re.compile(r"%\d")
_SUFFIX: Final = re.compile(r"  CorrelationId:  [0-9a-f-]{36}\.$", re.IGNORECASE)


class Redaction:
    """Redacts the answers of one recording."""

    def __init__(self, contract: Contract, disguise: Disguise, origin: str) -> None:
        """`origin` is scheme and host of the service whose answers these are."""
        self.disguise = disguise
        self._types: dict[str, set[FieldType]] = defaultdict(set)
        self._members: dict[str, set[str]] = defaultdict(set)
        self._templates = _templates(contract)
        self._api = re.compile(re.escape(origin) + r"/v2\.0/(?:[^/\s\"]+/){1,2}api/v2\.0", re.IGNORECASE)
        for entity in contract.entities.values():
            for field in entity.fields.values():
                self._types[field.name].add(field.type)
                self._members[field.name].update(field.options, contract.enums.get(field.enum or "", ()))

    def body(self, data: bytes) -> str:
        """Return a JSON body redacted; raises msgspec.DecodeError where it is no JSON."""
        return encode(self._value("", _DECODER.decode(self.rooted(data.decode("utf-8-sig"))))).decode()

    def rooted(self, text: str) -> str:
        """Return `text` with the address of the API replaced by its placeholder."""
        return self._api.sub(ROOT, text)

    def address(self, text: str) -> str:
        """Return an address, absolute or relative to the API, redacted; parts that are encoded stay so."""
        path, mark, query = self.rooted(text).partition("?")
        return quote(self.path(path), safe=_SAFE_IN_PATH) + mark + self.query(query)

    def path(self, text: str) -> str:
        """Return a path redacted and decoded."""
        return self.disguise.address(unquote(text))

    def query(self, raw: str) -> str:
        """Return a query redacted and encoded anew: names of options, of properties and of functions stay."""
        options = [(name, value) for name, value in parse_qsl(raw, keep_blank_values=True) if name not in ROUTING]
        return urlencode([(name, self._option(name, value)) for name, value in options], safe="$,()'")

    def _option(self, name: str, value: str) -> str:
        free = name not in _STRUCTURED and not self.disguise.is_guid(value)
        return self.disguise.text(value) if free else self.disguise.address(value)

    def _value(self, name: str, value: object) -> object:
        if isinstance(value, Mapping):
            return self._object(name, value)
        if isinstance(value, list):
            return [self._value(name, one) for one in value]
        if isinstance(value, str):
            return self._text(name, value)
        if isinstance(value, bool) or value is None or "@odata." in name:
            return value
        if isinstance(value, int) and self._types.get(name, set()) & _WHOLE:
            return value
        return self.disguise.number(Decimal(value)) if isinstance(value, int | Decimal) else value

    def _object(self, name: str, value: Mapping[str, object]) -> object:
        if name == "error" and isinstance(value.get("message"), str):
            return {"code": value.get("code"), "message": self._message(str(value["message"]))}
        if {"name", "kind", "url"} == set(value):
            # An entity set in the service document.
            return value
        if isinstance(value.get("responses"), list):
            return {"responses": [self._response(one) for one in _objects(value["responses"])]}
        return {key: self._value(key, one) for key, one in value.items()}

    def _response(self, one: Mapping[str, object]) -> dict[str, object]:
        """Redact one answer inside a batch; its id is the client's own."""
        headers = one.get("headers")
        kept = {
            key: self.address(str(text)) if key.lower() == "location" else text
            for key, text in (headers.items() if isinstance(headers, Mapping) else ())
        }
        body = {"body": self._value("", one["body"])} if "body" in one else {}
        return {"id": one.get("id"), "status": one.get("status"), "headers": kept, **body}

    def _text(self, name: str, value: str) -> str:
        if "@odata." in name:
            return self._annotation(name, value)
        if not value.strip() or value in self._members.get(name, ()):
            return value
        if self.disguise.is_guid(value):
            return self.disguise.guid(value)
        if _MOMENT.fullmatch(value):
            return "0001-01-01" if name in _PERSONAL_DATES else value
        return self.disguise.text(value)

    def _annotation(self, name: str, value: str) -> str:
        if name.endswith("@odata.type"):
            return value
        return self.disguise.etag(value) if name == "@odata.etag" else self.address(value)

    def _message(self, message: str) -> str:
        """Keep a text that the service's own code is known to raise, without what it was filled with; else only its length."""
        suffix = _SUFFIX.search(message)
        text = message[: suffix.start()] if suffix else message
        end = self.disguise.guids(suffix[0]) if suffix else ""
        for known, label in self._templates:
            found = known.fullmatch(text)
            if found:
                return _filled(label, [self.disguise.text(part) for part in found.groups()]) + end
        return f"(a message of {len(text)} characters){end}"


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _templates(contract: Contract) -> list[tuple[re.Pattern[str], str]]:
    labels = {label for entity in contract.entities.values() for label in entity.errors.values()} | set(_PLATFORM)
    ordered = sorted(labels, key=lambda label: (-len(_PLACEHOLDER.sub("", label)), label))
    return [(_pattern(label), label) for label in ordered if len(_PLACEHOLDER.sub("", label)) > _SHORTEST]


def _pattern(label: str) -> re.Pattern[str]:
    return re.compile("(.*)".join(map(re.escape, _PLACEHOLDER.split(label))), re.DOTALL)


def _filled(label: str, parts: list[str]) -> str:
    pieces = _PLACEHOLDER.split(label)
    return pieces[0] + "".join(part + piece for part, piece in zip(parts, pieces[1:], strict=True))


_SHORTEST: Final = 12
_PLATFORM: Final = (
    "The server has rejected the client credentials.",
    "Environment does not exist.",
    "Another user has already changed the record.",
    (
        "Could not validate the client concurrency token required by the service. "
        "Please provide a valid token in the client request."
    ),
    "The OData filter expression is not supported",
    "The 'OR' operator is not supported on distinct fields on an OData filter.",
    "Bad Request - Error in query syntax.",
    "Too many requests reached. Actual (%1). Maximum (%2).",
    "The %1 already exists. Identification fields and values: %2",
    "The %1 does not exist. Identification fields and values: %2",
)
"""Texts of the platform, which the contract of the entities does not list."""
