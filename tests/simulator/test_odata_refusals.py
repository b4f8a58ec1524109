"""Reading what cannot be read: refusals of the simulated Business Central over HTTP, word for word."""

import re

import httpx2
import pytest
from odata_world import API, BASE, ROOT, Sim, build_sim, made_id

from linkspan.simulator.entra.demo import OTHER_DOMAIN

DAILY = made_id("journal DAILY")


@pytest.fixture
def sim() -> Sim:
    """Return a fresh small world."""
    return build_sim()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{BASE}/v2.0/Nowhere/api/v2.0/companies", (404, "NoEnvironment", "Environment does not exist.")),
        (f"{ROOT}/colours", (404, "BadRequest_ResourceNotFound", "Resource not found for the segment 'colours'.")),
        (f"{ROOT}/customers(1)", (404, "BadRequest_NotFound", "Bad Request - Error in query syntax.")),
        (
            f"{ROOT}/customers({DAILY})",
            (
                404,
                "Internal_RecordNotFound",
                "The Customer does not exist. Identification fields and values: SystemId='{"
                + str(DAILY).upper()
                + "}'",
            ),
        ),
        (
            f"{ROOT}/customers?$select=colour",
            (400, "BadRequest", "Could not find a property named 'colour' on type 'Microsoft.NAV.customer'."),
        ),
        (
            f"{ROOT}/customers?$filter=number eq 'A' or city eq 'B'",
            (
                501,
                "BadRequest_MethodNotImplemented",
                "The 'OR' operator is not supported on distinct fields on an OData filter.",
            ),
        ),
    ],
)
async def test_refusals(sim: Sim, url: str, expected: tuple[int, str, str]) -> None:
    assert expected == await sim.refusal("GET", url)


@pytest.mark.parametrize(
    "url", [f"{API}/customers", f"{API}/customers?company=Nobody", f"{API}/companies({DAILY})/customers"]
)
async def test_unknown_company(sim: Sim, url: str) -> None:
    assert "Internal_CompanyNotFound" == (await sim.refusal("GET", url))[1]


async def test_an_environment_that_is_upgraded(sim: Sim) -> None:
    sim.environment.state = "Upgrading"

    assert (503, "Internal_TenantUnavailable") == (await sim.refusal("GET", "customers"))[:2]


async def test_error_bodies(sim: Sim) -> None:
    application = await sim.ask("GET", "colours")
    gateway = await sim.ask("GET", f"{BASE}/v2.0/Nowhere/api/v2.0/companies")
    shape = r"Resource not found for the segment 'colours'\.  CorrelationId:  [0-9a-f-]{36}\."

    assert ["error"] == list(application.json())
    assert re.fullmatch(shape, application.json()["error"]["message"])
    assert {"error": {"code": "NoEnvironment", "message": "Environment does not exist."}} == gateway.json()


async def test_the_token_is_checked(sim: Sim) -> None:
    code = (401, "Authentication_InvalidCredentials", "The server has rejected the client credentials.")

    assert code == await sim.refusal("GET", "customers", Authorization="Bearer nonsense")
    assert code == await sim.refusal("GET", f"{BASE}/v2.0/{OTHER_DOMAIN}/Production/api/v2.0/companies")
    assert code == await sim.refusal("GET", f"{BASE}/environments/v1.2", Authorization="")


async def test_odd_headers_are_tolerated(sim: Sim) -> None:
    response = await sim.ask(
        "GET", "customers", headers={"Accept-Language": "*", "Accept": "*/*", "OData-Version": "4.0"}
    )

    assert 200 == response.status_code
    assert isinstance(response, httpx2.Response)
