"""The provider's own host names, served over TLS by a local proxy with a private authority."""

import asyncio
import os
import re
import signal
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator

import httpx2
import pytest
from bc_client import BC_DEFAULT
from cryptography import x509

from linkspan.simulator import Simulator
from linkspan.simulator.impersonation.front import Front

API = "https://api.businesscentral.dynamics.com"
LOGIN = "https://login.microsoftonline.com"


@pytest.fixture
def front(simulator: Simulator) -> Iterator[Front]:
    with simulator.impersonate() as opened:
        yield opened


@pytest.fixture
def client(front: Front) -> Iterator[httpx2.Client]:
    context = ssl.create_default_context(cafile=front.ca_file)
    with httpx2.Client(proxy=front.proxy_url, verify=context, trust_env=False) as one:
        yield one


def token(client: httpx2.Client, simulator: Simulator) -> str:
    demo = simulator.demo
    answer = client.post(
        f"{LOGIN}/{demo.tenant_id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": str(demo.client_id),
            "client_secret": demo.client_secret,
            "scope": BC_DEFAULT,
        },
    )
    found: str = answer.json()["access_token"]
    return found


def test_links_contexts_and_locations_carry_the_real_hosts(client: httpx2.Client, simulator: Simulator) -> None:
    demo = simulator.demo
    root = f"{API}/v2.0/{demo.tenant_id}/Production/api/v2.0"
    client.headers["authorization"] = f"Bearer {token(client, simulator)}"
    company = f"{root}/companies({demo.company_id})"
    page = client.get(f"{company}/customers", headers={"prefer": "odata.maxpagesize=2"}).json()
    made = client.post(f"{company}/customers", json={"displayName": "Razorbill"})
    discovery = client.get(f"{LOGIN}/common/v2.0/.well-known/openid-configuration").json()
    environments = client.get(f"{API}/environments/v1.1").json()["value"]

    assert page["@odata.context"].startswith(f"{root}/$metadata#companies(")
    assert page["@odata.nextLink"].startswith(f"{company}/customers?")
    assert 200 == client.get(page["@odata.nextLink"]).status_code
    assert f"{company}/customers({made.json()['id']})" == made.headers["location"]
    assert f"{LOGIN}/common/oauth2/v2.0/token" == discovery["token_endpoint"]
    assert API == environments[0]["webServiceUrl"]


@pytest.mark.parametrize(
    "host", ["example.com", "businesscentral.dynamics.com.example.com", "graph.microsoft.com.example.com", "127.0.0.1"]
)
def test_every_other_host_is_refused(client: httpx2.Client, front: Front, host: str) -> None:
    with pytest.raises(httpx2.ProxyError, match="403"):
        client.get(f"https://{host}/")

    assert (f"{host}:443",) == front.refused


async def test_only_connect_on_443_is_spoken(front: Front) -> None:
    async def ask(text: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
        writer.write(text)
        answer = await reader.readline()
        writer.close()
        return answer

    assert b" 405 " in await ask(b"GET http://api.businesscentral.dynamics.com/ HTTP/1.1\r\n\r\n")
    assert b" 403 " in await ask(b"CONNECT api.businesscentral.dynamics.com:80 HTTP/1.1\r\n\r\n")
    assert b" 400 " in await ask(b"nonsense\r\n\r\n")
    assert b" 400 " in await ask(b"CONNECT " + b"x" * 70_000 + b"\r\n\r\n")


def test_the_folder_is_private_holds_no_authority_key_and_is_removed(simulator: Simulator) -> None:
    with simulator.impersonate() as front:
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [front.folder, *front.folder.iterdir()]}
        ca = x509.load_pem_x509_certificate(front.ca_file.read_bytes())
        permitted = ca.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
        assert {front.folder.name: 0o700, "ca.pem": 0o600, "server.pem": 0o600} == modes
        assert b"PRIVATE" not in front.ca_file.read_bytes()
        assert "businesscentral.dynamics.com" in [name.value for name in permitted or ()]

    assert not front.folder.exists()


def test_a_client_that_trusts_others_only_refuses(front: Front) -> None:
    with httpx2.Client(proxy=front.proxy_url, trust_env=False) as stranger, pytest.raises(httpx2.ConnectError):
        stranger.get(f"{API}/environments/v1.1")


def test_the_tls_address_serves_clients_that_refuse_http(front: Front) -> None:
    context = ssl.create_default_context(cafile=front.ca_file)
    with httpx2.Client(verify=context, trust_env=False) as one:
        answer = one.get(f"{front.tls_url}/common/v2.0/.well-known/openid-configuration").json()

    assert f"{front.tls_url}/common/oauth2/v2.0/token" == answer["token_endpoint"]


def test_the_command_prints_what_to_set() -> None:
    command = [sys.executable, "-c", "from linkspan.cli.app import app; app()", "sim", "--port", "0", "--impersonate"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "40"})
    assert process.stdout is not None
    told: dict[str, str] = {}
    for line in process.stdout:
        found = re.fullmatch(r"export ([A-Z_]+)=(\S+)\n", line)
        if found is not None:
            told[found[1]] = found[2]
        if len(told) == 5:
            break
    context = ssl.create_default_context(cafile=told["SSL_CERT_FILE"])
    with httpx2.Client(proxy=told["HTTPS_PROXY"], verify=context, trust_env=False) as one:
        status = one.get(f"{LOGIN}/common/v2.0/.well-known/openid-configuration").status_code
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)

    assert {"HTTPS_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"} < set(told)
    assert 200 == status
    assert not os.path.exists(told["SSL_CERT_FILE"])  # noqa: PTH110 - a text from the command
