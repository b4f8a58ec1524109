"""A whole hall on SQLite with one linked account, pointed at a wire server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wire_server import Script, WireServer, wire_server

from linkspan.engine.call import Inputs
from linkspan.errors import LinkspanError
from linkspan.model import (
    Account,
    AccountState,
    Caller,
    ConnectSession,
    KeyScope,
    LinkAttempt,
    Owner,
    Profile,
    Project,
    Run,
    SealedGrant,
    Secret,
)
from linkspan.sealed import SealedCredentials
from linkspan.settings import Settings
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_account_id
from linkspan.usecases.read_runs import read_run
from linkspan.usecases.run_action import ActionRequest, Answer, run_action
from linkspan.wiring import opened_hall

COMPANY = "7b6e2c0e-0d4f-4a55-8a10-1c6f6e0a9d01"
RECORD = "1f0a4a52-5f0c-4d7e-9c63-0f4f3f1b2c3d"
PROJECT = "harbour-1001"
CALLER = Caller(PROJECT, frozenset(KeyScope), key_id="key_1")


@dataclass
class HallWorld:
    hall: Hall
    server: WireServer
    account: Account
    profile: Profile

    async def run(
        self, action: str, *, caller: Caller = CALLER, account_id: str | None = "", **groups: object
    ) -> Answer:
        profile_id = groups.pop("profile_id", None)
        account = self.account.id if account_id == "" else account_id
        request = ActionRequest(f"dynamics365bc_{action}", account, Inputs(**groups), "rest", profile_id)
        return await run_action(self.hall, caller, request)

    async def logged(self, run_id: str | None) -> Run:
        assert run_id is not None
        return await read_run(self.hall, CALLER, run_id)

    async def refused(self, action: str, **given: object) -> tuple[LinkspanError, Run]:
        """Run an action that must fail: its error, and what the log says of it."""
        try:
            await self.run(action, **given)
        except LinkspanError as error:
            return error, await self.logged(error.run_id)
        raise AssertionError("it was not refused")


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def hall_world(folder: Path, *scripts: Script, **settings: object) -> AsyncIterator[HallWorld]:
    given = Settings(data_dir=folder, allow_private_addresses=True, provider_timeout=0.5, **settings)
    async with wire_server(*scripts) as server, opened_hall(given) as hall:
        yield HallWorld(hall, server, *await add_account(hall, server.url))


async def add_account(hall: Hall, provider_url: str) -> tuple[Account, Profile]:
    await hall.projects.add(Project(PROJECT, "Harbour", 5, now()))
    profile = Profile(
        id="3b2f7a52-3a35-4a0c-9d53-0f3e8c2f0a11", project_id=PROJECT, connector="dynamics365bc", name="Main", auth_method="oauth-2-0",
        client_id="client", has_secret=False, scopes=(), enabled_actions=None, provider_url=provider_url, enabled=True,
        is_default=True, created_at=now(), updated_at=now(),
    )  # fmt: skip
    await hall.profiles.add(profile, SealedCredentials())
    owner = Owner("o1", "Holm & Vik")
    session = ConnectSession(7, PROJECT, profile.id, "dynamics365bc", owner, now(), now() + timedelta(hours=1))
    account = Account(
        id=new_account_id(), project_id=PROJECT, profile_id=profile.id, connector="dynamics365bc", owner=owner, state=AccountState.ACTIVE,
        fields={"tenant_id": "t", "environment": "Production", "company_id": COMPANY}, created_at=now(), updated_at=now(),
    )  # fmt: skip
    access = await hall.vault.seal(PROJECT, f"account:{account.id}", "access_token", Secret("token-1"))
    grant = SealedGrant(account.id, PROJECT, 1, access, None, "scope", now(), now() + timedelta(hours=1))
    attempt = LinkAttempt("link_1", PROJECT, 7, account.id, "b" * 64, {}, b"v", now(), now() + timedelta(minutes=9))
    await hall.sessions.add(session, "t" * 64)
    await hall.links.start(attempt, state_digest="s" * 64)
    await hall.links.complete(attempt, session, account, grant)
    hall.warm.drop()
    return account, profile


async def change_profile(here: HallWorld, **changes: object) -> None:
    await here.hall.profiles.change(replace(here.profile, **changes))
    here.hall.warm.drop()
