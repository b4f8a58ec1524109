"""The bearer check of the Business Central side: from an Authorization header to a caller, or a refusal."""

import hashlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from joserfc.errors import JoseError

from linkspan.simulator.entra.authority import V1_ISSUER, Authority
from linkspan.simulator.entra.directory import Directory
from linkspan.simulator.entra.resources import BUSINESS_CENTRAL
from linkspan.simulator.faults import invalid_credentials

_ACCEPTED_SCOPES: Final = frozenset(BUSINESS_CENTRAL.delegated)
_ROLE: Final = "API.ReadWrite.All"
_MOST_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a user through an application, or (no user) an application on its own."""

    tenant_id: UUID
    user_id: UUID | None
    upn: str | None
    app_id: UUID
    scopes: frozenset[str]
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Verified:
    caller: Caller
    begins: int
    ends: int
    uti: str
    kid: str


class Identity:
    """Verifies access tokens of one authority; a token's signature is checked once and then remembered by hash."""

    def __init__(self, authority: Authority) -> None:
        """Trust the tokens of `authority`."""
        self.authority = authority
        self._remembered: dict[bytes, _Verified] = {}

    @property
    def directory(self) -> Directory:
        """The people and applications that tokens speak for."""
        return self.authority.directory

    def authenticate(self, authorization_header: str | None, *, tenant_in_url: str | None, role: str = _ROLE) -> Caller:
        """Return the caller behind a Bearer header.

        `tenant_in_url` is the tenant id or domain in the address, or None where the token alone names the tenant; `role`
        is the application permission that an application on its own needs.
        Raises BcFault 401 Authentication_InvalidCredentials whatever the reason, as the gateway does: signature,
        issuer, audience, time, scope, tenant, missing licence, or an application that is not enabled.
        """
        scheme, _, token = (authorization_header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise invalid_credentials()
        known = self._verified(token.strip())
        self._check_now(known)
        self._check_tenant(known.caller, tenant_in_url)
        self._check_admission(known.caller, role)
        return known.caller

    def forget(self) -> None:
        """Drop all remembered tokens."""
        self._remembered.clear()

    def _verified(self, token: str) -> _Verified:
        digest = hashlib.sha256(token.encode()).digest()
        known = self._remembered.get(digest)
        if known is None:
            try:
                known = _read(*self.authority.keys.verify(token))
            except (JoseError, ValueError, KeyError) as mistake:
                raise invalid_credentials() from mistake
            if len(self._remembered) >= _MOST_REMEMBERED:
                self.forget()
            self._remembered[digest] = known
        return known

    def _check_now(self, known: _Verified) -> None:
        now = self.authority.clock.timestamp()
        current = known.begins <= now < known.ends and self.authority.keys.is_published(known.kid)
        if not current or self.authority.grants.is_cut(known.uti):
            raise invalid_credentials()

    def _check_tenant(self, caller: Caller, tenant_in_url: str | None) -> None:
        if tenant_in_url is None:
            return
        tenant = self.authority.directory.find_tenant(tenant_in_url)
        if tenant is None or tenant.id != caller.tenant_id:
            raise invalid_credentials()

    def _check_admission(self, caller: Caller, role: str) -> None:
        if caller.user_id is None:
            enabled = (caller.tenant_id, caller.app_id) in self.authority.business_central_apps
            if not (enabled and role in caller.roles):
                raise invalid_credentials()
            return
        user = self.authority.directory.user(caller.user_id)
        if user is None or not user.licensed or not caller.scopes & _ACCEPTED_SCOPES:
            raise invalid_credentials()


def _read(kid: str, claims: dict[str, object]) -> _Verified:
    """Return the caller in the claims; raises KeyError or ValueError when the token is not one for this API."""
    tenant_id = UUID(str(claims["tid"]))
    if claims["iss"] != V1_ISSUER.format(tenant=tenant_id) or claims["aud"] != BUSINESS_CENTRAL.uri:
        raise ValueError("The token is for another API, or from another issuer.")
    scopes = frozenset(str(claims.get("scp", "")).split())
    roles = claims.get("roles", [])
    on_its_own = claims.get("idtyp") == "app"
    caller = Caller(
        tenant_id,
        None if on_its_own else UUID(str(claims["oid"])),
        None if on_its_own else str(claims["upn"]),
        UUID(str(claims["appid"])),
        scopes,
        frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset(),
    )
    return _Verified(caller, int(str(claims["nbf"])), int(str(claims["exp"])), str(claims["uti"]), kid)
