"""Lists a tenant's environments as the environments API and the administration API do."""

from collections.abc import Iterable

from linkspan.simulator.books.world import Environment, Tenant
from linkspan.simulator.odata.representation import encode


def environment_list(tenant: Tenant, base: str) -> bytes:
    """Return the answer of ``/environments/v1.x``; `base` is the outside address of the service."""
    return encode({"value": [_short(one, base) for one in _present(tenant)]})


def administered_list(tenant: Tenant, base: str) -> bytes:
    """Return the answer of the administration API's list of environments."""
    return encode({"value": [_long(one, base) for one in _present(tenant)]})


def _present(tenant: Tenant) -> Iterable[Environment]:
    return (one for one in tenant.environments.values() if one.state != "SoftDeleted")


def _short(environment: Environment, base: str) -> dict[str, object]:
    return {
        "aadTenantId": str(environment.tenant.id),
        "applicationFamily": "BusinessCentral",
        "type": environment.type,
        "name": environment.name,
        "countryCode": environment.country,
        "webServiceUrl": base,
        "webClientLoginUrl": f"{base}/{environment.tenant.id}/{environment.name}",
        "ringName": "PROD",
    }


def _long(environment: Environment, base: str) -> dict[str, object]:
    return {
        "friendlyName": environment.name,
        **_short(environment, base),
        "status": environment.state,
        "locationName": "Simulator",
        "geoName": "Simulator",
        "appInsightsKey": "",
        "versionDetails": {
            "version": environment.version,
            "gracePeriodStartDate": None,
            "enforcedUpdatePeriodStartDate": None,
        },
    }
