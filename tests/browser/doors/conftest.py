"""A served installation and a Chromium to look at it with."""

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from served_world import Installation

from linkspan.model import Caller, Secret
from linkspan.server import listening_socket, serving
from linkspan.settings import Settings
from linkspan.simulator import Simulator
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.create_project import create_project
from linkspan.wiring import opened_hall


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    first = Settings(data_dir=tmp_path_factory.mktemp("browser"), port=0, allow_private_addresses=True)
    bound = listening_socket(first)
    settings = first.model_copy(update={"port": bound.getsockname()[1]})
    with Simulator.start() as simulator:
        demo = simulator.demo
        simulator.add_redirect_uri(demo.client_id, f"{settings.base_url}/connect/oauth2/dynamics365bc/callback")
        async with opened_hall(settings) as hall, serving(hall, bound):
            caller = Caller((await create_project(hall, "Brygge Orders")).id, ALL_SCOPES)
            secret = Secret(demo.client_secret)
            new = NewProfile(
                "dynamics365bc", "Simulator", str(demo.client_id), client_secret=secret, provider_url=simulator.url
            )
            yield Installation(hall, simulator, caller, await create_profile(hall, caller, new))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The machine's own Chromium, else the one that Playwright has installed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        await browser.close()
