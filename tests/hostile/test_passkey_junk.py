"""What a browser says an authenticator answered may be anything."""

import json
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from soft_authenticator import SoftAuthenticator, text_of

from linkspan.errors import SignInFailedError
from linkspan.people_records import Passkey
from linkspan.usecases.passkey_proof import Site, check_claim, check_new, read_claim
from linkspan.wiring import utc_now

BASE = "https://linkspan.example"
SITE, NOW = Site("linkspan.example", BASE), utc_now()
KNOWN = SoftAuthenticator(BASE)
GOOD_NEW = KNOWN.make({"user": {"id": text_of(b"p")}, "rp": {"id": SITE.host}, "challenge": text_of(b"x" * 32)})
GOOD_CLAIM = KNOWN.sign({"rpId": SITE.host, "challenge": text_of(b"x" * 32)})


def spoilt(good: str) -> st.SearchStrategy[str]:
    """The answer with one part replaced by anything, or some letters of it by others."""
    answer = json.loads(good)
    junk = st.one_of(st.none(), st.integers(), st.text(), st.binary().map(text_of), st.lists(st.text(), max_size=2))
    names = st.sampled_from([*answer["response"], "id", "rawId", "type"])

    def put(name: str, value: object) -> str:
        inner = {**answer["response"], name: value} if name in answer["response"] else answer["response"]
        return json.dumps({**answer, **({} if name in inner else {name: value}), "response": inner})

    def flipped(name: str, at: int, letter: str) -> str:
        text = str(answer["response"].get(name, answer.get(name)))
        at %= len(text)
        return put(name, text[:at] + letter + text[at + 1 :])

    letters = st.sampled_from("ABCghiXYZ019-_")
    return st.one_of(st.builds(put, names, junk), st.builds(flipped, names, st.integers(0, 400), letters), st.text())


def passkey_of(good: str) -> Passkey:
    made = check_new(SITE, text_of(b"x" * 32), good)
    return Passkey("passkey_1", "p", "n", made.credential_id, made.public_key, 0, synced=False, created_at=NOW)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answer=spoilt(GOOD_CLAIM))
def test_junk_is_never_more_than_a_refused_sign_in(answer: str) -> None:
    known = passkey_of(GOOD_NEW)
    with suppress(SignInFailedError):
        assert 0 == check_claim(SITE, text_of(b"x" * 32), read_claim(answer), known)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answer=spoilt(GOOD_NEW))
def test_junk_is_never_more_than_a_refused_passkey(answer: str) -> None:
    with suppress(SignInFailedError):
        assert check_new(SITE, text_of(b"x" * 32), answer).public_key
