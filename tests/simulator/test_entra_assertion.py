"""Applications that prove themselves by a signed assertion (private_key_jwt)."""

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from form_walker import Person, claims_of
from joserfc import jwt
from joserfc.jwk import RSAKey

from linkspan.simulator import Simulator
from linkspan.simulator.command import ControlError
from linkspan.simulator.entra.demo import DEMO_TENANT_ID

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AUDIENCE = f"https://login.microsoftonline.com/{DEMO_TENANT_ID}/v2.0"


@dataclass
class Keeper:
    """An application owner with a certificate."""

    certificate: str
    key: RSAKey
    thumbprint: str

    def assertion(self, client_id: UUID, *, algorithm: str = "PS256", **changes: object) -> str:
        now = int(dt.datetime.now(dt.UTC).timestamp())
        claims = {
            "iss": str(client_id),
            "sub": str(client_id),
            "aud": AUDIENCE,
            "jti": str(uuid4()),
            "nbf": now,
            "exp": now + 300,
            **changes,
        }
        header = {"alg": algorithm, "x5t#S256": self.thumbprint}
        return jwt.encode(header, claims, self.key, algorithms=[algorithm])


@pytest.fixture(scope="module")
def keeper() -> Keeper:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "keeper.example")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()
    text = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return Keeper(text, RSAKey.import_key(pem), thumbprint)


def ask(person: Person, client_id: UUID, assertion: str, kind: str = ASSERTION_TYPE) -> dict[str, object]:
    return person.token(
        client_id=str(client_id),
        client_secret=None,
        grant_type="client_credentials",
        scope="https://api.businesscentral.dynamics.com/.default",
        client_assertion_type=kind,
        client_assertion=assertion,
    ).json()


@pytest.mark.parametrize("algorithm", ["PS256", "RS256"])
def test_assertion_is_accepted(person: Person, simulator: Simulator, keeper: Keeper, algorithm: str) -> None:
    app = simulator.register_app("Certified", certificate=keeper.certificate)
    answer = ask(person, app.client_id, keeper.assertion(app.client_id, algorithm=algorithm))
    by_url = keeper.assertion(app.client_id, aud=f"{simulator.url}/tidewater.example/oauth2/v2.0/token")

    assert app.client_secret is None
    assert "2" == claims_of(str(answer["access_token"]))["appidacr"]
    assert "access_token" in ask(person, app.client_id, by_url)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "somebody"}, 700021),
        ({"sub": str(DEMO_TENANT_ID)}, 700021),
        ({"aud": "https://elsewhere.example"}, 700023),
        ({"exp": 1_000_000_000}, 700024),
        ({"exp": None}, 700024),
        ({"nbf": 4_000_000_000}, 700024),
        ({"exp": int(dt.datetime.now(dt.UTC).timestamp()) + 3600}, 700024),
    ],
)
def test_wrong_claims_are_refused(
    person: Person, simulator: Simulator, keeper: Keeper, changes: dict[str, object], code: int
) -> None:
    app = simulator.register_app("Certified", certificate=keeper.certificate)

    assert [code] == ask(person, app.client_id, keeper.assertion(app.client_id, **changes))["error_codes"]


def test_wrong_keys_and_broken_assertions_are_refused(person: Person, simulator: Simulator, keeper: Keeper) -> None:
    app = simulator.register_app("Certified", certificate=keeper.certificate)
    bare = simulator.register_app("Without certificate").client_id
    good = keeper.assertion(app.client_id)
    head, claims, signature = good.split(".")
    altered = f"{head}.{claims}.{signature[::-1]}"

    assert [700027] == ask(person, app.client_id, altered)["error_codes"]
    assert [700027] == ask(person, bare, keeper.assertion(bare))["error_codes"]
    assert [9002313] == ask(person, app.client_id, "no-token")["error_codes"]
    assert [9002313] == ask(person, app.client_id, good, "saml")["error_codes"]


def test_an_expired_certificate_and_a_key_that_is_no_rsa_key_are_refused(
    person: Person, simulator: Simulator, keeper: Keeper
) -> None:
    app = simulator.register_app("Certified", certificate=keeper.certificate)
    simulator.move_clock(dt.timedelta(days=2))
    then = int(simulator.clock().now.timestamp())
    late = keeper.assertion(app.client_id, nbf=then, exp=then + 300)
    refused = ask(person, app.client_id, late)

    assert [700027] == refused["error_codes"]
    assert "expired" in str(refused["error_description"])
    with pytest.raises(ControlError, match="RSA"):
        simulator.register_app("Curved", certificate=curved_certificate())


def curved_certificate() -> str:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "curve.example")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    return builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
