"""What is measured: the stub, and one row for each server in front of it."""

import json
import os
import socket
import string
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from measuring import LOAD_CORE, SERVER_CORE, Ask, Process
from openapi import openapi_document

HERE = Path(__file__).parent
COMPANY = "11111111-2222-4333-8444-555555555555"
RECORD = "0a1b2c3d-4e5f-4a6b-8c7d-0123456789a1"
ROOT = "/v2.0/bench.example/Production/api/v2.0"
CUSTOMER = f"{ROOT}/companies({COMPANY})/customers({RECORD})"
# Invented; the fields and their order are those of Business Central's customer.
RECORD_ANSWER = {
    "@odata.context": f"http://127.0.0.1{ROOT}/$metadata#companies({COMPANY})/customers/$entity",
    "@odata.etag": 'W/"JzE5OzE2MzQ5NzY4NzU4MTI0NTYwMjM7MDA7Jw=="',
    "id": RECORD,
    "number": "T-01180",
    "displayName": "Tidewater Stores",
    "type": "Company",
    "addressLine1": "4 Mooring Lane",
    "addressLine2": "",
    "city": "Farhaven",
    "state": "",
    "country": "GB",
    "postalCode": "FH2 4QT",
    "phoneNumber": "",
    "email": "orders@tidewater.example",
    "website": "",
    "salespersonCode": "HB",
    "balanceDue": 1204.5,
    "creditLimit": 20000,
    "taxLiable": True,
    "taxAreaId": "5f0c8b1e-2a7d-4c39-9d11-6b0a8e4f7c20",
    "taxAreaDisplayName": "Domestic",
    "taxRegistrationNumber": "GB777666555",
    "currencyId": "00000000-0000-0000-0000-000000000000",
    "currencyCode": "GBP",
    "paymentTermsId": "7d1e6a90-3b5c-4f28-8e7a-1c9d0b2a4e61",
    "shipmentMethodId": "00000000-0000-0000-0000-000000000000",
    "paymentMethodId": "00000000-0000-0000-0000-000000000000",
    "blocked": "_x0020_",
    "lastModifiedDateTime": "2026-09-14T08:21:07.113Z",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    server: Process
    ask: Ask


@contextmanager
def all_rows(folder: Path, fastmcp_python: Path) -> Iterator[list[Row]]:
    """The stub and every server, running; only the row that is measured has work."""
    folder.chmod(0o755)
    with ExitStack() as running:
        provider_port = _free_port()
        provider = f"http://127.0.0.1:{provider_port}"
        answers = folder / "answers"
        answers.mkdir()
        (answers / "customer.json").write_text(json.dumps(RECORD_ANSWER, separators=(",", ":")))
        stub = running.enter_context(_nginx("stub", folder, LOAD_CORE, port=provider_port))
        stub.wait_until_answering(Ask(provider + CUSTOMER, headers={"Authorization": "Bearer bench"}))
        rows = []
        for make in (_passthrough, _bare_asgi, _fastmcp, _linkspan):
            row = make(folder, provider, fastmcp_python, running)
            row.server.wait_until_answering(row.ask)
            rows.append(row)
        rows.append(_linkspan_mcp(rows[-1]))
        yield rows


def _passthrough(folder: Path, provider: str, _: Path, running: ExitStack) -> Row:
    port = _free_port()
    server = running.enter_context(
        _nginx("passthrough", folder, SERVER_CORE, port=port, stub_port=provider.rpartition(":")[2])
    )
    return Row("nginx pass-through", server, Ask(f"http://127.0.0.1:{port}{CUSTOMER}"))


def _bare_asgi(folder: Path, provider: str, _: Path, running: ExitStack) -> Row:
    port = _free_port()
    command = [sys.executable, str(HERE / "apps" / "bare_asgi.py"), provider + CUSTOMER, str(port)]
    server = running.enter_context(Process("bare_asgi", command, folder, core=SERVER_CORE))
    # Keys of the same length as Linkspan's.
    return Row("bare ASGI (uvicorn, pyreqwest)", server, _rpc_ask(port, "v1.us1." + "k" * 43, "a" * 20))


def _fastmcp(folder: Path, provider: str, python: Path, running: ExitStack) -> Row:
    port, document = _free_port(), folder / "openapi.json"
    document.write_text(json.dumps(openapi_document(provider + ROOT)))
    command = [str(python), str(HERE / "fastmcp" / "serve.py"), str(document), str(port)]
    server = running.enter_context(Process("fastmcp", command, folder, core=SERVER_CORE))
    call = {"name": "get_customer", "arguments": {"company_id": COMPANY, "id": RECORD}}
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-06-18",
    }
    body = json.dumps({"jsonrpc": "2.0", "id": "@ID@", "method": "tools/call", "params": call}).replace(
        '"@ID@"', "@ID@"
    )
    return Row("FastMCP from_openapi", server, Ask(f"http://127.0.0.1:{port}/mcp", "POST", headers, body))


def _linkspan(folder: Path, provider: str, _: Path, running: ExitStack) -> Row:
    port, data = _free_port(), folder / "linkspan"
    data.mkdir()
    command = [sys.executable, str(HERE / "apps" / "linkspan_server.py"), provider, str(port), str(data)]
    server = running.enter_context(Process("linkspan", command, folder, core=SERVER_CORE))
    told = server.line()
    return Row("Linkspan /actions/rpc", server, _rpc_ask(port, told["api_key"], told["account_id"]))


def _linkspan_mcp(rpc: Row) -> Row:
    """The same action of the same server by MCP; clients that look schemas up themselves send nothing else."""
    call = {"name": "benchbc_get_customer", "arguments": {"path": {"id": RECORD}}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    headers = {**rpc.ask.headers, "Accept": "application/json, text/event-stream"}
    ask = Ask(rpc.ask.url.replace("/actions/rpc", "/mcp"), "POST", headers, body)
    return Row("Linkspan tools/call", rpc.server, ask)


def _rpc_ask(port: int, api_key: str, account_id: str) -> Ask:
    headers = {"Authorization": f"Bearer {api_key}", "x-account-id": account_id, "Content-Type": "application/json"}
    body = json.dumps({"action": "benchbc_get_customer", "path": {"id": RECORD}})
    return Ask(f"http://127.0.0.1:{port}/actions/rpc", "POST", headers, body)


def _nginx(name: str, folder: Path, core: int, **words: object) -> Process:
    template = string.Template((HERE / f"{name}.conf").read_text())
    config = folder / f"{name}.conf"
    owner = "user root;\n" if os.geteuid() == 0 else ""
    config.write_text(owner + template.substitute(folder=folder, **words))
    command = ["nginx", "-p", str(folder), "-c", str(config), "-e", str(folder / f"{name}.errors")]
    return Process(name, command, folder, core=core)


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])
