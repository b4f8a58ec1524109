"""The device code grant: a code on the device, a person in a browser, polling in between."""

import datetime as dt

import pytest
from form_walker import BC_SCOPE, Person, claims_of, forms

from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import ADMINISTRATOR, CLERK, DEMO_DOMAIN, PUBLIC_CLIENT_ID

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
FIVE_SECONDS = dt.timedelta(seconds=5)


def start(person: Person, tenant: str = DEMO_DOMAIN, **changes: str) -> dict[str, str]:
    asked = {"client_id": str(PUBLIC_CLIENT_ID), "scope": f"{BC_SCOPE} offline_access openid", **changes}
    return person.http.post(f"/{tenant}/oauth2/v2.0/devicecode", data=asked).json()


def poll(person: Person, code: str, **changes: str | None) -> dict[str, object]:
    sent = {"client_id": str(PUBLIC_CLIENT_ID), "client_secret": None, **changes}
    return person.token(grant_type=GRANT, device_code=code, **sent).json()


def type_code(person: Person, code: str) -> object:
    page = person.http.get("/common/oauth2/deviceauth")
    return person.submit(page, forms(page)[0], user_code=code)


def confirm(person: Person, code: str, user: str = ADMINISTRATOR, answer: str = "accept") -> str:
    """Type the code, sign in, answer the consent page and return the text of the last page."""
    page = person.sign_in(type_code(person, code), user)
    if page.status_code == 200:
        page = person.agree(page, answer)
    assert 302 == page.status_code, page.text
    done = person.http.get(page.headers["location"])
    assert 200 == done.status_code, done.text
    return done.text


def test_a_device_gets_its_tokens_once_a_person_has_agreed(
    person: Person, stranger: Person, simulator: Simulator
) -> None:
    device = start(person)
    assert {"user_code", "device_code", "verification_uri", "expires_in", "interval", "message"} == set(device)
    assert (900, 5) == (device["expires_in"], device["interval"])
    assert device["user_code"] in device["message"]
    assert f"{simulator.url}/common/oauth2/deviceauth" == device["verification_uri"]
    assert "authorization_pending" == poll(person, device["device_code"])["error"]
    assert "signed in" in confirm(stranger, device["user_code"], CLERK)
    simulator.move_clock(FIVE_SECONDS)
    tokens = poll(person, device["device_code"])

    assert CLERK == claims_of(str(tokens["access_token"]))["upn"]
    assert {"refresh_token", "id_token"} < set(tokens)
    assert 200 == person.companies(str(tokens["access_token"])).status_code
    assert "bad_verification_code" == poll(person, device["device_code"])["error"], "a code is good for once"


def test_pending_is_refused_with_its_number_and_haste_with_slow_down(person: Person, simulator: Simulator) -> None:
    code = start(person)["device_code"]
    first, second = poll(person, code), poll(person, code)
    simulator.move_clock(FIVE_SECONDS)
    patient = poll(person, code)
    simulator.set_device_haste_refused(on=False)

    assert ("authorization_pending", [70016]) == (first["error"], first["error_codes"])
    assert "slow_down" == second["error"]
    assert ["authorization_pending"] * 2 == [patient["error"], poll(person, code)["error"]]


def test_the_code_expires_after_a_quarter_of_an_hour(person: Person, simulator: Simulator) -> None:
    device = start(person)
    simulator.move_clock(dt.timedelta(minutes=15))
    answer = poll(person, device["device_code"])
    page = type_code(person, device["user_code"])

    assert ("expired_token", [70019]) == (answer["error"], answer["error_codes"])
    assert (400, True) == (page.status_code, "AADSTS70019" in page.text)


def test_declining_ends_the_polling(person: Person, stranger: Person, simulator: Simulator) -> None:
    device = start(person)
    assert "not signed in" in confirm(stranger, device["user_code"], answer="cancel")
    simulator.move_clock(FIVE_SECONDS)

    assert "authorization_declined" == poll(person, device["device_code"])["error"]


@pytest.mark.parametrize("typed", ["", "BCDFGHJKL", "<b>"])
def test_an_unknown_code_is_refused_on_the_page(person: Person, typed: str) -> None:
    page = type_code(person, typed)

    assert (400, True) == (page.status_code, "AADSTS70018" in page.text)


def test_the_code_belongs_to_its_application(person: Person) -> None:
    device = start(person)
    demo = person.token(grant_type=GRANT, device_code=device["device_code"]).json()

    assert [70018] == demo["error_codes"]
    assert [900144] == start(person, scope="")["error_codes"]
    assert [90002] == start(person, tenant="nowhere.example")["error_codes"]
    assert [70018] == poll(person, "made-up")["error_codes"]


def test_discovery_tells_the_endpoint(person: Person, simulator: Simulator) -> None:
    answer = person.http.get("/organizations/v2.0/.well-known/openid-configuration").json()

    assert f"{simulator.url}/organizations/oauth2/v2.0/devicecode" == answer["device_authorization_endpoint"]
    assert GRANT in answer["grant_types_supported"]
