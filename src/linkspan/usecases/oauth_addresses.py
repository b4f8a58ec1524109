"""The addresses of Linkspan as an authorization server towards MCP clients, and the names by which clients know it."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from linkspan.settings import Settings

AUTHORIZE, TOKEN, REGISTER, REVOKE = "/connect/authorize", "/oauth/token", "/oauth/register", "/oauth/revoke"
"""The page for people lies under /connect, where a browser shows the link to a person's own page that it has opened."""
MCP, ROUTED = "/mcp", "/mcp/businesscentral"
RESOURCES = (MCP, ROUTED)
"""Each address of the MCP door is a resource of its own: a token for one opens no other."""
RESOURCE_METADATA = "/.well-known/oauth-protected-resource"
SERVER_METADATA = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")


def issuer_of(settings: Settings) -> str:
    """The issuer identifier (RFC 8414, 2): it has no path, so the metadata lies at the root."""
    return settings.base_url


def resource_of(settings: Settings, path: str = MCP) -> str:
    """What access tokens are for (RFC 8707): one address of the MCP door, and nothing else here."""
    return settings.base_url + path


def our_resource(settings: Settings, asked: str) -> str | None:
    """The resource that a client means: scheme and host in any case, with or without a slash at the end; None: none of ours."""
    try:
        parts = urlsplit(asked)
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    written = urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, parts.query, parts.fragment))
    ours = resource_of(settings, path)
    return ours if path in RESOURCES and written == ours.lower() else None


def answered_at(settings: Settings, redirect_uri: str, state: str | None, **told: str) -> str:
    """The redirect URI with an answer: its own query stays, `state` comes back, and `iss` says who answers (RFC 9207)."""
    pairs = {**told, **({} if state is None else {"state": state}), "iss": issuer_of(settings)}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(pairs)}"
