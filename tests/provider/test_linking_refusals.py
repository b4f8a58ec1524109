"""Each way in which the provider refuses a linking: a named error, the provider's own words, a line in the log, nothing lost."""

import pytest

from linking_world import BROWSER, sign_in
from linkspan.errors import (
    AdminConsentRequiredError,
    ApplicationNotFoundError,
    ClientSecretExpiredError,
    ClientSecretWrongError,
    CodeRedeemedError,
    ConsentRefusedError,
    LinkingError,
    OfflineAccessMissingError,
    ProviderUnavailableError,
    RedirectMismatchError,
    SignInRefusedError,
)
from linkspan.model import Secret
from linkspan.providerauth.entra import ROWS, WORDS, Blame
from linkspan.simulator.entra.demo import DEMO_CLIENT_ID
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.link_views import LinkStage


async def refused(world, error, params=None):
    """The error that finishing raises, checked for what every refusal must have."""
    params = params or await sign_in(await world.start(await world.open()))
    with pytest.raises(error) as caught:
        await world.finish(params)
    await world.hall.run_log.flush()
    logged = await world.hall.runs.list(world.caller.project_id, RunFilter(failed=True))

    assert [(caught.value.code, caught.value.run_id)] == [(run.error_code, run.id) for run in logged]
    assert caught.value.next_step
    return caught.value


async def test_consent_refused(world):
    params = await sign_in(await world.start(await world.open()), answer="cancel")
    error = await refused(world, ConsentRefusedError, params)

    assert "AADSTS65004" == error.provider.code
    assert [] == world.token_requests()


async def test_wrong_secret(world):
    world.simulator.replace_secret(DEMO_CLIENT_ID)
    error = await refused(world, ClientSecretWrongError)

    assert "AADSTS7000215" == error.provider.code
    assert error.provider.request_id
    assert "?" not in error.provider.url


async def test_expired_secret(world):
    world.simulator.expire_secrets(DEMO_CLIENT_ID)

    assert "AADSTS7000222" == (await refused(world, ClientSecretExpiredError)).provider.code


async def test_no_secret(world):
    await change_profile(world.hall, world.caller, world.profile.id, {"client_secret": None})
    with pytest.raises(ClientSecretWrongError):
        await world.finish(await sign_in(await world.start(await world.open())))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (54005, CodeRedeemedError), (70008, SignInRefusedError), (500112, RedirectMismatchError), (700016, ApplicationNotFoundError),
        (90094, AdminConsentRequiredError), (65001, AdminConsentRequiredError), (50076, SignInRefusedError), (53003, SignInRefusedError),
    ],
)  # fmt: skip
async def test_refusals_at_the_token_endpoint(world, code, error):
    world.simulator.fail_token_requests(code)
    caught = await refused(world, error)

    assert f"AADSTS{code}" == caught.provider.code
    assert f"AADSTS{code}" in caught.provider.message
    assert f"AADSTS{code}" in caught.message


async def test_after_a_refusal_the_same_session_links(world):
    opened = await world.open()
    world.simulator.fail_token_requests(50076)
    with pytest.raises(SignInRefusedError):
        await world.finish(await sign_in(await world.start(opened)))

    assert LinkStage.CHOOSE_COMPANY is (await world.finish(await sign_in(await world.start(opened)))).stage


async def test_no_refresh_token_names_offline_access(world):
    answer = {"token_type": "Bearer", "access_token": "a", "expires_in": 3600, "scope": "x"}
    world.simulator.fail_next("status", path="/oauth2/v2.0/token", status=200, body=answer)

    assert "offline_access" in (await refused(world, OfflineAccessMissingError)).message


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "half_body"])
async def test_a_token_endpoint_that_hangs_up(world, kind):
    params = await sign_in(await world.start(await world.open()))
    world.simulator.fail_next(kind, path="/oauth2/v2.0/token")

    assert "link page" in (await refused(world, ProviderUnavailableError, params)).next_step


async def test_an_error_page_in_place_of_an_answer(world):
    world.simulator.fail_next("html", path="/oauth2/v2.0/token")

    assert 502 == (await refused(world, LinkingError)).provider.status


async def test_a_discovery_that_is_away_is_not_a_missing_tenant(world):
    world.simulator.fail_next("status", path="/openid-configuration", status=503, body="")
    with pytest.raises(ProviderUnavailableError):
        await world.start(await world.open())


async def test_a_callback_without_code_or_error(world):
    params = await sign_in(await world.start(await world.open()))

    assert "" == (await refused(world, SignInRefusedError, {"state": params["state"]})).provider.url


async def test_no_secret_is_told(world):
    world.simulator.replace_secret(DEMO_CLIENT_ID)
    params = await sign_in(await world.start(await world.open()))
    error = await refused(world, ClientSecretWrongError, params)
    logged = await world.hall.runs.list(world.caller.project_id, RunFilter())

    for secret in (params["code"], params["state"], BROWSER.reveal()):
        assert secret not in f"{error!r} {error.message} {error.provider!r} {logged!r}"
    assert "Secret(***) ***" == f"{Secret('x')!r} {Secret('x')}"


def test_every_row_of_the_table_can_be_told():
    for row in (*ROWS.values(), *WORDS.values()):
        assert (row.next_step or row.linking.next_step).endswith((".", "}"))
        assert (row.message or row.linking.default_message).endswith(".")
        assert row.reason.replace("_", "").isalpha()
        assert isinstance(row.blame, Blame)
