"""Where MCP clients find out how their users sign in: protected resource metadata (RFC 9728), authorization server metadata (RFC 8414).

Both tell of this installation only, and nothing of its projects.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from linkspan.engine import json_text
from linkspan.permit_records import SCOPES
from linkspan.settings import Settings
from linkspan.usecases.client_metadata import AUTH_METHODS, GRANT_TYPES
from linkspan.usecases.oauth_addresses import (
    AUTHORIZE,
    MCP,
    REGISTER,
    RESOURCE_METADATA,
    RESOURCES,
    REVOKE,
    SERVER_METADATA,
    TOKEN,
    issuer_of,
    resource_of,
)

# Any page may read what anybody may read; it changes with a new version only.
_HEADERS = {
    "access-control-allow-origin": "*",
    "cache-control": "public, max-age=3600",
    "x-content-type-options": "nosniff",
}


def metadata_routes(settings: Settings) -> list[BaseRoute]:
    """The well-known addresses; the resource's also with its path, as RFC 9728 forms it."""
    documents = {
        RESOURCE_METADATA: resource_metadata(settings, MCP),
        **{RESOURCE_METADATA + path: resource_metadata(settings, path) for path in RESOURCES},
        **dict.fromkeys(SERVER_METADATA, server_metadata(settings)),
    }
    return [Route(path, _endpoint(json_text.dump(document))) for path, document in documents.items()]


def resource_metadata(settings: Settings, path: str) -> dict[str, object]:
    """What an address of the MCP door is, and who gives tokens for it."""
    return {
        "resource": resource_of(settings, path),
        "authorization_servers": [issuer_of(settings)],
        "scopes_supported": list(SCOPES),
        "bearer_methods_supported": ["header"],
        "resource_name": "Linkspan",
    }


def server_metadata(settings: Settings) -> dict[str, object]:
    """What this authorization server can do."""
    base = settings.base_url
    return {
        "issuer": issuer_of(settings),
        "authorization_endpoint": base + AUTHORIZE,
        "token_endpoint": base + TOKEN,
        "registration_endpoint": base + REGISTER,
        "revocation_endpoint": base + REVOKE,
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANT_TYPES),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "client_id_metadata_document_supported": True,
        "authorization_response_iss_parameter_supported": True,
        "protected_resources": [resource_of(settings, path) for path in RESOURCES],
    }


def _endpoint(text: bytes) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        return Response(text, headers=_HEADERS, media_type="application/json")

    return answer
