"""FastMCP in front of the same API, as its documentation sets it up at its fastest: stateless, JSON answers.

Started by the environment next to it with an OpenAPI file and a port.
"""

import json
import sys
from pathlib import Path

import httpx2
import uvicorn
from fastmcp import FastMCP

if __name__ == "__main__":
    document = json.loads(Path(sys.argv[1]).read_text())
    limits = httpx2.Limits(max_connections=256, max_keepalive_connections=256)
    client = httpx2.AsyncClient(
        base_url=document["servers"][0]["url"],
        headers={"Authorization": "Bearer bench"},
        limits=limits,
        trust_env=False,
    )
    server = FastMCP.from_openapi(document, client=client, name="bench")
    app = server.http_app(path="/mcp", stateless_http=True, json_response=True)
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False, proxy_headers=False
    )
