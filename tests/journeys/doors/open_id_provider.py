"""An OpenID provider that signs everybody in at once, and can be made to lie, stall or break, one answer at a time."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "console-of-ours", "provider-client-secret-of-the-test"


@dataclass
class OpenIdProvider:
    """`claims` and `header` are laid over those of the token; `answers` replace a whole answer of the path; `asked` counts requests."""

    port: int = 0
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    published: list[dict[str, object]] = field(default_factory=list)
    claims: dict[str, object] = field(default_factory=dict)
    header: dict[str, object] = field(default_factory=dict)
    sign: Callable[[dict[str, object], dict[str, object]], str] | None = None
    answers: dict[str, Response] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    nonce: str = ""
    form: dict[str, list[str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def be_honest(self) -> None:
        """Forget every lie; the key and what is published stay."""
        self.claims, self.header, self.answers, self.slow = {}, {}, {}, {}
        self.sign = None
        self.published = [self.key.as_dict(private=False)]

    def sign_in(self, address: str) -> str:
        """What the provider's page does: the address that leads back, for a person who signs in at once."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.nonce = query["nonce"]
        return f"{urlsplit(query['redirect_uri']).path}?code=a-code-of-the-test&state={query['state']}"

    def token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": "subject-1", "nonce": self.nonce, "iat": now, "exp": now + 300,
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid} | self.header
        if self.sign is not None:
            return self.sign(header, claims)
        return jwt.encode(header, claims, self.key, algorithms=["RS256", "HS256", "RS512"])

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        await asyncio.sleep(self.slow.get(path, 0))
        if path in self.answers:
            return self.answers[path]
        if path == "/keys":
            return JSONResponse({"keys": self.published})
        if path == "/token":
            self.form = parse_qs((await request.body()).decode())
            return JSONResponse({"access_token": "unused", "token_type": "Bearer", "id_token": self.token()})
        return JSONResponse(self.document())

    def document(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }


def by_shared_secret(header: dict[str, object], claims: dict[str, object]) -> str:
    """Signed by what both sides know: with it, whoever knows the client secret could sign anybody in."""
    key = OctKey.import_key(CLIENT_SECRET)
    return jwt.encode({**header, "alg": "HS256"}, claims, key, algorithms=["HS256"])


@contextlib.asynccontextmanager
async def providing() -> AsyncIterator[OpenIdProvider]:
    """The provider, served on loopback."""
    provider = OpenIdProvider()
    paths = ("/.well-known/openid-configuration", "/token", "/keys")
    app = Starlette(routes=[Route(path, provider.answer, methods=["GET", "POST"]) for path in paths])
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    provider.port = bound.getsockname()[1]
    provider.be_honest()
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[bound]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by this flag only
        await asyncio.sleep(0.01)
    yield provider
    server.should_exit = True
    await task
