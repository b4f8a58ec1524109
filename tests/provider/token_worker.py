"""One process of a Linkspan with many: builds its own hall and, for each line on stdin, asks for a token many times at once.

A line is the number of seconds that its clock is ahead, and the time-out of its provider requests in seconds; the answer is a line with the
digests of the tokens that it got and the names of the errors. The argument is JSON, see token_proof.py.
"""

import asyncio
import hashlib
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from linkspan.model import SealedGrant
from linkspan.providerauth.oauth import OAuthClient
from linkspan.providerauth.timing import Timing
from linkspan.providerauth.tokens import Tokens
from linkspan.settings import Settings
from linkspan.storage.database import open_database
from linkspan.storage.grant_store import GrantStore
from linkspan.storage.lease_store import LeaseStore
from linkspan.transport.pyreqwest_client import PyreqwestTransport
from linkspan.wiring import build_hall


class NoCompareAndSwap(GrantStore):
    """A planted bug: what is written last wins, whatever version it was made from."""

    async def swap(self, grant: SealedGrant, *, now: datetime) -> SealedGrant | None:
        current = await self.read(grant.project_id, grant.account_id)
        return await super().swap(replace(grant, version=current.version if current else grant.version), now=now)


class NoRenewal(LeaseStore):
    """A planted bug: a lease ends when it was first said to end, though its owner still waits for the provider."""

    async def renew(self, name: str, owner: str, *, until: datetime) -> bool:  # noqa: ARG002
        return True


structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # stdout is for the answers


async def main(asked: dict[str, object]) -> None:
    offset = timedelta(0)

    def clock() -> datetime:
        return datetime.now(UTC) + offset

    settings = Settings(data_dir=Path(asked["data_dir"]), allow_private_addresses=True)
    database, transport = open_database(asked["url"]), PyreqwestTransport(allow_private_addresses=True)
    hall = await build_hall(settings, database, transport, clock)
    account = await hall.warm.account(asked["project_id"], asked["account_id"])
    profile = await hall.warm.profile(asked["project_id"], account.profile_id)
    connector = hall.catalog.connectors[profile.connector]
    method = replace(connector.auth_methods[profile.auth_method], refresh_reuse=asked["reuse"])
    oauth = OAuthClient(transport, clock)
    tokens = Tokens(
        vault=hall.vault, secrets=hall.profiles, oauth=oauth, clock=clock, timing=Timing(**asked["timing"]),
        grants=NoCompareAndSwap(database) if asked["plant"] == "no compare-and-swap" else GrantStore(database),
        leases=NoRenewal(database) if asked["plant"] == "no renewal" else LeaseStore(database),
        connectors={connector.key: replace(connector, auth_methods={method.key: method})},
    )  # fmt: skip
    say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        seconds, timeout = line.split()
        offset, oauth._timeout = timedelta(seconds=float(seconds)), float(timeout)
        asking = (tokens.token(account, profile) for _ in range(asked["tasks"]))
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
        names = {type(got).__name__ if isinstance(got, BaseException) else digest(got.reveal()) for got in outcomes}
        say(" ".join(sorted(names)))
    await tokens.close()
    await transport.close()
    await database.close()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
