"""Id tokens: signed by a published key, for the application, about the person who signed in."""

import datetime as dt

from form_walker import BC_SCOPE, Person, claims_of, header_of
from joserfc import jwt
from joserfc.jwk import KeySet

from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import ADMINISTRATOR, CLERK, DEMO_CLIENT_ID, DEMO_DOMAIN, DEMO_TENANT_ID

SCOPE = f"{BC_SCOPE} openid profile email offline_access"


def verified(person: Person, token: str) -> dict[str, object]:
    keys = person.http.get(f"/{DEMO_DOMAIN}/discovery/v2.0/keys").json()
    return dict(jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"]).claims)


def test_it_is_signed_for_the_application_about_the_person(person: Person, simulator: Simulator) -> None:
    claims = verified(person, person.tokens(scope=SCOPE, nonce="n-1")["id_token"])
    now = simulator.clock().now.timestamp()

    assert f"https://login.microsoftonline.com/{DEMO_TENANT_ID}/v2.0" == claims["iss"]
    assert (str(DEMO_CLIENT_ID), str(DEMO_TENANT_ID), "2.0") == (claims["aud"], claims["tid"], claims["ver"])
    assert ("n-1", ADMINISTRATOR) == (claims["nonce"], claims["preferred_username"])
    assert int(str(claims["nbf"])) <= now < int(str(claims["exp"]))


def test_its_subject_is_the_persons_own_for_one_application(
    person: Person, stranger: Person, simulator: Simulator
) -> None:
    first = claims_of(person.tokens(scope=SCOPE)["id_token"])
    again = claims_of(person.tokens(scope=SCOPE)["id_token"])
    other = claims_of(stranger.tokens(CLERK, scope=SCOPE)["id_token"])
    access = claims_of(person.tokens(scope=SCOPE)["access_token"])

    assert first["sub"] == again["sub"] != other["sub"]
    assert first["oid"] == access["oid"] != other["oid"]
    assert first["sub"] != access["oid"], "pairwise: nobody can join two applications' subjects"


def test_after_a_rotation_the_new_key_signs_and_both_verify(person: Person, simulator: Simulator) -> None:
    old = person.tokens(scope=SCOPE)["id_token"]
    kid = simulator.rotate_signing_key(dt.timedelta(hours=1))
    new = person.tokens(scope=SCOPE)["id_token"]

    assert kid == header_of(new)["kid"] != header_of(old)["kid"]
    assert verified(person, old)["sub"] == verified(person, new)["sub"]
    simulator.move_clock(dt.timedelta(hours=1))
    kids = [one["kid"] for one in person.http.get(f"/{DEMO_DOMAIN}/discovery/v2.0/keys").json()["keys"]]
    assert [kid] == kids
