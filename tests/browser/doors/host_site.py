"""The site of an integrator's product, on an origin of its own: pages that load Linkspan's scripts and the published element."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CLIENTS = Path(__file__).parents[2] / "clients"
MODULES = CLIENTS / "hub" / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
# Published files, served as they are.
PUBLISHED = {
    "/hub/webcomponent.js": MODULES / "@stackone" / "hub" / "dist" / "webcomponent.js",
    "/react.js": MODULES / "react" / "umd" / "react.production.min.js",
    "/react-dom.js": MODULES / "react-dom" / "umd" / "react-dom.production.min.js",
    "/react-hub.cjs": MODULES / "@stackone" / "react-hub" / "dist" / "index.cjs.js",
}


class HostSite:
    """Serves `pages` (path → HTML); each page may have a content security policy."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str]] = {}
        self.policies: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def page(self, path: str, body: str, *, policy: str = "") -> str:
        html = f'<!doctype html><html lang="en"><head><title>Shop</title></head><body><h1>Shop</h1>{body}</body></html>'
        self.pages[path] = ("text/html", html)
        self.policies[path] = policy
        return self.url + path

    def script(self, path: str, text: str) -> str:
        self.pages[path] = ("text/javascript", text)
        return path

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                kind, text = site.pages.get(path, ("text/plain", ""))
                if path in PUBLISHED:
                    kind, text = "text/javascript", PUBLISHED[path].read_text()
                content = text.encode()
                self.send_response(200 if text else 404)
                self.send_header("content-type", f"{kind}; charset=utf-8")
                self.send_header("content-length", str(len(content)))
                if site.policies.get(path):
                    self.send_header("content-security-policy", site.policies[path])
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def host_site() -> Iterator[HostSite]:
    site = HostSite()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
