"""The invented organisations of the simulator: their tenants, people and registered applications."""

from datetime import UTC, datetime
from typing import Final
from uuid import NAMESPACE_DNS, UUID, uuid5

from linkspan.simulator.entra.directory import AppRegistration, ClientSecret, Directory, Group, Tenant, User
from linkspan.simulator.entra.resources import BUSINESS_CENTRAL, GRAPH

_NAMESPACE: Final = uuid5(NAMESPACE_DNS, "simulator.linkspan.example")


def invented_id(name: str) -> UUID:
    """Return the same GUID for the same `name` in every process, so that documents and tests may quote it."""
    return uuid5(_NAMESPACE, name)


DEMO_TENANT_NAME: Final = "Tidewater Trading"
DEMO_DOMAIN: Final = "tidewater.example"
DEMO_TENANT_ID: Final = invented_id("tenant tidewater.example")

OTHER_TENANT_NAME: Final = "Kestrel Works"
OTHER_DOMAIN: Final = "kestrel.example"
OTHER_TENANT_ID: Final = invented_id("tenant kestrel.example")

ADMINISTRATOR: Final = "ada.quay@tidewater.example"
CLERK: Final = "colin.mole@tidewater.example"
UNLICENSED: Final = "una.shore@tidewater.example"
OTHER_ADMINISTRATOR: Final = "kim.perch@kestrel.example"

DEMO_CLIENT_ID: Final = invented_id("application Linkspan demo")
MANY_TENANTS_CLIENT_ID: Final = invented_id("application Linkspan for many tenants")
PUBLIC_CLIENT_ID: Final = invented_id("application Linkspan desktop")
DIRECTORY_CLIENT_ID: Final = invented_id("application Linkspan directory")

# Published on purpose: these open nothing but the simulator.
PASSWORDS: Final = {
    ADMINISTRATOR: "Harbour-Light-71",
    CLERK: "Rope-And-Anchor-24",
    UNLICENSED: "Low-Tide-Walk-38",
    OTHER_ADMINISTRATOR: "High-Perch-View-95",
}
DEMO_SECRET: Final = "sim8Q~tidewater-demo-secret-value-0001"  # noqa: S105 - see above
DEMO_EXPIRED_SECRET: Final = "sim8Q~tidewater-expired-secret-0000"  # noqa: S105 - see above
MANY_TENANTS_SECRET: Final = "sim8Q~many-tenants-secret-value-0001"  # noqa: S105 - see above
DIRECTORY_SECRET: Final = "sim8Q~directory-secret-value-0001"  # noqa: S105 - see above
PUBLISHED_SECRETS: Final = {
    DEMO_CLIENT_ID: DEMO_SECRET,
    MANY_TENANTS_CLIENT_ID: MANY_TENANTS_SECRET,
    DIRECTORY_CLIENT_ID: DIRECTORY_SECRET,
}

_DELEGATED: Final = frozenset(
    {
        BUSINESS_CENTRAL.scope("Financials.ReadWrite.All"),
        BUSINESS_CENTRAL.scope("user_impersonation"),
        GRAPH.scope("User.Read"),
    }
)
_ROLES: Final = frozenset(
    {BUSINESS_CENTRAL.scope("API.ReadWrite.All"), BUSINESS_CENTRAL.scope("Automation.ReadWrite.All")}
)
_LONG_AGO: Final = datetime(2024, 1, 31, tzinfo=UTC)


def default_permissions() -> tuple[frozenset[str], frozenset[str]]:
    """Return (delegated scopes, application roles) that a registration for Business Central asks for."""
    return _DELEGATED, _ROLES


def demo_directory() -> Directory:
    """Return a new directory with the two demo tenants, four people, two groups and four applications."""
    tenants = (
        Tenant(DEMO_TENANT_ID, DEMO_DOMAIN, DEMO_TENANT_NAME),
        Tenant(OTHER_TENANT_ID, OTHER_DOMAIN, OTHER_TENANT_NAME),
    )
    return Directory(tenants, _people(), _applications(), _groups())


def _groups() -> tuple[Group, ...]:
    def group(name: str, about: str, *members: str) -> Group:
        ids = frozenset(invented_id(f"user {upn}") for upn in members)
        details = {"description": about, "mailNickname": name.lower().replace(" ", "-")}
        return Group(invented_id(f"group {name}"), DEMO_TENANT_ID, name, ids, details)

    return (
        group("Harbour office", "Who answers for orders and invoices.", ADMINISTRATOR, CLERK),
        group("Night watch", "Who is at the quay after ten.", CLERK, UNLICENSED),
    )


def _people() -> tuple[User, ...]:
    def person(upn: str, name: str, job: str, *, administrator: bool = False, licensed: bool = True) -> User:
        home = DEMO_TENANT_ID if upn.endswith(DEMO_DOMAIN) else OTHER_TENANT_ID
        return User(
            invented_id(f"user {upn}"),
            home,
            upn,
            name,
            PASSWORDS[upn],
            administrator=administrator,
            licensed=licensed,
            details={"jobTitle": job, "department": "Quayside"},
        )

    return (
        person(ADMINISTRATOR, "Ada Quay", "Systems administrator", administrator=True),
        person(CLERK, "Colin Mole", "Accounts clerk"),
        person(UNLICENSED, "Una Shore", "Berth planner", licensed=False),
        person(OTHER_ADMINISTRATOR, "Kim Perch", "Office manager", administrator=True),
    )


def _applications() -> tuple[AppRegistration, ...]:
    def secret(name: str, value: str, expires: datetime | None = None) -> ClientSecret:
        return ClientSecret(invented_id(f"secret {name}"), value, expires)

    return (
        AppRegistration(
            DEMO_CLIENT_ID,
            DEMO_TENANT_ID,
            "Linkspan demo",
            redirect_uris=("http://localhost/connect/oauth2/dynamics365bc/callback",),
            secrets=(secret("expired", DEMO_EXPIRED_SECRET, _LONG_AGO), secret("demo", DEMO_SECRET)),
            permissions=_DELEGATED,
            roles=_ROLES,
        ),
        AppRegistration(
            MANY_TENANTS_CLIENT_ID,
            DEMO_TENANT_ID,
            "Linkspan for many tenants",
            audience="many_tenants",
            redirect_uris=("http://localhost/connect/oauth2/dynamics365bc/callback",),
            secrets=(secret("many tenants", MANY_TENANTS_SECRET),),
            permissions=_DELEGATED,
            roles=_ROLES,
        ),
        AppRegistration(
            DIRECTORY_CLIENT_ID,
            DEMO_TENANT_ID,
            "Linkspan directory",
            audience="many_tenants",
            redirect_uris=("http://localhost/connect/oauth2/entraid/callback",),
            secrets=(secret("directory", DIRECTORY_SECRET),),
            permissions=frozenset(map(GRAPH.scope, GRAPH.delegated)),
            roles=frozenset(map(GRAPH.scope, GRAPH.roles)),
        ),
        AppRegistration(
            PUBLIC_CLIENT_ID,
            DEMO_TENANT_ID,
            "Linkspan desktop",
            redirect_uris=("http://localhost",),
            permissions=_DELEGATED,
            public=True,
        ),
    )
