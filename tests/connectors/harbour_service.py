"""Harbour Desk: a small OData 4.0 service of our own invention, with an OAuth server, strict where Business Central is not.

It takes the client secret by HTTP Basic only (RFC 6749 §2.3.1), rotates refresh tokens, answers PATCH with 204 unless asked for the
record, wants If-Match, compares enums by qualified literals only (OData 4.0 URL conventions), and knows null.
"""

import base64
import hashlib
import html
import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

HARBOUR = "skagen"
CLIENT_ID, CLIENT_SECRET = "port-office", "a secret: with colon"
ENUMS = {
    "Kind": ("Harbour.Model.VesselKind", {"Cargo", "Ferry", "FastBoat"}),
    "State": ("Harbour.Model.VisitState", {"Expected", "Moored", "Left"}),
}
KEYS = {"Berths": "Code", "Vessels": "Imo", "Visits": "Id", "Invoices": "Id"}
WRITABLE = {
    "Vessels": {"Imo", "Name", "Kind", "LengthMetres", "Agent"},
    "Visits": {"BerthCode", "VesselImo", "State", "ArrivedAt", "LeftAt"},
    "Invoices": {"VesselImo", "IssuedOn", "Lines"},
}
LARGEST_PAGE = 3
_CONDITION = re.compile(r"(\w+) (eq|ne|gt|ge|lt|le) ('(?:[^']|'')*'|[\w.]+'\w+'|[^ ]+)")
_COMPARE = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
}  # fmt: skip


class RefusedError(Exception):
    """An OData error answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass
class HarbourDesk:
    """The desk's books and its sign-in, all in memory; `requests` are those to the OData service."""

    url: str = ""
    redirect_uris: set[str] = field(default_factory=set)
    books: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    access_tokens: set[str] = field(default_factory=set)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    token_requests: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.books = {
            "Berths": [
                {"Code": f"B{n}", "Quay": "Old Quay" if n < 15 else "O'Hara Quay", "DepthMetres": Decimal(f"{n}.50"), "Free": True}
                for n in range(11, 19)
            ],
            "Vessels": [
                {"Imo": 9000000 + n, "Name": f"Tern {n}", "Kind": ("Cargo", "Ferry", "FastBoat")[n % 3],
                 "LengthMetres": Decimal("80.125") + n, "Agent": None, "ChangedAt": "2026-01-05T08:00:00Z"}
                for n in range(1, 8)
            ],
            "Visits": [],
            "Invoices": [],
        }  # fmt: skip

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/signin", self.sign_in, methods=["GET", "POST"]),
                Route("/token", self.token, methods=["POST"]),
                Route("/{harbour}/odata/{rest:path}", self.odata, methods=["GET", "POST", "PATCH", "DELETE"]),
            ]
        )

    # Sign-in

    async def sign_in(self, request: Request) -> Response:
        asked = request.query_params
        if asked.get("client_id") != CLIENT_ID or asked.get("redirect_uri") not in self.redirect_uris:
            return HTMLResponse("<p>This application or its return address is not known.</p>", 400)
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return HTMLResponse("<p>A code with PKCE is needed.</p>", 400)
        if request.method == "GET":
            return HTMLResponse(
                f'<form method="post" action="{html.escape(str(request.url), quote=True)}">'
                '<input name="sailor"><button name="answer" value="allow">Allow</button></form>'
            )
        form = await request.form()
        back = asked["redirect_uri"] + f"?state={asked['state']}"
        if form.get("answer") != "allow":
            return RedirectResponse(back + "&error=access_denied&error_description=The+sailor+said+no", 303)
        code = secrets.token_hex(8)
        self.codes[code] = dict(asked)
        return RedirectResponse(f"{back}&code={code}", 303)

    async def token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.token_requests.append(form.get("grant_type", ""))
        expected = base64.b64encode(b"port-office:a+secret%3A+with+colon").decode()
        if request.headers.get("authorization") != f"Basic {expected}" or "client_secret" in form:
            return answer({"error": "invalid_client"}, 401)
        if form.get("grant_type") == "authorization_code":
            asked = self.codes.pop(form.get("code", ""), None)
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if asked is None or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
                return answer({"error": "invalid_grant"}, 400)
            return self.tokens_for(asked["scope"])
        scope = self.refresh_tokens.pop(form.get("refresh_token", ""), None)
        return answer({"error": "invalid_grant"}, 400) if scope is None else self.tokens_for(scope)

    def tokens_for(self, scope: str) -> Response:
        access, refresh = secrets.token_hex(16), secrets.token_hex(16)
        self.access_tokens.add(access)
        given = {"access_token": access, "token_type": "Bearer", "expires_in": 600, "scope": scope}
        if "renew" in scope.split():
            self.refresh_tokens[refresh] = scope
            given["refresh_token"] = refresh
        return answer(given)

    # OData

    async def odata(self, request: Request) -> Response:
        self.requests.append((request.method, request.url.path.partition("/odata/")[2]))
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.access_tokens:
            return refused(401, "SignInAgain", "The token is not good.")
        if request.path_params["harbour"] != HARBOUR:
            return refused(404, "NoHarbour", "There is no such harbour.")
        try:
            return await self.served(request, request.path_params["rest"])
        except RefusedError as error:
            return refused(error.status, error.code, error.message)

    async def served(self, request: Request, rest: str) -> Response:
        found = re.fullmatch(r"(\w+)(?:\((.+)\))?", rest)
        if found is None or found[1] not in self.books:
            raise RefusedError(404, "NoSet", f"There is no {rest}.")
        name, key = found[1], found[2]
        if key is None:
            if request.method == "POST":
                return self.create(name, read_json(await request.body()))
            return answer(self.page(name, request))
        record = self.record(name, key)
        if request.method == "GET":
            return answer(shown(name, record, request.query_params.get("$expand"), request.query_params.get("$select")))
        return self.change(request, name, record, read_json(await request.body() or b"{}"))

    def change(self, request: Request, name: str, record: dict[str, object], body: dict[str, object]) -> Response:
        etag = request.headers.get("if-match")
        if etag is None:
            raise RefusedError(428, "EtagNeeded", "Send If-Match.")
        if etag not in ("*", etag_of(record)):
            raise RefusedError(412, "Changed", "Somebody changed it.")
        if request.method == "DELETE":
            if name == "Vessels" and any(visit["VesselImo"] == record["Imo"] for visit in self.books["Visits"]):
                raise RefusedError(409, "HasVisits", "The vessel has visits.")
            self.books[name].remove(record)
            return Response(status_code=204)
        record.update(self.checked(name, body))
        if request.headers.get("prefer") == "return=representation":
            return answer(shown(name, record))
        return Response(status_code=204)

    def create(self, name: str, body: dict[str, object]) -> Response:
        record: dict[str, object] = dict.fromkeys(sorted(WRITABLE.get(name, set()) - {"Lines"}))
        record |= self.checked(name, body)
        if name == "Vessels":
            if any(other["Imo"] == record["Imo"] for other in self.books[name]):
                raise RefusedError(409, "Exists", "A vessel with this IMO number exists.")
            record["ChangedAt"] = "2026-01-06T08:00:00Z"
        else:
            record = {"Id": str(uuid4()), **record}
        if name == "Invoices":
            lines = record.pop("Lines", [])
            record |= {"Number": f"P-{len(self.books[name]) + 1}", "Paid": False, "Lines": lines}
            for line in lines:
                line |= {"Id": str(uuid4()), "InvoiceId": record["Id"], "Amount": line["Quantity"] * line["UnitPrice"]}
            record["Total"] = sum((line["Amount"] for line in lines), Decimal(0))
        self.books[name].append(record)
        return answer(shown(name, record, "Lines" if name == "Invoices" else None), 201)

    def checked(self, name: str, body: dict[str, object]) -> dict[str, object]:
        for field_name, value in body.items():
            if field_name not in WRITABLE.get(name, set()):
                raise RefusedError(400, "NotWritable", f"{field_name} cannot be written.")
            if field_name in ENUMS and value not in ENUMS[field_name][1]:
                raise RefusedError(400, "NoMember", f"{value} is no member.")
        return body

    def record(self, name: str, key: str) -> dict[str, object]:
        wanted = literal(KEYS[name], key)
        for record in self.books[name]:
            if record[KEYS[name]] == wanted:
                return record
        raise RefusedError(404, "NoRecord", f"There is no {name}({key}).")

    def page(self, name: str, request: Request) -> dict[str, object]:
        query = request.query_params
        rows = [row for row in self.books[name] if fits(row, query.get("$filter", ""))]
        if order := query.get("$orderby"):
            column, _, direction = order.partition(" ")
            rows.sort(key=lambda row: row[column], reverse=direction == "desc")
        told: dict[str, object] = {"@odata.context": "$metadata#" + name}
        if query.get("$count") == "true":
            told["@odata.count"] = len(rows)
        rows = rows[int(query.get("$skip", 0)) :]
        rows = rows[: int(query["$top"])] if "$top" in query else rows
        at = int(query.get("$skiptoken", 0))
        asked = re.search(r"odata\.maxpagesize=(\d+)", request.headers.get("prefer", ""))
        size = min(int(asked[1]) if asked else LARGEST_PAGE, LARGEST_PAGE)
        told["value"] = [shown(name, row, query.get("$expand"), query.get("$select")) for row in rows[at : at + size]]
        if at + size < len(rows):
            url = request.url.include_query_params(**{"$skiptoken": at + size})
            told["@odata.nextLink"] = str(url)
        return told


def literal(column: str, text: str) -> object:
    """A URL literal. An enum's member must be qualified: OData 4.0 has no other form."""
    if column in ENUMS:
        type_name, members = ENUMS[column]
        found = re.fullmatch(re.escape(type_name) + r"'(\w+)'", text)
        if found is None or found[1] not in members:
            raise RefusedError(400, "BadLiteral", f"{text} is no {type_name}.")
        return found[1]
    if text == "null":
        return None
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text in ("true", "false"):
        return text == "true"
    return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def fits(row: dict[str, object], text: str) -> bool:
    for part in filter(None, text.split(" and ")):
        found = _CONDITION.fullmatch(part)
        if found is None or found[1] not in row:
            raise RefusedError(400, "BadFilter", f"{part} cannot be read.")
        if not _COMPARE[found[2]](row[found[1]], literal(found[1], found[3])):
            return False
    return True


def shown(
    name: str, record: dict[str, object], expand: str | None = None, select: str | None = None
) -> dict[str, object]:
    chosen = select.split(",") if select else [column for column in record if column != "Lines"]
    told = {"@odata.etag": etag_of(record)} | {column: record[column] for column in chosen}
    return told | {"Lines": record["Lines"]} if expand == "Lines" and name == "Invoices" else told


def etag_of(record: dict[str, object]) -> str:
    return 'W/"' + hashlib.sha256(written(record)).hexdigest()[:12] + '"'


def read_json(body: bytes) -> dict[str, object]:
    return json.loads(body, parse_float=Decimal)


def written(value: object) -> bytes:
    """JSON with every decimal's digits as they are."""
    text = json.dumps(value, default=lambda number: f"\0{number}\0", ensure_ascii=False)
    return re.sub(r'"\\u0000([^"\\]+)\\u0000"', r"\1", text).encode()


def answer(value: object, status: int = 200) -> Response:
    return Response(written(value), status, media_type="application/json")


def refused(status: int, code: str, message: str) -> Response:
    return answer({"error": {"code": code, "message": message}}, status)


@contextmanager
def running_desk() -> Iterator[HarbourDesk]:
    """The desk, served on a free loopback port from a thread of its own."""
    desk = HarbourDesk()
    server = uvicorn.Server(uvicorn.Config(desk.app(), port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    desk.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield desk
    finally:
        server.should_exit = True
        thread.join(timeout=10)
