"""The values that a guide's text names in {braces}, for this installation and this selection."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from linkspan.connectors.action import AuthMethod, Connector
from linkspan.usecases.guide_views import GuideAddresses

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
NO_CLIENT = "YOUR-CLIENT-ID"
NO_TENANT = "YOUR-TENANT-ID"
_ANY_TENANT = "organizations"


def guide_values(
    connector: Connector, method: AuthMethod, *, base_url: str, addresses: GuideAddresses, options: Mapping[str, str]
) -> dict[str, str]:
    """The values by name. What is not known yet (client ID, tenant) is an upper-case word that nobody takes for a value."""
    profile = options.get("profile", "")
    redirect_uri = f"{base_url}/connect/oauth2/{connector.key}/callback"
    return {
        "connector_name": connector.name,
        "connector_key": connector.key,
        "public_url": base_url,
        "redirect_uri": redirect_uri,
        "client_id": options.get("client", NO_CLIENT),
        "admin_consent_url": _admin_consent(connector, method, redirect_uri, options),
        "profile_url": f"{base_url}/v1/profiles/{profile}" if profile else f"{base_url}/v1/profiles",
        "profile_guide_url": addresses.profile_guide,
        "link_guide_url": addresses.link_guide,
    }


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every known {name} replaced; braces around anything else stay."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _admin_consent(connector: Connector, method: AuthMethod, redirect_uri: str, options: Mapping[str, str]) -> str:
    """The address at which an administrator agrees for everybody in a tenant."""
    if method.admin_consent_url is None:
        return ""
    tenant = options.get("tenant") or (_ANY_TENANT if options.get("for") == "many_tenants" else NO_TENANT)
    address = fill(method.admin_consent_url, {**connector.origins, "tenant_id": tenant})
    scopes = " ".join(dict.fromkeys(scope for action in connector.actions.values() for scope in action.required_scopes))
    query = {"client_id": options.get("client", NO_CLIENT), "scope": scopes, "redirect_uri": redirect_uri}
    return f"{address}?{urlencode(query)}"
