"""Who must do what, and where, with the exact addresses filled in: for one profile and one tenant."""

from collections.abc import Mapping
from urllib.parse import urlencode

from linkspan.connectors.action import AuthMethod, Connector
from linkspan.errors import LinkspanError, Who
from linkspan.model import Profile, StateReason
from linkspan.providerauth.endpoints import fill, origins_of, tenant_field
from linkspan.providerauth.entra import LINKS, Row, row_of_reason

ANY_TENANT = "organizations"
_OWN_STEP = (Who.PERSON, Who.NOBODY)
# What stands where nothing is known: words that nobody takes for a value.
_UNKNOWN = {
    "client_id": "YOUR-CLIENT-ID",
    "tenant": "YOUR-TENANT-ID",
    "redirect_uri": "the redirect URI of the guide",
    "admin_consent_url": "the admin-consent link of the guide",
    "profile_name": "of this account",
    "profile_guide_url": "the guide of the connector profile",
}


def redirect_uri(base_url: str, connector_key: str) -> str:
    """Where the provider sends the browser back to: the guide shows the same text."""
    return f"{base_url}/connect/oauth2/{connector_key}/callback"


def admin_consent_url(
    connector: Connector, method: AuthMethod, *, client_id: str, tenant: str, base_url: str, login: Mapping[str, str]
) -> str:
    """The address at which an administrator agrees for everybody in a tenant; empty if the method has none.

    `login`: the origins by name (see `origins_of`). What is asked for is what the method asks for: all that any action needs.
    """
    if method.admin_consent_url is None:
        return ""
    needed = (scope for action in connector.actions.values() for scope in action.required_scopes)
    scopes = method.fixed_scopes or tuple(dict.fromkeys(needed))
    address = fill(method.admin_consent_url, {**login, tenant_field(method) or "tenant": tenant})
    query = {"client_id": client_id, "scope": " ".join(scopes), "redirect_uri": redirect_uri(base_url, connector.key)}
    return f"{address}?{urlencode(query)}"


def facts_of(connector: Connector, profile: Profile, fields: Mapping[str, str], base_url: str) -> dict[str, str]:
    """What a remedy's {placeholders} stand for, by name; the pages of `LINKS` among them. `fields`: the account's, as far as known."""
    method = connector.auth_methods[profile.auth_method]
    tenant = fields.get(tenant_field(method) or "", "") or profile.tenant or ANY_TENANT
    guide = f"{base_url}/connectors/{connector.key}/guides/connector-profile/{method.key}"
    facts = {
        "client_id": profile.client_id,
        "tenant": tenant,
        "profile_name": f"“{profile.name}”",
        "redirect_uri": redirect_uri(base_url, connector.key),
        "profile_guide_url": f"{guide}?{urlencode({'client': profile.client_id, 'profile': profile.id})}",
        "admin_consent_url": admin_consent_url(
            connector,
            method,
            client_id=profile.client_id,
            tenant=tenant,
            base_url=base_url,
            login=origins_of(connector, profile),
        ),
    }
    return facts | {name: fill(link, facts) for name, link in LINKS.items()}


def next_step_of(row: Row, facts: Mapping[str, str]) -> str | None:
    """A row's next step with every address filled in; None: the error's own is meant."""
    return None if row.next_step is None else fill(row.next_step, _whole(facts))


def link_of(row: Row, facts: Mapping[str, str]) -> str | None:
    """The page that a row sends people to, if there is one and what its address needs is known."""
    link = facts.get(row.link) if row.link is not None else None
    return link or None


def explain(error: LinkspanError, reason: StateReason, facts: Mapping[str, str], *, keep_step: bool = False) -> None:
    """Let an error about an account's state say who must do what: as the row behind the state's reason does.

    `keep_step`: where the account's user is who must act, or nobody, the error's own next step stands.
    """
    row = row_of_reason(reason.code, reason.description)
    if row is None:
        return
    error.who, error.link = row.who, link_of(row, facts)
    step = next_step_of(row, facts)
    if step is not None and not (keep_step and row.who in _OWN_STEP):
        error.next_step = step


def _whole(facts: Mapping[str, str]) -> Mapping[str, str]:
    unknown = dict(_UNKNOWN)
    return unknown | {name: fill(link, unknown) for name, link in LINKS.items()} | dict(facts)
