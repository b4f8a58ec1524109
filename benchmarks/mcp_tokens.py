"""How many tokens (o200k) the tools of the 70 default actions and a list of 20 customers take: Linkspan beside FastMCP's `from_openapi`.

One run against one simulator: the same API, described to FastMCP by an OpenAPI document with the same fields, words and actions. Exits 1
if Linkspan is over a budget: 12,000 for the list of tools, 400 in the mode search_execute, 1,200 for 20 customers.
"""

import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import httpx2
from bench import fastmcp_python
from openapi import openapi_document

from linkspan.simulator.entra.demo import DEMO_CLIENT_ID, DEMO_SECRET

HERE = Path(__file__).parent
CONNECTOR = "dynamics365bc"
MOST_LISTED, MOST_META, MOST_ROWS, ROWS = 12_000, 400, 1_200, 20
Json = dict[str, object]


def tokens(value: object) -> int:
    """Tokens of a text, or of a value as JSON without blanks."""
    with warnings.catch_warnings():
        # The package reads its ranks by a way that Python has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import bpe_openai

        encode = bpe_openai.get_encoding("o200k_base").encode
    return len(
        encode(value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False))
    )


def ours(demo: dict[str, str], query: str, method: str, params: Json) -> Json:
    """The result of one request to our door."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {"x-account-id": demo["account_id"]}
    answer = httpx2.post(demo["mcp_url"] + query, json=body, headers=headers, auth=(demo["api_key"], ""), timeout=60)
    return dict(answer.json()["result"])


def theirs(demo: dict[str, str], folder: Path) -> Json:
    """FastMCP's tools and its answer, from its own environment."""
    with httpx2.Client(base_url=demo["simulator_url"], timeout=60) as provider:
        fields = httpx2.get(
            f"{demo['base_url']}/v1/accounts/{demo['account_id']}", auth=(demo["api_key"], ""), timeout=60
        ).json()["fields"]
        form = {
            "grant_type": "client_credentials", "client_id": str(DEMO_CLIENT_ID), "client_secret": DEMO_SECRET,
            "scope": "https://api.businesscentral.dynamics.com/.default",
        }  # fmt: skip
        token = provider.post(f"/{fields['tenant_id']}/oauth2/v2.0/token", data=form).json()["access_token"]
    root = f"{demo['simulator_url']}/v2.0/{fields['tenant_id']}/{fields['environment']}/api/v2.0"
    document = folder / "openapi.json"
    document.write_text(json.dumps(openapi_document(root, default_only=True)))
    asked = {
        "document": str(document), "token": token, "tool": "list_customers",
        "arguments": {"company_id": demo["company_id"], "$top": str(ROWS)},
    }  # fmt: skip
    command = [str(fastmcp_python()), str(HERE / "fastmcp" / "ask.py"), json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def for_models(tools: list[Json]) -> list[Json]:
    """The tools with what hosts hand to models: names, descriptions and inputs."""
    return [{name: tool.get(name) for name in ("name", "description", "inputSchema")} for tool in tools]


def main() -> int:
    """Count and print. The exit status is the verdict."""
    with tempfile.TemporaryDirectory(prefix="linkspan-tokens-") as place:
        folder = Path(place)
        command = [sys.executable, "-m", "linkspan.cli.app", "demo", "--headless", "--json", "--port", "0"]
        process = subprocess.Popen([*command, "--data-dir", str(folder / "demo")], stdout=subprocess.PIPE, text=True)
        try:
            demo = json.loads(process.stdout.readline() if process.stdout else "")
            tools = ours(demo, "", "tools/list", {})["tools"]
            meta = ours(demo, "?tool-mode=search_execute", "tools/list", {})["tools"]
            call = {"name": f"{CONNECTOR}_list_customers", "arguments": {"query": {"top": ROWS}}}
            answer = ours(demo, "", "tools/call", call)
            peer = theirs(demo, folder)
        finally:
            process.terminate()
            process.communicate(timeout=30)
    listed, short, rows = tokens(tools), tokens(meta), tokens(text_of(answer))
    told = peer["answer"]
    print(f"{'':34}{'tools':>7}{'tools/list':>12}{'for models':>12}{f'{ROWS} customers':>15}")
    print(f"{'Linkspan, one tool an action':34}{len(tools):>7}{listed:>12}{tokens(for_models(tools)):>12}{rows:>15}")
    print(f"{'Linkspan, search_execute':34}{len(meta):>7}{short:>12}{tokens(for_models(meta)):>12}{rows:>15}")
    their_tools = peer["tools"]
    print(
        f"{'FastMCP from_openapi':34}{len(their_tools):>7}{tokens(their_tools):>12}{tokens(for_models(their_tools)):>12}{tokens(text_of(told)):>15}"
    )
    both = tokens(text_of(told)) + tokens(told.get("structuredContent"))
    print(f"{'  its answer as text and structure':34}{'':>7}{'':>12}{'':>12}{both:>15}")
    kept = {
        f"the list of {len(tools)} tools takes {listed} tokens, under {MOST_LISTED}": listed < MOST_LISTED,
        f"search_execute takes {short}, under {MOST_META}": short < MOST_META,
        f"{ROWS} customers take {rows}, under {MOST_ROWS}": rows < MOST_ROWS,
    }
    for words, ok in kept.items():
        print(f"{'kept  ' if ok else 'MISSED'}  {words}")
    return 0 if all(kept.values()) else 1


def text_of(answer: Json) -> str:
    """The texts of a result's content."""
    content = answer["content"]
    return "".join(str(each["text"]) for each in content) if isinstance(content, list) else ""


if __name__ == "__main__":
    sys.exit(main())
