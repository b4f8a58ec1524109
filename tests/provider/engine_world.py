"""An engine over the real transport, pointed at a wire server: what every engine test needs."""

import base64
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from wire_server import Script, WireServer, wire_server

from linkspan.connectors.catalog import load_catalog
from linkspan.engine.call import Call, Inputs, Result, Target
from linkspan.engine.engine import Engine
from linkspan.engine.retry import Patience
from linkspan.engine.target import target_of
from linkspan.errors import CursorInvalidError
from linkspan.model import Account, AccountState, Owner, Profile, Secret, Step
from linkspan.transport.pyreqwest_client import PyreqwestTransport
from linkspan.transport.throttle import Throttle

CONNECTOR = load_catalog().connectors["dynamics365bc"]
COMPANY = "7b6e2c0e-0d4f-4a55-8a10-1c6f6e0a9d01"
RECORD = "1f0a4a52-5f0c-4d7e-9c63-0f4f3f1b2c3d"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BASE = f"/v2.0/tenant-1/Production/api/v2.0/companies({COMPANY})"


class KeySeal:
    """The Seal port with a key in memory."""

    def __init__(self, key: bytes = b"k") -> None:
        self._key = key

    def seal(self, payload: bytes) -> str:
        return base64.urlsafe_b64encode(hmac.digest(self._key, payload, "sha256") + payload).decode()

    def open(self, text: str) -> bytes:
        try:
            raw = base64.urlsafe_b64decode(text)
        except ValueError:
            raise CursorInvalidError from None
        if not hmac.compare_digest(hmac.digest(self._key, raw[32:], "sha256"), raw[:32]):
            raise CursorInvalidError
        return raw[32:]


@dataclass
class CountedTokens:
    """The TokenSource port: a new token each time the provider refuses one."""

    given: int = 1
    refused: list[Secret] = field(default_factory=list)

    async def token(self, *, refused: Secret | None = None) -> Secret:
        if refused is not None:
            self.refused.append(refused)
            self.given += 1
        return Secret(f"token-{self.given}")


@dataclass
class Steps:
    taken: list[Step] = field(default_factory=list)

    def add(self, step: Step) -> None:
        self.taken.append(step)


@dataclass
class World:
    server: WireServer
    engine: Engine
    target: Target
    tokens: CountedTokens = field(default_factory=CountedTokens)
    steps: Steps = field(default_factory=Steps)

    def prepare(self, action: str, **groups: object) -> Call:
        return self.engine.prepare(CONNECTOR.actions[f"dynamics365bc_{action}"], self.target, Inputs(**groups))

    async def run(self, action: str, **groups: object) -> Result:
        return await self.engine.execute(self.prepare(action, **groups), self.tokens, self.steps)

    async def rows(self, action: str, **groups: object) -> list[dict[str, object]]:
        call = self.prepare(action, **groups)
        return [row async for page in self.engine.stream(call, self.tokens, self.steps) for row in page]


def account(**fields: str) -> Account:
    where = {"tenant_id": "tenant-1", "environment": "Production", "company_id": COMPANY} | fields
    return Account(
        id="A" * 20, project_id="p-1", profile_id="f-1", connector="dynamics365bc", owner=Owner("o", "O"), state=AccountState.ACTIVE,
        fields={name: value for name, value in where.items() if value}, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def profile(provider_url: str | None) -> Profile:
    return Profile(
        id="f-1", project_id="p-1", connector="dynamics365bc", name="P", auth_method="oauth-2-0", client_id="c", has_secret=True,
        scopes=(), enabled_actions=None, provider_url=provider_url, enabled=True, is_default=True, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


QUICK = Patience(timeout=0.5, tries=3, first_pause=0.01, longest_pause=0.05, budget=3)


@asynccontextmanager
async def world(*scripts: Script, **fields: str) -> AsyncIterator[World]:
    transport = PyreqwestTransport(allow_private_addresses=True, connect_timeout=2)
    async with wire_server(*scripts) as server:
        engine = Engine(transport, KeySeal(), Throttle(), lambda: NOW, patience=QUICK)
        try:
            yield World(server, engine, target_of(CONNECTOR, profile(server.url), account(**fields)))
        finally:
            await transport.close()


def customer(number: int, **more: object) -> dict[str, object]:
    return {
        "@odata.etag": f'W/"{number}"', "id": f"{number:08d}-0000-4000-8000-000000000000", "number": str(number),
        "type": "Company", "blocked": "_x0020_", **more,
    }  # fmt: skip


def page(rows: list[dict[str, object]], **more: object) -> dict[str, object]:
    return {"@odata.context": "http://x/$metadata#customers", **more, "value": rows}
