"""One process of a Linkspan with many: builds its own hall and delivers events until it is killed. Arguments: database address, data folder."""

import asyncio
import sys
from pathlib import Path

import structlog

from linkspan.settings import Settings
from linkspan.storage.database import open_database
from linkspan.transport.pyreqwest_client import PyreqwestTransport
from linkspan.usecases.deliver_events import Courier
from linkspan.wiring import build_hall, utc_now

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


async def main(url: str, data_dir: str) -> None:
    settings = Settings(data_dir=Path(data_dir), allow_private_addresses=True)
    database, transport = open_database(url), PyreqwestTransport(allow_private_addresses=True)
    hall = await build_hall(settings, database, transport, utc_now)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    # A lease of two seconds: what a killed process held is taken over soon.
    await Courier(hall, timeout=0.5).deliver_forever(every=0.02)


asyncio.run(main(sys.argv[1], sys.argv[2]))
