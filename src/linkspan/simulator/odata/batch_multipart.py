"""The multipart format of $batch: HTTP requests between boundaries, those of a change set one level deeper."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from uuid import uuid4

from linkspan.simulator.faults import bad_request
from linkspan.simulator.odata.batch_format import Done, Operation, Part, Result
from linkspan.simulator.odata.exchange import Answer

_BOUNDARY: Final = re.compile(r'boundary\s*=\s*"?([^";,]+)"?', re.IGNORECASE)
_REQUEST_LINE: Final = re.compile(r"([A-Za-z]+) (\S+)(?: HTTP/\d(?:\.\d)?)?")
_LINE: Final = b"\r\n"


def read_multipart_batch(body: bytes, parameters: str) -> list[Part]:
    """Return the parts of a batch; `parameters` are those of its content type. Raises 400 for a malformed body."""
    parts: list[Part] = []
    for headers, content in _split(body, parameters):
        kind, _, inner = headers.get("content-type", "").partition(";")
        if kind.strip().lower() == "multipart/mixed":
            operations = tuple(_operation(content, deeper) for deeper, content in _split(content, inner))
            parts.append(Part(operations, atomic=True))
        else:
            parts.append(Part((_operation(content, headers),)))
    return parts


def _split(body: bytes, parameters: str) -> list[tuple[dict[str, str], bytes]]:
    """Return headers and content of what stands between the boundaries."""
    found = _BOUNDARY.search(parameters)
    if found is None:
        raise bad_request("The content type of the batch names no boundary.")
    lines = b"\n" + body.replace(_LINE, b"\n")
    sections = lines.split(f"\n--{found[1].strip()}".encode())
    if len(sections) < 2 or not sections[-1].startswith(b"--"):  # noqa: PLR2004 - one before, one behind
        raise bad_request("The batch is not complete: its last boundary is missing.")
    return [_headers(section.removeprefix(b"\n")) for section in sections[1:-1]]


def _headers(text: bytes) -> tuple[dict[str, str], bytes]:
    """Return the header lines (names in lower case) up to the empty line, and what follows it."""
    if text.startswith(b"\n"):
        return {}, text[1:]
    head, _, rest = text.partition(b"\n\n")
    pairs = (line.partition(":") for line in head.decode("latin-1").split("\n") if line.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}, rest


def _operation(content: bytes, part_headers: dict[str, str]) -> Operation:
    first, _, rest = content.lstrip(b"\n").partition(b"\n")
    found = _REQUEST_LINE.fullmatch(first.decode("latin-1").strip())
    if found is None:
        raise bad_request("A part of the batch does not start with a request line.")
    headers, body = _headers(rest)
    return Operation(part_headers.get("content-id"), found[1], found[2], headers, body.rstrip(b"\n"))


def write_multipart_batch(done: Sequence[Done]) -> Answer:
    """Return the answer: a response for each operation, those of a change set that succeeded in one nested part."""
    boundary = f"batchresponse_{uuid4()}"
    sections = [_section(part) for part in done]
    return Answer(200, _joined(sections, boundary), f"multipart/mixed; boundary={boundary}")


def _section(done: Done) -> bytes:
    if not done.part.atomic or done.failed:
        return b"".join(_response(result) for result in done.results)
    boundary = f"changesetresponse_{uuid4()}"
    inner = _joined([_response(result) for result in done.results], boundary)
    return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n".encode() + inner


def _joined(sections: Sequence[bytes], boundary: str) -> bytes:
    mark = f"--{boundary}".encode()
    return b"".join(mark + _LINE + section + _LINE for section in sections) + mark + b"--" + _LINE


def _response(result: Result) -> bytes:
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if result.operation.id is not None:
        lines.append(f"Content-ID: {result.operation.id}")
    answer = result.answer
    lines += ["", f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in result.headers().items()]
    if answer.content:
        lines.append(f"Content-Length: {len(answer.content)}")
    return "\r\n".join([*lines, "", ""]).encode() + answer.content
