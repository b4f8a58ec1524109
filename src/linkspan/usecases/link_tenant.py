"""Which tenant an account may be linked in: the profile's own, or with many tenants the customer's."""

from collections.abc import Mapping
from dataclasses import replace

from linkspan.connectors.action import Connector
from linkspan.errors import LinkingError, Mistake, TenantNotAllowedError, Who
from linkspan.model import Profile
from linkspan.providerauth.endpoints import OAuthApp, endpoints_of, tenant_field
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_log import LinkRun

MANY_TENANTS = "many_tenants"
ANY_TENANT_FIELD = "any_tenant"
"""What the link page sends when its user does not name a tenant."""


def any_word(connector: Connector, profile: Profile) -> tuple[str, str] | None:
    """The tenant's field and the word that stands for any tenant, if the profile's method has one (such as organizations)."""
    method = connector.auth_methods[profile.auth_method]
    name = tenant_field(method)
    return (name, method.any_tenant.word) if name is not None and method.any_tenant is not None else None


def offers_any_tenant(connector: Connector, profile: Profile) -> bool:
    """Whether customers may sign in without naming their tenant: the sign-in then tells it."""
    return profile.audience == MANY_TENANTS and any_word(connector, profile) is not None


def with_known_tenant(connector: Connector, profile: Profile, given: Mapping[str, str]) -> dict[str, str]:
    """What the page asked, with the profile's tenant where none was given, and the word for any where the page's user knows none."""
    free = any_word(connector, profile)
    if free is not None and given.get(ANY_TENANT_FIELD) and offers_any_tenant(connector, profile):
        return {**given, free[0]: free[1]}
    name = tenant_field(connector.auth_methods[profile.auth_method])
    if name is None or profile.tenant is None or given.get(name, "").strip():
        return dict(given)
    return {**given, name: profile.tenant}


async def resolve_tenant(
    hall: Hall, connector: Connector, profile: Profile, values: Mapping[str, str], run: LinkRun
) -> dict[str, str]:
    """The values with the provider's own id in place of a tenant's domain name, if the profile links that tenant.

    Raises TenantNotFoundError, and TenantNotAllowedError for another than the profile's, before anything else happens.
    """
    method = connector.auth_methods[profile.auth_method]
    name = tenant_field(method)
    if method.discovery_url is None or name is None or name not in values:
        return dict(values)
    if (name, values[name]) == any_word(connector, profile):
        if profile.audience != MANY_TENANTS:
            raise _not_allowed(profile, name, "The link does not say which tenant it is for.")
        return dict(values)
    tenant = await _id_of(hall, connector, profile, {**values}, run)
    if profile.audience != MANY_TENANTS and profile.tenant is not None:
        own = await _id_of(hall, connector, profile, {**values, name: profile.tenant}, run)
        if own != tenant:
            raise _not_allowed(profile, name, f"The tenant {tenant} is not the profile's.")
    return {**values, name: tenant}


def learn_tenant(connector: Connector, profile: Profile, values: Mapping[str, str], said: object) -> dict[str, str]:
    """After a sign-in without a named tenant: the values with the tenant that the provider said it was. Raises LinkingError."""
    free = any_word(connector, profile)
    if free is None or values.get(free[0]) != free[1]:
        return dict(values)
    if not isinstance(said, str) or not said:
        raise LinkingError(
            "The provider did not say which tenant the user signed in to.",
            next_step="Enter the tenant's ID on the link page.",
        )
    return {**values, free[0]: said.lower()}


def with_any_tenant_scopes(
    connector: Connector, profile: Profile, app: OAuthApp, values: Mapping[str, str]
) -> OAuthApp:
    """The application as it asks at a sign-in without a named tenant: for an ID token besides, which names it."""
    free = any_word(connector, profile)
    method = connector.auth_methods[profile.auth_method]
    if free is None or method.any_tenant is None or values.get(free[0]) != free[1]:
        return app
    return replace(app, scopes=tuple(dict.fromkeys((*app.scopes, *method.any_tenant.scopes))))


async def remember_tenant(hall: Hall, connector: Connector, profile: Profile, values: Mapping[str, str]) -> None:
    """The first linked account decides the tenant of a one-tenant profile that has none."""
    name = tenant_field(connector.auth_methods[profile.auth_method])
    if profile.audience != MANY_TENANTS and profile.tenant is None and name is not None and values.get(name):
        await hall.profiles.fix_tenant(profile.project_id, profile.id, values[name])


async def _id_of(hall: Hall, connector: Connector, profile: Profile, values: Mapping[str, str], run: LinkRun) -> str:
    name = tenant_field(connector.auth_methods[profile.auth_method]) or ""
    return await hall.oauth.resolve_tenant(endpoints_of(connector, profile, values), values[name], run)


def _not_allowed(profile: Profile, name: str, why: str) -> TenantNotAllowedError:
    own = f"the tenant {profile.tenant}" if profile.tenant else "one tenant, named by its ID or domain"
    return TenantNotAllowedError(
        f"This connector profile links accounts of one tenant only. {why}",
        mistakes=[Mistake(name, f"this profile links {own}")],
        next_step=(
            f"Link with {own}. To let customers link tenants of their own, register the application for many tenants "
            "and set the audience of the connector profile to many_tenants."
        ),
        who=Who.INTEGRATOR,
    )
