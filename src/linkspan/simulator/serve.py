"""Serving the simulator: on a thread of its own for tests and demos, or in the caller's event loop for the CLI."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from starlette.applications import Starlette
from uvicorn import Config, Server

from linkspan.simulator.app import build_app, demo_parts
from linkspan.simulator.cable import CuttableProtocol
from linkspan.simulator.command import ControlError
from linkspan.simulator.control import Control
from linkspan.simulator.impersonation.front import Front
from linkspan.simulator.startup import Startup

Result = TypeVar("Result")
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 10


class _Server(Server):
    """A server that does one thing more before it is gone: afterwards a signal may end the process at once."""

    farewell: Callable[[], Awaitable[None]] | None = None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        if self.farewell is not None:
            await self.farewell()


class Simulator(Control):
    """A running simulator; all commands of `Control` may be called from any thread.

    Use `Simulator.start()` as a context manager, or call `stop()` at the end.
    """

    def __init__(self, host: str, port: int, seed: int) -> None:
        """Bind the address (port 0 picks a free one); raises OSError if it is taken. `start` serves it."""
        super().__init__(demo_parts(seed))
        self._socket = socket.create_server((host, port), family=_family(host), backlog=512)
        self._host = host
        self.port: int = self._socket.getsockname()[1]
        self._asgi = build_app(self)
        self.server = _Server(_configuration(self._asgi))
        self.front: Front | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @classmethod
    def start(cls, host: str = "127.0.0.1", port: int = 0, seed: int = 0) -> Self:
        """Start a simulator on a background thread and return once it answers.

        `seed` makes token lifetimes repeatable. Raises OSError if the address is taken.
        """
        simulator = cls(host, port, seed)
        ready: Future[None] = Future()
        simulator._thread = threading.Thread(
            target=simulator._run, args=(ready,), name=f"simulator-{simulator.port}", daemon=True
        )
        simulator._thread.start()
        ready.result(_START_SECONDS)
        return simulator

    @property
    def url(self) -> str:
        """The address of everything, without a final slash, such as http://127.0.0.1:4711."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}"

    @property
    def company_url(self) -> str:
        """The address of the first demo company, such as …/v2.0/{tenant}/Production/api/v2.0/companies({id})."""
        demo = self.demo
        root = f"{self.url}/v2.0/{demo.tenant_id}/{demo.environment}/api/v2.0"
        return f"{root}/companies({demo.company_id})"

    def stop(self) -> None:
        """Stop serving; requests in progress get a second. A second call does nothing."""
        self.server.should_exit = True
        self.parts.courier.close()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)
            self._thread = None
        elif self._loop is None:
            self._socket.close()

    @contextmanager
    def impersonate(self, folder: Path | None = None) -> Iterator[Front]:
        """Be reachable by the provider's host names while the block runs: give clients `Front.environment`.

        Certificates go into `folder`, or into a private one that is removed. Needs a simulator on its own thread
        (`Simulator.start`); raises RuntimeError otherwise.
        """
        loop = self._loop
        if loop is None or self._thread is None:
            raise RuntimeError("Only a simulator that runs on its own thread can impersonate; use Simulator.start().")
        front = Front(self._asgi, folder)
        asyncio.run_coroutine_threadsafe(front.open(), loop).result(_START_SECONDS)
        try:
            yield front
        finally:
            asyncio.run_coroutine_threadsafe(front.close(), loop).result(_STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def open_front(self) -> None:
        """Impersonate from the running event loop until the end of `serve`."""
        self.front = await Front(self._asgi).open()
        self.server.farewell = self.front.close

    async def serve(self, ready: Callable[[], None]) -> None:
        """Serve in the running event loop until `stop` or cancellation; call `ready` once it answers."""
        self._loop = asyncio.get_running_loop()
        serving = asyncio.ensure_future(self.server.serve(sockets=[self._socket]))
        try:
            while not self.server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells it by this flag only
                await asyncio.sleep(0.005)
            if not serving.done():
                ready()
            await asyncio.wait({serving})
        finally:
            # Also when cancelled: open connections get their second to end.
            self.server.should_exit = True
            await asyncio.wait({serving}, timeout=_STOP_SECONDS)
            self._loop = None
            self._socket.close()
        serving.result()

    def _run(self, ready: "Future[None]") -> None:
        try:
            with asyncio.Runner(loop_factory=self.server.config.get_loop_factory()) as runner:
                runner.run(self.serve(lambda: ready.set_result(None)))
        finally:
            if not ready.done():
                ready.set_exception(RuntimeError("The simulator did not start."))

    def _perform(self, action: Callable[[], Result]) -> Result:
        loop = self._loop
        if loop is None or self._thread is None or self._thread is threading.current_thread():
            return action()

        async def perform() -> Result:
            return action()

        return asyncio.run_coroutine_threadsafe(perform(), loop).result()


async def serve_forever(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    seed: int = 0,
    impersonate: bool = False,
    startup: Startup | None = None,
    ready: Callable[[Simulator], None] | None = None,
) -> None:
    """Serve a simulator in the running event loop until SIGTERM, SIGINT or cancellation (for `linkspan sim`).

    `startup` is done first. `ready` is called with the simulator once it answers; with `impersonate` its `front` is open
    by then. Raises OSError if the address is taken, ControlError for a startup that cannot be done.
    """
    if impersonate and startup is not None and startup.record is not None:
        # Clients would get the simulator's tokens then, which the real service refuses.
        raise ControlError("A simulator that impersonates the provider cannot record it.")
    simulator = Simulator(host, port, seed)
    try:
        if startup is not None:
            simulator.start_with(startup)
        if impersonate:
            await simulator.open_front()
        await simulator.serve(lambda: ready(simulator) if ready else None)
    finally:
        simulator.service.deck.stop()
        if simulator.front is not None:
            await simulator.front.close()
        simulator.stop()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _configuration(app: Starlette) -> Config:
    return Config(
        app,
        http=CuttableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
