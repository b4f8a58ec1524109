"""The values that a guide's text names in {braces}, for this installation and this selection."""

import re
from collections.abc import Mapping

from linkspan.connectors.action import AuthMethod, Connector
from linkspan.providerauth.remedies import ANY_TENANT, admin_consent_url, redirect_uri
from linkspan.usecases.guide_views import GuideAddresses

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
NO_CLIENT = "YOUR-CLIENT-ID"
NO_TENANT = "YOUR-TENANT-ID"


def guide_values(
    connector: Connector, method: AuthMethod, *, base_url: str, addresses: GuideAddresses, options: Mapping[str, str]
) -> dict[str, str]:
    """The values by name. What is not known yet (client ID, tenant) is an upper-case word that nobody takes for a value."""
    profile = options.get("profile", "")
    return {
        "connector_name": connector.name,
        "connector_key": connector.key,
        "public_url": base_url,
        "redirect_uri": redirect_uri(base_url, connector.key),
        "client_id": options.get("client", NO_CLIENT),
        "admin_consent_url": _admin_consent(connector, method, base_url, options),
        "new_profile_url": f"{base_url}/console/profiles/new",
        "profile_url": f"{base_url}/console/profiles/{profile}" if profile else f"{base_url}/console/profiles",
        "profile_guide_url": addresses.profile_guide,
        "link_guide_url": addresses.link_guide,
    }


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every known {name} replaced; braces around anything else stay."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _admin_consent(connector: Connector, method: AuthMethod, base_url: str, options: Mapping[str, str]) -> str:
    """The address at which an administrator agrees for everybody in a tenant."""
    return admin_consent_url(
        connector,
        method,
        client_id=options.get("client", NO_CLIENT),
        tenant=options.get("tenant") or (ANY_TENANT if options.get("for") == "many_tenants" else NO_TENANT),
        base_url=base_url,
        login=connector.origins,
    )
