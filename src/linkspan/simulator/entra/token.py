"""The token endpoint: codes, refresh tokens and client credentials exchanged for tokens."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from linkspan.simulator.entra.asking import need
from linkspan.simulator.entra.authority import V2_ISSUER, Authority, Realm
from linkspan.simulator.entra.client_auth import prove_client, read_basic
from linkspan.simulator.entra.devices import DEVICE_GRANT
from linkspan.simulator.entra.directory import AppRegistration, User
from linkspan.simulator.entra.errors import EntraError, entra_error, error_body
from linkspan.simulator.entra.forms import read_form
from linkspan.simulator.entra.grants import AuthorizationCode, Grant
from linkspan.simulator.entra.keys import base64url
from linkspan.simulator.entra.resources import Resource
from linkspan.simulator.entra.scopes import ScopeRequest, read_default_resource, read_scopes
from linkspan.simulator.entra.single_page import check_origin, is_single_page, shared_with
from linkspan.simulator.entra.tokens import ClientStrength, Subject, mint_access_token, mint_id_token
from linkspan.simulator.seen import ROTATED

_PRIVATE: Final = {"cache-control": "no-store, no-cache", "pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A token request whose client has proved itself; `origin` is that of a page in a browser."""

    realm: Realm
    app: AppRegistration
    strength: ClientStrength
    form: dict[str, str]
    origin: str | None = None


class TokenEndpoint:
    """Exchanges grants for tokens."""

    def __init__(self, authority: Authority) -> None:
        """Serve the tokens of `authority`."""
        self.authority = authority

    def routes(self) -> list[Route]:
        """Return the endpoint's route; wrong verbs are answered in Entra's own way."""
        verbs = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        path = "/{tenant}/oauth2/v2.0/token"
        return [Route(path, self.exchange, methods=verbs), Route(path, self.preflight, methods=["OPTIONS"])]

    async def exchange(self, request: Request) -> JSONResponse:
        """Answer one token request."""
        try:
            asked = await self._read(request)
            body = self._exchange(asked)
        except EntraError as refusal:
            incident = self.authority.incident(request.headers.get("client-request-id"))
            headers = {**_PRIVATE, **shared_with(request), "x-ms-request-id": str(incident.trace_id)}
            return JSONResponse(error_body(refusal, incident), refusal.status, headers)
        if asked.form["grant_type"] == "refresh_token":
            # Whoever loses this answer (a failure put in, a client that has gone) can say which token it was for.
            request.scope[ROTATED] = hashlib.sha256(asked.form["refresh_token"].encode()).hexdigest()
        return JSONResponse(body, headers={**_PRIVATE, **shared_with(request)})

    async def preflight(self, request: Request) -> Response:
        """Answer a browser that asks whether a page may send its token request."""
        return Response(status_code=204, headers=shared_with(request))

    async def _read(self, request: Request) -> TokenRequest:
        if request.method != "POST":
            raise entra_error(900561, allowed="POST", method=request.method)
        realm = self.authority.realm(request.path_params["tenant"])
        form = await read_form(request) | read_basic(request.headers.get("authorization"))
        need(form, "grant_type")
        app = self.authority.app_in(realm, need(form, "client_id"))
        queued = self.authority.take_queued_error()
        if queued is not None:
            raise queued
        origin = request.headers.get("origin")
        if is_single_page(app, form, origin):
            return TokenRequest(realm, app, "0", form, origin)
        strength = prove_client(app, form, audiences=_audiences(request, realm), now=self.authority.clock.now())
        return TokenRequest(realm, app, strength, form, origin)

    def _exchange(self, asked: TokenRequest) -> dict[str, object]:
        grant_type = asked.form["grant_type"]
        if grant_type == "authorization_code":
            return self._redeem_code(asked)
        if grant_type == "refresh_token":
            return self._refresh(asked)
        if grant_type in {DEVICE_GRANT, "device_code"}:
            return self._poll_device(asked)
        if grant_type == "client_credentials":
            return self._client_credentials(asked)
        raise entra_error(70003, grant_type=grant_type)

    def _redeem_code(self, asked: TokenRequest) -> dict[str, object]:
        value = need(asked.form, "code")
        sent_uri = need(asked.form, "redirect_uri")
        code = self.authority.grants.look_up_code(value, self.authority.clock.now())
        user = self._holder(asked, code.grant)
        if sent_uri != code.redirect_uri:
            raise entra_error(500112, sent=sent_uri, expected=code.redirect_uri)
        single_page = asked.app.is_single_page(code.redirect_uri)
        check_origin(asked.origin, single_page=single_page)
        if single_page and code.challenge is None:
            raise entra_error(9002325)
        _check_verifier(code, asked.form.get("code_verifier"))
        scopes = self._narrowed(asked, code.grant)
        body = self._delegated(asked, user, scopes, grant=code.grant, nonce=code.nonce)
        self.authority.grants.close_code(value)
        if "offline_access" in code.grant.scopes.openid:
            body["refresh_token"] = self.authority.grants.issue_refresh(code.grant, self.authority.clock.now())
        return body

    def _refresh(self, asked: TokenRequest) -> dict[str, object]:
        value = need(asked.form, "refresh_token")
        now = self.authority.clock.now()
        token = self.authority.grants.look_up_refresh(value, now)
        user = self._holder(asked, token.grant)
        self.authority.check_frequency(user, token.grant.since)
        if token.used and self.authority.refresh_reuse_revokes:
            self.authority.grants.revoke_family(token.family)
            raise entra_error(70000, reason="the refresh token was used before, so its family is revoked")
        check_origin(asked.origin, single_page=token.grant.ends is not None)
        body = self._delegated(asked, user, self._narrowed(asked, token.grant), grant=token.grant)
        body["refresh_token"] = self.authority.grants.issue_refresh(token.grant, now, token.family)
        self.authority.grants.mark_used(value)
        return body

    def _poll_device(self, asked: TokenRequest) -> dict[str, object]:
        now = self.authority.clock.now()
        grant = self.authority.devices.poll(need(asked.form, "device_code"), asked.app, now)
        body = self._delegated(asked, self._holder(asked, grant), grant.scopes, grant=grant)
        if "offline_access" in grant.scopes.openid:
            body["refresh_token"] = self.authority.grants.issue_refresh(grant, now)
        return body

    def _holder(self, asked: TokenRequest, grant: Grant) -> User:
        if grant.client_id != asked.app.client_id:
            raise entra_error(70000, reason="it was issued to another application")
        if asked.realm.tenant is not None and asked.realm.tenant.id != grant.tenant_id:
            raise entra_error(700005)
        user = self.authority.directory.user(grant.user_id)
        if user is None:
            raise entra_error(50034, user=grant.user_id, tenant=asked.realm.segment)
        return user

    def _narrowed(self, asked: TokenRequest, grant: Grant) -> ScopeRequest:
        text = asked.form.get("scope", "")
        if not text:
            return grant.scopes
        place = self.authority.directory.tenant(grant.tenant_id).name
        wanted = read_scopes(text, asked.app, tenant_name=place, at_authorize=False)
        if len(wanted.resources) > 1:
            raise entra_error(28000, scope=text)
        if not wanted.names:
            # Only openid, profile, email or offline_access: the permissions are those of the sign-in.
            return ScopeRequest(wanted.openid, grant.scopes.resources, grant.scopes.names)
        return wanted

    def _delegated(
        self, asked: TokenRequest, user: User, scopes: ScopeRequest, *, grant: Grant, nonce: str | None = None
    ) -> dict[str, object]:
        app = asked.app
        resource = scopes.resources[0]
        granted = self.authority.consents.granted(app.client_id, user.id, user.tenant_id)
        known = self.authority.consents.has_any(app.client_id, user.id, user.tenant_id)
        if not known or not scopes.names_for(resource) <= granted:
            raise entra_error(65001, client_id=app.client_id, name=app.name)
        kept_out = self.authority.access_refusal(user, multifactor=grant.multifactor)
        if kept_out is not None:
            raise kept_out
        permissions = _delegated_of(resource, granted)
        subject = Subject(app, asked.strength, user.tenant_id, user, multifactor=grant.multifactor)
        token, lifetime = mint_access_token(self.authority, subject, resource, permissions)
        body: dict[str, object] = {
            "token_type": "Bearer",
            "scope": " ".join(sorted(permissions)),
            "expires_in": lifetime,
            "ext_expires_in": lifetime,
            "access_token": token,
        }
        if "openid" in scopes.openid:
            body["id_token"] = mint_id_token(self.authority, subject, user, openid=scopes.openid, nonce=nonce)
        if asked.form.get("client_info") == "1":
            info = f'{{"uid":"{user.id}","utid":"{user.tenant_id}"}}'
            body["client_info"] = base64url(info.encode())
        return body

    def _client_credentials(self, asked: TokenRequest) -> dict[str, object]:
        app, tenant = asked.app, asked.realm.tenant
        if tenant is None:
            raise entra_error(9001023, segment=asked.realm.kind)
        if app.public:
            raise entra_error(7000218)
        resource = read_default_resource(need(asked.form, "scope"), app, tenant_name=tenant.name)
        granted = self.authority.consents.granted_for_tenant(app.client_id, tenant.id)
        if granted is None and tenant.id != app.tenant_id:
            raise entra_error(7000229, client_id=app.client_id, tenant=tenant.name)
        roles = frozenset(name for name in granted or () if name in app.roles and _of(resource, name))
        token, lifetime = mint_access_token(self.authority, Subject(app, asked.strength, tenant.id), resource, roles)
        return {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token}


def _of(resource: Resource, full_name: str) -> bool:
    return full_name.rpartition("/")[0] == resource.uri


def _delegated_of(resource: Resource, granted: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in granted if _of(resource, name) and name.rpartition("/")[2] in resource.delegated)


def _audiences(request: Request, realm: Realm) -> frozenset[str]:
    path = f"/{realm.segment}/oauth2/v2.0/token"
    accepted = {str(request.url), f"https://login.microsoftonline.com{path}"}
    if realm.tenant is not None:
        accepted.add(V2_ISSUER.format(tenant=realm.tenant.id))
    return frozenset(accepted)


def _check_verifier(code: AuthorizationCode, verifier: str | None) -> None:
    if code.challenge is None:
        if verifier is not None:
            raise entra_error(50147)
        return
    if verifier is None:
        raise entra_error(501481)
    sent = verifier
    if code.challenge_method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        sent = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(sent.encode(), code.challenge.encode()):
        raise entra_error(501481)
