"""Serves a plain HTTP address by https, for clients that refuse anything else: a relay on loopback with a certificate of its own."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Relay:
    """The https address, and the certificate that a client must trust."""

    url: str
    certificate: Path


@contextmanager
def tls_relay(port: int, folder: Path) -> Iterator[Relay]:
    """An https address before the plain port on loopback."""
    certificate = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "relay.pem", folder / "relay-key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, context, port), daemon=True).start()
        yield Relay(f"https://127.0.0.1:{listening.getsockname()[1]}", certificate)


def _serve(listening: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with suppress(OSError):
        while True:
            arrived, _ = listening.accept()
            threading.Thread(target=_connect, args=(arrived, context, port), daemon=True).start()


def _connect(arrived: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with (
        suppress(OSError),
        arrived,
        socket.create_connection(("127.0.0.1", port)) as behind,
        context.wrap_socket(arrived, server_side=True) as front,
    ):
        back = threading.Thread(target=_pump, args=(behind, front), daemon=True)
        back.start()
        _pump(front, behind)
        back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _certificate(folder: Path) -> Path:
    """An authority's certificate; what it has signed for loopback lies beside it, with its key."""
    authority, trusted = _signed("tests of Linkspan", None)
    key, made = _signed("127.0.0.1", (authority, trusted))
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "relay-key.pem").write_bytes(private)
    (folder / "relay.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "authority.pem").write_bytes(trusted.public_bytes(serialization.Encoding.PEM))
    return folder / "authority.pem"


def _signed(
    name: str, by: tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[1].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if by:
        built = built.add_extension(address, critical=False)
    return key, built.sign(by[0] if by else key, hashes.SHA256())
