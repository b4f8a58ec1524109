"""The front that lets unmodified clients reach the simulator by the provider's own host names, over TLS."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Final, Self, cast

from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.server import ServerState

from linkspan.simulator.cable import CuttableProtocol
from linkspan.simulator.impersonation.certificates import make_identity
from linkspan.simulator.impersonation.tunnel import Tunnel

_LOOPBACK: Final = "127.0.0.1"


class Front:
    """A TLS server in front of the application, and the proxy that leads the provider's host names to it.

    The application sees the host that the client addressed, so links, contexts and Location carry it.
    """

    def __init__(self, app: ASGIApp, folder: Path | None = None) -> None:
        """Serve `app`; certificates go into `folder`, or into a private folder that is removed at the end."""
        self._app = app
        self._own_folder = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="linkspan-ca-"))
        self.ca_file = self.folder / "ca.pem"
        self.port = 0
        self.tls_port = 0
        self._servers: list[asyncio.Server] = []
        self._state = ServerState()
        self._tunnel: Tunnel | None = None

    @property
    def proxy_url(self) -> str:
        """The address of the proxy."""
        return f"http://{_LOOPBACK}:{self.port}"

    @property
    def tls_url(self) -> str:
        """The simulator's own address over TLS, for clients that refuse http but take any host."""
        return f"https://localhost:{self.tls_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that a client needs, and nothing else."""
        ca = str(self.ca_file)
        return {
            "HTTPS_PROXY": self.proxy_url,
            "SSL_CERT_FILE": ca,
            "REQUESTS_CA_BUNDLE": ca,
            "NODE_EXTRA_CA_CERTS": ca,
            "NODE_USE_ENV_PROXY": "1",
        }

    @property
    def refused(self) -> tuple[str, ...]:
        """The targets that clients asked for and that the proxy does not lead to."""
        return tuple(self._tunnel.refused) if self._tunnel else ()

    async def open(self) -> Self:
        """Start in the running event loop, which must be the one that the application runs in."""
        identity = await asyncio.to_thread(make_identity, self.folder)
        loop = asyncio.get_running_loop()
        config = Config(self._app, http=CuttableProtocol, ws="none", lifespan="off", log_config=None, access_log=False)
        config.load()
        self._state.default_headers = config.encoded_headers

        def protocol() -> asyncio.Protocol:
            return cast("asyncio.Protocol", CuttableProtocol(config=config, server_state=self._state, app_state={}))

        secure = await loop.create_server(protocol, _LOOPBACK, 0, ssl=identity.context)
        self.tls_port = secure.sockets[0].getsockname()[1]
        self._tunnel = Tunnel(self.tls_port)
        proxy = await asyncio.start_server(self._tunnel.serve, _LOOPBACK, 0)
        self.port = proxy.sockets[0].getsockname()[1]
        self._servers = [proxy, secure]
        return self

    async def close(self) -> None:
        """Stop serving and remove the private folder."""
        for server in self._servers:
            server.close()
        if self._tunnel is not None:
            await self._tunnel.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._own_folder:
            await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)
