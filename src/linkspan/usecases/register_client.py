"""Dynamic registration of an MCP client (RFC 7591): anybody may, so it gives nothing, is short-lived unused, and few fit in a minute."""

from collections.abc import Mapping
from datetime import timedelta

from linkspan.model import Secret
from linkspan.permit_records import McpClient
from linkspan.usecases.client_metadata import read_client
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_client_id, new_token
from linkspan.usecases.oauth_refusal import OAuthRefusedError

UNUSED_KEPT = timedelta(days=1)
MOST_UNUSED = 2_000


async def register_client(hall: Hall, asked: Mapping[str, object], address: str) -> tuple[McpClient, Secret | None]:
    """Register a client that `address` asks for; its secret, if it wants one, is given this once.

    Raises OAuthRefusedError: invalid_redirect_uri, invalid_client_metadata, and temporarily_unavailable when too many register.
    """
    name, uris, method, refreshes = read_client(asked)
    wait = hall.registrations.take(address)
    if wait is not None:
        raise OAuthRefusedError("temporarily_unavailable", "Too many clients register.", status=429, retry_after=wait)
    secret = None if method == "none" else new_token()
    now = hall.clock()
    client = McpClient(
        id=new_client_id(),
        name=name,
        redirect_uris=uris,
        created_at=now,
        expires_at=now + UNUSED_KEPT,
        auth_method=method,
        secret_digest=hall.vault.digest("client-secret", secret) if secret else None,
        refreshes=refreshes,
    )
    await hall.clients.add(client, most_unused=MOST_UNUSED)
    return client, secret
