"""A request of one's own against a hostile provider: it leads nowhere else, carries no token back, and its writes happen once or are in doubt."""

import json

import pytest
from hall_world import CALLER, HallWorld, hall_world
from wire_server import Script, says, writes

from linkspan.engine.proxy import ProxyWish
from linkspan.errors import AccountSuspendedError, LinkspanError, ProviderAnswerError, WriteOutcomeUnknownError
from linkspan.usecases.change_account import suspend_account
from linkspan.usecases.owner_data import erase_owner, export_owner
from linkspan.usecases.proxy_request import ProxyRequest, proxy_request
from linkspan.usecases.run_action import Answer
from linkspan.usecases.run_bodies import read_bodies
from linkspan.usecases.tool_feedback import give_feedback, read_feedback

TOKEN = "token-1"


async def proxied(here: HallWorld, method: str = "get", path: str = "companies", **given: object) -> Answer:
    request = ProxyRequest(here.account.id, ProxyWish(method, path, **given), "rpc")
    return await proxy_request(here.hall, CALLER, request)


async def refused(here: HallWorld, kind: type[LinkspanError], method: str = "get", **given: object) -> LinkspanError:
    with pytest.raises(kind) as caught:
        await proxied(here, method, **given)
    return caught.value


async def test_a_redirect_is_not_followed(tmp_path):
    async with hall_world(tmp_path, says(302, b"", Location="http://127.0.0.1:1/elsewhere")) as here:
        error = await refused(here, ProviderAnswerError)
        asked = len(here.server.seen)

    assert 1 == asked
    assert "302" in str(error.message)


@pytest.mark.parametrize("status", [200, 400])
async def test_a_provider_that_repeats_the_token_cannot_hand_it_out(tmp_path, status):
    echo = {"error": {"code": "X", "message": f"You sent Bearer {TOKEN}"}, "seen": TOKEN}
    async with hall_world(tmp_path, says(status, echo, ETag=TOKEN, Set_Cookie="session=1")) as here:
        try:
            told = str((await proxied(here)).result.data)
        except LinkspanError as error:
            told = f"{error.message} {error.provider}"
        sent = here.server.seen[0].headers["authorization"]

    assert f"Bearer {TOKEN}" == sent
    assert TOKEN not in told
    assert "***" in told
    assert "session" not in told


async def test_what_the_connector_says_and_the_caller_may_say_is_sent(tmp_path):
    async with hall_world(tmp_path, says(200, {})) as here:
        await proxied(here, headers={"accept-language": "da-DK", "AUTHORIZATION": "Bearer other", "Host": "elsewhere"})
        (seen,) = here.server.seen

    assert "da-DK" == seen.headers["accept-language"]
    assert f"Bearer {TOKEN}" == seen.headers["authorization"]
    assert "elsewhere" not in seen.headers["host"]
    assert "/v2.0/t/Production/api/v2.0/companies" == seen.target


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"", "application/json", None),
        (b"[1, 2.50]", "application/json", "[1, Decimal('2.50')]"),
        (b"plain words", "text/plain", "plain words"),
        (b"\xff\xd8\xff", "image/jpeg", "{'content_type': 'image/jpeg', 'base64': '/9j/'}"),
    ],
)
async def test_answers_that_are_no_record_come_back_too(tmp_path, body, kind, expected):
    async with hall_world(tmp_path, says(200, body, content_type=kind)) as here:
        data = (await proxied(here)).result.data["data"]

    assert expected == (data if data is None or isinstance(data, str) else str(data))


async def test_a_page_is_no_answer(tmp_path):
    page = b"<html>Sign in</html>"
    async with hall_world(tmp_path, says(200, page, content_type="text/html"), says(200, page)) as here:
        await refused(here, ProviderAnswerError)
        await refused(here, ProviderAnswerError)
        await refused(here, WriteOutcomeUnknownError, "post", body={"a": 1})


CUT = writes(b"")


@pytest.mark.parametrize(
    "script", [CUT, writes(b"HTTP/1.1 200 OK\r\nContent-Le"), says(502, b"<html>")], ids=["cut", "half", "502"]
)
async def test_a_write_without_an_answer_is_in_doubt_and_guards_itself(tmp_path, script: Script):
    async with hall_world(tmp_path, script) as here:
        error = await refused(here, WriteOutcomeUnknownError, "post", body={"displayName": "Lamp"})
        asked = len(here.server.seen)
        again = await refused(here, LinkspanError, "post", body={"displayName": "Lamp"})
        line = await here.hall.journal.read(CALLER.project_id, error.run_id)

    assert 1 == asked
    assert "possible_duplicate" == again.code
    assert "unknown" == line.state.value


async def test_a_read_that_breaks_off_is_repeated(tmp_path):
    async with hall_world(tmp_path, CUT, says(200, {"value": []})) as here:
        answer = await proxied(here)
        asked = len(here.server.seen)

    assert (200, 2) == (answer.result.data["status"], asked)


async def test_a_closed_account_is_closed_here_too(tmp_path):
    async with hall_world(tmp_path, says(200, {})) as here:
        await suspend_account(here.hall, CALLER, here.account.id)
        await refused(here, AccountSuspendedError)
        asked = here.server.seen

    assert [] == asked


async def test_an_answer_beyond_all_bounds_is_given_up(tmp_path):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90000000\r\n\r\n{"
    async with hall_world(tmp_path, writes(head, then_stall=0.1)) as here:
        await refused(here, LinkspanError)


async def test_kept_bodies_hold_what_was_passed_on(tmp_path):
    async with hall_world(tmp_path, says(200, {"value": [{"number": "PLANTED"}]}), bodies_kept_days=1) as here:
        answer = await proxied(here, path="companies?$top=1")
        kept = await read_bodies(here.hall, CALLER, answer.run_id)

    assert "companies?$top=1" == kept["asked"]["path"]["path"]
    assert "PLANTED" in json.dumps(kept["answered"])


async def test_feedback_goes_with_its_owner(tmp_path):
    async with hall_world(tmp_path, says(200, {})) as here:
        await give_feedback(here.hall, CALLER, here.account.id, "Slow.", ["a_get_b"])
        told = [each async for each in await export_owner(here.hall, CALLER, "o1")]
        before = await read_feedback(here.hall, CALLER)
        await erase_owner(here.hall, CALLER, "o1")
        after = await read_feedback(here.hall, CALLER)

    assert ["Slow."] == [each["text"] for each in told if each["record"] == "tool_feedback"]
    assert (["a_get_b"], []) == (list(before[0].tools), after)
