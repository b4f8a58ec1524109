"""A key management service on loopback that speaks AWS KMS's wire: Encrypt and Decrypt, signed requests, encryption contexts."""

import base64
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class FakeKms:
    """Its keys by name, and what it was asked."""

    def __init__(self) -> None:
        self.keys: dict[str, AESGCM] = {}
        self.asked: list[str] = []
        self.denied = False

    def answer(self, target: str, ask: dict[str, object]) -> tuple[int, dict[str, object]]:
        self.asked.append(target)
        context = json.dumps(ask.get("EncryptionContext", {}), sort_keys=True).encode()
        cipher = self.keys.setdefault(str(ask["KeyId"]), AESGCM(secrets.token_bytes(32)))
        if self.denied:
            return 400, {"__type": "AccessDeniedException", "message": "no"}
        if target == "TrentService.Encrypt":
            nonce = secrets.token_bytes(12)
            blob = nonce + cipher.encrypt(nonce, base64.b64decode(str(ask["Plaintext"])), context)
            return 200, {"CiphertextBlob": base64.b64encode(blob).decode(), "KeyId": ask["KeyId"]}
        blob = base64.b64decode(str(ask["CiphertextBlob"]))
        try:
            plain = cipher.decrypt(blob[:12], blob[12:], context)
        except InvalidTag:
            return 400, {"__type": "InvalidCiphertextException", "message": ""}
        return 200, {"Plaintext": base64.b64encode(plain).decode(), "KeyId": ask["KeyId"]}


@contextmanager
def running_kms() -> Iterator[tuple[FakeKms, str]]:
    """The service and its address, for as long as the block lasts."""
    fake = FakeKms()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            ask = json.loads(self.rfile.read(int(self.headers["content-length"])))
            assert self.headers["authorization"].startswith("AWS4-HMAC-SHA256 ")
            status, answer = fake.answer(self.headers["x-amz-target"], ask)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/x-amz-json-1.1")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield fake, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
