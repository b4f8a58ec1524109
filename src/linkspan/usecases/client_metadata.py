"""What a client says of itself (RFC 7591, 2), whether it registers or publishes a document."""

from collections.abc import Mapping, Sequence

from linkspan.usecases.oauth_refusal import OAuthRefusedError
from linkspan.usecases.redirect_uris import MOST_URIS, redirect_mistake

AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post")
GRANT_TYPES = ("authorization_code", "refresh_token")
_LONGEST_NAME = 200


def read_client(
    asked: Mapping[str, object], *, default_method: str = "client_secret_basic"
) -> tuple[str, tuple[str, ...], str, bool]:
    """Name, redirect URIs, authentication at the token endpoint, and whether it wants refresh tokens. Raises OAuthRefusedError."""
    uris = asked.get("redirect_uris")
    if not isinstance(uris, list) or not uris or len(uris) > MOST_URIS:
        raise OAuthRefusedError("invalid_redirect_uri", f"redirect_uris must be a list of 1 to {MOST_URIS} URIs.")
    for index, uri in enumerate(uris):
        if (mistake := redirect_mistake(uri)) is not None:
            raise OAuthRefusedError("invalid_redirect_uri", f"redirect_uris[{index}] {mistake}.")
    method = asked.get("token_endpoint_auth_method") or default_method
    if method not in AUTH_METHODS:
        raise _unfit(f"token_endpoint_auth_method must be one of {', '.join(AUTH_METHODS)}.")
    types = _words(asked, "grant_types", ["authorization_code"])
    if "authorization_code" not in types:
        raise _unfit("grant_types must include authorization_code: a person has to agree.")
    if "code" not in _words(asked, "response_types", ["code"]):
        raise _unfit("response_types must include code.")
    name = asked.get("client_name") or ""
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        raise _unfit(f"client_name must be a text of at most {_LONGEST_NAME} characters.")
    return plain_name(name), tuple(map(str, uris)), str(method), "refresh_token" in types


def plain_name(name: str) -> str:
    """A name without what could steer a page's or a terminal's text direction, on one line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())


def _words(asked: Mapping[str, object], field: str, default: Sequence[str]) -> Sequence[object]:
    found = asked.get(field)
    if found is None:
        return default
    if not isinstance(found, list):
        raise _unfit(f"{field} must be a list.")
    return found


def _unfit(description: str) -> OAuthRefusedError:
    return OAuthRefusedError("invalid_client_metadata", description)
