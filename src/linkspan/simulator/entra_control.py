"""Commands for the Entra side: registrations, secrets, tokens, consents and the switches of its rules."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from linkspan.simulator.command import Commanded, ControlError, command
from linkspan.simulator.entra.authority import AccessRule, Authority
from linkspan.simulator.entra.consents import ConsentPolicy
from linkspan.simulator.entra.demo import DEMO_CLIENT_ID, DEMO_DOMAIN, default_permissions
from linkspan.simulator.entra.directory import AppRegistration, Audience, ClientSecret, Tenant, User
from linkspan.simulator.entra.errors import MEANINGS
from linkspan.simulator.entra.resources import BUSINESS_CENTRAL
from linkspan.simulator.entra.tokens import Subject, mint_access_token

_REVOKED: Final = 50173
_EXPIRED: Final = 700082


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A client secret as shown once, at its creation; `secret_id` is not the secret."""

    secret_id: UUID
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RegisteredApp:
    """A new application registration; `client_secret` is None for public and certificate-only applications."""

    client_id: UUID
    tenant_id: UUID
    client_secret: str | None = field(repr=False)


class EntraControl(Commanded):
    """What can be done to the directory while it runs."""

    def __init__(self, authority: Authority) -> None:
        """Control `authority`."""
        self.authority = authority

    @command()
    def register_app(  # noqa: PLR0913 - one parameter for each property of a registration, all by keyword
        self,
        name: str,
        *,
        redirect_uris: tuple[str, ...] = (),
        audience: Audience = "one_tenant",
        tenant: str = DEMO_DOMAIN,
        certificate: str | None = None,
        public: bool = False,
        spa_redirect_uris: tuple[str, ...] = (),
        roles: tuple[str, ...] | None = None,
    ) -> RegisteredApp:
        """Register an application for Business Central in `tenant` and return its client id and secret.

        With a `certificate` (PEM) it gets no secret but signs assertions; a `public` one gets neither.
        `spa_redirect_uris` belong to single-page applications: their refresh tokens end 24 hours after the sign-in.
        `roles` are its application permissions, such as `API.ReadWrite.All`; without them it has those of both APIs.
        """
        home = self._tenant(tenant)
        permissions, usual = default_permissions()
        unknown = sorted(set(roles or ()) - BUSINESS_CENTRAL.roles)
        if unknown:
            raise ControlError(f"Business Central has no application permission {unknown[0]}.")
        certificates = () if certificate is None else (_checked_certificate(certificate),)
        created = () if public or certificates else (_new_secret(None, None),)
        app = AppRegistration(
            uuid4(),
            home.id,
            name,
            audience=audience,
            redirect_uris=redirect_uris,
            secrets=created,
            certificates=certificates,
            permissions=permissions,
            roles=usual if roles is None else frozenset(BUSINESS_CENTRAL.scope(one) for one in roles),
            public=public,
            spa_redirect_uris=spa_redirect_uris,
        )
        self.authority.directory.put_app(app)
        return RegisteredApp(app.client_id, home.id, created[0].value if created else None)

    @command()
    def add_redirect_uri(self, client_id: UUID, uri: str) -> tuple[str, ...]:
        """Register one more redirect URI and return all of the application's."""
        self.authority.directory.add_redirect_uri(self._app(client_id), uri)
        return self._app(client_id).redirect_uris

    @command()
    def add_secret(self, client_id: UUID, value: str | None = None, expires: datetime | None = None) -> NewSecret:
        """Add a client secret (a random one unless `value` is given)."""
        app, secret = self._app(client_id), _new_secret(value, expires)
        self.authority.directory.put_app(replace(app, secrets=(*app.secrets, secret)))
        return NewSecret(secret.id, secret.value)

    @command()
    def replace_secret(self, client_id: UUID, value: str | None = None) -> NewSecret:
        """Remove all secrets of an application and give it a new one."""
        secret = _new_secret(value, None)
        self.authority.directory.put_app(replace(self._app(client_id), secrets=(secret,)))
        return NewSecret(secret.id, secret.value)

    @command()
    def expire_secrets(self, client_id: UUID) -> int:
        """Let all secrets of an application expire now; return how many."""
        app, now = self._app(client_id), self.authority.clock.now()
        expired = tuple(replace(secret, expires=min(secret.expires or now, now)) for secret in app.secrets)
        self.authority.directory.put_app(replace(app, secrets=expired))
        return len(expired)

    @command()
    def add_certificate(self, client_id: UUID, certificate: str) -> int:
        """Add a certificate (PEM) whose key may sign client assertions; return how many there are."""
        app = self._app(client_id)
        certificates = (*app.certificates, _checked_certificate(certificate))
        self.authority.directory.put_app(replace(app, certificates=certificates))
        return len(certificates)

    @command()
    def issue_token(self, user: str | None = None, client_id: UUID = DEMO_CLIENT_ID, tenant: str = DEMO_DOMAIN) -> str:
        """Return an access token for Business Central without asking anybody: of a user, or an application on its own."""
        app = self._app(client_id)
        if user is None:
            names = frozenset(BUSINESS_CENTRAL.scope(one) for one in BUSINESS_CENTRAL.roles)
            return mint_access_token(
                self.authority, Subject(app, "1", self._tenant(tenant).id), BUSINESS_CENTRAL, names & app.roles
            )[0]
        person = self._user(user)
        names = frozenset(BUSINESS_CENTRAL.scope(one) for one in BUSINESS_CENTRAL.delegated)
        subject = Subject(app, "1", person.tenant_id, person)
        return mint_access_token(self.authority, subject, BUSINESS_CENTRAL, names & app.permissions)[0]

    @command()
    def expire_access_tokens(self, user: str | None = None, client_id: UUID | None = None) -> int:
        """Make issued access tokens of a user and application (None: any) count as expired; return how many."""
        return self.authority.grants.cut_access(self._user_id(user), client_id)

    @command()
    def expire_refresh_tokens(self, user: str | None = None, client_id: UUID | None = None) -> int:
        """Let refresh tokens expire as if unused for 90 days (AADSTS700082); return how many."""
        return self.authority.grants.refuse_refresh(_EXPIRED, self._user_id(user), client_id)

    @command()
    def revoke_grants(self, user: str | None = None, client_id: UUID | None = None) -> int:
        """Revoke refresh tokens as a password change does (AADSTS50173); return how many."""
        return self.authority.grants.refuse_refresh(_REVOKED, self._user_id(user), client_id)

    @command()
    def revoke_consent(self, user: str | None = None, client_id: UUID | None = None) -> int:
        """Withdraw consents, so that tokens are refused with AADSTS65001; return how many."""
        return self.authority.consents.withdraw(client_id, self._user_id(user))

    @command()
    def set_consent_policy(self, policy: ConsentPolicy) -> ConsentPolicy:
        """Let the consent page `ask` (as at the start), `refuse` everybody, or serve `administrators_only`."""
        self.authority.consents.policy = policy
        return policy

    @command()
    def grant_admin_consent(self, client_id: UUID, tenant: str = DEMO_DOMAIN) -> tuple[str, ...]:
        """Consent to all registered permissions of an application for a whole tenant; return them."""
        app = self._app(client_id)
        names = app.permissions | app.roles
        self.authority.consents.grant_for_tenant(client_id, self._tenant(tenant).id, names)
        return tuple(sorted(names))

    @command()
    def set_refresh_reuse_revokes(self, *, on: bool) -> bool:
        """Choose whether using a refresh token twice revokes its family (off, as in Entra, at the start)."""
        self.authority.refresh_reuse_revokes = on
        return on

    @command()
    def fail_token_requests(self, code: int, times: int = 1) -> int:
        """Refuse the next token requests with AADSTS `code` (such as 50076, multifactor); return how many wait."""
        if code not in MEANINGS:
            known = ", ".join(map(str, sorted(MEANINGS)))
            raise ControlError(f"AADSTS{code} is not known to the simulator. Known: {known}.")
        self.authority.queued_token_errors.extend([code] * times)
        return len(self.authority.queued_token_errors)

    @command()
    def set_licence(self, user: str, *, licensed: bool) -> bool:
        """Give a user a Business Central licence or take it away."""
        self.authority.directory.put_user(replace(self._user(user), licensed=licensed))
        return licensed

    @command()
    def set_access_rule(self, user: str, rule: AccessRule) -> AccessRule:
        """Let Conditional Access ask a user for `multifactor` or `enrolment`, keep them out (`blocked`), or `none`."""
        self.authority.access_rules[self._user(user).id] = rule
        return rule

    @command()
    def set_sign_in_frequency(self, user: str, every: timedelta | None) -> timedelta | None:
        """Let Conditional Access want a new sign-in of a user so often (AADSTS70043 at renewal); None: never."""
        if every is None:
            self.authority.sign_in_frequencies.pop(self._user(user).id, None)
        else:
            self.authority.sign_in_frequencies[self._user(user).id] = every
        return every

    @command()
    def set_token_lifetime(self, seconds: int | None) -> int | None:
        """Let every access token issued from now on live this long; None returns to 60 to 90 minutes at random."""
        if seconds is not None and seconds < 1:
            raise ControlError("A token lives at least one second.")
        self.authority.fixed_lifetime = seconds
        return seconds

    @command()
    def rotate_signing_key(self, overlap: timedelta = timedelta(hours=24)) -> str:
        """Sign with a new key; the old one stays published for `overlap` of simulated time. Return the new key's id."""
        return self.authority.keys.rotate(overlap)

    @command()
    def set_device_haste_refused(self, *, on: bool) -> bool:
        """Choose whether a device that polls faster than its interval is told to slow down (on at the start)."""
        self.authority.devices.refuses_haste = on
        return on

    @command()
    def set_business_central_app(self, client_id: UUID, tenant: str = DEMO_DOMAIN, *, enabled: bool = True) -> bool:
        """Enable or disable an application for calls without a user, as on BC's Microsoft Entra applications page."""
        place = (self._tenant(tenant).id, self._app(client_id).client_id)
        if enabled:
            self.authority.business_central_apps.add(place)
        else:
            self.authority.business_central_apps.discard(place)
        return enabled

    def _app(self, client_id: UUID) -> AppRegistration:
        app = self.authority.directory.find_app(str(client_id))
        if app is None:
            raise ControlError(f"There is no application with client id {client_id}.")
        return app

    def _user(self, user: str) -> User:
        known = self.authority.directory.find_user(user)
        if known is None:
            raise ControlError(f"There is no user called {user}; give a user name or id.")
        return known

    def _user_id(self, user: str | None) -> UUID | None:
        return None if user is None else self._user(user).id

    def _tenant(self, tenant: str) -> Tenant:
        known = self.authority.directory.find_tenant(tenant)
        if known is None:
            raise ControlError(f"There is no tenant {tenant}; give a tenant id or domain.")
        return known


def _new_secret(value: str | None, expires: datetime | None) -> ClientSecret:
    if expires is not None and expires.tzinfo is None:
        raise ControlError("The expiry must carry a time zone, such as 2026-11-23T10:00:00Z.")
    return ClientSecret(uuid4(), value or "sim8Q~" + secrets.token_urlsafe(26), expires)


def _checked_certificate(pem: str) -> str:
    try:
        known = x509.load_pem_x509_certificate(pem.encode())
    except ValueError as mistake:
        raise ControlError("The certificate must be an X.509 certificate in PEM.") from mistake
    if not isinstance(known.public_key(), RSAPublicKey):
        raise ControlError("The certificate must be of an RSA key.")
    return pem
