"""docs/quickstart-real-tenant.md, followed command by command: `linkspan up` behind the documented nginx, the simulator as the tenant."""

import datetime as dt
import ipaddress
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from docs_shell import ROOT, Shell, commands_of, read_until, stop
from linkspan.cli.walk import Walker
from linkspan.simulator import Simulator

PAGE = ROOT / "docs" / "quickstart-real-tenant.md"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


@dataclass(frozen=True)
class Web:
    """The proxy's addresses and certificate, and the port that it passes requests to."""

    url: str
    plain_url: str
    certificate: Path
    upstream: int
    log: Path

    def client(self) -> httpx2.Client:
        return httpx2.Client(
            base_url=self.url, verify=ssl.create_default_context(cafile=str(self.certificate)), timeout=30
        )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def self_signed(folder: Path) -> Path:
    """A certificate for localhost, beside its key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]),
    )
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "fullchain.pem"


@contextmanager
def running_nginx(folder: Path) -> Iterator[Web]:
    """The documented nginx file with this machine's ports, names and folders."""
    web = Web("", "", self_signed(folder), free_port(), folder / "linkspan.log")
    secure, plain = free_port(), free_port()
    text = (ROOT / "docs" / "proxy" / "nginx.conf").read_text()
    for old, new in {
        "listen 443": f"listen 127.0.0.1:{secure}", "listen 80": f"listen 127.0.0.1:{plain}", "127.0.0.1:8700": f"127.0.0.1:{web.upstream}",
        "linkspan.example.com": "localhost", "/etc/ssl/linkspan": str(folder), "/var/log/nginx": str(folder),
    }.items():  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    (folder / "linkspan.conf").write_text(text)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}} http {{ {temporary} include {folder}/linkspan.conf; }}"
    )
    process = subprocess.Popen(
        [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(secure, process)
        yield Web(f"https://localhost:{secure}", f"http://localhost:{plain}", web.certificate, web.upstream, web.log)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(200):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    raise AssertionError("nginx does not listen")


async def walk(link: str, web: Web, answers: dict[str, str]) -> httpx2.Response:
    """What the customer does, trusting this test's certificate."""
    walker = Walker(answers)
    context = ssl.create_default_context(cafile=str(web.certificate))
    async with httpx2.AsyncClient(follow_redirects=True, timeout=30, verify=context) as browser:
        page = await browser.get(link)
        while (form := walker._next_form(page)) is not None:
            page = await walker._submit(browser, page, form)
        return page


@pytest.mark.timeout(120)
async def test_a_stranger_gets_from_up_to_the_first_customers(tmp_path: Path) -> None:
    blocks = [command for command in commands_of(PAGE) if not command.startswith(("make ", "export PATH"))]
    with Simulator.start(port=0) as simulator, running_nginx(tmp_path) as web:
        demo = simulator.demo
        simulator.add_redirect_uri(demo.client_id, f"{web.url}/connect/oauth2/dynamics365bc/callback")
        variables = {
            "LINKSPAN_ALLOW_PRIVATE_ADDRESSES": "true", "LINKSPAN_DATA_DIR": str(tmp_path / "data"),
            "CLIENT_ID": str(demo.client_id), "CURL_CA_BUNDLE": str(web.certificate),
        }  # fmt: skip
        shell = Shell(
            tmp_path, variables, {"https://linkspan.example.com": web.url, "curl -s": "curl -s --fail-with-body",
                                  "profile create": f"profile create --provider-url {simulator.url}"},
        )  # fmt: skip
        settings = next(command for command in blocks if command.startswith("cat >"))
        shell.run(settings)
        source = ". ./linkspan.env"
        server = shell.start(source, f"linkspan up --port {web.upstream}")
        try:
            told = read_until(server, "data ")
            variables["API_KEY"] = re.search(r"^\s+(v1\.\S+)$", told, re.MULTILINE)[1]
            rest = blocks[blocks.index("linkspan up") + 1 :]
            for command in rest:
                said = shell.run(source, command, typed=f"{demo.client_secret}\n")
                if command.startswith("linkspan guide"):
                    assert f"{web.url}/connect/oauth2/dynamics365bc/callback" in said
                if command.startswith("linkspan account link"):
                    link = re.search(r"https://\S+", said)[0]
                    page = await walk(link, web, answers_of(demo))
                    assert 200 == page.status_code, page.text
                    variables["ACCOUNT"] = json.loads(shell.run(source, "linkspan account list --json"))[0]["id"]
                if command.startswith("linkspan run"):
                    assert 6 <= len(said.splitlines())
                if "dynamics365bc_list_customers \\" in command:
                    assert 5 == len(json.loads(said)["data"])
            assert 9 <= len(rest)
            check_the_web(web, link, shell.run(source, 'linkspan account link --owner-id 43 --owner-name "Nord AS"'))
        finally:
            code = stop(server)

        assert 0 == code


def answers_of(demo) -> dict[str, str]:
    return {
        "tenant_id": str(demo.tenant_id), "environment": demo.environment, "username": demo.user, "password": demo.password,
        "answer": "accept", "company_id": str(demo.company_id),
    }  # fmt: skip


def check_the_web(web: Web, used: str, opened: str) -> None:
    """Links, redirect URI, cookies and redirects speak of the public address, and the log tells no token."""
    link = re.search(r"https://\S+", opened)[0]
    with web.client() as browser:
        entered = browser.get(link)
        cookies = entered.headers.get_list("set-cookie")
        start = browser.get("/connect")
        form = dict(re.findall(r'name="(form_token)" value="([^"]+)"', start.text))
        form |= {"tenant_id": "11111111-2222-4333-8444-555555555555", "environment": "Production"}
        slash = browser.get("/v1/accounts/")
        ready = browser.get("/readyz")
    plain = httpx2.get(f"{web.plain_url}/healthz")

    assert link.startswith(f"{web.url}/connect/s/")
    assert 303 == entered.status_code
    assert 2 == len(cookies)
    assert all("secure" in cookie.lower() and "httponly" in cookie.lower() for cookie in cookies)
    assert slash.headers.get("location", web.url).startswith(web.url)
    assert 200 == ready.status_code
    assert (301, "https://localhost/healthz") == (plain.status_code, plain.headers["location"])
    assert used.rsplit("/", 1)[1] not in web.log.read_text()
    assert "code=" not in web.log.read_text()
    assert form
