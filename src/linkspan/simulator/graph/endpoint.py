"""The door of the simulated Microsoft Graph: users, groups, members and memberships under `/v1.0`."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.directory import Group, User
from linkspan.simulator.graph import changes, objects
from linkspan.simulator.graph.access import GraphCaller, authenticate
from linkspan.simulator.graph.faults import GraphFault, bad_request, not_found, unreadable
from linkspan.simulator.graph.objects import USUAL_OF_USER, Row
from linkspan.simulator.graph.query import Query, page_of, read_query, selected
from linkspan.simulator.odata.arrival import outside

_LARGEST_BODY: Final = 4 * 1024 * 1024
_KEYED: Final = re.compile(r"(users|groups)\('((?:[^']|'')+)'\)")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request, read: who asks, the address in steps (`users`, id, `memberOf`), and the options."""

    caller: GraphCaller
    steps: tuple[str, ...]
    query: Query
    here: str
    root: str


def routes(authority: Authority) -> list[BaseRoute]:
    """The routes of Microsoft Graph over the directory of `authority`."""
    return [Route("/v1.0/{rest:path}", _Graph(authority).answer, methods=["GET", "POST", "PATCH", "DELETE"])]


class _Graph:
    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._directory = authority.directory

    async def answer(self, request: Request) -> Response:
        """Answer one request; refusals become Graph's error bodies."""
        request_id = uuid4()
        try:
            caller = authenticate(self._authority, request.headers.get("authorization"))
            rest = request.path_params["rest"]
            root = f"{outside(request)}/v1.0"
            query = read_query(request.url.query, request.headers.get("consistencylevel", ""))
            asked = _Asked(caller, _steps(rest), query, f"{root}/{rest.rstrip('/')}", root)
            response = self._read(asked) if request.method == "GET" else await self._write(asked, request)
        except GraphFault as fault:
            return fault.response(self._authority.clock.now(), request_id)
        response.headers["request-id"] = str(request_id)
        return response

    def _read(self, asked: _Asked) -> Response:
        match asked.steps:
            case ("users",):
                asked.caller.check("read users")
                return self._page(asked, "user", objects.users_of(self._directory, asked.caller.tenant))
            case ("groups",):
                asked.caller.check("read groups")
                return self._page(asked, "group", objects.groups_of(self._directory, asked.caller.tenant))
            case ("users", key):
                asked.caller.check("read users")
                return _one(asked, "user", objects.user_row(self._user(asked, key)))
            case ("groups", key):
                asked.caller.check("read groups")
                return _one(asked, "group", objects.group_row(self._group(asked, key)))
            case ("groups", key, "members"):
                asked.caller.check("read groups")
                return self._page(asked, "user", objects.members_of(self._directory, self._group(asked, key)))
            case ("users", key, "memberOf"):
                asked.caller.check("read groups")
                return self._page(asked, "group", objects.member_of(self._directory, self._user(asked, key).id))
            case _:
                raise unreadable(f"There is no resource '{'/'.join(asked.steps)}' here.")

    async def _write(self, asked: _Asked, request: Request) -> Response:
        tenant, clock = asked.caller.tenant, self._authority.clock
        match request.method, asked.steps:
            case "POST", ("users",):
                asked.caller.check("change users")
                made = changes.create_user(self._directory, tenant, clock, await _body(request))
                return _one(asked, "user", objects.user_row(made), 201)
            case "POST", ("groups",):
                asked.caller.check("change groups")
                group = changes.create_group(self._directory, tenant, clock, await _body(request))
                return _one(asked, "group", objects.group_row(group), 201)
            case "PATCH", ("users", key):
                asked.caller.check("change users")
                changes.update_user(self._directory, tenant, self._user(asked, key), await _body(request))
            case "PATCH", ("groups", key):
                asked.caller.check("change groups")
                changes.update_group(self._directory, self._group(asked, key), await _body(request))
            case "DELETE", ("users", key):
                asked.caller.check("change users")
                self._directory.remove_user(self._user(asked, key).id)
            case "DELETE", ("groups", key):
                asked.caller.check("change groups")
                self._directory.remove_group(self._group(asked, key).id)
            case _:
                raise GraphFault(405, "BadRequest", "The method is not served at this address.")
        return Response(status_code=204)

    def _page(self, asked: _Asked, kind: str, rows: list[Row]) -> Response:
        known = objects.properties()[kind]
        page, following, total = page_of(rows, asked.query, known, asked.here)
        answer: Row = {"@odata.context": f"{asked.root}/$metadata#{kind}s"}
        if asked.query.counted:
            answer["@odata.count"] = total
        if following is not None:
            answer["@odata.nextLink"] = following
        answer["value"] = [selected(row, asked.query, known, _usual(kind)) for row in page]
        return JSONResponse(answer)

    def _user(self, asked: _Asked, key: str) -> User:
        """The user of the caller's tenant with this id or user principal name."""
        user = self._directory.find_user(key)
        if user is None or user.tenant_id != asked.caller.tenant.id:
            raise not_found(key)
        return user

    def _group(self, asked: _Asked, key: str) -> Group:
        """The group of the caller's tenant with this id."""
        try:
            group = self._directory.group(UUID(key))
        except ValueError as mistake:
            raise bad_request(f"'{key}' is not an object identifier.") from mistake
        if group is None or group.tenant_id != asked.caller.tenant.id:
            raise not_found(key)
        return group


def _steps(rest: str) -> tuple[str, ...]:
    """Both forms of a key are one: `users/x` and `users('x')`."""
    plain = _KEYED.sub(lambda found: "/".join((found[1], found[2].replace("''", "'"))), unquote(rest))
    return tuple(step for step in plain.split("/") if step)


def _usual(kind: str) -> Sequence[str]:
    return USUAL_OF_USER if kind == "user" else tuple(objects.properties()[kind])


def _one(asked: _Asked, kind: str, row: Row, status: int = 200) -> Response:
    known = objects.properties()[kind]
    context: Row = {"@odata.context": f"{asked.root}/$metadata#{kind}s/$entity"}
    return JSONResponse(context | selected(row, asked.query, known, _usual(kind)), status)


async def _body(request: Request) -> dict[str, object]:
    raw = await request.body()
    try:
        body = json.loads(raw) if len(raw) <= _LARGEST_BODY else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise unreadable("The body is not a JSON object.")
    return body
