"""Where an MCP client may be answered: which redirect URIs can be registered, which fit what was registered, and how they are told.

Sources: OAuth 2.1 (draft-ietf-oauth-v2-1-13), 2.3 and 4.1; RFC 8252, 7.1 (private-use schemes), 7.3 (any port on loopback) and 8.3.
"""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from linkspan.settings import is_loopback
from linkspan.transport.pinned_client import host_of

MOST_URIS = 10
_LONGEST = 1000
# Visible ASCII but quotes, angle brackets, backslash, caret, backtick, braces and bar: what no URI holds unescaped (RFC 3986, 2).
_WRITTEN = re.compile(r"[!#-;=?-\[\]_a-z~]+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
# Schemes that browsers act on by themselves, or that lead anywhere but to a program of the person's own.
_NEVER = frozenset(
    {
        "javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source", "chrome", "resource", "ftp", "ws", "wss",
        "mailto", "tel", "sms", "intent", "jar", "ms-msdt", "search-ms",
    }
)  # fmt: skip


def redirect_mistake(uri: object) -> str | None:
    """Why a client cannot be answered at a URI, or None: https anywhere, http on loopback, or a program's own scheme."""
    if not isinstance(uri, str) or not uri or len(uri) > _LONGEST or not _WRITTEN.fullmatch(uri):
        return "is no URI"
    parts = _split(uri)
    if parts is None or "#" in uri or "@" in parts.netloc:
        return "must be an absolute URI without a fragment or user"
    if parts.scheme in ("https", "http"):
        return _web_mistake(uri, parts)
    if parts.scheme in _NEVER or not _SCHEME.fullmatch(parts.scheme):
        return f"has the scheme {parts.scheme!r}, which is not answered"
    return None


def _web_mistake(uri: str, parts: SplitResult) -> str | None:
    """A host that is plainly written, for it comes to stand in a page's content security policy; without TLS on loopback only."""
    if host_of(uri) is None:
        return "has no plain host name"
    safe = parts.scheme == "https" or is_loopback(parts.hostname or "")
    return None if safe else "is plain http to another machine: use https"


def redirect_fits(registered: Iterable[str], asked: str) -> bool:
    """Whether a URI is one of those registered, letter for letter; on loopback the port may be another (RFC 8252, 7.3)."""
    return any(uri == asked or _same_but_port(uri, asked) for uri in registered)


def redirect_host(uri: str) -> str:
    """The host that a person should see; of a program's own scheme the scheme."""
    parts = urlsplit(uri)
    return (parts.hostname or "") if parts.scheme in ("http", "https") else f"{parts.scheme}:"


def is_local(uri: str) -> bool:
    """Whether the answer goes to a program on the person's own machine, which anybody could have started."""
    parts = urlsplit(uri)
    return parts.scheme not in ("http", "https") or is_loopback(parts.hostname or "")


def form_target(uri: str) -> str:
    """What a page's `form-action` must name so that its form may end there; an IPv6 host has no form there but its scheme."""
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or ":" in (parts.hostname or ""):
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}"


def _same_but_port(registered: str, asked: str) -> bool:
    one, other = _split(registered), _split(asked)
    if one is None or other is None or one.scheme != "http" or not is_loopback(one.hostname or ""):
        return False
    return redirect_mistake(asked) is None and _portless(one) == _portless(other)


def _portless(parts: SplitResult) -> tuple[str, str | None, str, str]:
    return parts.scheme, parts.hostname, parts.path, parts.query


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme else None
