"""What control can make of the directory: keys, lifetimes, second proofs, and the rules of single-page applications."""

import datetime as dt
import json

import httpx2
import pytest
from form_walker import REDIRECT_URI, VERIFIER, Person, arrived, claims_of, forms, header_of

from linkspan.simulator import Simulator
from linkspan.simulator.command import ControlError
from linkspan.simulator.entra.demo import ADMINISTRATOR, CLERK, DEMO_CLIENT_ID, DEMO_DOMAIN, DEMO_SECRET, UNLICENSED

ORIGIN = "http://localhost:9999"


def published(person: Person) -> list[str]:
    return [key["kid"] for key in person.http.get(f"/{DEMO_DOMAIN}/discovery/v2.0/keys").json()["keys"]]


def test_a_rotated_key_stays_published_and_then_goes(person: Person, simulator: Simulator) -> None:
    simulator.set_token_lifetime(7 * 24 * 3600)
    old = person.tokens()["access_token"]
    (first,) = published(person)
    second = simulator.rotate_signing_key(dt.timedelta(hours=24))
    new = person.tokens()["access_token"]

    assert [second, first] == published(person)
    assert (first, second) == (header_of(old)["kid"], header_of(new)["kid"])
    assert [200, 200] == [person.companies(token).status_code for token in (old, new)]
    simulator.move_clock(dt.timedelta(hours=24))
    assert [second] == published(person)
    assert [401, 200] == [person.companies(token).status_code for token in (old, new)]


def test_reset_keeps_only_the_present_key(person: Person, simulator: Simulator) -> None:
    second = simulator.rotate_signing_key()
    assert 2 == len(published(person))
    simulator.reset()

    assert [second] == published(person)


def test_token_lifetime_on_request(person: Person, simulator: Simulator) -> None:
    simulator.set_token_lifetime(900)
    answer = person.tokens()
    claims = claims_of(answer["access_token"])
    # Real seconds pass as well, more of them on a busy machine.
    simulator.move_clock(dt.timedelta(seconds=840))
    before = person.companies(answer["access_token"]).status_code
    simulator.move_clock(dt.timedelta(seconds=61))
    after = person.companies(answer["access_token"]).status_code
    simulator.set_token_lifetime(None)

    assert (900, 900) == (answer["expires_in"], int(str(claims["exp"])) - int(str(claims["iat"])))
    assert (200, 401) == (before, after)
    assert int(person.tokens()["expires_in"]) >= 3599
    with pytest.raises(ControlError):
        simulator.set_token_lifetime(0)


@pytest.mark.parametrize(
    ("rule", "code", "suberror"),
    [("multifactor", 50076, "basic_action"), ("enrolment", 50079, "basic_action"), ("blocked", 53003, "message_only")],
)
def test_conditional_access_refuses_a_refresh_with_claims(
    person: Person, simulator: Simulator, rule: str, code: int, suberror: str
) -> None:
    tokens = person.tokens()
    simulator.set_access_rule(ADMINISTRATOR, rule)
    answer = person.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    body = answer.json()

    assert 400 == answer.status_code
    assert ("interaction_required", [code], suberror) == (body["error"], body["error_codes"], body["suberror"])
    assert {"access_token": {"capolids": {"essential": True}}}.keys() == json.loads(body["claims"]).keys()
    simulator.set_access_rule(ADMINISTRATOR, "none")
    assert 200 == person.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code


def test_a_second_proof_lets_in_again(person: Person, simulator: Simulator) -> None:
    person.tokens()
    simulator.set_access_rule(ADMINISTRATOR, "multifactor")
    silent = arrived(person.ask(prompt="none"))
    page = person.ask()
    asked = page.text
    after = person.submit(page, forms(page)[0], answer="approve")
    tokens = person.redeem(arrived(after)["code"]).json()

    assert "interaction_required" == silent["error"]
    assert "Approve your sign-in" in asked
    assert ["pwd", "mfa"] == claims_of(tokens["access_token"])["amr"]
    assert 200 == person.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code
    assert "code" in arrived(person.ask(prompt="none")), "the browser's session remembers the proof"


def test_denying_the_second_proof_is_told_to_the_application(person: Person, simulator: Simulator) -> None:
    simulator.set_access_rule(CLERK, "multifactor")
    page = person.sign_in(person.ask(), CLERK)
    answer = arrived(person.submit(page, forms(page)[0], answer="deny"))

    assert "interaction_required" == answer["error"]
    assert answer["error_description"].startswith("AADSTS50074")


def test_a_blocked_user_sees_why_and_others_are_free(person: Person, stranger: Person, simulator: Simulator) -> None:
    simulator.set_access_rule(CLERK, "blocked")
    page = person.sign_in(person.ask(), CLERK)

    assert (400, True) == (page.status_code, "AADSTS53003" in page.text)
    assert 200 == stranger.companies(stranger.tokens()["access_token"]).status_code


def test_a_user_without_licence_gets_tokens_but_no_data(person: Person, simulator: Simulator) -> None:
    token = person.tokens(UNLICENSED)["access_token"]
    before = person.companies(token)
    simulator.set_licence(UNLICENSED, licensed=True)

    assert UNLICENSED == claims_of(token)["upn"]
    assert (401, "Authentication_InvalidCredentials") == (before.status_code, before.json()["error"]["code"])
    assert 200 == person.companies(token).status_code


@pytest.fixture
def page_app(simulator: Simulator) -> str:
    return str(
        simulator.register_app(
            "Page", spa_redirect_uris=("http://localhost/connect/oauth2/dynamics365bc/callback",)
        ).client_id
    )


def from_page(person: Person, client_id: str, **fields: str) -> httpx2.Response:
    sent = {"client_id": client_id, **fields}
    return person.http.post(f"/{DEMO_DOMAIN}/oauth2/v2.0/token", data=sent, headers={"origin": ORIGIN})


def redeem_at_page(person: Person, client_id: str, code: str) -> httpx2.Response:
    return from_page(
        person, client_id, grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
    )


def test_a_page_gets_tokens_without_secret_and_its_refresh_ends_after_a_day(
    person: Person, simulator: Simulator, page_app: str
) -> None:
    code = person.link(client_id=page_app)["code"]
    first = redeem_at_page(person, page_app, code)
    simulator.move_clock(dt.timedelta(hours=23))
    second = from_page(person, page_app, grant_type="refresh_token", refresh_token=first.json()["refresh_token"])
    simulator.move_clock(dt.timedelta(hours=1))
    third = from_page(person, page_app, grant_type="refresh_token", refresh_token=second.json()["refresh_token"])

    assert ORIGIN == first.headers["access-control-allow-origin"]
    assert "0" == claims_of(first.json()["access_token"])["appidacr"]
    assert 200 == second.status_code
    assert [700084] == third.json()["error_codes"], "renewing does not prolong the day"


def test_pages_and_others_do_not_mix(person: Person, page_app: str) -> None:
    code = person.link(client_id=page_app)["code"]
    no_origin = person.redeem(code, client_id=page_app, client_secret=None).json()
    without_pkce = person.link(client_id=page_app, code_challenge=None, code_challenge_method=None)["code"]
    unproved = from_page(
        person, page_app, grant_type="authorization_code", code=without_pkce, redirect_uri=REDIRECT_URI
    ).json()
    demo = person.link()["code"]
    sent = {
        "client_id": str(DEMO_CLIENT_ID),
        "client_secret": DEMO_SECRET,
        "grant_type": "authorization_code",
        "code": demo,
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }
    across = person.http.post(f"/{DEMO_DOMAIN}/oauth2/v2.0/token", data=sent, headers={"origin": ORIGIN}).json()

    assert [7000218] == no_origin["error_codes"]
    assert [9002325] == unproved["error_codes"]
    assert [9002326] == across["error_codes"]


def test_a_browser_may_ask_first(person: Person) -> None:
    asked = {
        "origin": ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-client-sku",
    }
    answer = person.http.options(f"/{DEMO_DOMAIN}/oauth2/v2.0/token", headers=asked)

    assert 204 == answer.status_code
    assert (ORIGIN, "x-client-sku") == (
        answer.headers["access-control-allow-origin"],
        answer.headers["access-control-allow-headers"],
    )
