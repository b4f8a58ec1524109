"""Where a profile's provider is: the connector's URL templates, filled for one tenant."""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from linkspan.connectors.action import AuthMethod, Connector
from linkspan.model import Profile
from linkspan.providerauth.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The provider's addresses for one tenant; `allowed` are the origins that requests to them may reach."""

    authorize_url: str
    token_url: str
    discovery_url: str | None
    allowed: frozenset[str]


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """A profile as an OAuth client of its provider, for one tenant.

    `client_auth` names how the credentials are sent; `facts` are what remedies for its refusals name (see remedies.py).
    """

    client_id: str
    credentials: Credentials
    endpoints: Endpoints
    scopes: tuple[str, ...]
    separator: str
    redirect_uri: str
    client_auth: str = "client_secret_post"
    sign_in_parameters: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


def endpoints_of(connector: Connector, profile: Profile, fields: Mapping[str, str]) -> Endpoints:
    """Fill the method's URL templates: host names from the connector, or the profile's `provider_url` for all of them."""
    method = connector.auth_methods[profile.auth_method]
    origins = origins_of(connector, profile)
    values = {name: quote(value, safe="") for name, value in fields.items()} | origins
    return Endpoints(
        authorize_url=fill(method.authorize_url, values) if method.authorize_url else "",
        token_url=fill(method.token_url, values),
        discovery_url=fill(method.discovery_url, values) if method.discovery_url else None,
        allowed=frozenset(origins.values()),
    )


def origins_of(connector: Connector, profile: Profile) -> dict[str, str]:
    """The hosts by their names in templates."""
    return {name: profile.provider_url or origin for name, origin in connector.origins.items()}


def tenant_field(method: AuthMethod) -> str | None:
    """The account field that names the tenant in the method's token address, if it is one per tenant."""
    names = [name for _, name, _, _ in string.Formatter().parse(method.token_url) if name]
    fields = names[1:]
    return fields[0] if fields else None


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with each {name} replaced; what is not known becomes nothing."""
    return template.format_map(
        {name: values.get(name, "") for _, name, _, _ in string.Formatter().parse(template) if name}
    )
