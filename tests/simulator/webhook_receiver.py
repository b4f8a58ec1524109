"""A real webhook receiver on loopback whose behaviour a test chooses, and the wait for what it gets."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

Handshake = Callable[[str], tuple[int, str]]


class Receiver:
    """Keeps every notification; `statuses` are used up one by one, then 200. `handshake` answers the token."""

    def __init__(self) -> None:
        self.notifications: list[dict[str, object]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.handshakes: list[str] = []
        self.statuses: list[int] = []
        self.handshake: Handshake = lambda token: (200, token)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, count: int, seconds: float = 4) -> list[dict[str, object]]:
        """Return the items of all notifications once `count` requests have come."""
        ends = time.monotonic() + seconds
        while len(self.notifications) < count and time.monotonic() < ends:
            time.sleep(0.01)
        assert count == len(self.notifications), self.notifications
        return [item for one in self.notifications for item in one["value"]]  # type: ignore[attr-defined]

    def settle(self, seconds: float = 0.15) -> None:
        """Give the simulator the time to send what it should not send."""
        time.sleep(seconds)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                query = parse_qs(urlsplit(self.path).query)
                if "validationToken" in query:
                    receiver.handshakes.append(self.path)
                    self._say(*receiver.handshake(query["validationToken"][0]))
                    return
                receiver.paths.append(self.path)
                receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
                receiver.bodies.append(body)
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                self._say(status, "")
                receiver.notifications.append(json.loads(body))

            def _say(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler
