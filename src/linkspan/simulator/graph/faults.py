"""Refusals of Microsoft Graph: status, code and body as its error documentation lays them out; the sentences are our own."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from starlette.responses import Response


@dataclass(frozen=True)
class GraphFault(Exception):  # noqa: N818 - the simulator's word for a refusal, as BcFault
    """A refusal: HTTP `status`, Graph's error `code`, and a sentence."""

    status: int
    code: str
    message: str

    def response(self, now: datetime, request_id: UUID) -> Response:
        """The answer, with the moment and the request's id inside."""
        inner = {
            "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": str(request_id),
            "client-request-id": str(request_id),
        }
        body = json.dumps({"error": {"code": self.code, "message": self.message, "innerError": inner}})
        return Response(body, self.status, {"request-id": str(request_id)}, "application/json")


def invalid_token(why: str) -> GraphFault:
    """The token is missing, not for Graph, or no longer good."""
    return GraphFault(401, "InvalidAuthenticationToken", why)


def denied() -> GraphFault:
    """The token is good, but its permissions or the person's role do not reach so far."""
    return GraphFault(403, "Authorization_RequestDenied", "The permissions are not sufficient for this operation.")


def not_found(name: str) -> GraphFault:
    """No such object in this tenant, or in the collection asked."""
    return GraphFault(404, "Request_ResourceNotFound", f"The resource '{name}' does not exist or is out of reach.")


def bad_request(why: str) -> GraphFault:
    """A property or identifier that the directory refuses."""
    return GraphFault(400, "Request_BadRequest", why)


def unsupported(why: str) -> GraphFault:
    """A query that Graph understands and does not serve."""
    return GraphFault(400, "Request_UnsupportedQuery", why)


def unreadable(why: str) -> GraphFault:
    """An address, option or body that does not parse."""
    return GraphFault(400, "BadRequest", why)
