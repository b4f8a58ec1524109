"""The floor for anything written in Python here: Linkspan's server and HTTP client, and no work in between.

Started with the address of the provider's record and a port. It is asked just as Linkspan is; it takes the request in, asks the
provider for the record, and answers what the provider answers.
"""

import sys

import uvicorn
from pyreqwest.client import Client, ClientBuilder
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope


class PassThrough:
    """An ASGI application of one provider request for each request."""

    def __init__(self, record: str) -> None:
        self._record = record
        self._client: Client | None = None

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            return
        if self._client is None:
            self._client = ClientBuilder().no_proxy().default_headers({"Authorization": "Bearer bench"}).build()
        more = True
        while more:
            part = await receive()
            more = part["type"] == "http.request" and part["more_body"]
        answer = await self._client.get(self._record).build().send()
        body = bytes(await answer.bytes())
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": body, "more_body": False})


if __name__ == "__main__":
    uvicorn.run(
        PassThrough(sys.argv[1]),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
