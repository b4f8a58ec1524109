"""A request of the caller's own, passed on to the place that an account points to: never to another, and never with another's headers."""

import base64
import hashlib
import re
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote, unquote

import msgspec

from linkspan.engine import faults
from linkspan.engine.call import Result, Target
from linkspan.engine.exchange import Exchange
from linkspan.engine.json_text import dump, parse
from linkspan.engine.retry import Failure
from linkspan.engine.urls import shown_url
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Verb
from linkspan.transport.protocol import Inbound, Outbound

METHODS: Mapping[str, Verb] = {
    "GET": Verb.GET, "POST": Verb.ACT, "PUT": Verb.UPDATE, "PATCH": Verb.UPDATE, "DELETE": Verb.DELETE,
}  # fmt: skip
"""The methods that are passed on, and what the log calls a run of each."""

_SENT_HEADERS: Mapping[str, str] = {
    name.lower(): name
    for name in (
        "Accept", "Accept-Language", "Data-Access-Intent", "If-Match", "If-None-Match", "OData-MaxVersion", "OData-Version", "Prefer",
    )
}  # fmt: skip
# The account is ours, the token the account's, and of bodies there are only JSON ones: said by many clients, and never passed on.
_TAKEN_OUT = frozenset({"authorization", "content-type", "content-length", "host", "x-account-id", "user-agent"})
_TOLD_HEADERS = frozenset(
    {
        "content-type", "content-language", "etag", "last-modified", "location", "retry-after", "date", "odata-version",
        "preference-applied", "request-id", "x-ms-correlation-id",
    }
)  # fmt: skip
_LONGEST_ADDRESS = 8000
_LONGEST_HEADER = 1000
_NOT_IN_A_URL = re.compile(r"[\x00-\x1f\x7f\\#]")
_NOT_IN_A_HEADER = re.compile(r"[^\x20-\x7e]")
_AS_IT_IS = "%/?&=$,'()@:+;!*~-._[]"


class ProxyWish(NamedTuple):
    """What a caller asks to pass on, untrusted: `path` (with its query) below the account's service root; `url` an address to put it behind."""

    method: object = None
    path: object = None
    url: object = None
    headers: object = None
    body: object = None


class ProxyAction(msgspec.Struct, frozen=True, gc=False):
    """What the log and the journal call such a request."""

    id: str
    connector: str
    verb: Verb


class ProxyCall(msgspec.Struct, frozen=True, gc=False):
    """One request to pass on, checked. `path` is empty: nothing is known of the record; `digest` (writes only) as in Call."""

    action: ProxyAction
    target: Target
    method: str
    url: str
    headers: Mapping[str, str]
    body: object
    digest: str
    path: Mapping[str, str] = MappingProxyType({})


def proxy_action(connector: str, method: object) -> ProxyAction:
    """What a request by this method is called. Raises InvalidInputError for a method that is not passed on."""
    verb = METHODS.get(method.strip().upper()) if isinstance(method, str) else None
    if verb is None:
        raise InvalidInputError(mistakes=[Mistake("method", f"must be one of {', '.join(METHODS).lower()}")])
    return ProxyAction(f"{connector}_proxy", connector, verb)


def proxy_call(action: ProxyAction, target: Target, wish: ProxyWish) -> ProxyCall:
    """The request, checked. Raises InvalidInputError with every mistake."""
    method, mistakes = str(wish.method).strip().upper(), list[Mistake]()
    url = _address(target, wish, mistakes)
    headers = _headers(wish.headers, mistakes)
    if wish.body is not None and not isinstance(wish.body, dict | list):
        mistakes.append(Mistake("body", "must be an object"))
    # Clients that type a body as an object send an empty one along with every request.
    body = None if method in ("GET", "DELETE") and not wish.body else wish.body
    if body is not None and method == "GET":
        mistakes.append(Mistake("body", "does not belong to a get"))
    if mistakes:
        raise InvalidInputError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
    intent = dump(["proxy", method, url, body, headers.get("If-Match")])
    digest = hashlib.sha256(intent).hexdigest() if action.verb.writes else ""
    return ProxyCall(action, target, method, url, headers, body, digest)


class ProxyExchange(Exchange):
    """Gives any 2xx answer as it came; everything else is what it is for actions: refusals, retries, the log of steps."""

    def _outcome(self, inbound: Inbound, request: Outbound) -> dict[str, object] | Failure | None:
        inbound = _without(inbound, request.headers["Authorization"].removeprefix("Bearer "))
        if not HTTPStatus.OK <= inbound.status < HTTPStatus.MULTIPLE_CHOICES:
            return super()._outcome(inbound, request)
        kind = inbound.headers.get("content-type", "")
        try:
            data = _content(inbound.body, kind)
        except ValueError:
            return faults.unreadable(inbound, shown_url(request.url), writes=request.method != "GET")
        return {
            "status": inbound.status,
            "data": data,
            "headers": {
                name.lower(): value for name, value in inbound.headers.items() if name.lower() in _TOLD_HEADERS
            },
        }


async def pass_on(call: ProxyCall, exchange: ProxyExchange) -> Result:
    """Send it; the result's data is `{status, data, headers}`. Raises the errors of faults.py."""
    if call.action.verb.writes:
        told = await exchange.write(call.method, call.url, call.body, call.headers)
    else:
        told = await exchange.read(call.url, call.headers)
    answer = told or {}
    inner = answer.get("data")
    found = inner.get("value", inner) if isinstance(inner, dict) else inner
    return Result(answer, rows=len(found) if isinstance(found, list) else int(found is not None))


def _without(inbound: Inbound, token: str) -> Inbound:
    """The answer without our token, should the provider repeat it aloud."""
    headers = {name: value.replace(token, "***") for name, value in inbound.headers.items()}
    return msgspec.structs.replace(inbound, headers=headers, body=inbound.body.replace(token.encode(), b"***"))


def _address(target: Target, wish: ProxyWish, mistakes: list[Mistake]) -> str:
    """The whole URL, which lies below the account's service root, whatever the caller wrote."""
    for name, text in (("url", wish.url), ("path", wish.path)):
        if text is not None and not isinstance(text, str):
            mistakes.append(Mistake(name, "must be a text"))
    path = wish.path.strip() if isinstance(wish.path, str) else ""
    start = wish.url.strip() if isinstance(wish.url, str) else ""
    if not start and "://" in path.partition("?")[0]:
        start, path = path, ""
    root = target.api_root
    start = start or root
    whole = f"{start.rstrip('/')}/{path.lstrip('/')}" if path else start
    inside = whole.lower() == root.lower() or whole[: len(root) + 1].lower() == f"{root}/".lower()
    if not inside or _NOT_IN_A_URL.search(whole) or climbs(whole) or len(whole) > _LONGEST_ADDRESS:
        mistakes.append(Mistake("url" if wish.url else "path", f"must be a place below {root}/"))
    elif not wish.path and not wish.url:
        mistakes.append(Mistake("path", "is missing: a place below the account's service root, such as /companies"))
    return root + quote(whole[len(root) :], safe=_AS_IT_IS)


def climbs(url: str) -> bool:
    """Whether anybody on the way could read the path as one above itself, however often it is decoded."""
    path = url.partition("?")[0]
    while (decoded := unquote(path)) != path:
        path = decoded
    parts = path.replace("\\", "/").split("/")
    return any(part.partition(";")[0].strip() in (".", "..") for part in parts) or bool(_NOT_IN_A_URL.search(path))


def _headers(given: object, mistakes: list[Mistake]) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        mistakes.append(Mistake("headers", "must be an object"))
        return {}
    sent: dict[str, str] = {}
    for name, value in given.items():
        known = _SENT_HEADERS.get(name.strip().lower())
        if known is None and name.strip().lower() not in _TAKEN_OUT:
            mistakes.append(
                Mistake(f"headers.{name}", f"is not passed on; these are: {', '.join(_SENT_HEADERS.values())}")
            )
        elif known is not None and value is not None:
            text = value.strip() if isinstance(value, str) else ""
            if not text or len(text) > _LONGEST_HEADER or _NOT_IN_A_HEADER.search(text):
                mistakes.append(Mistake(f"headers.{name}", "must be a line of ASCII text"))
            sent[known] = text
    return sent


def _content(body: bytes, kind: str) -> object:
    """JSON as it is, other text as text, and what is neither as `{content_type, base64}`; None: there is nothing.

    Raises ValueError for JSON that is none, and for a web page: then a gateway spoke, not the service.
    """
    if not body:
        return None
    if "html" in kind:
        msg = "a web page"
        raise ValueError(msg)
    if "json" in kind:
        return parse(body)
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"content_type": kind, "base64": base64.b64encode(body).decode()}
