"""Requests that no careful client sends: odd addresses, options, headers and bodies for one entity set."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from linkspan.simulator.contract import Entity, Field

NOWHERE = "0d5c9b6e-1f5b-4f43-9e0c-3a2b1c0d9e8f"
HUGE = "9" * 400
DEEP = "(" * 200 + "1 eq 1" + ")" * 200
ODD_VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1e308, 2**63, "", " ", "x" * 5000, "\u0000", "\U0001f6df", "'", "_x0020_", NOWHERE, "0001-01-01",
    "9999-12-31", "2026-02-30", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00+14:00", [], [None], {}, {"id": NOWHERE}, "NaN",
)  # fmt: skip
ODD_BODIES = (
    b"", b"null", b"[]", b"{", b'"x"', b"{}{}", b"\xff\xfe", b'{"id":', b"[" * 5000, b'{"a":1,"a":2}', b'{"\\ud800":1}',
    b'{"id":1e999999999}', b'{"@odata.type":"#x","@odata.etag":7,"x@odata.bind":[]}', b"\xef\xbb\xbf{}",
)  # fmt: skip
ODD_KEYS = (
    "()", "(,)", "(')", "('')", "('x')", "(id=)", "(id=x)", "(=)", "(1)", "(null)", f"({NOWHERE})", f"(id={NOWHERE})",
    f"({NOWHERE},{NOWHERE})", f"(id={NOWHERE},id={NOWHERE})", f"(id={NOWHERE},colour='x')", "(%00)", "(%27%27%27)", "((()))", ")(",
    "($count)", f"('{NOWHERE}')", "(scope='System',appId=x,id='a')", "(a='b,c=d',e='f')",
)  # fmt: skip
ODD_TAILS = ("//", "/$count", "/$value", "/$ref", "/$links", "/x/y/z", "/Microsoft.NAV.", "/Microsoft.NAV.post", "/%2e%2e/%2e%2e", "/$count/$count", "/id/$value")  # fmt: skip
ODD_OPTIONS = (
    "$top=-1", "$top=1e3", f"$top={HUGE}", "$top=0", f"$skip={HUGE}", "$skip=-1", "$skiptoken=", "$skiptoken=x",
    f"$skiptoken={NOWHERE}", "$count=maybe", "$count=true&$count=true", "$select=", "$select=,,,", "$select=*,x", "$select=id/x",
    "$orderby=", "$orderby=,", "$orderby=id sideways", "$orderby=length(id)", "$expand=", "$expand=*", "$expand=x($filter=",
    "$expand=((", "$filter=", "$filter=(", "$filter='", "$filter=id", "$filter=id eq", "$filter=1 eq 1", "$filter=not (1 eq 1)",
    "$filter=null", "$filter=id eq id", "$filter=id eq null", "$filter=id in ()", "$filter=id in (1,2)&$schemaversion=2.1",
    "$schemaversion=9", f"$filter=id eq {HUGE}", f"$filter={DEEP}", "$filter=any(x:x eq 1)", "$filter=a/any(x:x/b eq 1)",
    "$filter=contains(id)", "$filter=substring(id,-1,99999999999) eq ''", "$filter=%00", "$filter=id%20eq%20%FF", "$format=xml",
    "$format=atom", "$apply=groupby((id))", "$search=x", "$deltatoken=x", "$compute=1 as x", "$nonsense=1", "%24%66ilter=x", "=", "&&&",
    "company=", "company=Nowhere", f"company={NOWHERE}", "$skip=1&$top=1&$orderby=id desc&$count=true",
)  # fmt: skip
ODD_HEADERS: tuple[Mapping[str, str], ...] = (
    {"Prefer": "odata.maxpagesize=0"}, {"Prefer": "odata.maxpagesize=-1,,;="}, {"Prefer": f"odata.maxpagesize={HUGE}"},
    {"Accept": "text/plain;q=x"}, {"Accept": "application/json;odata.metadata=full"}, {"Accept": "application/json;odata.metadata=none"},
    {"Accept-Language": "*"}, {"Accept-Language": "xx-YY;q=nan,,"}, {"Company": "Nowhere"}, {"Company": NOWHERE},
    {"Data-Access-Intent": "Sideways"}, {"If-None-Match": "*"}, {"OData-MaxVersion": "9.9"}, {"Isolation": "weird"},
)  # fmt: skip
ODD_MATCHES = ("", "*", "W/", '"', 'W/""', "x", '"a","b"', f'W/"{"x" * 5000}"')
METHODS = ("PUT", "MERGE", "OPTIONS", "HEAD", "DELETE", "PATCH", "POST")


@dataclass(frozen=True, slots=True)
class Odd:
    """One request below a company; a `body` of bytes is sent as it is."""

    method: str
    path: str
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


def odd_requests(entity: Entity, record: Mapping[str, Any] | None, key: str) -> Iterator[Odd]:
    """Yield everything odd for a set; `record` is one of its records with its `key`, where it has one."""
    name = entity.set
    one = f"{name}({key})"
    yield from (Odd("GET", f"{name}{tail}") for tail in (*ODD_KEYS, *ODD_TAILS))
    yield from (Odd("GET", f"{one}{tail}") for tail in ODD_TAILS)
    yield from (Odd("GET", f"{place}?{option}") for option in ODD_OPTIONS for place in (name, one))
    yield from (Odd("GET", name, headers=headers) for headers in ODD_HEADERS)
    yield from (Odd(method, path, {}) for method in METHODS for path in (name, one, f"{one}/id", f"{name}/$count"))
    for own in entity.fields.values():
        yield from _of_field(name, one, own)
    for link in entity.links.values():
        yield from (Odd("GET", f"{one}/{link.name}{tail}") for tail in ("", "/$count", *ODD_KEYS))
        yield from (Odd("GET", f"{name}?$top=2&$expand={link.name}{inner}") for inner in _inner(link.name))
        yield from (Odd(method, f"{one}/{link.name}", {}) for method in ("POST", "PATCH", "DELETE"))
    yield from (
        Odd("POST", f"{one}/Microsoft.NAV.{action}", body)
        for action in entity.operations
        for body in (None, [], {"x": 1})
    )
    yield from _writes(entity, record, one)


def _of_field(name: str, one: str, own: Field) -> Iterator[Odd]:
    yield from (Odd("GET", f"{one}/{own.name}{tail}") for tail in ("", "/$value", "/$count", "/x", "(1)"))
    if own.type == "stream":
        yield from (
            Odd(method, f"{one}/{own.name}", b"\x00", {"If-Match": "*"})
            for method in ("PATCH", "PUT", "POST", "DELETE")
        )
        return
    yield Odd("GET", f"{name}?$top=3&$orderby={own.name} desc")
    for text in (
        "null",
        "'x'",
        "0",
        "-1.5",
        "true",
        "2026-01-01",
        NOWHERE,
        "9999-12-31T00:00:00Z",
        HUGE,
        "INF",
        "''",
        "datetime'x'",
    ):
        yield from (Odd("GET", f"{name}?$top=1&$filter={own.name} {sign} {text}") for sign in ("eq", "ge"))
    yield from (
        Odd("GET", f"{name}?$top=1&$filter={call}({own.name},'x')") for call in ("contains", "startswith", "endswith")
    )
    yield Odd(
        "GET", f"{name}?$top=1&$filter=tolower({own.name}) eq 'x' or {own.name} eq '*' and not contains({own.name},'|')"
    )


def _inner(link: str) -> Iterator[str]:
    yield from (
        "",
        "()",
        "($top=-1)",
        "($count=true;$top=1;$orderby=id desc)",
        "($filter=x eq 1)",
        "($levels=max)",
        f"($expand={link})",
    )


def _writes(entity: Entity, record: Mapping[str, Any] | None, one: str) -> Iterator[Odd]:
    match = {"If-Match": "*"}
    yield from (Odd("POST", entity.set, body) for body in ODD_BODIES)
    yield from (Odd("PATCH", one, body, match) for body in ODD_BODIES)
    yield from (Odd("PATCH", one, {}, {"If-Match": text}) for text in ODD_MATCHES)
    yield from (
        Odd("POST", entity.set, b"{}", {"Content-Type": kind})
        for kind in ("text/xml", "", "application/json;x=", "multipart/mixed")
    )
    writable = [own for own in entity.fields.values() if own.type != "stream"]
    for own in writable:
        for value in ODD_VALUES:
            yield Odd("POST", entity.set, {own.name: value})
            yield Odd("PATCH", one, {own.name: value}, match)
    for link in entity.links.values():
        for value in (None, {}, [{}], [None], [{"x": 1}], "x"):
            yield Odd("POST", entity.set, {link.name: value})
            yield Odd("PATCH", one, {link.name: value}, match)
    if record is not None:
        plain = json.loads(json.dumps({name: value for name, value in record.items() if "@" not in name}))
        yield Odd("POST", entity.set, plain)
        yield Odd("PATCH", one, plain, match)
    yield Odd("DELETE", one, None, {"If-Match": '"stale"'})
    yield Odd("DELETE", one)
