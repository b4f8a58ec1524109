"""The sign-in pages: what a person sees, and what goes back to the application."""

import pytest
from form_walker import BC_SCOPE, REDIRECT_URI, Person, arrived, forms

from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import (
    ADMINISTRATOR,
    CLERK,
    DEMO_CLIENT_ID,
    DEMO_TENANT_ID,
    MANY_TENANTS_CLIENT_ID,
    OTHER_ADMINISTRATOR,
    OTHER_DOMAIN,
    OTHER_TENANT_ID,
    UNLICENSED,
)


def test_code_flow_asks_for_user_then_consent_and_returns_code_and_state(person: Person) -> None:
    page = person.ask()
    consent = person.sign_in(page)
    answer = arrived(person.agree(consent))

    assert 200 == page.status_code
    assert "Demo users" in page.text
    assert BC_SCOPE in consent.text
    assert "offline_access" in consent.text
    assert "s-1" == answer["state"]
    assert {"code", "state", "session_state"} == set(answer)


def test_demo_user_signs_in_by_one_press(person: Person) -> None:
    page = person.ask()
    quick = next(form for form in forms(page)[1:] if form.fields["username"] == CLERK)

    assert "Permissions requested" in person.submit(page, quick).text


def test_second_sign_in_in_same_browser_needs_no_page(person: Person) -> None:
    person.link()

    assert "code" in arrived(person.ask())


def test_consent_is_remembered_for_the_user_in_another_browser(person: Person, stranger: Person) -> None:
    person.link()

    assert "code" in arrived(stranger.sign_in(stranger.ask()))


def test_prompts(person: Person) -> None:
    nobody = arrived(person.ask(prompt="none"))
    person.link()
    silent = arrived(person.ask(prompt="none"))
    again = person.ask(prompt="login")
    consent = person.ask(prompt="consent")
    choice = person.ask(prompt="select_account")
    picked = arrived(person.submit(choice, forms(choice)[0]))
    other = person.submit(choice, forms(choice)[-1])

    assert "login_required" == nobody["error"]
    assert nobody["error_description"].startswith("AADSTS50058: ")
    assert "code" in silent
    assert "Sign in" in again.text
    assert "Permissions requested" in consent.text
    assert "Choose an account" in choice.text
    assert "code" in picked
    assert "AADSTS50089" in other.text, "a form of a finished sign-in is void"


def test_prompt_none_without_consent_needs_interaction(person: Person) -> None:
    person.sign_in(person.ask())

    answer = arrived(person.ask(prompt="none"))

    assert "interaction_required" == answer["error"]
    assert answer["error_description"].startswith("AADSTS65001: ")


def test_two_signed_in_users_are_offered_and_login_hint_chooses(person: Person) -> None:
    person.link(ADMINISTRATOR)
    person.agree(person.sign_in(person.ask(prompt="login"), CLERK))

    choice = person.ask()

    assert [CLERK, ADMINISTRATOR] == [user for user in (CLERK, ADMINISTRATOR) if user in choice.text]
    assert "interaction_required" == arrived(person.ask(prompt="none"))["error"]
    assert "code" in arrived(person.ask(login_hint=CLERK))


def test_login_hint_fills_the_user_name(person: Person) -> None:
    assert CLERK == forms(person.ask(login_hint=CLERK))[0].fields["username"]


def test_cancel_is_access_denied(person: Person) -> None:
    answer = arrived(person.agree(person.sign_in(person.ask()), "cancel"))

    assert "access_denied" == answer["error"]
    assert "cancel" == answer["error_subcode"]
    assert answer["error_description"].startswith("AADSTS65004: ")
    assert "\r\nTrace ID: " in answer["error_description"]
    assert "s-1" == answer["state"]


@pytest.mark.parametrize(
    ("user", "password", "code"),
    [
        (ADMINISTRATOR, "wrong", "AADSTS50126"),
        ("nobody@tidewater.example", "x", "AADSTS50034"),
        (OTHER_ADMINISTRATOR, "x", "AADSTS50020"),
    ],
)
def test_wrong_user_or_password_is_told_on_the_page(person: Person, user: str, password: str, code: str) -> None:
    page = person.sign_in(person.ask(), user, password)

    assert code in page.text
    assert user == forms(page)[0].fields["username"]
    assert "Permissions requested" in person.sign_in(page).text


def test_user_without_licence_may_sign_in(person: Person) -> None:
    assert "code" in person.link(UNLICENSED)


@pytest.mark.parametrize(
    ("tenant", "changes", "code"),
    [
        ("nowhere.example", {}, 90002),
        ("tidewater.example", {"client_id": None}, 900144),
        ("tidewater.example", {"client_id": "no-guid"}, 700016),
        (OTHER_DOMAIN, {}, 700016),
        ("common", {}, 50194),
        ("organizations", {}, 50194),
        ("consumers", {"client_id": str(MANY_TENANTS_CLIENT_ID)}, 700016),
        ("tidewater.example", {"redirect_uri": None}, 900144),
        ("tidewater.example", {"redirect_uri": "http://evil.example/callback"}, 50011),
        ("tidewater.example", {"redirect_uri": REDIRECT_URI + "/more"}, 50011),
        ("tidewater.example", {"redirect_uri": "http://[broken"}, 50011),
    ],
)
def test_before_client_and_redirect_are_proved_mistakes_are_a_page(
    person: Person, tenant: str, changes: dict[str, str | None], code: int
) -> None:
    page = person.ask(tenant=tenant, **changes)

    assert 400 == page.status_code
    assert "location" not in page.headers
    assert f"AADSTS{code}" in page.text


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"response_type": None}, "invalid_request", 900144),
        ({"response_type": "token"}, "unsupported_response_type", 700054),
        ({"response_type": "banana"}, "unsupported_response_type", 70005),
        ({"response_mode": "smoke"}, "invalid_request", 90023),
        ({"prompt": "dance"}, "invalid_request", 90023),
        ({"scope": None}, "invalid_request", 900144),
        ({"scope": "a,b"}, "invalid_scope", 70011),
        ({"scope": f"{BC_SCOPE} https://api.businesscentral.dynamics.com/.default"}, "invalid_scope", 70011),
        ({"scope": "Financials.ReadWrite.All"}, "invalid_client", 650053),
        ({"scope": "https://unknown.example/Read"}, "invalid_resource", 500011),
        ({"scope": "https://management.azure.com/.default"}, "invalid_resource", 650057),
        ({"code_challenge": "short"}, "invalid_request", 50147),
        ({"code_challenge": None}, "invalid_request", 50147),
        ({"code_challenge_method": "S512"}, "invalid_request", 90023),
    ],
)
def test_later_mistakes_go_back_by_redirect(
    person: Person, changes: dict[str, str | None], error: str, code: int
) -> None:
    answer = arrived(person.ask(**changes))

    assert error == answer["error"]
    assert answer["error_description"].startswith(f"AADSTS{code}: ")
    assert "s-1" == answer["state"]


def test_response_modes(person: Person) -> None:
    person.link()
    fragment = person.ask(response_mode="fragment").headers["location"]
    posted = person.ask(response_mode="form_post")

    assert fragment.startswith(REDIRECT_URI + "#code=")
    assert REDIRECT_URI == forms(posted)[0].action
    assert {"code", "state", "session_state"} == set(forms(posted)[0].fields)


def test_authorize_takes_a_form_post_and_refuses_repeated_parameters(person: Person) -> None:
    query = person.ask().request.url.query
    posted = person.http.post(
        "/tidewater.example/oauth2/v2.0/authorize",
        content=query,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    repeated = person.http.get("/common/oauth2/v2.0/authorize?client_id=1&client_id=2")

    assert "Demo users" in posted.text
    assert "AADSTS9002313" in repeated.text


def test_application_for_many_tenants_on_common_and_in_another_tenant(person: Person) -> None:
    many = str(MANY_TENANTS_CLIENT_ID)
    answer = arrived(person.agree(person.sign_in(person.ask(tenant="common", client_id=many), OTHER_ADMINISTRATOR)))
    there = arrived(person.ask(tenant=str(OTHER_TENANT_ID).upper(), client_id=many))

    assert "code" in answer
    assert "code" in there


def test_forms_belong_to_one_browser(person: Person, stranger: Person) -> None:
    page = person.ask()
    stolen = stranger.http.post(str(page.url.join(forms(page)[0].action)), data=forms(page)[0].fields)
    forged = person.submit(page, forms(page)[0], form_token="0" * 32)

    assert "AADSTS50089" in stolen.text
    assert "AADSTS50089" in forged.text


def test_pages_carry_strict_headers_and_no_inline_code(person: Person) -> None:
    page = person.ask(state="<script>alert(1)</script>", login_hint='"><script>')
    policy = page.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "no-store" == page.headers["cache-control"]
    assert all("httponly" in cookie.lower() for cookie in page.headers.get_list("set-cookie"))


def test_refused_and_administrators_only_consent(person: Person, simulator: Simulator) -> None:
    simulator.set_consent_policy("refuse")
    refused = arrived(person.sign_in(person.ask()))
    simulator.set_consent_policy("administrators_only")
    wall = person.sign_in(person.ask(prompt="login"), CLERK)
    back = arrived(person.agree(wall))

    assert refused["error_description"].startswith("AADSTS65004: ")
    assert "AADSTS90094" in wall.text
    assert "access_denied" == back["error"]
    assert back["error_description"].startswith("AADSTS90094: ")
    assert "code" in person.link(ADMINISTRATOR, prompt="login")


def test_administrator_consents_for_everybody(person: Person, stranger: Person) -> None:
    person.agree(person.sign_in(person.ask()), for_everyone="yes")

    assert "code" in arrived(stranger.sign_in(stranger.ask(), CLERK))


def test_admin_consent_endpoints(person: Person, stranger: Person) -> None:
    asked = {"client_id": str(DEMO_CLIENT_ID), "redirect_uri": REDIRECT_URI, "state": "x"}
    v2 = person.http.get("/organizations/v2.0/adminconsent", params={**asked, "scope": BC_SCOPE})
    page = person.http.get("/tidewater.example/v2.0/adminconsent", params={**asked, "scope": BC_SCOPE})
    granted = arrived(person.agree(person.sign_in(page)))
    page = person.http.get("/tidewater.example/adminconsent", params=asked)
    refused = arrived(person.agree(person.sign_in(page), "cancel"))
    wall = stranger.sign_in(stranger.http.get("/tidewater.example/adminconsent", params=asked), CLERK)

    assert "AADSTS50194" in v2.text
    assert {"admin_consent": "True", "tenant": str(DEMO_TENANT_ID), "scope": BC_SCOPE, "state": "x"} == granted
    assert "permission_denied" == refused["error"]
    assert refused["error_description"].startswith("AADSTS65004: ")
    assert "AADSTS90094" in wall.text
    assert "code" in arrived(stranger.ask()), "the consent for everybody covers the clerk"


def test_logout_ends_the_session(person: Person) -> None:
    person.link()
    left = person.http.get("/common/oauth2/v2.0/logout", params={"post_logout_redirect_uri": REDIRECT_URI})
    stays = person.http.get("/common/oauth2/v2.0/logout", params={"post_logout_redirect_uri": "http://evil.example"})

    assert REDIRECT_URI == left.headers["location"]
    assert 200 == stays.status_code
    assert "Demo users" in person.ask().text
