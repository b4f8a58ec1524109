"""Unmodified msal and azure-identity against the simulated Entra ID, over the TLS front."""

import datetime as dt
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from form_walker import Person, claims_of

from client_drivers import drive_python
from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import ADMINISTRATOR, PUBLIC_CLIENT_ID

pytestmark = pytest.mark.client
CALLBACK = "http://localhost/connect/oauth2/dynamics365bc/callback"


def new_certificate(path: Path) -> str:
    """Write a key with its certificate into one PEM file and return the certificate's text."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "msal.example")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    text = builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    key = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_text(key.decode() + text)
    return text


def test_msal_and_azure_identity_get_their_tokens(simulator: Simulator, person: Person, tmp_path: Path) -> None:
    demo = simulator.demo
    file = tmp_path / "certificate.pem"
    certified = simulator.register_app("Certified", certificate=new_certificate(file))
    simulator.grant_admin_consent(certified.client_id)
    person.link()
    cookie = "; ".join(f"{one.name}={one.value}" for one in person.http.cookies.jar)
    with simulator.impersonate() as front:
        asked = {
            "authority": f"{front.tls_url}/{demo.tenant_id}",
            "tenant": str(demo.tenant_id),
            "client_id": str(demo.client_id),
            "secret": demo.client_secret,
            "certified_id": str(certified.client_id),
            "certificate_file": str(file),
            "public_id": str(PUBLIC_CLIENT_ID),
            "redirect_uri": CALLBACK,
            "cookie": cookie,
        }
        told = drive_python("msal", asked, REQUESTS_CA_BUNDLE=str(front.ca_file))

    expected = {"user": ADMINISTRATOR, "code": True, "refreshed": True, "silent": "cache", "error": None}

    assert expected == told["code"]
    assert "1" == claims_of(str(told["secret"]))["appidacr"]
    assert str(told["wrong"]).startswith("AADSTS7000215")
    assert not str(told["certificate"]).startswith("AADSTS"), told["certificate"]
    assert "2" == claims_of(str(told["certificate"]))["appidacr"]
    assert "authorization_pending" == told["device"]
    assert ["1", "2"] == [claims_of(token)["appidacr"] for token in told["azure"]]
    assert (
        200
        == httpx2.get(
            f"{simulator.url}/v2.0/Production/api/v2.0/companies",
            headers={"authorization": f"Bearer {told['azure'][0]}"},
        ).status_code
    )
