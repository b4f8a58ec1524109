"""The simulator's page in a real browser: light, dark and on a phone, with traffic, without script or strangers."""

import shutil

import httpx2
import pytest
from playwright.async_api import async_playwright

from linkspan.simulator import Simulator

pytestmark = pytest.mark.browser
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
NARROWEST_ID = """Math.min(...[...document.querySelectorAll("td code")].filter(one => one.textContent.length > 20)
    .map(one => one.getBoundingClientRect().width))"""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 390)])
async def test_the_page_shows_state_and_traffic(scheme: str, width: int) -> None:
    path = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    with Simulator.start() as simulator:
        headers = {"authorization": f"Bearer {simulator.issue_token()}"}
        async with httpx2.AsyncClient(headers=headers) as client:
            await client.get(f"{simulator.company_url}/customers?$filter=city eq 'Bergen'&$top=3")
            simulator.fail_next("throttle", path="/items", times=2)
            await client.get(f"{simulator.company_url}/items")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            page = await browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            await page.goto(f"{simulator.url}/_sim/")
            text = await page.inner_text("body")
            fits = await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            background = await page.evaluate(BACKGROUND)
            narrowest = await page.evaluate(NARROWEST_ID)
            await browser.close()

    assert "Failure waiting: throttle /items, 1 more" in text
    assert "customers?$filter=city" in text
    assert "429" in text
    assert fits, "nothing but a table scrolls sideways"
    assert narrowest > 60, "an id is not squeezed to a column of single letters"
    assert (background == "rgb(15, 23, 30)") == (scheme == "dark")
    assert all(url.startswith(simulator.url) for url in asked)
    assert headers["authorization"] not in text
