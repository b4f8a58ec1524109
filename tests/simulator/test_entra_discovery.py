"""What clients look up before they sign anybody in."""

import pytest
from form_walker import Person

from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import DEMO_DOMAIN, DEMO_TENANT_ID

CONFIGURATION = "v2.0/.well-known/openid-configuration"


@pytest.mark.parametrize("name", [DEMO_DOMAIN, DEMO_DOMAIN.upper(), str(DEMO_TENANT_ID)])
def test_configuration_names_the_tenant_by_id_and_endpoints_by_own_host(
    person: Person, simulator: Simulator, name: str
) -> None:
    answer = person.http.get(f"/{name}/{CONFIGURATION}").json()
    root = f"{simulator.url}/{DEMO_TENANT_ID}"

    assert f"https://login.microsoftonline.com/{DEMO_TENANT_ID}/v2.0" == answer["issuer"]
    assert f"{root}/oauth2/v2.0/authorize" == answer["authorization_endpoint"]
    assert f"{root}/oauth2/v2.0/token" == answer["token_endpoint"]
    assert f"{root}/discovery/v2.0/keys" == answer["jwks_uri"]
    assert ["pairwise"] == answer["subject_types_supported"]


def test_every_published_endpoint_answers(person: Person) -> None:
    answer = person.http.get(f"/common/{CONFIGURATION}").json()

    assert "https://login.microsoftonline.com/{tenantid}/v2.0" == answer["issuer"]
    assert 200 == person.http.get(answer["jwks_uri"]).status_code
    assert 900144 == person.http.post(answer["token_endpoint"]).json()["error_codes"][0]
    assert "AADSTS900144" in person.http.get(answer["authorization_endpoint"]).text
    assert 200 == person.http.get(answer["end_session_endpoint"]).status_code


def test_links_follow_the_forwarded_host(person: Person) -> None:
    forwarded = {"x-forwarded-host": "login.microsoftonline.com"}
    answer = person.http.get(f"/common/{CONFIGURATION}", headers=forwarded).json()

    assert "https://login.microsoftonline.com/common/oauth2/v2.0/token" == answer["token_endpoint"]


def test_unknown_tenant_is_a_json_error(person: Person) -> None:
    answers = [person.http.get(f"/nowhere.example/{path}") for path in (CONFIGURATION, "discovery/v2.0/keys")]

    assert [400, 400] == [answer.status_code for answer in answers]
    assert [[90002], [90002]] == [answer.json()["error_codes"] for answer in answers]


def test_keys_are_public_halves_with_issuer(person: Person) -> None:
    (key,) = person.http.get(f"/{DEMO_DOMAIN}/discovery/v2.0/keys").json()["keys"]

    assert {"kty", "use", "kid", "x5t", "n", "e", "x5c", "issuer"} == set(key)
    assert ("RSA", "sig", "AQAB") == (key["kty"], key["use"], key["e"])
    assert key["issuer"].endswith(f"{DEMO_TENANT_ID}/v2.0")


def test_instance_discovery_for_msal(person: Person, simulator: Simulator) -> None:
    answer = person.http.get("/common/discovery/instance", params={"api-version": "1.1"}).json()

    assert answer["tenant_discovery_endpoint"].startswith(simulator.url)
    assert [simulator.url.removeprefix("http://")] == answer["metadata"][0]["aliases"]
