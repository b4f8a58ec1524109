"""Which MCP client an id names, and whether a request to the token endpoint is its own."""

import secrets

from linkspan.errors import ClientRequestInvalidError
from linkspan.model import Secret
from linkspan.permit_records import McpClient
from linkspan.usecases.client_document import is_document_address
from linkspan.usecases.hall import Hall
from linkspan.usecases.oauth_refusal import OAuthRefusedError


async def find_client(hall: Hall, client_id: str) -> McpClient:
    """The client of that id: registered here, or described by the document at that address. Raises ClientRequestInvalidError."""
    if is_document_address(client_id):
        return await hall.documents.find(client_id)
    client = await hall.clients.find(client_id) if client_id else None
    if client is None or client.expires_at <= hall.clock():
        raise ClientRequestInvalidError(
            "This program is not registered here, or its registration has expired.",
            next_step="Remove this server from the program and add it again: it then registers anew.",
        )
    return client


async def authenticate_client(hall: Hall, client_id: str, secret: Secret | None, *, method: str) -> None:
    """Check that a request is a client's own; of a document's client nothing is to be checked. Raises OAuthRefusedError (invalid_client)."""
    if is_document_address(client_id):
        return
    client = await hall.clients.find(client_id) if client_id else None
    if client is None or client.expires_at <= hall.clock():
        raise OAuthRefusedError("invalid_client", "This client is not registered here, or no longer.", status=401)
    if client.secret_digest is None:
        return
    given = hall.vault.digest("client-secret", secret) if secret is not None else ""
    # A client that was registered for one way of sending its secret may use the other: both prove the same.
    if method == "none" or not secrets.compare_digest(given, client.secret_digest):
        raise OAuthRefusedError("invalid_client", "The client's secret is missing or wrong.", status=401)
