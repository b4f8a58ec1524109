"""The bearer check of Microsoft Graph: whose token it is, and what its permissions and the person's role allow."""

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from joserfc.errors import JoseError

from linkspan.simulator.entra.authority import V1_ISSUER, Authority
from linkspan.simulator.entra.directory import Tenant
from linkspan.simulator.entra.resources import GRAPH
from linkspan.simulator.graph.faults import denied, invalid_token

Deed = Literal["read users", "change users", "read groups", "change groups"]

_ENOUGH: Final[dict[Deed, frozenset[str]]] = {
    "read users": frozenset({"User.Read.All", "User.ReadWrite.All"}),
    "change users": frozenset({"User.ReadWrite.All"}),
    "read groups": frozenset({"GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All"}),
    "change groups": frozenset({"Group.ReadWrite.All"}),
}
"""Any one of these permissions lets a caller do the deed (permissions reference of Microsoft Graph)."""


@dataclass(frozen=True, slots=True)
class GraphCaller:
    """Who calls: `permissions` are scopes of a user (`administrator` or not) or roles of an application on its own."""

    tenant: Tenant
    permissions: frozenset[str]
    may_change: bool

    def check(self, deed: Deed) -> None:
        """Raise the 403 fault unless the caller may do the deed; a person changes things only as an administrator."""
        if not self.permissions & _ENOUGH[deed] or (deed.startswith("change") and not self.may_change):
            raise denied()


def authenticate(authority: Authority, header: str | None) -> GraphCaller:
    """The caller behind a Bearer header. Raises the 401 fault: signature, issuer, audience, time, or a user who is gone."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise invalid_token("The request carries no access token.")
    try:
        kid, claims = authority.keys.verify(token.strip())
        tenant_id = UUID(str(claims["tid"]))
        begins, ends = int(str(claims["nbf"])), int(str(claims["exp"]))
        uti = str(claims["uti"])
    except (JoseError, ValueError, KeyError) as mistake:
        raise invalid_token("The access token cannot be read.") from mistake
    if claims.get("iss") != V1_ISSUER.format(tenant=tenant_id) or claims.get("aud") != GRAPH.uri:
        raise invalid_token("The access token is for another API.")
    if not begins <= authority.clock.timestamp() < ends or not authority.keys.is_published(kid):
        raise invalid_token("The access token has expired.")
    if authority.grants.is_cut(uti):
        raise invalid_token("The access token was revoked.")
    return _caller(authority, tenant_id, claims)


def _caller(authority: Authority, tenant_id: UUID, claims: dict[str, object]) -> GraphCaller:
    tenant = authority.directory.tenant(tenant_id)
    if claims.get("idtyp") == "app":
        roles = claims.get("roles", [])
        names = frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset()
        return GraphCaller(tenant, names, may_change=True)
    user = authority.directory.user(UUID(str(claims["oid"])))
    if user is None or not user.enabled:
        raise invalid_token("The user of the access token is gone or may not sign in.")
    return GraphCaller(tenant, frozenset(str(claims.get("scp", "")).split()), may_change=user.administrator)
