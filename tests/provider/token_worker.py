"""One process of a Linkspan with many: builds its own hall and, for each line on stdin, asks for a token many times at once.

A line is the number of seconds that its clock is ahead; the answer is a line with the digests of the tokens that it got.
"""

import asyncio
import hashlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from linkspan.settings import Settings
from linkspan.storage.database import open_database
from linkspan.transport.pyreqwest_client import PyreqwestTransport
from linkspan.wiring import build_hall


async def main(url: str, data_dir: str, project_id: str, account_id: str, tasks: int) -> None:
    offset = timedelta(0)
    settings = Settings(data_dir=Path(data_dir), allow_private_addresses=True)
    database, transport = open_database(url), PyreqwestTransport(allow_private_addresses=True)
    hall = await build_hall(settings, database, transport, lambda: datetime.now(UTC) + offset)
    account = await hall.warm.account(project_id, account_id)
    profile = await hall.warm.profile(project_id, account.profile_id)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        offset = timedelta(seconds=float(line))
        outcomes = await asyncio.gather(*(hall.tokens.token(account, profile) for _ in range(tasks)), return_exceptions=True)
        names = {type(got).__name__ if isinstance(got, BaseException) else digest(got.reveal()) for got in outcomes}
        print(" ".join(sorted(names)), flush=True)
    await hall.tokens.close()
    await transport.close()
    await database.close()


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])))
