"""The bearer check at the door of Business Central."""

import datetime as dt
from uuid import uuid4

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from form_walker import Person, claims_of, header_of
from joserfc import jwt
from joserfc.jwk import RSAKey

from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import (
    ADMINISTRATOR,
    CLERK,
    DEMO_CLIENT_ID,
    DEMO_DOMAIN,
    DEMO_TENANT_ID,
    OTHER_DOMAIN,
    UNLICENSED,
)

BC = "https://api.businesscentral.dynamics.com"


def rejected(answer: httpx2.Response) -> bool:
    error = {"code": "Authentication_InvalidCredentials", "message": "The server has rejected the client credentials."}
    return (401, {"error": error}) == (answer.status_code, answer.json())


def test_token_opens_both_address_forms(person: Person) -> None:
    token = person.tokens()["access_token"]

    assert 200 == person.companies(token).status_code
    assert 200 == person.companies(token, tenant=DEMO_DOMAIN).status_code
    assert 200 == person.companies(token, tenant=str(DEMO_TENANT_ID)).status_code


def test_other_tenant_in_the_address_is_rejected(person: Person) -> None:
    assert rejected(person.companies(person.tokens()["access_token"], tenant=OTHER_DOMAIN))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", "bearer x"])
def test_no_token_is_rejected(person: Person, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header}

    assert rejected(person.http.get("/v2.0/Production/api/v2.0/companies", headers=headers))


def test_expired_and_not_yet_valid_tokens_are_rejected(person: Person, simulator: Simulator) -> None:
    answer = person.tokens()
    token, lifetime = answer["access_token"], int(answer["expires_in"])
    before = person.companies(token).status_code
    simulator.move_clock(dt.timedelta(seconds=lifetime))
    late = person.companies(token)
    simulator.move_clock(-dt.timedelta(seconds=lifetime + 60))
    early = person.companies(token)

    assert 200 == before
    assert rejected(late)
    assert rejected(early)


def test_token_for_another_api_and_a_refresh_or_id_token_are_rejected(person: Person) -> None:
    answer = person.tokens(scope="https://graph.microsoft.com/User.Read openid offline_access")

    assert rejected(person.companies(answer["access_token"]))
    assert rejected(person.companies(answer["id_token"]))
    assert rejected(person.companies(answer["refresh_token"]))


def test_forged_tokens_are_rejected(person: Person) -> None:
    token = person.tokens()["access_token"]
    head, body, signature = token.split(".")
    foreign = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    forged = jwt.encode(dict(header_of(token)), claims_of(token), RSAKey.import_key(foreign))

    assert rejected(person.companies(forged))
    assert rejected(person.companies(f"{head}.{body}.{signature[::-1]}"))
    assert rejected(person.companies(f"eyJhbGciOiJub25lIn0.{body}."))


def test_licence_decides_at_each_request(person: Person, simulator: Simulator) -> None:
    token = person.tokens(CLERK)["access_token"]
    simulator.set_licence(CLERK, licensed=False)
    without = person.companies(token)
    simulator.set_licence(CLERK, licensed=True)

    assert rejected(without)
    assert 200 == person.companies(token).status_code


def test_unlicensed_user_gets_a_token_but_no_entry(person: Person) -> None:
    assert rejected(person.companies(person.tokens(UNLICENSED)["access_token"]))


def test_control_can_expire_access_tokens_of_one_user(person: Person, simulator: Simulator) -> None:
    first = person.tokens()["access_token"]
    simulator.expire_access_tokens(CLERK)
    untouched = person.companies(first).status_code
    simulator.expire_access_tokens(ADMINISTRATOR)

    assert 200 == untouched
    assert rejected(person.companies(first))
    assert 200 == person.companies(person.tokens()["access_token"]).status_code


def test_application_on_its_own_must_be_enabled_in_business_central(person: Person, simulator: Simulator) -> None:
    token = person.token(grant_type="client_credentials", scope=f"{BC}/.default").json()["access_token"]
    enabled = person.companies(token).status_code
    simulator.set_business_central_app(DEMO_CLIENT_ID, enabled=False)

    assert 200 == enabled
    assert rejected(person.companies(token))


def test_application_without_consented_roles_is_rejected(person: Person, simulator: Simulator) -> None:
    app = simulator.register_app("Eager")
    fields = {
        "client_id": str(app.client_id),
        "client_secret": app.client_secret,
        "grant_type": "client_credentials",
        "scope": f"{BC}/.default",
    }
    simulator.set_business_central_app(app.client_id)
    bare = person.token(**fields).json()["access_token"]
    simulator.grant_admin_consent(app.client_id)
    full = person.token(**fields).json()["access_token"]

    assert "roles" not in claims_of(bare)
    assert rejected(person.companies(bare))
    assert 200 == person.companies(full).status_code


def test_unknown_user_of_a_control_command_is_named(simulator: Simulator) -> None:
    with pytest.raises(ValueError, match="nobody"):
        simulator.set_licence("nobody", licensed=True)
    with pytest.raises(ValueError, match="no application"):
        simulator.expire_secrets(uuid4())


def test_a_token_without_a_sign_in_is_like_any_other(person: Person, simulator: Simulator) -> None:
    own, of_user = simulator.issue_token(), simulator.issue_token(ADMINISTRATOR)
    over_http = person.http.post("/_sim/issue_token", json={"user": UNLICENSED}).json()
    company = httpx2.get(simulator.company_url, headers={"authorization": f"Bearer {own}"})

    assert [200, 200] == [person.companies(token).status_code for token in (own, of_user)]
    assert ("app", None) == (claims_of(own)["idtyp"], claims_of(of_user).get("idtyp"))
    assert rejected(person.companies(over_http)), "without a licence"
    assert str(simulator.demo.company_id) == company.json()["id"]
    assert 2 == simulator.expire_access_tokens(client_id=simulator.demo.client_id) - 1
    assert rejected(person.companies(own))
