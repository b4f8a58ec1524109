"""The JSON format of $batch."""

import base64
import binascii
from collections.abc import Sequence

import msgspec
import orjson

from linkspan.simulator.faults import bad_request
from linkspan.simulator.odata.batch_format import Done, Operation, Part, Result
from linkspan.simulator.odata.exchange import JSON_TYPE, Answer


class _Request(msgspec.Struct):
    """One operation as it is sent; its body is kept as text, so that numbers keep their digits."""

    method: str
    url: str
    id: str | int | None = None
    headers: dict[str, str] = {}
    body: msgspec.Raw = msgspec.Raw()
    group: str | None = msgspec.field(default=None, name="atomicityGroup")


class _Batch(msgspec.Struct):
    requests: list[_Request]


def read_json_batch(body: bytes, *, grouped: bool) -> list[Part]:
    """Return the parts of a batch; `grouped` makes change sets of neighbours with the same atomicityGroup.

    Raises 400 for a body of another form.
    """
    try:
        requests = msgspec.json.decode(body, type=_Batch).requests
    except msgspec.DecodeError as error:
        raise bad_request(f"The body of the batch is not valid: {error}") from error
    parts: list[Part] = []
    for request in requests:
        operation = _operation(request)
        group = request.group if grouped else None
        if group is not None and parts and parts[-1].group == group:
            parts[-1] = Part((*parts[-1].operations, operation), atomic=True, group=group)
        else:
            parts.append(Part((operation,), atomic=group is not None, group=group))
    return parts


def _operation(request: _Request) -> Operation:
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = bytes(request.body)
    if body.startswith(b'"') and "json" not in headers.get("content-type", "application/json"):
        # Bytes that are not JSON stand in the batch as base64.
        try:
            body = base64.b64decode(msgspec.json.decode(body, type=str), validate=True)
        except (msgspec.DecodeError, binascii.Error) as error:
            raise bad_request("The body of an operation that is not JSON must be base64.") from error
    name = None if request.id is None else str(request.id)
    return Operation(name, request.method, request.url, headers, b"" if body == b"null" else body)


def write_json_batch(done: Sequence[Done]) -> Answer:
    """Return the answer with one response for each operation that was run, in their order."""
    responses = [_response(part, result) for part in done for result in part.results]
    return Answer(200, orjson.dumps({"responses": responses}), JSON_TYPE)


def _response(done: Done, result: Result) -> dict[str, object]:
    answer = result.answer
    shown: dict[str, object] = {"id": result.operation.id, "status": answer.status, "headers": result.headers()}
    if done.part.group is not None:
        shown["atomicityGroup"] = done.part.group
    if answer.content_type is None:
        return shown
    if "json" in answer.content_type:
        shown["body"] = orjson.Fragment(answer.content)
    elif answer.content_type.startswith(("text/", "application/xml")):
        shown["body"] = answer.content.decode("utf-8-sig")
    else:
        shown["body"] = base64.b64encode(answer.content).decode()
    return shown
