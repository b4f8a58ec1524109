"""The protected APIs that the simulated directory knows: their identifiers, delegated scopes and application roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Resource:
    """One API: `delegated` maps a scope name to the sentence shown at consent, `roles` are application permissions."""

    uri: str
    app_id: UUID
    name: str
    delegated: Mapping[str, str]
    roles: frozenset[str] = frozenset()

    def scope(self, name: str) -> str:
        """Return the full form of a scope name, such as https://api.example/Read."""
        return f"{self.uri}/{name}"

    def find_scope(self, name: str) -> str | None:
        """Return the full form of the scope called `name` in any letter case, or None."""
        for known in self.delegated:
            if known.lower() == name.lower():
                return self.scope(known)
        return None


BUSINESS_CENTRAL: Final = Resource(
    uri="https://api.businesscentral.dynamics.com",
    app_id=UUID("996def3d-b36c-4153-8607-a6fd3c01b89f"),
    name="Dynamics 365 Business Central",
    delegated=MappingProxyType(
        {
            "Financials.ReadWrite.All": "Read and change business data in Business Central as you.",
            "user_impersonation": "Use Business Central as you.",
        }
    ),
    roles=frozenset({"API.ReadWrite.All", "Automation.ReadWrite.All", "app_access"}),
)
GRAPH: Final = Resource(
    uri="https://graph.microsoft.com",
    app_id=UUID("00000003-0000-0000-c000-000000000000"),
    name="Microsoft Graph",
    delegated=MappingProxyType(
        {
            "User.Read": "Sign you in and read your profile.",
            "User.Read.All": "Read everybody's profile.",
            "User.ReadWrite.All": "Read and change everybody's profile.",
            "GroupMember.Read.All": "Read groups and who belongs to them.",
            "Group.ReadWrite.All": "Read and change all groups.",
        }
    ),
    roles=frozenset({"User.Read.All", "User.ReadWrite.All", "GroupMember.Read.All", "Group.ReadWrite.All"}),
)
AZURE_MANAGEMENT: Final = Resource(
    uri="https://management.azure.com",
    app_id=UUID("797f4846-ba00-4fd7-ba43-dac1f8f63013"),
    name="Azure Resource Manager",
    delegated=MappingProxyType({"user_impersonation": "Manage Azure resources as you."}),
)
RESOURCES: Final = (BUSINESS_CENTRAL, GRAPH, AZURE_MANAGEMENT)


def find_resource(identifier: str) -> Resource | None:
    """Return the resource with this identifier URI (a final slash is ignored) or application id, or None."""
    wanted = identifier.rstrip("/").lower()
    for resource in RESOURCES:
        if wanted in {resource.uri, str(resource.app_id)}:
            return resource
    return None


def describe_scope(full_name: str) -> tuple[str, str]:
    """Return (name of the API, sentence for the consent page) of a full scope name known to `RESOURCES`."""
    uri, _, name = full_name.rpartition("/")
    for resource in RESOURCES:
        if resource.uri == uri:
            return resource.name, resource.delegated[name]
    raise KeyError(full_name)
