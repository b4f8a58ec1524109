"""The exact requests of the OAuth client, seen by a transport in memory."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from linkspan.connectors.catalog import load_catalog
from linkspan.errors import ProviderAnswerError
from linkspan.model import Profile, Secret, Step
from linkspan.providerauth.credentials import Credentials
from linkspan.providerauth.endpoints import OAuthApp, endpoints_of, tenant_field
from linkspan.providerauth.oauth import OAuthClient, RefreshRefused
from linkspan.providerauth.scopes import needed_scopes, scopes_of
from linkspan.transport.protocol import Inbound, Outbound

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CONNECTOR = load_catalog().connectors["dynamics365bc"]
SCOPE = "https://api.businesscentral.dynamics.com/Financials.ReadWrite.All"
PROFILE = Profile(
    id="p", project_id="harbour", connector="dynamics365bc", name="Main", auth_method="oauth-2-0", client_id="client-1", has_secret=True,
    scopes=(), enabled_actions=None, provider_url=None, enabled=True, is_default=True, created_at=NOW, updated_at=NOW,
)  # fmt: skip


class MemoryTransport:
    """Answers every request with one body, and keeps what was asked."""

    def __init__(self, body: bytes) -> None:
        self.body, self.sent, self.status = body, list[Outbound](), 200

    async def send(self, request: Outbound) -> Inbound:
        self.sent.append(request)
        return Inbound(self.status, {"x-ms-request-id": "trace-1"}, self.body, 1.0)

    async def close(self) -> None:
        """Nothing to give back."""


class Steps(list[Step]):
    """A step sink."""

    add = list.append


def app() -> OAuthApp:
    return OAuthApp(
        client_id="client-1", credentials=Credentials((Secret("sec ret&="),)), endpoints=endpoints_of(CONNECTOR, PROFILE, {"tenant_id": "a b/c"}),
        scopes=scopes_of(CONNECTOR, PROFILE), separator=" ", redirect_uri="https://here.example/callback",
    )  # fmt: skip


def client(body: bytes) -> tuple[OAuthClient, MemoryTransport]:
    transport = MemoryTransport(body)
    return OAuthClient(transport, lambda: NOW), transport


async def test_a_code_is_redeemed_at_the_tenants_own_address():
    oauth, transport = client(b'{"access_token":"at","refresh_token":"rt","expires_in":"3599","scope":"s"}')
    steps = Steps()
    answer = await oauth.redeem(app(), code=Secret("c&d"), verifier=Secret("v"), steps=steps)
    request = transport.sent[0]

    assert {
        "grant_type": ["authorization_code"],
        "code": ["c&d"],
        "redirect_uri": ["https://here.example/callback"],
        "code_verifier": ["v"],
        "scope": [f"{SCOPE} offline_access"],
        "client_id": ["client-1"],
        "client_secret": ["sec ret&="],
    } == parse_qs(request.body.decode())
    assert "https://login.microsoftonline.com/a%20b%2Fc/oauth2/v2.0/token" == request.url
    assert {"https://login.microsoftonline.com", "https://api.businesscentral.dynamics.com"} == set(request.allowed)
    assert (Secret("at"), Secret("rt"), NOW + timedelta(seconds=3599)) == (
        answer.access_token,
        answer.refresh_token,
        answer.expires_at,
    )
    assert ("POST", request.url, 200, "trace-1") == (
        steps[0].method,
        steps[0].url,
        steps[0].status,
        steps[0].request_id,
    )


async def test_a_refresh_sends_the_scopes_and_keeps_an_unrotated_token():
    oauth, transport = client(b'{"access_token":"at2","expires_in":3600}')
    answer = await oauth.refresh(app(), refresh_token=Secret("old"), steps=Steps())

    assert {
        "grant_type": ["refresh_token"],
        "refresh_token": ["old"],
        "scope": [f"{SCOPE} offline_access"],
        "client_id": ["client-1"],
        "client_secret": ["sec ret&="],
    } == parse_qs(transport.sent[0].body.decode())
    assert Secret("old") == answer.refresh_token


@pytest.mark.parametrize("body", [b"", b"[]", b'{"access_token":5}', b'{"access_token":""}', b"[" * 100_000])
async def test_an_answer_without_access_token_is_unreadable(body):
    oauth, _ = client(body)
    with pytest.raises(ProviderAnswerError):
        await oauth.refresh(app(), refresh_token=Secret("old"), steps=Steps())


@pytest.mark.parametrize(
    ("told", "seconds"), [("null", 3600), ('"x"', 3600), ("-5", 0), ("1e300", 2592000), ("1e15", 2592000)]
)
async def test_an_odd_lifetime_harms_nobody(told, seconds):
    oauth, _ = client(b'{"access_token":"at","expires_in":%s}' % told.encode())
    answer = await oauth.refresh(app(), refresh_token=Secret("old"), steps=Steps())

    assert timedelta(seconds=seconds) == answer.expires_at - answer.obtained_at


def test_the_tenant_is_a_field_of_the_account():
    assert "tenant_id" == tenant_field(CONNECTOR.auth_methods["oauth-2-0"])


def test_scopes_are_what_the_actions_need():
    assert (SCOPE,) == needed_scopes(CONNECTOR, CONNECTOR.actions)
    assert () == needed_scopes(CONNECTOR, ["dynamics365bc_nothing"])


async def test_what_was_sent_is_taken_out_of_a_refusal_that_repeats_it():
    oauth, transport = client(b"")
    transport.status, transport.body = (
        400,
        b'{"error":"invalid_grant","error_description":"odd: old-token, sec ret&=."}',
    )
    with pytest.raises(RefreshRefused) as caught:
        await oauth.refresh(app(), refresh_token=Secret("old-token"), steps=Steps())

    assert "odd: ***, ***." == caught.value.refusal.answer.message
