"""The reference of the REST door, from the OpenAPI document that a running server answers."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from page import Page, fence, joined, table

Document = Mapping[str, Any]
GROUP = ("Reference", "REST")


def rest_pages(document: Document) -> Iterator[Page]:
    """One page for each part of the API (its tag), and one for the shapes that several routes share."""
    below: dict[str, list[tuple[str, str, Document]]] = defaultdict(list)
    for path, operations in _inside(document, "paths").items():
        for method, operation in operations.items():
            below[operation.get("tags", ["Other"])[0]].append((method.upper(), path, operation))
    rows = [
        (f"`{method} /v1{path}`", f"[{operation.get('summary', '')}]({_file(tag)}#{operation['operationId']})")
        for tag, found in below.items()
        for method, path, operation in found
    ]
    about = str(_inside(document, "info").get("description", ""))
    address = "A running installation answers the document that this page is made from at `/v1/openapi.json`."
    yield Page(
        "rest/index.md",
        "All routes",
        joined("# REST API", about, address, table(("route", "what it does"), rows)),
        GROUP,
        generated=True,
    )
    for tag, found in below.items():
        text = joined(
            f"# {tag}", f"{len(found)} routes of the [REST API](index.md).", *(_operation(*each) for each in found)
        )
        yield Page(f"rest/{_file(tag)}", tag, text, GROUP, generated=True)
    yield Page("rest/shapes.md", "Shapes", _shapes(document), GROUP, generated=True)


def _file(tag: str) -> str:
    return tag.lower().replace(" ", "-") + ".md"


def _operation(method: str, path: str, operation: Document) -> str:
    parameters = [
        (
            f"`{one['name']}`",
            one["in"],
            "yes" if one.get("required") else "",
            _type(one.get("schema", {})),
            one.get("description", ""),
        )
        for one in operation.get("parameters", [])
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    answers = [
        (status, told.get("description", ""), _shown(told))
        for status, told in operation["responses"].items()
        if status < "400"
    ]
    return joined(
        f"## {operation.get('summary', operation['operationId'])} {{ #{operation['operationId']} }}",
        f"`{method} /v1{path}`",
        str(operation.get("description", "")),
        table(("parameter", "in", "needed", "type", "meaning"), parameters) if parameters else "",
        joined("Body:", _fields(body["schema"])) if body else "",
        fence("json", json.dumps(body["example"], indent=2)) if "example" in body else "",
        table(("answer", "meaning", "shape"), answers),
    )


def _shown(answer: Document) -> str:
    content = answer.get("content", {})
    return ", ".join(dict.fromkeys(_type(one.get("schema", {})) for one in content.values()))


def _fields(schema: Document) -> str:
    if "properties" not in schema:
        return _type(schema)
    needed = schema.get("required", [])
    rows = [
        (f"`{name}`", _type(part), "yes" if name in needed else "", _meaning(part))
        for name, part in schema["properties"].items()
    ]
    return table(("field", "type", "needed", "meaning"), rows)


def _meaning(part: Document) -> str:
    values = f" One of: {', '.join(f'`{value}`' for value in part['enum'])}." if "enum" in part else ""
    return f"{part.get('description', '')}{values}".strip()


def _type(schema: Document) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](shapes.md#{name.lower()})"
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(dict.fromkeys(_type(one) for one in schema.get("anyOf") or schema["oneOf"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {})) or 'anything'}"
    kind = schema.get("type", "")
    return " or ".join([kind] if isinstance(kind, str) else kind)


def _shapes(document: Document) -> str:
    shapes = _inside(document, "components")["schemas"]
    told = [
        joined(f"## {name} {{ #{name.lower()} }}", str(shape.get("description", "")), _fields(shape) or _meaning(shape))
        for name, shape in sorted(shapes.items())
    ]
    return joined("# Shapes", "What several routes take or answer.", *told)


def _inside(document: Document, name: str) -> dict[str, Document]:
    return dict(document[name])
