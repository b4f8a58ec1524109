"""What one request to our doors is told in: its address, its answer's headers and body, less what is a secret's own place.

A secret's own place is where the wire contract or OAuth puts it, and nothing beside it: the path of a link, the query of a provider's
callback and of the published element's popup, a cookie, and the one answer that shows a new key, session or webhook secret.
"""

import json
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from secret_watch.record import RECORD

_LINK = re.compile(r"(/connect(?:/mine)?/s|/console/join)/[^/?#]+")
# Parameters that OAuth and the published hub element send in the query: each of these addresses answers with a redirect.
_OWN_PARAMETERS = (
    (re.compile(r"/connect/oauth2/[^/]+/callback$"), frozenset({"code", "state"})),
    (re.compile(r"/console/oidc/callback$"), frozenset({"code", "state"})),
    (re.compile(r"/connect/oauth2/[^/]+$"), frozenset({"token"})),
    (re.compile(r"/adminconsent$"), frozenset({"state"})),
)
# The answers that show a secret once, and the names under which they do.
_SHOWN_ONCE = (
    ("POST", re.compile(r"/v1/keys$"), frozenset({"key"})),
    ("POST", re.compile(r"/v1/connect_sessions$"), frozenset({"token", "link_url"})),
    ("POST", re.compile(r"/connect_sessions$"), frozenset({"token", "auth_link_url"})),
    ("POST", re.compile(r"/v1/owners/[^/]+/page$"), frozenset({"url"})),
    ("POST", re.compile(r"/v1/webhooks$"), frozenset({"secret"})),
    ("POST", re.compile(r"/oauth/token$"), frozenset({"access_token", "refresh_token"})),
    ("POST", re.compile(r"/oauth/register$"), frozenset({"client_secret"})),
    ("POST", re.compile(r"/v1/webhooks/[^/]+/rotate_secret$"), frozenset({"secret"})),
)
# Where a client's person agreed: the client's own address gets the code.
_AGREED, _CODE = "/connect/authorize", re.compile(r"([?&]code=)[\w-]+")
# The commands that show a secret once, and the form in which they do.
_KEY, _HOOK = re.compile(rb"(v1\.\w+)\.[\w-]{43}"), re.compile(rb"(whsec)_[\w+/=]+")
_LINK_SHOWN = re.compile(rb"(/connect(?:/mine)?/s|/console/join)/[\w.~-]+")
_CODE_SHOWN = re.compile(rb"()\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b")
# The pages of the console that show a secret once, and the form in which they do.
_SHOWN_ON = (
    (re.compile(r"/console/p/[^/]+/keys$"), _KEY),
    (re.compile(r"/console/me/provider$"), re.compile(rb"([?&]state|;state)=[\w-]{43}")),
    (re.compile(r"/console/p/[^/]+/accounts(/[^/]+/relink)?$"), _LINK_SHOWN),
    (re.compile(r"/console/p/[^/]+/members(/[^/]+/invitation)?$"), _LINK_SHOWN),
    (re.compile(r"/console/p/[^/]+/webhooks(/[^/]+/rotate)?$"), _HOOK),
)
_DEMO_APP, _DEMO_USER = re.compile(rb"(client secret) +\S+"), re.compile(rb"(user +\S+) / \S+")
_SHOWN_BY = {
    "sim": (_DEMO_APP, _DEMO_USER),
    "up": (_KEY, _CODE_SHOWN), "demo": (_KEY, _LINK_SHOWN, _CODE_SHOWN), "member code": (_CODE_SHOWN,),
    "member add": (_LINK_SHOWN,), "member invite": (_LINK_SHOWN,), "key create": (_KEY,), "apply": (_KEY, _HOOK),
    "account link": (_LINK_SHOWN,), "owner page": (_LINK_SHOWN,), "webhook create": (_HOOK,), "webhook rotate": (_HOOK,),
}  # fmt: skip
_MOST = 8_000_000
_OVERLAP = 256


def address_without_own_places(address: str) -> str:
    """The address with a star for each secret that belongs where it stands."""
    path, _, query = _LINK.sub(r"\1/*", address).partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    own = next((names for pattern, names in _OWN_PARAMETERS if pattern.search(urlsplit(path).path)), frozenset())
    if ("response_type", "code") in pairs:  # on to a provider, which hands the state back
        own |= {"state"}
    if own:
        query = urlencode([(name, "*" if name in own else value) for name, value in pairs])
    return f"{path}?{query}" if query else path


def output_without_own_places(command: str, printed: bytes) -> bytes:
    """What a command printed, with a star for each secret that it is there to show."""
    for words in (command, command.partition(" ")[0]):
        for form in _SHOWN_BY.get(words, ()):
            printed = form.sub(rb"\1/*", printed)
    return printed


class Hearing:
    """Listens to the answer of one request."""

    def __init__(self, method: str, path: str, query: str) -> None:
        self._method, self._path = method, path
        self._place = f"{method} {address_without_own_places(path)}"
        self._status, self._parts, self._length = 0, [], 0
        RECORD.said("address", self._place, address_without_own_places(f"{path}?{query}").encode())

    def hear(self, message: dict[str, object]) -> None:
        """Take in one ASGI message."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            for name, value in message.get("headers", ()):
                self._header(name.decode("latin-1").lower(), value.decode("latin-1"))
        elif message["type"] == "http.response.body":
            self._parts.append(bytes(message.get("body", b"")))
            self._length += len(self._parts[-1])
            if self._length > _MOST:
                self._tell(self._all()[-_OVERLAP:])

    def end(self) -> None:
        """The answer is complete, or broken off."""
        self._tell(b"")

    def _header(self, name: str, value: str) -> None:
        if name == "location":
            if self._method == "POST" and self._path == _AGREED:
                value = _CODE.sub(r"\1*", value)
            RECORD.said("address", f"redirect of {self._place}", address_without_own_places(value).encode())
        elif name != "set-cookie":
            RECORD.said("answer", f"header of {self._place}", f"{name}: {value}".encode())

    def _all(self) -> bytes:
        return b"".join(self._parts)

    def _tell(self, rest: bytes) -> None:
        said = self._all()
        kind = "error" if self._status >= 400 else "answer"
        RECORD.said(kind, f"{self._place} {self._status}", said if kind == "error" else self._without_own_places(said))
        self._parts, self._length = [rest], len(rest)

    def _without_own_places(self, said: bytes) -> bytes:
        for method, pattern, names in _SHOWN_ONCE:
            if method == self._method and pattern.search(self._path):
                told = json.loads(said)
                return json.dumps({name: value for name, value in told.items() if name not in names}).encode()
        for pattern, form in _SHOWN_ON:
            if self._method == "POST" and pattern.search(self._path):
                said = form.sub(rb"\1/*", said)
        return said
