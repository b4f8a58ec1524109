"""Every way a provider fails: which error it becomes, and whether the request is sent again."""

import pytest
from engine_world import RECORD, customer, page, world
from wire_server import Script, refusal, says, writes

from linkspan.errors import (
    CompanyNotFoundError,
    ConflictError,
    EgressRefusedError,
    EnvironmentNotFoundError,
    LinkspanError,
    ProviderAnswerError,
    ProviderForbiddenError,
    ProviderNotFoundError,
    ProviderRefusedTokenError,
    ProviderRejectedError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitedError,
    WriteOutcomeUnknownError,
)
from linkspan.transport.egress import EgressGuard

HTML = says(502, b"<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"
TENANT_DOWN = refusal(503, "Internal_TenantUnavailable", "The tenant is being upgraded.")

# script → (error of a read, tries of it), (error of a create, tries of it)
Row = tuple[Script, tuple[type[LinkspanError], int], tuple[type[LinkspanError], int]]
FAULTS: dict[str, Row] = {
    "400": (refusal(400, "BadRequest", "No."), (ProviderRejectedError, 1), (ProviderRejectedError, 1)),
    "403": (refusal(403, "Authorization_Denied", "No."), (ProviderForbiddenError, 1), (ProviderForbiddenError, 1)),
    "404": (refusal(404, "BadRequest_NotFound", "No."), (ProviderNotFoundError, 1), (ProviderNotFoundError, 1)),
    "405": (refusal(405, "BadRequest_MethodNotAllowed", "No."), (ProviderRejectedError, 1), (ProviderRejectedError, 1)),
    "409": (refusal(409, "Request_EntityChanged", "Changed."), (ConflictError, 1), (ConflictError, 1)),
    "412": (says(412), (ConflictError, 1), (ConflictError, 1)),
    "501": (refusal(501, "BadRequest_MethodNotImplemented", "No."), (ProviderRejectedError, 1), (ProviderRejectedError, 1)),
    "no environment": (
        refusal(404, "NoEnvironment", "Environment does not exist."),
        (EnvironmentNotFoundError, 1), (EnvironmentNotFoundError, 1),
    ),
    "no company": (refusal(400, "Internal_CompanyNotFound", "No."), (CompanyNotFoundError, 1), (CompanyNotFoundError, 1)),
    "permission": (
        refusal(500, "Internal_ServerError", "Sorry, the current permissions prevented the action. (TableData 18)"),
        (ProviderForbiddenError, 1), (ProviderForbiddenError, 1),
    ),
    "401": (refusal(401, "Authentication_InvalidCredentials", "No."), (ProviderRefusedTokenError, 2), (ProviderRefusedTokenError, 2)),
    "429": (refusal(429, "Application_TooManyRequests", "Slow."), (RateLimitedError, 3), (RateLimitedError, 3)),
    "429 by a gateway": (says(429, b"<html/>", content_type="text/html"), (RateLimitedError, 3), (RateLimitedError, 3)),
    "declared 503": (TENANT_DOWN, (ProviderUnavailableError, 3), (ProviderUnavailableError, 3)),
    "other 503": (refusal(503, "Unknown", "Down."), (ProviderUnavailableError, 3), (WriteOutcomeUnknownError, 1)),
    "503 without a body": (says(503), (ProviderUnavailableError, 3), (WriteOutcomeUnknownError, 1)),
    "500": (refusal(500, "Internal_ServerError", "Oops."), (ProviderUnavailableError, 3), (WriteOutcomeUnknownError, 1)),
    "408": (refusal(408, "Unknown", "Too long."), (ProviderTimeoutError, 3), (WriteOutcomeUnknownError, 1)),
    "html 502": (HTML, (ProviderUnavailableError, 3), (WriteOutcomeUnknownError, 1)),
    "html 404": (says(404, b"<!DOCTYPE html><html/>"), (ProviderAnswerError, 1), (ProviderAnswerError, 1)),
    "html 200": (says(200, b"<html>Sign in</html>"), (ProviderAnswerError, 1), (WriteOutcomeUnknownError, 1)),
    "a list for a record": (says(200, [1]), (ProviderAnswerError, 1), (WriteOutcomeUnknownError, 1)),
    "307": (says(307, location="/elsewhere"), (ProviderAnswerError, 1), (ProviderAnswerError, 1)),
    "302": (says(302, location="https://login.example/"), (ProviderAnswerError, 1), (WriteOutcomeUnknownError, 1)),
    "cut": (writes(b""), (ProviderUnavailableError, 3), (WriteOutcomeUnknownError, 1)),
    "half a body": (writes(CREATED), (ProviderUnavailableError, 3), (WriteOutcomeUnknownError, 1)),
    "half a refusal": (
        writes(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\n{"), (ProviderRejectedError, 2), (ProviderRejectedError, 1),
    ),
    "stall": (writes(b"", then_stall=2), (ProviderTimeoutError, 3), (WriteOutcomeUnknownError, 1)),
    "stall in the body": (writes(CREATED, then_stall=2), (ProviderTimeoutError, 3), (WriteOutcomeUnknownError, 1)),
}  # fmt: skip


CALLS = {
    False: (("get_customer",), {"path": {"id": RECORD}}),
    True: (("create_customer",), {"body": {"displayName": "A"}}),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("writing", [False, True])
async def test_fault(fault: str, writing: bool) -> None:
    script, read, create = FAULTS[fault]
    error, tries = create if writing else read
    async with world(script) as here:
        with pytest.raises(LinkspanError) as caught:
            await here.run(*CALLS[writing][0], **CALLS[writing][1])

    assert (error, tries) == (type(caught.value), len(here.server.seen))
    assert tries == len(here.steps.taken)
    assert all(step.error for step in here.steps.taken)
    assert caught.value.provider is not None
    assert "token-" not in f"{caught.value!r}{caught.value.provider!r}{here.steps.taken!r}"


async def test_the_providers_words_are_passed_on_as_such() -> None:
    identity = "0a1b2c3d-1111-2222-3333-444455556666"
    said = refusal(
        400, "Application_DialogException", f"The sell-to customer cannot be found.  CorrelationId:  {identity}."
    )
    async with world(said) as here:
        with pytest.raises(ProviderRejectedError) as caught:
            await here.run("create_customer", body={"displayName": "A"})

    told = caught.value.provider
    assert told is not None
    assert (400, "Application_DialogException", "The sell-to customer cannot be found.", identity) == (
        told.status, told.code, told.message, told.request_id,
    )  # fmt: skip
    assert caught.value.message.endswith("The provider says: The sell-to customer cannot be found.")
    assert told.url.endswith("/customers")
    assert {"content-type"} == told.headers.keys()
    assert ("Application_DialogException", identity) == (here.steps.taken[0].error, here.steps.taken[0].request_id)


async def test_a_duplicate_says_what_to_do() -> None:
    async with world(refusal(400, "Internal_EntityWithSameKeyExists", "Exists.")) as here:
        with pytest.raises(ProviderRejectedError) as caught:
            await here.run("create_customer", body={"displayName": "A"})

    assert "exists already" in caught.value.next_step


@pytest.mark.parametrize("script", [refusal(429, "x", "y", Retry_After="0"), TENANT_DOWN, refusal(401, "x", "y")])
@pytest.mark.parametrize("writing", [False, True])
async def test_what_was_refused_before_acting_is_sent_again(script: Script, writing: bool) -> None:
    async with world(script, says(201 if writing else 200, customer(1))) as here:
        await here.run(*CALLS[writing][0], **CALLS[writing][1])

    first, second = here.server.seen
    assert (first.method, first.target, first.body) == (second.method, second.target, second.body)
    assert [None] == [step.error for step in here.steps.taken[1:]]


async def test_a_refused_token_is_renewed_once() -> None:
    async with world(refusal(401, "x", "y"), says(200, page([]))) as here:
        await here.run("list_customers")

    assert ["Bearer token-1", "Bearer token-2"] == [seen.headers["authorization"] for seen in here.server.seen]
    assert "token-1" == here.tokens.refused[0].reveal()


async def test_reads_survive_bad_weather() -> None:
    async with world(writes(b""), HTML, says(200, customer(1))) as here:
        result = await here.run("get_customer", path={"id": RECORD})

    assert "1" == result.data["number"]
    assert ["cut", "provider_unavailable", None] == [step.error for step in here.steps.taken]


async def test_a_long_wait_is_told_instead_of_waited() -> None:
    async with world(refusal(429, "x", "y", Retry_After="120")) as here:
        with pytest.raises(RateLimitedError) as caught:
            await here.run("list_customers")

    assert 120 == caught.value.retry_after
    assert 1 == len(here.server.seen)


async def test_a_write_that_never_left_is_sent_again_and_then_known_not_to_have_happened() -> None:
    async with world(says(201, customer(1))) as here:
        pass
    async with world() as closed:
        closed.target = here.target
        with pytest.raises(ProviderUnavailableError):
            await closed.run("create_customer", body={"displayName": "A"})

    assert [None] * 3 == [step.status for step in closed.steps.taken]
    assert ["connect"] * 3 == [step.error for step in closed.steps.taken]


async def test_private_addresses_are_refused_by_name() -> None:
    async with world(says(200, page([]))) as here:
        here.engine._wiring.transport._guard = EgressGuard(allow_private=False)
        with pytest.raises(EgressRefusedError):
            await here.run("list_customers")

    assert [] == here.server.seen


@pytest.mark.parametrize("fault", sorted(FAULTS))
async def test_an_operation_is_never_sent_again(fault: str) -> None:
    script, _, (error, tries) = FAULTS[fault]
    async with world(*[script] * 4) as here:
        with pytest.raises(error):
            await here.run("post_sales_invoice", path={"id": RECORD})

    assert min(tries, 2 if fault == "401" else 1) == len(here.server.seen)
    assert all(one.target.endswith(f"salesInvoices({RECORD})/Microsoft.NAV.post") for one in here.server.seen)


@pytest.mark.parametrize(
    ("location", "made"),
    [
        (f"https://bc.example/v2.0/x/api/v2.0/companies(1)/salesOrders({RECORD})", RECORD),
        (f"salesOrders('{RECORD}')", RECORD),
        (f"https://bc.example/salesInvoices({RECORD})", None),
        ("https://bc.example/", None),
        (None, None),
    ],
)
async def test_an_operation_answers_the_record_that_it_made(location: str | None, made: str | None) -> None:
    script = says(204, location=location) if location else says(204)
    async with world(script) as here:
        result = await here.run("make_order_from_sales_quote", path={"id": RECORD})

    assert (None if made is None else {"entity": "salesOrder", "id": made}) == result.data


async def test_an_operation_may_be_tied_to_a_version() -> None:
    async with world(says(204)) as here:
        await here.run("post_journal", path={"id": RECORD}, headers={"if_match": 'W/"7"'})

    assert ["POST"] == [one.method for one in here.server.seen]
    assert 'W/"7"' == here.server.seen[0].headers["if-match"]
    assert b"" == here.server.seen[0].body
