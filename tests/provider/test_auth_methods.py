"""The ways to sign in at Entra: with a certificate, as an application for itself, in one tenant or in many."""

import asyncio
import base64
import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from linking_world import CALLBACK, FIELDS, World, sign_in
from linkspan.errors import (
    AdminConsentRequiredError,
    ApplicationNotFoundError,
    ClientSecretWrongError,
    InvalidInputError,
    ProviderRefusedTokenError,
    SignInRefusedError,
    TenantNotAllowedError,
)
from linkspan.model import AccountState, Secret
from linkspan.providerauth.timing import Timing
from linkspan.providerauth.tokens import Tokens
from linkspan.simulator.entra.demo import (
    ADMINISTRATOR,
    CLERK,
    DEMO_CLIENT_ID,
    DEMO_DOMAIN,
    DEMO_SECRET,
    DEMO_TENANT_ID,
    MANY_TENANTS_CLIENT_ID,
    MANY_TENANTS_SECRET,
    OTHER_DOMAIN,
    OTHER_TENANT_ID,
)
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.check_account import CheckState, check_account, first_to_fix
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.open_session import open_session
from linkspan.usecases.profile_credentials import NewCertificate
from linkspan.usecases.read_profiles import read_profile
from own_certificates import new_certificate

TOKEN = "/oauth2/v2.0/token"
APPLICATION = {"auth_method": "client-credentials", "tenant": str(DEMO_TENANT_ID)}


async def profile_of(world: World, **changes: object) -> World:
    """The world with another profile: the demo application with its secret, unless `changes` say otherwise."""
    new = NewProfile(
        connector="dynamics365bc", name="Other", client_id=str(DEMO_CLIENT_ID), client_secret=Secret(DEMO_SECRET),
        provider_url=world.simulator.url,
    )  # fmt: skip
    profile = await create_profile(world.hall, world.caller, replace(new, **changes))
    return replace(world, profile=profile)


async def certified(world: World, method: str, **changes: object) -> World:
    """The world with a profile that proves itself by a certificate."""
    pem, key = new_certificate()
    app = world.simulator.register_app("Certified", redirect_uris=(CALLBACK,), certificate=pem)
    world.simulator.grant_admin_consent(app.client_id)
    world.simulator.set_business_central_app(app.client_id)
    return await profile_of(
        world, client_id=str(app.client_id), client_secret=None, auth_method=method,
        certificate=NewCertificate(pem, Secret(key)), **changes,
    )  # fmt: skip


def claims(token: Secret) -> dict[str, object]:
    part = token.reveal().split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


async def test_a_certificate_links_and_refreshes(world):
    other = await certified(world, "oauth-2-0-certificate")
    account = await other.link()
    other.later(hours=2)
    token = await other.token(account)
    told = claims(token)

    assert AccountState.ACTIVE is account.state
    assert ("2", ADMINISTRATOR) == (told["appidacr"], told["upn"])  # 2: proved by a certificate
    assert [200, 200] == other.token_requests()


async def test_an_expired_or_foreign_certificate_is_named_with_its_page(world):
    other = await certified(world, "oauth-2-0-certificate")
    pem, key = new_certificate()
    await change_profile(other.hall, other.caller, other.profile.id, {"certificate": NewCertificate(pem, Secret(key))})
    params = await sign_in(await other.start(await other.open()))
    with pytest.raises(SignInRefusedError) as caught:
        await other.finish(params)

    assert ("AADSTS700027", "integrator") == (caught.value.provider.code, caught.value.who)
    assert f"Credentials/appId/{other.profile.client_id}" in caught.value.link
    assert caught.value.link in caught.value.next_step


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (lambda: (new_certificate()[0], new_certificate()[1]), "another certificate"),
        (lambda: new_certificate(bits=1024), "1024 bits"),
        (lambda: new_certificate(curve=True), "RSA"),
        (lambda: ("no PEM", new_certificate()[1]), "certificate is not one in PEM"),
        (lambda: (new_certificate()[0], "no PEM"), "private key is not one in PEM"),
    ],
)
async def test_a_certificate_that_cannot_work_is_refused_at_once(world, made, word):
    pem, key = made()
    with pytest.raises(InvalidInputError) as caught:
        await profile_of(
            world, client_secret=None, auth_method="oauth-2-0-certificate",
            certificate=NewCertificate(pem, Secret(key)),
        )  # fmt: skip

    assert word in caught.value.mistakes[0].what
    assert "PRIVATE" not in str(caught.value.mistakes)[:40]


async def test_a_method_takes_its_own_proof_only(world):
    pem, key = new_certificate()
    for wrong, where in (
        ({"auth_method": "oauth-2-0-certificate"}, "client_secret"),
        ({"certificate": NewCertificate(pem, Secret(key))}, "certificate"),
    ):
        with pytest.raises(InvalidInputError) as caught:
            await profile_of(world, **wrong)

        assert [where] == [mistake.where for mistake in caught.value.mistakes]


@pytest.mark.parametrize("method", ["client-credentials", "client-credentials-certificate"])
async def test_an_application_links_for_itself_and_asks_anew_at_each_expiry(world, method):
    tenant = {"tenant": str(DEMO_TENANT_ID)}
    certificate = method.endswith("certificate")
    other = await (
        certified(world, method, **tenant) if certificate else profile_of(world, auth_method=method, **tenant)
    )
    account = await other.link()
    first = await other.token(account)
    other.later(hours=2)
    got = set(await asyncio.gather(*(other.token(account) for _ in range(50))))
    grant = await other.hall.grants.read(account.project_id, account.id)
    told = claims(got.pop())
    await other.hall.run_log.flush()
    runs = await other.hall.runs.list(account.project_id, RunFilter())

    assert (set(), None) == (got, grant.refresh)
    assert "idtyp" in told
    assert ("app", ["API.ReadWrite.All", "Automation.ReadWrite.All"]) == (told["idtyp"], sorted(told["roles"]))
    assert claims(first) != told
    assert [200, 200] == other.token_requests()
    assert {CheckState.OK} == {check.state for check in await check_account(other.hall, other.caller, account.id)}
    assert ["dynamics365bc_link_account"] * 2 == [run.action for run in runs]


async def test_applications_of_two_processes_share_one_request(world):
    other = await profile_of(world, **APPLICATION)
    account = await other.link()
    other.simulator.clear_requests()
    other.later(hours=2)
    hall = other.hall
    both = [
        Tokens(
            vault=hall.vault, grants=hall.grants, leases=hall.leases, secrets=hall.profiles, oauth=hall.oauth,
            connectors=hall.catalog.connectors, clock=other.clock, timing=Timing(lease=0.6, poll=0.05),
        )
        for _ in range(2)
    ]  # fmt: skip
    other.simulator.fail_next("delay", path=TOKEN, delay_seconds=1)
    got = await asyncio.gather(*(tokens.token(account, other.profile) for tokens in both for _ in range(20)))

    assert 1 == len(set(got))
    assert [200] == other.token_requests()


async def test_an_application_that_was_not_let_in_says_what_is_missing(world):
    other = await profile_of(world, **APPLICATION)
    world.simulator.set_business_central_app(DEMO_CLIENT_ID, enabled=False)
    with pytest.raises(ProviderRefusedTokenError):
        await other.link()
    world.simulator.set_business_central_app(DEMO_CLIENT_ID)
    account = await other.link()
    world.simulator.revoke_consent(client_id=DEMO_CLIENT_ID)
    first = first_to_fix(await check_account(other.hall, other.caller, account.id))

    assert ("consent", "tenant_admin", "admin_consent_required") == (first.name, first.who, first.code)
    assert f"/{DEMO_TENANT_ID}/v2.0/adminconsent?client_id={DEMO_CLIENT_ID}" in first.link


@pytest.mark.parametrize("changes", [{"tenant": None}, {"tenant": None, "audience": "many_tenants"}])
async def test_an_application_is_bound_to_its_profiles_tenant(world, changes):
    with pytest.raises(InvalidInputError) as caught:
        await profile_of(world, **(APPLICATION | changes))
    other = await profile_of(world, **APPLICATION)
    with pytest.raises(TenantNotAllowedError):
        await other.link(FIELDS | {"tenant_id": OTHER_DOMAIN})

    assert "nobody proves" in caught.value.mistakes[0].what


async def test_the_first_account_decides_the_tenant_and_another_is_refused_before_the_redirect(world_on_each):
    world = world_on_each
    before = await read_profile(world.hall, world.caller, world.profile.id)
    await world.link()
    after = await read_profile(world.hall, world.caller, world.profile.id)
    opened = await world.open(owner="o2")
    with pytest.raises(TenantNotAllowedError) as caught:
        await world.start(opened, FIELDS | {"tenant_id": OTHER_DOMAIN})
    shown = await open_session(world.hall, opened.token)

    assert (None, str(DEMO_TENANT_ID)) == (before.tenant, after.tenant)
    assert "many_tenants" in caught.value.next_step
    assert str(DEMO_TENANT_ID) in caught.value.next_step
    assert ["tenant_id"] == [mistake.where for mistake in caught.value.mistakes]
    assert str(DEMO_TENANT_ID) == shown.values["tenant_id"]
    assert await sign_in(await world.start(opened, {"environment": "Production"}))


async def test_a_profile_may_name_its_tenant_by_domain(world):
    other = await profile_of(world, tenant=DEMO_DOMAIN.upper())
    with pytest.raises(TenantNotAllowedError):
        await other.link(FIELDS | {"tenant_id": str(OTHER_TENANT_ID)})

    assert str(DEMO_TENANT_ID) == (await other.link(FIELDS | {"tenant_id": str(DEMO_TENANT_ID)})).fields["tenant_id"]


async def many(world: World) -> World:
    world.simulator.add_redirect_uri(MANY_TENANTS_CLIENT_ID, CALLBACK)
    return await profile_of(
        world, client_id=str(MANY_TENANTS_CLIENT_ID), client_secret=Secret(MANY_TENANTS_SECRET), audience="many_tenants"
    )


async def test_one_profile_links_the_tenants_of_many_customers(world):
    other = await many(world)
    first = await other.link(owner="o1")
    opened = await other.open(owner="o2")
    query = parse_qs(urlsplit(await other.start(opened, FIELDS | {"tenant_id": OTHER_DOMAIN})).query)

    assert str(DEMO_TENANT_ID) == first.fields["tenant_id"]
    assert [str(MANY_TENANTS_CLIENT_ID)] == query["client_id"]
    assert None is (await read_profile(other.hall, other.caller, other.profile.id)).tenant


async def test_organizations_stands_for_the_tenant_that_the_user_signs_in_to(world):
    other = await many(world)
    address = await other.start(await other.open(), FIELDS | {"tenant_id": "organizations"})
    account = await other.link(FIELDS | {"tenant_id": "organizations"})
    other.later(hours=2)

    assert "/organizations/oauth2/v2.0/authorize" in address
    assert "openid" in parse_qs(urlsplit(address).query)["scope"][0]
    assert str(DEMO_TENANT_ID) == account.fields["tenant_id"]
    assert await other.token(account)
    with pytest.raises(TenantNotAllowedError):
        await world.start(await world.open(), FIELDS | {"tenant_id": "organizations"})


async def test_the_admin_consent_link_works_and_is_in_the_refusal(world):
    world.simulator.set_consent_policy("administrators_only")
    facts = world.hall.tokens.facts(world.profile, {"tenant_id": str(DEMO_TENANT_ID)})
    world.simulator.fail_token_requests(90094)
    params = await sign_in(await world.start(await world.open()))
    with pytest.raises(AdminConsentRequiredError) as caught:
        await world.finish(params)
    answer = await sign_in(facts["admin_consent_url"])
    world.simulator.set_consent_policy("ask")

    assert facts["admin_consent_url"] == caught.value.link
    assert caught.value.link in caught.value.next_step
    assert ("True", str(DEMO_TENANT_ID)) == (answer["admin_consent"], answer["tenant"])
    assert await sign_in(await world.start(await world.open()), user=CLERK)  # who needs nobody's consent any more


async def test_while_a_secret_is_rolled_over_new_accounts_use_the_new_one_and_refreshes_fall_back(world):
    old = await world.link(owner="o1")
    new = world.simulator.add_secret(DEMO_CLIENT_ID).client_secret
    await change_profile(
        world.hall, world.caller, world.profile.id, {"client_secret": Secret(new), "keep_old_secret": True}
    )
    profile = await read_profile(world.hall, world.caller, world.profile.id)
    world.simulator.clear_requests()
    await world.link(owner="o2")
    linked = world.token_requests()
    # The provider forgets the new one: the old one still serves, and nobody links again.
    world.simulator.replace_secret(DEMO_CLIENT_ID, DEMO_SECRET)
    world.simulator.clear_requests()
    world.later(hours=2)
    token = await world.token(old)
    fallen_back = world.token_requests()
    world.later(hours=2)
    await world.token(old)

    assert (True, True) == (profile.has_secret, profile.has_old_secret)
    assert [200] == linked
    assert [401, 200] == fallen_back
    assert token
    assert AccountState.ACTIVE is (await world.hall.accounts.read(old.project_id, old.id)).state


async def test_the_doctor_warns_of_a_secret_that_fell_back_and_the_old_one_can_be_dropped(world):
    account = await world.link()
    change = {"client_secret": Secret("not the value, but the id"), "keep_old_secret": True}
    await change_profile(world.hall, world.caller, world.profile.id, change)
    checks = {check.name: check for check in await check_account(world.hall, world.caller, account.id)}
    await change_profile(world.hall, world.caller, world.profile.id, {"old_client_secret": None})
    dropped = await read_profile(world.hall, world.caller, world.profile.id)
    world.later(hours=2)
    with pytest.raises(ClientSecretWrongError):
        await world.token(account)

    assert CheckState.WARNING is checks["token"].state
    assert "two client secrets" in checks["token"].next_step
    assert not dropped.has_old_secret


async def test_expiry_is_told_30_7_and_1_days_ahead(world, caplog):
    from linkspan.usecases.expiry import expiries, warn_of_expiry

    account = await world.link()
    until = world.clock() + timedelta(days=40)
    await change_profile(world.hall, world.caller, world.profile.id, {"secret_expires_at": until})
    profile, warned, stages = await read_profile(world.hall, world.caller, world.profile.id), set(), []
    for days in (5, 11, 12, 34, 39.5, 39.6, 41):
        await warn_of_expiry(world.hall, warned)
        stages.append([expiry.stage for expiry in expiries(profile, until - timedelta(days=40 - days))])
        world.clock.offset = timedelta(days=days)
    await warn_of_expiry(world.hall, warned)
    first = first_to_fix(await check_account(world.hall, world.caller, account.id))

    assert [[], [30], [30], [7], [1], [1], [0]] == stages
    assert {30, 7, 1, 0} == {mark[3] for mark in warned}
    assert ("secret", "client_secret_expired", "integrator") == (first.name, first.code, first.who)


async def test_a_certificates_expiry_is_read_from_it(world):
    from linkspan.usecases.expiry import expiries

    pem, key = new_certificate(days=6.5)
    other = await profile_of(
        world, client_secret=None, auth_method="oauth-2-0-certificate", certificate=NewCertificate(pem, Secret(key))
    )

    assert [("certificate", 6)] == [(each.code, each.days_left) for each in expiries(other.profile, world.clock())]


async def test_the_doctor_tries_the_redirect_uri_at_the_sign_in_page(world):
    account = await world.link()
    app = world.simulator.register_app("No redirect")
    await change_profile(
        world.hall, world.caller, world.profile.id,
        {"client_id": str(app.client_id), "client_secret": Secret(app.client_secret)},
    )  # fmt: skip
    first = first_to_fix(await check_account(world.hall, world.caller, account.id))

    assert ("redirect", "redirect_uri_mismatch", "integrator") == (first.name, first.code, first.who)
    assert CALLBACK in first.next_step
    assert f"Authentication/appId/{app.client_id}" in first.link


async def test_an_application_of_another_tenant_is_explained(world):
    app = world.simulator.register_app("Elsewhere", redirect_uris=(CALLBACK,), tenant=OTHER_DOMAIN)
    other = await profile_of(
        world, client_id=str(app.client_id), client_secret=Secret(app.client_secret), **APPLICATION
    )
    with pytest.raises(ApplicationNotFoundError) as caught:
        await other.link()

    assert "AADSTS700016" == caught.value.provider.code
    assert str(app.client_id) in caught.value.next_step


async def test_the_assertion_is_made_as_entra_wants_it(world):
    pem, key = new_certificate()
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    from linkspan.providerauth.credentials import Certificate, client_assertion

    now = world.clock()
    certificate = Certificate(pem, Secret(key))
    texts = {
        client_assertion("client-1", certificate, audience="https://login.example/token", now=now) for _ in range(2)
    }
    read = jwt.decode(texts.pop(), RSAKey.import_key(key), algorithms=["PS256"])
    print_of = x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256())

    assert {"alg": "PS256", "typ": "JWT"} == {name: read.header[name] for name in ("alg", "typ")}
    assert base64.urlsafe_b64encode(print_of).rstrip(b"=").decode() == read.header["x5t#S256"]
    assert ("https://login.example/token", "client-1", "client-1") == tuple(
        read.claims[n] for n in ("aud", "iss", "sub")
    )
    assert 0 < read.claims["exp"] - read.claims["nbf"] <= 600
    assert read.claims["nbf"] <= now.timestamp() - 30
    assert 1 == len(texts)  # no two are alike
