"""The endpoints that programs call: token, registration and revocation, each in OAuth's own words."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from linkspan.doors.porch.body import read_object
from linkspan.doors.signin.forms import protocol_form
from linkspan.engine import json_text
from linkspan.errors import FixRequestError, LinkspanError, ServerBusyError
from linkspan.model import Secret
from linkspan.permit_records import SCOPES
from linkspan.usecases.client_metadata import GRANT_TYPES
from linkspan.usecases.exchange_tokens import CodeAsk, IssuedTokens, redeem_code, refresh_tokens
from linkspan.usecases.find_client import authenticate_client
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_permits import revoke_token
from linkspan.usecases.oauth_addresses import REGISTER, REVOKE, TOKEN
from linkspan.usecases.oauth_refusal import OAuthRefusedError
from linkspan.usecases.read_authorization import resource_asked
from linkspan.usecases.register_client import register_client

Endpoint = Callable[[Request], Awaitable[Response]]
_LOG = structlog.get_logger(__name__)
_MAX_REGISTRATION = 32 * 1024
_NOT_STORED = {"cache-control": "no-store", "pragma": "no-cache", "x-content-type-options": "nosniff"}
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class _Shown:
    """Who a request says it is, and how it proves that."""

    client_id: str
    secret: Secret | None
    method: str


class Endpoints:
    """Token, registration and revocation over one hall."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def routes(self) -> list[BaseRoute]:
        """What programs call."""
        return [
            Route(path, _told(endpoint), methods=["POST"])
            for path, endpoint in ((TOKEN, self._token), (REGISTER, self._register), (REVOKE, self._revoke))
        ]

    async def _token(self, request: Request) -> Response:
        form = await protocol_form(request)
        kind = _one(form, "grant_type")
        if kind not in GRANT_TYPES:
            raise OAuthRefusedError("unsupported_grant_type", f"grant_type must be one of {', '.join(GRANT_TYPES)}.")
        shown = await self._client(request, form)
        resource = resource_asked(self._hall, form.get("resource", ()))
        if kind == "refresh_token":
            # A narrower scope is a client's wish; what the permit allows is what its person has chosen.
            _check_scope(form.get("scope", [""])[0])
            issued = await refresh_tokens(
                self._hall, Secret(_one(form, "refresh_token")), shown.client_id, resource=resource
            )
        else:
            code, verifier = Secret(_one(form, "code")), Secret(_one(form, "code_verifier"))
            redirect_uri = form.get("redirect_uri", [None])[0]
            issued = await redeem_code(self._hall, CodeAsk(code, shown.client_id, verifier, redirect_uri, resource))
        return _json(200, _issued(issued))

    async def _register(self, request: Request) -> Response:
        try:
            asked = await read_object(request, limit=_MAX_REGISTRATION)
        except FixRequestError as error:
            raise OAuthRefusedError("invalid_client_metadata", error.message, status=error.http_status) from None
        address = request.client.host if request.client else "unknown"
        client, secret = await register_client(self._hall, asked, address)
        told: dict[str, object] = {
            "client_id": client.id,
            "client_id_issued_at": int(client.created_at.timestamp()),
            "client_name": client.name,
            "redirect_uris": list(client.redirect_uris),
            "grant_types": list(GRANT_TYPES) if client.refreshes else [GRANT_TYPES[0]],
            "response_types": ["code"],
            "token_endpoint_auth_method": client.auth_method,
            "scope": " ".join(SCOPES),
        }
        if secret is not None:
            # It ends with the registration, which people keep alive by signing in.
            told |= {"client_secret": secret.reveal(), "client_secret_expires_at": 0}
        return _json(201, told)

    async def _revoke(self, request: Request) -> Response:
        form = await protocol_form(request)
        shown = await self._client(request, form)
        await revoke_token(self._hall, Secret(_one(form, "token")), shown.client_id)
        return Response(status_code=200, headers=_NOT_STORED)

    async def _client(self, request: Request, form: Mapping[str, list[str]]) -> _Shown:
        """Who asks, proved if it was registered with a secret. Raises OAuthRefusedError."""
        shown = _shown(request.headers.get("authorization"), form)
        await authenticate_client(self._hall, shown.client_id, shown.secret, method=shown.method)
        return shown


def _shown(authorization: str | None, form: Mapping[str, list[str]]) -> _Shown:
    """The client of a request: by HTTP Basic, both halves form-encoded (RFC 6749, 2.3.1), or by the form; not by both."""
    named, secret = form.get("client_id", [""])[0], form.get("client_secret", [None])[0]
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return _Shown(_one(form, "client_id"), Secret(secret) if secret else None, "post" if secret else "none")
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise OAuthRefusedError("invalid_client", "The Basic value cannot be read.", status=401) from None
    client_id = unquote_plus(user)
    if secret is not None or not colon or named not in ("", client_id):
        raise OAuthRefusedError("invalid_request", "The client must prove itself in one way only.")
    return _Shown(client_id, Secret(unquote_plus(password)), "basic")


def _one(form: Mapping[str, list[str]], name: str) -> str:
    if name not in form:
        raise OAuthRefusedError("invalid_request", f"{name} is missing.")
    return form[name][0]


def _check_scope(asked: str) -> None:
    if asked and not set(asked.split()) & set(SCOPES):
        raise OAuthRefusedError("invalid_scope", f"There are the scopes {' and '.join(SCOPES)}.")


def _issued(issued: IssuedTokens) -> dict[str, object]:
    told: dict[str, object] = {
        "access_token": issued.access.reveal(),
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.scopes),
    }
    if issued.refresh is not None:
        told["refresh_token"] = issued.refresh.reveal()
    return told


def _told(endpoint: Endpoint) -> Endpoint:
    """The endpoint with every failure in OAuth's words: the outermost handler of these addresses."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except OAuthRefusedError as refusal:
            return _refused(request, refusal)
        except ServerBusyError:
            busy = OAuthRefusedError("temporarily_unavailable", "The server is busy.", status=503, retry_after=2.0)
            return _refused(request, busy)
        except LinkspanError as error:
            return _refused(request, OAuthRefusedError("invalid_request", error.message, status=error.http_status))
        except Exception:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
            _LOG.exception("request_failed", door="signin", path=request.url.path)
            return _refused(request, OAuthRefusedError("server_error", "The server failed.", status=500))

    return answer


def _refused(request: Request, refusal: OAuthRefusedError) -> Response:
    answer = _json(refusal.status, {"error": refusal.code, "error_description": refusal.description})
    if refusal.status == _UNAUTHORIZED and "authorization" in request.headers:
        answer.headers["www-authenticate"] = 'Basic realm="Linkspan"'
    if refusal.retry_after is not None:
        answer.headers["retry-after"] = str(max(1, round(refusal.retry_after + 0.5)))
    return answer


def _json(status: int, told: Mapping[str, object]) -> Response:
    return Response(json_text.dump(told), status, _NOT_STORED, "application/json")
