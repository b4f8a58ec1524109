"""Linkspan itself with one linked account, whose provider is the stub: key, account, token, validation and log are all on.

Started with the provider's address, a port and an empty folder; prints one JSON line (`api_key`, `account_id`) when it serves.
"""

import json
import re
import shutil
import sys
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from linkspan.cli.opening import in_hall
from linkspan.model import (
    Account,
    AccountState,
    Caller,
    ConnectSession,
    KeyScope,
    LinkAttempt,
    Owner,
    Profile,
    SealedGrant,
    Secret,
)
from linkspan.sealed import SealedCredentials
from linkspan.server import listening_socket, serve
from linkspan.settings import load_settings
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_project import create_project
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_account_id

CONNECTOR = "benchbc"
COMPANY = "11111111-2222-4333-8444-555555555555"


def unlimited_connector(folder: Path) -> Path:
    """Business Central's connector under another key, with limits that a stub without limits allows; the throttle still counts."""
    place = folder / "connectors" / CONNECTOR
    shutil.copytree(str(files("linkspan.connectors") / "dynamics365bc"), place)
    about = place / "connector.yaml"
    text = re.sub(r"^key: .*$", f"key: {CONNECTOR}", about.read_text(), flags=re.MULTILINE)
    text = re.sub(r"concurrent: \d+, requests: \d+", "concurrent: 1000, requests: 100000000", text)
    about.write_text(text)
    return place


async def link_account(hall: Hall, provider: str) -> tuple[str, str]:
    """A project, its key, and an account with a grant that outlasts the run."""
    now = datetime.now(UTC)
    project = await create_project(hall, "Bench")
    caller = Caller(project.id, frozenset(KeyScope))
    _, key = await create_key(hall, caller, NewKey(name="bench"))
    profile = Profile(
        id="0d6a2f0e-1111-4a7b-9f0d-0c5d0f3b7a21",
        project_id=project.id,
        connector=CONNECTOR,
        name="Bench",
        auth_method="oauth-2-0",
        client_id="bench",
        has_secret=False,
        scopes=(),
        enabled_actions=None,
        provider_url=provider,
        enabled=True,
        is_default=True,
        created_at=now,
        updated_at=now,
    )
    await hall.profiles.add(profile, SealedCredentials())
    owner = Owner("bench", "Bench")
    session = ConnectSession(1, project.id, profile.id, CONNECTOR, owner, now, now + timedelta(hours=1))
    account = Account(
        id=new_account_id(),
        project_id=project.id,
        profile_id=profile.id,
        connector=CONNECTOR,
        owner=owner,
        state=AccountState.ACTIVE,
        fields={"tenant_id": "bench.example", "environment": "Production", "company_id": COMPANY},
        created_at=now,
        updated_at=now,
    )
    token = await hall.vault.seal(project.id, f"account:{account.id}", "access_token", Secret("bench-token"))
    grant = SealedGrant(account.id, project.id, 1, token, None, "bench", now, now + timedelta(days=1))
    attempt = LinkAttempt(
        "link_1", project.id, session.id, account.id, "b" * 64, {}, b"v", now, now + timedelta(minutes=9)
    )
    await hall.sessions.add(session, "t" * 64)
    await hall.links.start(attempt, state_digest="s" * 64)
    await hall.links.complete(attempt, session, account, grant)
    hall.warm.drop()
    return key.reveal(), account.id


def main(provider: str, port: int, folder: Path) -> None:
    """Serve until SIGTERM, in the event loop and with the server of `linkspan up`."""
    settings = load_settings(
        port=port,
        data_dir=folder / "data",
        allow_private_addresses=True,
        connector_dirs=(unlimited_connector(folder),),
        log_level="warning",
    )

    async def story(hall: Hall) -> None:
        api_key, account_id = await link_account(hall, provider)
        line = json.dumps({"api_key": api_key, "account_id": account_id})
        await serve(hall, listening_socket(settings), lambda: print(line, flush=True))

    in_hall(story, settings=settings)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
