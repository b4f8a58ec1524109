"""Reading the scope parameter: which resource, which permissions, which OpenID Connect extras."""

import re
from dataclasses import dataclass
from typing import Final

from linkspan.simulator.entra.directory import AppRegistration
from linkspan.simulator.entra.errors import entra_error
from linkspan.simulator.entra.resources import GRAPH, Resource, find_resource

OPENID_SCOPES: Final = frozenset({"openid", "profile", "email", "offline_access"})
_SCOPE_TOKEN: Final = re.compile(r"[A-Za-z0-9:/._~-]+")


@dataclass(frozen=True, slots=True)
class ScopeRequest:
    """A parsed scope: `names` are full names as registered, `resources` in order of mention, never empty."""

    openid: frozenset[str]
    resources: tuple[Resource, ...]
    names: frozenset[str]

    def names_for(self, resource: Resource) -> frozenset[str]:
        """Return the full names that belong to `resource`."""
        return frozenset(name for name in self.names if name.rpartition("/")[0] == resource.uri)


def read_scopes(text: str, app: AppRegistration, *, tenant_name: str, at_authorize: bool) -> ScopeRequest:
    """Parse a scope parameter for `app`.

    Raises EntraError 70011 (malformed, or /.default mixed with others), 500011 (unknown resource), 650057 (resource
    not in the registration) and, for a name that the resource does not have, 650053 at authorize, 70011 at token.
    """
    tokens = text.split()
    if not tokens:
        raise entra_error(900144, name="scope")
    openid = frozenset(token for token in tokens if token in OPENID_SCOPES)
    wanted = [_split(token, text) for token in tokens if token not in OPENID_SCOPES]
    resources: dict[str, Resource] = {}
    names: set[str] = set()
    for identifier, name in wanted:
        resource = _find(identifier, app, tenant_name)
        resources[resource.uri] = resource
        if name == ".default":
            _refuse_mixture(wanted, text)
            names |= app.delegated_for(resource)
        else:
            names.add(_full_name(resource, name, app, at_authorize=at_authorize))
    return ScopeRequest(openid, tuple(resources.values()) or (GRAPH,), frozenset(names))


def read_default_resource(text: str, app: AppRegistration, *, tenant_name: str) -> Resource:
    """Return the resource of a client-credentials scope.

    Raises EntraError 1002012 unless it is one `…/.default`, and 700022 for those of several resources.
    """
    if len({one for one in text.split() if one.endswith("/.default")}) > 1:
        raise entra_error(700022, scope=text)
    identifier, _, name = text.rpartition("/")
    if " " in text.strip() or name != ".default" or not identifier:
        raise entra_error(1002012, scope=text)
    return _find(identifier, app, tenant_name)


def _split(token: str, whole: str) -> tuple[str, str]:
    if not _SCOPE_TOKEN.fullmatch(token):
        raise entra_error(70011, scope=whole, reason="A scope is a URI such as https://example/scope; spaces separate.")
    identifier, _, name = token.rpartition("/")
    if not name:
        raise entra_error(70011, scope=whole, reason="The scope ends with a slash.")
    return identifier or GRAPH.uri, name


def _find(identifier: str, app: AppRegistration, tenant_name: str) -> Resource:
    resource = find_resource(identifier)
    if resource is None:
        raise entra_error(500011, resource=identifier, tenant=tenant_name)
    if not app.lists(resource):
        raise entra_error(650057, resource=resource.uri, client_id=app.client_id, name=app.name)
    return resource


def _refuse_mixture(wanted: list[tuple[str, str]], text: str) -> None:
    if len(wanted) > 1:
        raise entra_error(70011, scope=text, reason="/.default cannot be combined with other scopes of a resource.")


def _full_name(resource: Resource, name: str, app: AppRegistration, *, at_authorize: bool) -> str:
    full = resource.find_scope(name)
    if full is not None:
        return full
    if at_authorize:
        raise entra_error(650053, name=app.name, scope=name, resource=resource.app_id)
    raise entra_error(70011, scope=resource.scope(name), reason="The resource has no such scope.")
