"""The token endpoint: every grant, every refusal, and the exact shape of both."""

import base64
import datetime as dt
import json
import re
from urllib.parse import quote
from uuid import UUID

import httpx2
import pytest
from form_walker import BC_SCOPE, REDIRECT_URI, Person, claims_of, header_of
from joserfc import jwt
from joserfc.jwk import RSAKey

from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import (
    ADMINISTRATOR,
    DEMO_CLIENT_ID,
    DEMO_EXPIRED_SECRET,
    DEMO_SECRET,
    DEMO_TENANT_ID,
    MANY_TENANTS_CLIENT_ID,
    MANY_TENANTS_SECRET,
    OTHER_DOMAIN,
    PUBLIC_CLIENT_ID,
)
from linkspan.simulator.entra.errors import MEANINGS

BC = "https://api.businesscentral.dynamics.com"


def refused(answer: httpx2.Response, status: int, error: str, code: int) -> dict[str, object]:
    body = answer.json()
    assert (status, error, [code]) == (answer.status_code, body["error"], body["error_codes"]), body
    return body


def test_answer_to_a_code_has_exactly_the_fields_asked_for(person: Person) -> None:
    plain = person.redeem(person.link(scope=BC_SCOPE)["code"])
    full = person.redeem(person.link(scope=f"openid profile offline_access {BC_SCOPE}", nonce="n-7")["code"]).json()
    fields = {"token_type", "scope", "expires_in", "ext_expires_in", "access_token"}

    assert fields == set(plain.json())
    assert "no-store" in plain.headers["cache-control"]
    assert fields | {"refresh_token", "id_token"} == set(full)
    assert ("Bearer", BC_SCOPE) == (full["token_type"], full["scope"])
    assert 3599 <= full["expires_in"] <= 5399
    assert len(full["refresh_token"]) > 1000
    assert "n-7" == claims_of(full["id_token"])["nonce"]


def test_access_token_is_a_version_1_token_signed_by_the_published_key(person: Person) -> None:
    answer = person.tokens()
    token = answer["access_token"]
    claims = claims_of(token)
    keys = person.http.get("/common/discovery/v2.0/keys").json()["keys"]
    key = next(key for key in keys if key["kid"] == header_of(token)["kid"])

    assert claims == jwt.decode(token, RSAKey.import_key(key), algorithms=["RS256"]).claims
    assert f"https://sts.windows.net/{DEMO_TENANT_ID}/" == claims["iss"]
    assert BC == claims["aud"]
    assert str(DEMO_CLIENT_ID) == claims["appid"]
    assert "1" == claims["appidacr"]
    assert "Financials.ReadWrite.All" == claims["scp"]
    assert (str(DEMO_TENANT_ID), ADMINISTRATOR, "1.0") == (claims["tid"], claims["upn"], claims["ver"])
    assert answer["expires_in"] == claims["exp"] - claims["iat"]
    assert "roles" not in claims


def test_default_scope_gives_all_registered_permissions(person: Person) -> None:
    answer = person.tokens(scope=f"{BC}/.default offline_access")

    assert "Financials.ReadWrite.All user_impersonation" == claims_of(answer["access_token"])["scp"]


def test_scope_names_ignore_case(person: Person) -> None:
    assert BC_SCOPE == person.tokens(scope=f"{BC}/financials.readwrite.all")["scope"]


def test_error_has_every_field_in_entra_format(person: Person) -> None:
    correlation = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    answer = person.http.post(
        "/tidewater.example/oauth2/v2.0/token",
        data={"client_id": str(DEMO_CLIENT_ID), "client_secret": "wrong", "grant_type": "refresh_token"},
        headers={"client-request-id": correlation},
    )
    body = refused(answer, 401, "invalid_client", 7000215)
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ"

    assert {
        "error", "error_description", "error_codes", "timestamp", "trace_id", "correlation_id", "error_uri"
    } == set(body)  # fmt: skip
    assert re.fullmatch(stamp, body["timestamp"])
    assert correlation == body["correlation_id"]
    assert str(UUID(body["trace_id"])) == answer.headers["x-ms-request-id"]
    assert "https://login.microsoftonline.com/error?code=7000215" == body["error_uri"]
    assert re.fullmatch(
        r"AADSTS7000215: Invalid client secret provided\. Ensure the secret being sent in the request is the client "
        rf"secret value, not the client secret ID, for a secret added to app '{DEMO_CLIENT_ID}'\."
        rf"\r\nTrace ID: {body['trace_id']}\r\nCorrelation ID: {correlation}\r\nTimestamp: {stamp}",
        body["error_description"],
    )


@pytest.mark.parametrize(
    ("tenant", "changes", "status", "error", "code"),
    [
        ("nowhere.example", {}, 400, "invalid_request", 90002),
        ("tidewater.example", {"grant_type": None}, 400, "invalid_request", 900144),
        ("tidewater.example", {"client_id": None}, 400, "invalid_request", 900144),
        ("tidewater.example", {"code": None}, 400, "invalid_request", 900144),
        ("tidewater.example", {"redirect_uri": None}, 400, "invalid_request", 900144),
        ("tidewater.example", {"client_id": str(DEMO_TENANT_ID)}, 400, "unauthorized_client", 700016),
        (OTHER_DOMAIN, {}, 400, "unauthorized_client", 700016),
        ("common", {}, 400, "invalid_request", 50194),
        ("tidewater.example", {"client_secret": None}, 401, "invalid_client", 7000218),
        ("tidewater.example", {"client_secret": DEMO_EXPIRED_SECRET}, 401, "invalid_client", 7000222),
        ("tidewater.example", {"client_id": str(PUBLIC_CLIENT_ID)}, 401, "invalid_client", 700025),
        ("tidewater.example", {"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ("tidewater.example", {"code": "made-up"}, 400, "invalid_grant", 70000),
        ("tidewater.example", {"redirect_uri": REDIRECT_URI + "/"}, 400, "invalid_client", 500112),
        ("tidewater.example", {"code_verifier": "w" * 64}, 400, "invalid_grant", 501481),
        ("tidewater.example", {"code_verifier": None}, 400, "invalid_grant", 501481),
        ("tidewater.example", {"scope": f"{BC_SCOPE} https://graph.microsoft.com/User.Read"}, 400, "invalid_scope", 28000),
        ("tidewater.example", {"scope": f"{BC}/Nothing.Read"}, 400, "invalid_scope", 70011),
    ],
)  # fmt: skip
def test_refusals_of_a_code(
    person: Person, tenant: str, changes: dict[str, str | None], status: int, error: str, code: int
) -> None:
    fields = {
        "grant_type": "authorization_code",
        "code": person.link()["code"],
        "redirect_uri": REDIRECT_URI,
        "code_verifier": "v" * 64,
        **changes,
    }

    refused(person.token(tenant=tenant, **fields), status, error, code)


def test_code_is_single_use_and_a_failed_try_does_not_use_it(person: Person) -> None:
    code = person.link()["code"]
    person.redeem(code, code_verifier="w" * 64)

    assert 200 == person.redeem(code).status_code
    refused(person.redeem(code), 400, "invalid_grant", 54005)


def test_code_expires_after_ten_minutes(person: Person, simulator: Simulator) -> None:
    code = person.link()["code"]
    simulator.move_clock(dt.timedelta(minutes=10))

    refused(person.redeem(code), 400, "invalid_grant", 70008)


def test_plain_challenge_and_no_challenge(person: Person) -> None:
    plain = person.link(code_challenge="p" * 50, code_challenge_method="plain")["code"]
    none = person.link(code_challenge=None, code_challenge_method=None)["code"]

    assert 200 == person.redeem(plain, code_verifier="p" * 50).status_code
    refused(person.redeem(none), 400, "invalid_request", 50147)
    assert 200 == person.redeem(none, code_verifier=None).status_code


def test_code_of_another_application_and_tenant(person: Person) -> None:
    code = person.link()["code"]
    many = {"client_id": str(MANY_TENANTS_CLIENT_ID), "client_secret": MANY_TENANTS_SECRET}
    mine = person.link(client_id=str(MANY_TENANTS_CLIENT_ID))["code"]

    refused(person.redeem(code, **many), 400, "invalid_grant", 70000)
    refused(person.redeem(mine, tenant=OTHER_DOMAIN, **many), 400, "invalid_grant", 700005)
    assert 200 == person.redeem(mine, tenant="common", **many).status_code


def test_refresh_tokens_rotate_and_the_old_one_stays_valid(person: Person) -> None:
    first = person.tokens()["refresh_token"]
    second = person.token(grant_type="refresh_token", refresh_token=first).json()
    again = person.token(grant_type="refresh_token", refresh_token=first, scope=BC_SCOPE)

    assert second["refresh_token"] not in {first, ""}
    assert BC_SCOPE == second["scope"]
    assert 200 == again.status_code


def test_reuse_of_a_refresh_token_can_revoke_its_family(person: Person, simulator: Simulator) -> None:
    simulator.set_refresh_reuse_revokes(on=True)
    first = person.tokens()["refresh_token"]
    second = person.token(grant_type="refresh_token", refresh_token=first).json()["refresh_token"]

    refused(person.token(grant_type="refresh_token", refresh_token=first), 400, "invalid_grant", 70000)
    refused(person.token(grant_type="refresh_token", refresh_token=second), 400, "invalid_grant", 70000)


def test_refresh_refusals(person: Person, simulator: Simulator) -> None:
    def refresh() -> httpx2.Response:
        return person.token(grant_type="refresh_token", refresh_token=token)

    token = person.tokens()["refresh_token"]
    simulator.fail_token_requests(50076)
    challenged = refused(refresh(), 400, "invalid_grant", 50076)
    simulator.fail_token_requests(90033)
    refused(refresh(), 503, "temporarily_unavailable", 90033)
    simulator.revoke_consent(ADMINISTRATOR)
    withdrawn = refused(refresh(), 400, "invalid_grant", 65001)
    token = person.tokens(prompt="login")["refresh_token"]
    revoked = simulator.revoke_grants(ADMINISTRATOR, DEMO_CLIENT_ID)
    refused(refresh(), 400, "invalid_grant", 50173)
    token = person.tokens(prompt="login")["refresh_token"]
    simulator.move_clock(dt.timedelta(days=90))
    refused(refresh(), 400, "invalid_grant", 700082)

    assert "basic_action" == challenged["suberror"]
    assert "access_token" in json.loads(challenged["claims"])
    assert "consent_required" == withdrawn["suberror"]
    assert revoked >= 1


def test_public_client_needs_no_secret(person: Person) -> None:
    public = {"client_id": str(PUBLIC_CLIENT_ID), "redirect_uri": "http://localhost:5001"}
    page = person.agree(person.sign_in(person.ask(**public)))
    code = httpx2.URL(page.headers["location"]).params["code"]
    answer = person.redeem(code, client_secret=None, **public)

    assert "0" == claims_of(answer.json()["access_token"])["appidacr"]


def test_client_credentials(person: Person) -> None:
    answer = person.token(grant_type="client_credentials", scope=f"{BC}/.default")
    claims = claims_of(answer.json()["access_token"])

    assert {"token_type", "expires_in", "ext_expires_in", "access_token"} == set(answer.json())
    assert ["API.ReadWrite.All", "Automation.ReadWrite.All"] == claims["roles"]
    assert "app" == claims["idtyp"]
    assert not {"scp", "upn"} & set(claims)


@pytest.mark.parametrize(
    ("tenant", "changes", "status", "error", "code"),
    [
        ("tidewater.example", {"scope": BC_SCOPE}, 400, "invalid_scope", 1002012),
        ("tidewater.example", {"scope": None}, 400, "invalid_request", 900144),
        ("tidewater.example", {"scope": "https://unknown.example/.default"}, 400, "invalid_resource", 500011),
        ("common", {"client_id": str(MANY_TENANTS_CLIENT_ID)}, 400, "invalid_request", 9001023),
        (OTHER_DOMAIN, {"client_id": str(MANY_TENANTS_CLIENT_ID)}, 401, "unauthorized_client", 7000229),
    ],
)
def test_client_credentials_refusals(
    person: Person, tenant: str, changes: dict[str, str | None], status: int, error: str, code: int
) -> None:
    fields = {"grant_type": "client_credentials", "scope": f"{BC}/.default", **changes}
    if "client_id" in changes:
        fields["client_secret"] = MANY_TENANTS_SECRET

    refused(person.token(tenant=tenant, **fields), status, error, code)


def test_secret_by_basic_header_is_form_decoded(person: Person, simulator: Simulator) -> None:
    secret = simulator.add_secret(DEMO_CLIENT_ID, "a:b+c%d~").client_secret
    pair = f"{quote(str(DEMO_CLIENT_ID))}:{quote(secret, safe='')}"
    fields = {"grant_type": "client_credentials", "scope": f"{BC}/.default"}

    def ask(header: str) -> httpx2.Response:
        return person.http.post("/tidewater.example/oauth2/v2.0/token", data=fields, headers={"authorization": header})

    assert 200 == ask("Basic " + base64.b64encode(pair.encode()).decode()).status_code
    refused(ask("Basic !"), 400, "invalid_request", 9002313)


def test_wrong_verb_and_wrong_body(person: Person) -> None:
    path = "/tidewater.example/oauth2/v2.0/token"

    refused(person.http.get(path), 400, "invalid_request", 900561)
    refused(person.http.post(path, json={"grant_type": "x"}), 400, "invalid_request", 9002313)
    refused(
        person.http.post(
            path, content="a=1&a=2", headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        ),
        400,
        "invalid_request",
        9002313,
    )


def test_secret_can_expire_and_be_replaced(person: Person, simulator: Simulator) -> None:
    fields = {"grant_type": "client_credentials", "scope": f"{BC}/.default"}
    simulator.expire_secrets(DEMO_CLIENT_ID)
    refused(person.token(**fields), 401, "invalid_client", 7000222)
    fresh = simulator.replace_secret(DEMO_CLIENT_ID)

    assert 200 == person.token(**fields, client_secret=fresh.client_secret).status_code
    refused(person.token(**fields, client_secret=str(fresh.secret_id)), 401, "invalid_client", 7000215)
    refused(person.token(**fields, client_secret=DEMO_SECRET), 401, "invalid_client", 7000215)


def test_every_meaning_has_a_known_status_and_a_finished_text() -> None:
    for code, meaning in MEANINGS.items():
        assert meaning.status in {400, 401, 503}, code
        assert meaning.text[-1] in ".]}", code
