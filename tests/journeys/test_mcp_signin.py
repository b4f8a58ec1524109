"""Unmodified MCP clients sign their person in, who is a real Chromium: from the first refusal to the refreshed token."""

import json
import shutil
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, sync_playwright

from client_drivers import CLIENTS, node
from demo_process import Demo, running_demo
from tls_relay import Relay, tls_relay

# Programs, a demo and a browser are started, and the machine may be busy.
pytestmark = [pytest.mark.client, pytest.mark.browser, pytest.mark.timeout(240)]

SUITE = CLIENTS / "conformance/node_modules/@modelcontextprotocol/conformance/dist/index.js"
DOCUMENT = "/client.json"


class Documents(BaseHTTPRequestHandler):
    """A client's home page, which publishes what the client is."""

    home = ""

    def do_GET(self) -> None:
        told = {
            "client_id": self.home + DOCUMENT,
            "client_name": "Document Reader",
            "redirect_uris": ["http://127.0.0.1/callback"],
        }
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Documents)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with tls_relay(server.server_address[1], tmp_path_factory.mktemp("home")) as relay:
        Documents.home = relay.url
        yield relay
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def signing(home: Relay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that trusts the certificate of the client's home page."""
    with running_demo(tmp_path_factory.mktemp("signin"), SSL_CERT_FILE=str(home.certificate)) as demo:
        yield demo


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def agree(browser: Browser, demo: Demo, address: str, level: str) -> str:
    """What a person does: the text of the page on which they agreed."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.get_by_label("API key, or your sign-in link").fill(demo.api_key)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label(level, exact=True).check()
    text = page.inner_text("main")
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url("http://127.0.0.1:*/callback?*")
    context.close()
    return text


def signed_in(command: list[str], folder: Path, browser: Browser, demo: Demo, levels: list[str]) -> tuple[str, str]:
    """Run a client to its end, agreeing to what it asks whenever it opens a page: the last page's text, and what the client said."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as client:
        timer = threading.Timer(90, client.kill)
        timer.start()
        text, said = "", []
        for line in client.stdout or ():
            said.append(line)
            address = json.loads(line).get("open") if line.startswith('{"open"') else None
            if line.strip().startswith("http") and "/connect/authorize" in line:
                address = line.strip()
            if address:
                text = agree(browser, demo, address, levels.pop(0))
        failure = (client.stderr.read() if client.stderr else "")[-3000:]
        timer.cancel()
    assert 0 == client.returncode, failure + "".join(said)[-3000:]
    return text, "".join(said)


def drive(name: str, demo: Demo, browser: Browser, *levels: str, **asked: object) -> tuple[str, dict]:
    folder = CLIENTS / name
    command = [str(folder / "env/bin/python"), "signin.py", json.dumps({"mcp_url": demo.mcp_url, **asked})]
    text, said = signed_in(command, folder, browser, demo, list(levels))
    return text, json.loads(said.strip().splitlines()[-1])


def test_the_first_generation_registers_reads_and_refreshes(signing: Demo, browser: Browser) -> None:
    text, told = drive("mcp1", signing, browser, "Read")

    assert "First Generation" in text
    assert "The answer goes to a program on this computer." in text
    assert told["client_id"].startswith("mcp_client_")
    assert [False, False] == told["failed"]
    assert 48 == told["tools"]
    assert [["actions:read", 900, True]] * 2 == told["tokens"]
    assert 2 == told["renewed"]


def test_the_second_generation_registers_and_is_allowed_more_when_it_asks(signing: Demo, browser: Browser) -> None:
    _, told = drive("mcp2", signing, browser, "Read", "Read and write", step_up=True)

    assert "2026-07-28" == told["protocol"]
    assert told["client_id"].startswith("mcp_client_")
    assert [False, False] == told["failed"]
    assert 48 == told["tools"]
    assert told["stepped"] is True
    assert ["actions:read", "actions:read", "actions:read actions:write"] == [scope for scope, _, _ in told["tokens"]]
    assert 3 == told["renewed"]


def test_the_second_generation_is_known_by_its_document(signing: Demo, browser: Browser, home: Relay) -> None:
    text, told = drive("mcp2", signing, browser, "Read and write", document=home.url + DOCUMENT)

    assert home.url + DOCUMENT == told["client_id"]
    assert "Document Reader" in text
    assert "what it calls itself" in text
    assert [False, False] == told["failed"]
    assert 70 == told["tools"]
    assert 2 == told["renewed"]


def test_the_conformance_suite_finds_no_failure(signing: Demo, browser: Browser, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    asked = {"redirect_uris": ["http://127.0.0.1/callback"], "token_endpoint_auth_method": "none"}
    client_id = httpx2.post(f"{signing.base_url}/oauth/register", json=asked).json()["client_id"]
    words = ["--url", signing.base_url, "--client-id", client_id, "--resource", signing.mcp_url, "--port", str(port)]
    command = [str(node()), str(SUITE), "authorization", *words, "--output-dir", str(tmp_path)]
    _, said = signed_in(command, SUITE.parents[4], browser, signing, ["Read"])
    found = [check for file in tmp_path.rglob("checks.json") for check in json.loads(file.read_text())]
    states = Counter(check["status"] for check in found)

    assert [] == [check for check in found if check["status"] in {"FAILURE", "WARNING"}], said
    assert states["SUCCESS"] >= 3
