"""What an MCP client asks at the authorization endpoint (OAuth 2.1, 4.1.1; RFC 7636; RFC 8707), checked before a person sees it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from linkspan.errors import ClientRequestInvalidError
from linkspan.permit_records import READ_SCOPE, SCOPES, WRITE_SCOPE, McpClient
from linkspan.usecases.find_client import find_client
from linkspan.usecases.hall import Hall
from linkspan.usecases.oauth_addresses import answered_at, our_resource, resource_of
from linkspan.usecases.oauth_refusal import OAuthRefusedError
from linkspan.usecases.redirect_uris import redirect_fits

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class AuthorizationAsk:
    """One request that can be answered at `redirect_uri`; `scopes` are what it may be given at most."""

    client: McpClient
    redirect_uri: str
    state: str | None
    challenge: str
    scopes: tuple[str, ...]
    resource: str

    @property
    def writes(self) -> bool:
        """Whether writing is asked for."""
        return WRITE_SCOPE in self.scopes


class SentBackError(Exception):
    """The request is refused, and its client is told so at `address`."""

    def __init__(self, address: str) -> None:
        super().__init__("the client is told")
        self.address = address


async def read_authorization(hall: Hall, params: Sequence[tuple[str, str]]) -> AuthorizationAsk:
    """The request that a query makes.

    Raises ClientRequestInvalidError while it is not sure who asks and where to answer (then nobody is redirected), SentBackError after.
    """
    said = dict(params)
    twice = [name for name, count in Counter(name for name, _ in params).items() if count > 1]
    if {"client_id", "redirect_uri"} & set(twice):
        raise ClientRequestInvalidError("The client id or the redirect URI came more than once.")
    client = await find_client(hall, said.get("client_id", ""))
    redirect_uri = _redirect_of(client, said.get("redirect_uri"))
    try:
        _check_once(twice)
        _check(said)
        resource = resource_asked(hall, [value for name, value in params if name == "resource"])
        scopes = _scopes_of(said.get("scope"))
    except OAuthRefusedError as refusal:
        told = {"error": refusal.code, "error_description": refusal.description}
        raise SentBackError(answered_at(hall.settings, redirect_uri, said.get("state"), **told)) from None
    return AuthorizationAsk(
        client, redirect_uri, said.get("state"), said["code_challenge"], scopes, resource or resource_of(hall.settings)
    )


def _redirect_of(client: McpClient, asked: str | None) -> str:
    """Where to answer; it may be left out if the client has one address only (OAuth 2.1, 4.1.1). Raises ClientRequestInvalidError."""
    if asked is None and len(client.redirect_uris) == 1:
        return client.redirect_uris[0]
    if asked is None or not redirect_fits(client.redirect_uris, asked):
        raise ClientRequestInvalidError("The redirect URI is missing, or is none of those that this program has named.")
    return asked


def _check_once(twice: Sequence[str]) -> None:
    wrong = sorted(set(twice) - {"resource"})
    if wrong:
        raise OAuthRefusedError("invalid_request", f"{', '.join(wrong)} came more than once.")


def _check(said: dict[str, str]) -> None:
    if said.get("response_type") != "code":
        raise OAuthRefusedError("unsupported_response_type", "response_type must be code.")
    if said.get("response_mode", "query") != "query":
        raise OAuthRefusedError("invalid_request", "response_mode must be query.")
    if not _CHALLENGE.fullmatch(said.get("code_challenge", "")):
        raise OAuthRefusedError("invalid_request", "code_challenge must be there: PKCE is required.")
    if said.get("code_challenge_method") != "S256":
        raise OAuthRefusedError("invalid_request", "code_challenge_method must be S256.")


def resource_asked(hall: Hall, resources: Sequence[str]) -> str | None:
    """What a token is wanted for; clients before RFC 8707 name nothing. Raises OAuthRefusedError (invalid_target)."""
    found = {our_resource(hall.settings, asked) for asked in resources}
    if None in found or len(found) > 1:
        raise OAuthRefusedError("invalid_target", "resource must be the address of one MCP endpoint here.")
    return next(iter(found), None)


def _scopes_of(asked: str | None) -> tuple[str, ...]:
    """The scopes of ours among those asked for, all if none is named; who may write may read. Raises OAuthRefusedError (invalid_scope)."""
    words = set((asked or "").split())
    if not words or WRITE_SCOPE in words:
        return SCOPES
    if READ_SCOPE in words:
        return (READ_SCOPE,)
    raise OAuthRefusedError("invalid_scope", f"There are the scopes {' and '.join(SCOPES)}.")
