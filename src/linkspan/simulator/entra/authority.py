"""The authority: directory, keys, grants, consents and sessions of the simulated Entra, held together."""

import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from linkspan.simulator.clock import Clock
from linkspan.simulator.entra.consents import ConsentBook
from linkspan.simulator.entra.demo import DEMO_CLIENT_ID, DEMO_TENANT_ID, DIRECTORY_CLIENT_ID
from linkspan.simulator.entra.devices import DeviceBook
from linkspan.simulator.entra.directory import AppRegistration, Directory, Tenant, User
from linkspan.simulator.entra.errors import EntraError, Incident, Meaning, entra_error, new_incident
from linkspan.simulator.entra.grants import GrantBook
from linkspan.simulator.entra.keys import KeyRing
from linkspan.simulator.entra.sessions import SignInDesk

RealmKind = Literal["tenant", "common", "organizations", "consumers"]
# What Conditional Access asks of a user: nothing, a second proof, enrolment for one, or no access at all.
AccessRule = Literal["none", "multifactor", "enrolment", "blocked"]
_REFUSALS: Final[Mapping[AccessRule, int]] = {"multifactor": 50076, "enrolment": 50079, "blocked": 53003}
# The directory in which personal Microsoft accounts live; it has no users here.
CONSUMERS_TENANT: Final = UUID("9188040d-6c67-4c5b-b112-36a304b66dad")
_SHARED: Final[Mapping[str, RealmKind]] = {
    "common": "common",
    "organizations": "organizations",
    "consumers": "consumers",
    str(CONSUMERS_TENANT): "consumers",
}
V2_ISSUER: Final = "https://login.microsoftonline.com/{tenant}/v2.0"
V1_ISSUER: Final = "https://sts.windows.net/{tenant}/"


@dataclass(frozen=True, slots=True)
class Realm:
    """What the first path segment stands for; `tenant` is None unless it names one."""

    segment: str
    kind: RealmKind
    tenant: Tenant | None


class Authority:
    """Everything that the Entra endpoints share."""

    def __init__(self, directory: Directory, clock: Clock, seed: int = 0) -> None:
        """Open an authority over `directory`; `seed` makes token lifetimes repeatable."""
        self.directory = directory
        self.clock = clock
        self.keys = KeyRing(clock)
        self.grants = GrantBook()
        self.consents = ConsentBook()
        self.desk = SignInDesk()
        self.devices = DeviceBook()
        self.seed = seed
        self.reset()

    def reset(self, *, keep_registrations: bool = False) -> None:
        """Return to the start: nobody signed in, nothing granted; the present signing key stays."""
        self.directory.restore(keep_registrations=keep_registrations)
        self.grants.clear()
        self.consents.clear()
        self.desk.clear()
        self.devices.clear()
        self.keys.forget_old()
        self.access_rules: dict[UUID, AccessRule] = {}
        # How often Conditional Access wants a person to sign in again, by user.
        self.sign_in_frequencies: dict[UUID, timedelta] = {}
        self.fixed_lifetime: int | None = None
        self.refresh_reuse_revokes = False
        self.queued_token_errors: deque[int] = deque()
        self._random = random.Random(self.seed)  # noqa: S311 - lifetimes only, no secret comes from it
        # Applications that a Business Central administrator has enabled for service-to-service calls, by tenant.
        self.business_central_apps: set[tuple[UUID, UUID]] = set()
        self._admit_demo_apps()

    def _admit_demo_apps(self) -> None:
        for client_id in (DEMO_CLIENT_ID, DIRECTORY_CLIENT_ID):
            app = self.directory.find_app(str(client_id))
            if app is not None:
                self.consents.grant_for_tenant(app.client_id, DEMO_TENANT_ID, app.roles)
        self.business_central_apps.add((DEMO_TENANT_ID, DEMO_CLIENT_ID))

    def realm(self, segment: str) -> Realm:
        """Return what `segment` addresses; raises EntraError 90002 for an unknown tenant."""
        kind = _SHARED.get(segment.lower())
        if kind is not None:
            return Realm(segment, kind, None)
        tenant = self.directory.find_tenant(segment)
        if tenant is None:
            raise entra_error(90002, segment=segment)
        return Realm(segment, "tenant", tenant)

    def app_in(self, realm: Realm, client_id: str) -> AppRegistration:
        """Return the registration usable at `realm`; raises EntraError 700016 (not there) or 50194 (one tenant)."""
        place = realm.tenant.name if realm.tenant else realm.segment
        app = self.directory.find_app(client_id)
        if app is None:
            raise entra_error(700016, client_id=client_id, tenant=place)
        if realm.tenant is None and app.audience == "one_tenant":
            raise entra_error(50194, client_id=app.client_id, name=app.name, segment=realm.kind)
        if realm.kind == "consumers" or (
            realm.tenant is not None and app.audience == "one_tenant" and app.tenant_id != realm.tenant.id
        ):
            raise entra_error(700016, client_id=client_id, tenant=place)
        return app

    def user_in(self, realm: Realm, username: str, password: str) -> User:
        """Return the user who signs in; raises EntraError 50034 (unknown), 50020 (elsewhere), 50126 (password) or 50057 (disabled)."""
        user = self.directory.find_user(username)
        place = realm.tenant.name if realm.tenant else realm.segment
        if user is None:
            raise entra_error(50034, user=username, tenant=place)
        if not self.belongs(user, realm):
            raise entra_error(50020, user=user.upn, home=self.directory.tenant(user.tenant_id).name, tenant=place)
        if password != user.password:
            raise entra_error(50126)
        if not user.enabled:
            raise entra_error(50057)
        return user

    def belongs(self, user: User, realm: Realm) -> bool:
        """Tell whether a user may sign in at `realm`."""
        if realm.tenant is None:
            return realm.kind != "consumers"
        return user.tenant_id == realm.tenant.id

    def access_lifetime(self) -> int:
        """Return the seconds that the next access token lives: 60 to 90 minutes, at random, unless control fixed it."""
        if self.fixed_lifetime is not None:
            return self.fixed_lifetime
        return self._random.randint(3599, 5399)

    def access_refusal(self, user: User, *, multifactor: bool) -> EntraError | None:
        """Return why Conditional Access keeps a user out, who has or has not given a second proof; None lets in."""
        rule = self.access_rules.get(user.id, "none")
        if rule == "none" or (multifactor and rule != "blocked"):
            return None
        refusal = entra_error(_REFUSALS[rule], resource="Dynamics 365 Business Central")
        return EntraError(
            refusal.code, refusal.text, Meaning("interaction_required", 400, "", suberror=refusal.suberror)
        )

    def check_frequency(self, user: User, since: datetime | None) -> None:
        """Raise EntraError 70043 when the sign-in at `since` is too long ago for the user's sign-in frequency."""
        most = self.sign_in_frequencies.get(user.id)
        if most is not None and since is not None and self.clock.now() - since >= most:
            raise entra_error(70043)

    def incident(self, client_request_id: str | None = None) -> Incident:
        """Return the identifiers for a refusal that happens now."""
        return new_incident(self.clock.now(), client_request_id)

    def take_queued_error(self) -> EntraError | None:
        """Return the refusal that control has put in for the next token request, or None."""
        if not self.queued_token_errors:
            return None
        code = self.queued_token_errors.popleft()
        return entra_error(code, resource="Dynamics 365 Business Central", reason="put in by the simulator's control")
