"""Discovery: OpenID configuration per tenant, the signing keys, and the instance list that MSAL asks for."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from linkspan.simulator.entra.authority import V1_ISSUER, V2_ISSUER, Authority, Realm
from linkspan.simulator.entra.devices import DEVICE_GRANT
from linkspan.simulator.entra.errors import EntraError, error_body

# Entra publishes one document for all tenants with this placeholder in the issuer.
_ANY_TENANT: Final = "{tenantid}"


class Discovery:
    """Answers what a client must know before it can sign anybody in."""

    def __init__(self, authority: Authority) -> None:
        """Describe `authority`."""
        self.authority = authority

    def routes(self) -> list[Route]:
        """Return the routes; the instance list comes first, because /common is no tenant there."""
        return [
            Route("/common/discovery/instance", self.instance),
            Route("/{tenant}/v2.0/.well-known/openid-configuration", self.configuration),
            Route("/{tenant}/.well-known/openid-configuration", self.configuration_v1),
            Route("/{tenant}/discovery/v2.0/keys", self.keys),
            Route("/{tenant}/discovery/keys", self.keys),
        ]

    async def configuration(self, request: Request) -> JSONResponse:
        """Return the OpenID configuration of version 2."""
        return self._configuration(request, V2_ISSUER)

    async def configuration_v1(self, request: Request) -> JSONResponse:
        """Return the same with the issuer of version 1."""
        return self._configuration(request, V1_ISSUER)

    async def keys(self, request: Request) -> JSONResponse:
        """Return the JSON Web Key Set."""
        try:
            realm = self.authority.realm(request.path_params["tenant"])
        except EntraError as refusal:
            return self._refuse(request, refusal)
        return JSONResponse(self.authority.keys.jwks(V2_ISSUER.format(tenant=_tenant_of(realm))))

    async def instance(self, request: Request) -> JSONResponse:
        """Return the clouds that share this authority: only this host."""
        host = request.url.netloc
        return JSONResponse(
            {
                "tenant_discovery_endpoint": f"{request.base_url}common/v2.0/.well-known/openid-configuration",
                "api-version": "1.1",
                "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
            }
        )

    def _configuration(self, request: Request, issuer: str) -> JSONResponse:
        try:
            realm = self.authority.realm(request.path_params["tenant"])
        except EntraError as refusal:
            return self._refuse(request, refusal)
        tenant = _tenant_of(realm)
        # The endpoints repeat a tenant by its id, whatever name it was asked by.
        root = f"{request.base_url}{tenant if realm.tenant else realm.segment}"
        return JSONResponse(_document(root, issuer.format(tenant=tenant)))

    def _refuse(self, request: Request, refusal: EntraError) -> JSONResponse:
        incident = self.authority.incident(request.headers.get("client-request-id"))
        return JSONResponse(error_body(refusal, incident), refusal.status)


def _tenant_of(realm: Realm) -> str:
    return str(realm.tenant.id) if realm.tenant else _ANY_TENANT


def _document(root: str, issuer: str) -> dict[str, object]:
    return {
        "token_endpoint": f"{root}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{root}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", DEVICE_GRANT],
        "code_challenge_methods_supported": ["S256", "plain"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": False,
        "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
        "http_logout_supported": True,
        "frontchannel_logout_supported": False,
        "end_session_endpoint": f"{root}/oauth2/v2.0/logout",
        "claims_supported": [
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "nonce",
            "preferred_username",
            "name",
            "tid",
            "ver",
            "email",
        ],
        "tenant_region_scope": "WW",
        "cloud_instance_name": "microsoftonline.com",
    }
