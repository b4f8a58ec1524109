"""The AADSTS codes that the documentation lists for clients: where each one is shown, and that any can be asked for."""

import datetime as dt
import re

import pytest
from form_walker import BC_SCOPE, Person, arrived, forms

from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import ADMINISTRATOR, CLERK, DEMO_CLIENT_ID, OTHER_DOMAIN

# error and status of the token endpoint's answer
LISTED = {
    7000215: ("invalid_client", 401),
    7000222: ("invalid_client", 401),
    7000218: ("invalid_client", 401),
    700025: ("invalid_client", 401),
    700027: ("invalid_client", 401),
    700016: ("unauthorized_client", 400),
    90002: ("invalid_request", 400),
    900144: ("invalid_request", 400),
    9002313: ("invalid_request", 400),
    900561: ("invalid_request", 400),
    54005: ("invalid_grant", 400),
    70008: ("invalid_grant", 400),
    700082: ("invalid_grant", 400),
    70043: ("invalid_grant", 400),
    50173: ("invalid_grant", 400),
    70000: ("invalid_grant", 400),
    501481: ("invalid_grant", 400),
    50147: ("invalid_request", 400),
    65001: ("invalid_grant", 400),
    50074: ("invalid_grant", 400),
    50076: ("invalid_grant", 400),
    50079: ("invalid_grant", 400),
    53003: ("invalid_grant", 400),
    500011: ("invalid_resource", 400),
    650057: ("invalid_resource", 400),
    70011: ("invalid_scope", 400),
    28000: ("invalid_scope", 400),
    700022: ("invalid_scope", 400),
    1002012: ("invalid_scope", 400),
    50194: ("invalid_request", 400),
    9001023: ("invalid_request", 400),
}
SUBERRORS = {65001: "consent_required", 50074: "basic_action", 50076: "basic_action", 50079: "basic_action"}


@pytest.mark.parametrize("code", LISTED)
def test_any_listed_code_can_be_asked_for(person: Person, simulator: Simulator, code: int) -> None:
    refresh = person.tokens()["refresh_token"]
    simulator.fail_token_requests(code)
    refused = person.token(grant_type="refresh_token", refresh_token=refresh)
    body = refused.json()

    assert LISTED[code] == (body["error"], refused.status_code)
    assert [code] == body["error_codes"]
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert re.search(
        r"\r\nTrace ID: \S+\r\nCorrelation ID: \S+\r\nTimestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$",
        body["error_description"],
    )
    assert body["error_uri"].endswith(f"/error?code={code}")
    assert SUBERRORS.get(code, body.get("suberror")) == body.get("suberror")
    assert 200 == person.token(grant_type="refresh_token", refresh_token=refresh).status_code


def test_a_user_of_nowhere_and_of_another_tenant(person: Person) -> None:
    nobody = person.sign_in(person.ask(), user="nobody@tidewater.example", password="x").text
    stranger = person.sign_in(person.ask(), user="kim.perch@kestrel.example").text

    assert "50034" in nobody
    assert "50020" in stranger


def test_declining_needing_an_administrator_and_denying_the_proof(
    person: Person, stranger: Person, simulator: Simulator
) -> None:
    declined = arrived(person.agree(person.sign_in(person.ask()), answer="deny"))
    simulator.set_consent_policy("administrators_only")
    page = stranger.sign_in(stranger.ask(), user=CLERK)
    told = arrived(stranger.submit(page, forms(page)[0], answer="accept"))
    simulator.reset()
    simulator.set_access_rule(ADMINISTRATOR, "multifactor")
    asked = person.sign_in(person.ask())
    denied = arrived(person.submit(asked, forms(asked)[0], answer="deny"))

    assert ("access_denied", True) == (declined["error"], "AADSTS65004" in declined["error_description"])
    assert ("access_denied", True) == (told["error"], "AADSTS90094" in told["error_description"])
    assert "AADSTS50074" in denied["error_description"]
    assert {"s-1"} == {declined["state"], told["state"], denied["state"]}


def test_scopes_of_client_credentials_and_of_two_resources(person: Person) -> None:
    single = person.token(grant_type="client_credentials", scope=BC_SCOPE).json()
    refresh = person.tokens()["refresh_token"]
    two = person.token(
        grant_type="refresh_token", refresh_token=refresh, scope=f"{BC_SCOPE} https://graph.microsoft.com/User.Read"
    ).json()

    several = person.token(
        grant_type="client_credentials",
        scope="https://api.businesscentral.dynamics.com/.default https://graph.microsoft.com/.default",
    ).json()

    assert ([700022], "invalid_scope") == (several["error_codes"], several["error"])
    assert [1002012] == single["error_codes"]
    assert "invalid_scope" == single["error"]
    assert [28000] == two["error_codes"]


def test_tenants_do_not_mix(person: Person, simulator: Simulator) -> None:
    app = simulator.register_app("Many", audience="many_tenants", redirect_uris=("http://localhost:9999/cb",))
    simulator.grant_admin_consent(app.client_id, OTHER_DOMAIN)
    simulator.set_business_central_app(app.client_id, OTHER_DOMAIN)
    fields = {
        "grant_type": "client_credentials",
        "scope": "https://api.businesscentral.dynamics.com/.default",
        "client_id": str(app.client_id),
        "client_secret": app.client_secret,
    }
    elsewhere = person.token(tenant=OTHER_DOMAIN, **fields).json()["access_token"]
    own = person.token(tenant=OTHER_DOMAIN, grant_type="client_credentials", scope=fields["scope"]).json()

    assert 200 == person.companies(elsewhere, tenant=OTHER_DOMAIN).status_code
    assert 401 == person.companies(elsewhere, tenant=simulator.demo.tenant_domain).status_code
    assert [700016] == own["error_codes"], str(DEMO_CLIENT_ID)


def test_a_sign_in_that_is_too_long_ago_cannot_be_renewed(person: Person, simulator: Simulator) -> None:
    refresh = person.tokens()["refresh_token"]
    simulator.set_sign_in_frequency(ADMINISTRATOR, dt.timedelta(hours=8))
    simulator.move_clock(dt.timedelta(hours=7))
    renewed = person.token(grant_type="refresh_token", refresh_token=refresh).json()["refresh_token"]
    simulator.move_clock(dt.timedelta(hours=1))
    refused = person.token(grant_type="refresh_token", refresh_token=renewed).json()
    simulator.set_sign_in_frequency(ADMINISTRATOR, None)

    assert ([70043], "invalid_grant", "bad_token") == (refused["error_codes"], refused["error"], refused["suberror"])
    assert 200 == person.token(grant_type="refresh_token", refresh_token=renewed).status_code
