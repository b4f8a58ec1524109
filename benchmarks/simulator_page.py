"""Measures the simulator at scale: seeding customers, memory, and pages of 20,000 against nginx sending the same bytes.

Each round reads the next page, which nobody has read before, lets nginx send that very page, and reads it a second time.

Run: python benchmarks/simulator_page.py [--customers 1000000] [--rounds 15]; it needs nginx in the PATH.
"""

import argparse
import http.client
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlencode, urlsplit

from linkspan.simulator.entra.demo import DEMO_SECRET

BOUND = 3.0
_PAGE = "customers"
_RECORDS = 20_000
_NEXT = b'"@odata.nextLink":"'
_REFUSED = 400
_NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; keepalive_requests 100000; default_type application/json;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""
_SERVE = """
import time
from linkspan.simulator import Simulator
with Simulator.start() as simulator:
    demo = simulator.demo
    print(simulator.url, demo.tenant_id, demo.client_id, demo.company_id, flush=True)
    input()
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A running simulator: its address, a token, the path of its company, and the id of its process."""

    url: str
    token: str
    company: str
    pid: int

    def control(self, command: str, **parameters: object) -> object:
        """Run a command of its control plane."""
        answer = _ask(
            self.url, "POST", f"/_sim/{command}", json.dumps(parameters), {"Content-Type": "application/json"}
        )
        return json.loads(answer)

    def megabytes(self) -> float:
        """The memory it holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * 4096 / 1e6


def main() -> int:
    """Print the measurements; the exit code is 1 when a page takes longer than the bound, read before or not."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--customers", type=int, default=1_000_000)
    reader.add_argument("--rounds", type=int, default=15)
    asked = reader.parse_args()
    with simulator() as served, Raw(served.url, served.token) as raw:
        before = served.megabytes()
        seeded = served.control("seed", customers=asked.customers)
        print(f"seed      {seeded}")
        print(f"memory    {served.megabytes() - before:.0f} MB for the customers, {served.megabytes():.0f} MB in all")
        cold, kept = _compare(served, raw, min(asked.rounds, asked.customers // _RECORDS - 1))
        print(f"memory    {served.megabytes():.0f} MB in all after these pages")
        _look_around(served, raw, asked.customers)
    print(f"ratio     {cold:.2f} times nginx never read before, {kept:.2f} times read before (bound {BOUND})")
    return 0 if max(cold, kept) <= BOUND else 1


@contextmanager
def simulator() -> Iterator[Served]:
    """Run a simulator in a process of its own."""
    process = subprocess.Popen([sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        url, tenant, client, company = line.split()
        form = {
            "grant_type": "client_credentials",
            "client_id": client,
            "client_secret": DEMO_SECRET,
            "scope": "https://api.businesscentral.dynamics.com/.default",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = json.loads(_ask(url, "POST", f"/{tenant}/oauth2/v2.0/token", urlencode(form), headers))
        yield Served(url, answer["access_token"], f"/v2.0/Production/api/v2.0/companies({company})", process.pid)
    finally:
        process.communicate("\n", timeout=30)


def _compare(served: Served, raw: "Raw", rounds: int) -> tuple[float, float]:
    """Return how many times longer than nginx the simulator takes for pages never read before, and for pages read before."""
    cold, kept, theirs = [], [], []
    first, body = raw.get(f"{served.company}/{_PAGE}")
    with tempfile.TemporaryDirectory() as folder, nginx(Path(folder), body) as address, Raw(address, "") as plain:
        plain.get("/page")
        for _ in range(rounds):
            path = _following(body)
            seconds, body = raw.get(path)
            cold.append(seconds)
            (Path(folder) / "files" / "page").write_bytes(body)
            seconds, same = plain.get("/page")
            theirs.append(seconds)
            kept.append(raw.get(path)[0])
            if same != body or body.count(b'"@odata.etag"') != _RECORDS:
                raise ValueError(path)
    print(
        f"page      {_RECORDS:,} records, {len(body) / 1e6:.1f} MB; {rounds} rounds, each with a page never read before"
    )
    print(f"nginx     {_spread(theirs)}")
    print(f"unread    {_spread(cold)}; {first * 1000:.1f} ms for the very first page")
    print(f"pages     {', '.join(f'{seconds * 1000:.0f}' for seconds in cold)} ms, in turn")
    print(f"kept      {_spread(kept)}")
    return statistics.median(cold) / statistics.median(theirs), statistics.median(kept) / statistics.median(theirs)


def _look_around(served: Served, raw: "Raw", customers: int) -> None:
    """Print what other ways to read the customers cost, all for the first time."""
    page = f"{served.company}/{_PAGE}"
    changed = json.loads(raw.get(page)[1])["value"][_RECORDS // 2]
    print(
        f"written   {_after_write(served, raw, page, changed) * 1000:.1f} ms for a kept page after a change of one record"
    )
    others = (
        f"$filter=number%20eq%20'G{customers:08d}'",
        "$filter=city%20eq%20'Kiel'&$top=20",
        "$filter=city%20eq%20'Nowhere'",
        "$filter=city%20eq%20'Brest'",
        "$orderby=city",
        "$select=number,displayName",
        "$expand=paymentTerm",
    )
    for options in others:
        seconds, body = raw.get(f"{page}?{options}")
        print(f"other     {seconds * 1000:.1f} ms, {len(body) / 1e6:.1f} MB: {unquote(options)}")


def _spread(times: list[float]) -> str:
    median = statistics.median(times)
    return f"{median * 1000:.1f} ms (best {min(times) * 1000:.1f}, worst {max(times) * 1000:.1f})"


def _after_write(served: Served, raw: "Raw", path: str, customer: dict[str, str]) -> float:
    headers = {
        "Authorization": f"Bearer {served.token}",
        "Content-Type": "application/json",
        "If-Match": customer["@odata.etag"],
    }
    _ask(served.url, "PATCH", f"{path}({customer['id']})", json.dumps({"city": "Hull"}), headers)
    return raw.get(path)[0]


@contextmanager
def nginx(folder: Path, body: bytes) -> Iterator[str]:
    """Run nginx with one file that holds `body`."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        message = "nginx is not installed."
        raise SystemExit(message)
    (folder / "files").mkdir()
    (folder / "files" / "page").write_bytes(body)
    folder.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = folder / "nginx.conf"
    settings.write_text(_NGINX.format(folder=folder, port=port))
    process = subprocess.Popen([program, "-c", str(settings), "-p", str(folder)], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


class Raw:
    """A connection that is read as fast as it comes, without a library in between; the same for both servers."""

    def __init__(self, address: str, token: str) -> None:
        """Connect; requests carry `token` if there is one."""
        target = urlsplit(address)
        self._socket = socket.create_connection((target.hostname or "", target.port or 0))
        self._host = target.netloc
        self._token = token
        self._buffer = bytearray(64 * 1024 * 1024)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_cause: object) -> None:
        self._socket.close()

    def get(self, path: str) -> tuple[float, bytes]:
        """Return the seconds from the request to the last byte of its answer, and the body."""
        lines = [f"GET {path} HTTP/1.1", f"Host: {self._host}"]
        if self._token:
            lines.append(f"Authorization: Bearer {self._token}")
        request = "\r\n".join([*lines, "", ""]).encode()
        started = time.perf_counter()
        self._socket.sendall(request)
        received, end = 0, 0
        view = memoryview(self._buffer)
        while not end or received < end:
            count = self._socket.recv_into(view[received:])
            if not count:
                raise ConnectionError(path)
            received += count
            if not end:
                end = self._end(received)
        seconds = time.perf_counter() - started
        head, _, _ = bytes(view[:4096]).partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise ValueError(head.decode())
        return seconds, bytes(view[len(head) + 4 : received])

    def _end(self, received: int) -> int:
        head, mark, _ = bytes(self._buffer[: min(received, 4096)]).partition(b"\r\n\r\n")
        if not mark:
            return 0
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return len(head) + 4 + int(lengths[0].partition(b":")[2])


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    message = "nginx did not start."
    raise SystemExit(message)


def _ask(url: str, method: str, path: str, body: str, headers: dict[str, str]) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status >= _REFUSED:
        raise ValueError(content.decode())
    return content


def _following(page: bytes) -> str:
    """Return path and query of the link at the end of a page."""
    link = page[page.rindex(_NEXT) + len(_NEXT) :].partition(b'"')[0].decode()
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


if __name__ == "__main__":
    sys.exit(main())
