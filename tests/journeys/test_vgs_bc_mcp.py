"""vgs-bc-mcp, a proxy made for Business Central's own MCP server, unmodified at our endpoint: only the address and the key are ours."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from client_drivers import drive_python
from demo_process import Demo
from tls_relay import Relay, tls_relay

pytestmark = pytest.mark.client

READS = {"bc_actions_search": True, "bc_actions_describe": True, "bc_actions_invoke": True}
LIST_CUSTOMERS = "List_Customers_PAG30009"


@pytest.fixture
def relay(demo: Demo, tmp_path: Path) -> Iterator[Relay]:
    """It refuses plain http."""
    with tls_relay(urlsplit(demo.base_url).port or 0, tmp_path) as relay:
        yield relay


def drive(
    demo: Demo, relay: Relay, *calls: dict[str, object], configuration: str | None = None, company: str | None = None
):
    fields = demo.get(f"/v1/accounts/{demo.account_id}").json()["fields"]
    options = [
        "--TenantId", fields["tenant_id"], "--Environment", fields["environment"], "--Company", company or fields["company_name"],
        "--BaseUrl", f"{relay.url}/mcp/businesscentral", "--CustomAuthHeader", demo.api_key,
    ]  # fmt: skip
    options += ["--ConfigurationName", configuration] if configuration else []
    environment = {
        "BC_ALLOW_NON_STANDARD_BASE_URL": "1", "SSL_CERT_FILE": str(relay.certificate), "XDG_CACHE_HOME": str(relay.certificate.parent),
    }  # fmt: skip
    return drive_python("vgs-bc-mcp", {"options": options, "calls": calls}, **environment)


def invoke(action: str, **parameters: object) -> dict[str, object]:
    return {
        "tool": "bc_actions_invoke",
        "arguments": {"ActionName": action, "RequestParameters": json.dumps(parameters)},
    }


def test_it_searches_describes_and_reads(demo: Demo, relay: Relay) -> None:
    search = {
        "tool": "bc_actions_search",
        "arguments": {"SearchText": "customers", "SearchMode": "keyword", "ActionType": ["List"]},
    }
    describe = {"tool": "bc_actions_describe", "arguments": {"ActionName": LIST_CUSTOMERS}}
    told = drive(
        demo,
        relay,
        search,
        describe,
        invoke(LIST_CUSTOMERS, top=3, select="number"),
        invoke("Create_Customers_PAG30009", displayName="No"),
    )
    found, described, listed, refused = told["calls"]

    assert READS == told["tools"]
    assert LIST_CUSTOMERS in found["text"]
    assert LIST_CUSTOMERS == json.loads(described["text"])["name"]
    assert 3 == len(json.loads(listed["text"])["data"])
    assert [False, False, False, True] == [call["failed"] for call in told["calls"]]
    assert "action_not_enabled" in refused["text"]


def test_with_a_configuration_it_writes(demo: Demo, relay: Relay) -> None:
    told = drive(demo, relay, invoke("Create_Customers_PAG30009", displayName="Proxied Ltd"), configuration="Simulator")
    made = json.loads(told["calls"][0]["text"])["data"]
    found = demo.rpc("get_customer", path={"id": made["id"]}).json()["data"]

    assert {**READS, "bc_actions_read": True, "bc_actions_invoke": False} == told["tools"]
    assert "Proxied Ltd" == found["displayName"]


def test_an_error_of_ours_reaches_its_client_as_one(demo: Demo, relay: Relay) -> None:
    told = drive(demo, relay, invoke(LIST_CUSTOMERS, top=1), company="Ærø Handel")

    assert {} == told["tools"]
    assert told["calls"][0]["failed"]
    assert "Ærø Handel" in told["calls"][0]["text"]
    assert httpx2.codes.OK == demo.get("/healthz").status_code
