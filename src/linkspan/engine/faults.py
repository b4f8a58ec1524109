"""What a provider's refusal means: error bodies and statuses become our errors, by tables that a connector chooses by name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from linkspan.engine.json_text import parse
from linkspan.engine.retry import Failure, FailureKind
from linkspan.errors import (
    CompanyNotFoundError,
    ConflictError,
    CursorInvalidError,
    EgressRefusedError,
    EnvironmentNotFoundError,
    LinkspanError,
    ProviderAnswer,
    ProviderAnswerError,
    ProviderForbiddenError,
    ProviderNotFoundError,
    ProviderRefusedTokenError,
    ProviderRejectedError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    RateLimitedError,
    WriteOutcomeUnknownError,
)
from linkspan.transport.protocol import Inbound, Sent, TransportError

_REQUEST_IDS = ("request-id", "x-ms-request-id", "x-ms-correlation-id", "x-ms-correlation-request-id", "x-request-id")
_KEPT_HEADERS = frozenset({"content-type", "retry-after", "date", "odata-version", *_REQUEST_IDS})
_SHOWN_TEXT = 2000
_LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class FaultTable:
    """How one provider says no: errors by its own codes first, then by words in its text, then by HTTP status (see `_BY_STATUS`).

    `advice` replaces the next step for a code; `correlation` finds the request id that the provider writes into its texts.
    """

    by_code: Mapping[str, type[LinkspanError]] = field(default_factory=dict)
    by_words: Mapping[str, type[LinkspanError]] = field(default_factory=dict)
    advice: Mapping[str, str] = field(default_factory=dict)
    correlation: re.Pattern[str] | None = None


BUSINESS_CENTRAL = FaultTable(
    by_code={
        "NoEnvironment": EnvironmentNotFoundError,
        "Internal_CompanyNotFound": CompanyNotFoundError,
        "Internal_RecordNotFound": ProviderNotFoundError,
        "Request_EntityChanged": ConflictError,
        "SkipTokenIsNoLongerValid": CursorInvalidError,
        "Application_TooManyRequests": RateLimitedError,
    },
    # Permission refusals come as Internal_ServerError with status 500, and as Application_DialogException with 400.
    by_words={"the current permissions prevented the action": ProviderForbiddenError},
    advice={
        "Internal_EntityWithSameKeyExists": "A record with this number or code exists already: choose another, or update that record.",
        "BadRequest_InvalidToken": "Give the record's current @odata.etag as headers.if_match, or leave it out.",
        "BadRequest_MethodNotImplemented": "Business Central cannot do this: simplify the filter (no `or` over different fields, no `not`).",
    },
    correlation=re.compile(r"\s*CorrelationId:\s*([0-9a-fA-F-]{36})\.?\s*$"),
)

_PLAIN = FaultTable()
_TABLES: Mapping[str, FaultTable] = {"business_central": BUSINESS_CENTRAL, "http_status": _PLAIN}

_BY_STATUS: Mapping[int, type[LinkspanError]] = {
    403: ProviderForbiddenError,
    404: ProviderNotFoundError,
    409: ConflictError,
    410: ProviderNotFoundError,
    412: ConflictError,
    429: RateLimitedError,
    501: ProviderRejectedError,
}
# The request ran out of time at the provider's side.
_TIMED_OUT = frozenset({408, 504})
# Only these redirects tell that a write was not carried out: the same request belongs to another address.
_NOT_ACTED_UPON = frozenset({301, 307, 308})
_KIND_BY_ERROR: Mapping[type[LinkspanError], FailureKind] = {RateLimitedError: FailureKind.LIMITED}


@dataclass(frozen=True, slots=True)
class Said:
    """What a refusal says: the provider's code and text (its request id taken out), and whether it was the service itself that spoke."""

    code: str | None
    text: str | None
    request_id: str | None
    raw: object
    is_json: bool


def table_of(name: str) -> FaultTable:
    """The fault table that a connector names; statuses alone speak for providers without one."""
    return _TABLES.get(name, _PLAIN)


def refusal(inbound: Inbound, url: str, table: FaultTable, declared: frozenset[str], *, writes: bool) -> Failure:
    """The failure that an answer with a status other than 2xx means. `declared`: codes raised before the provider acts."""
    said = read_refusal(inbound, table)
    answer = ProviderAnswer(
        status=inbound.status,
        url=url,
        code=said.code,
        message=said.text,
        request_id=said.request_id,
        raw=said.raw,
        headers={name: value for name, value in inbound.headers.items() if name in _KEPT_HEADERS},
    )
    wait = retry_after(inbound.headers)
    kind, error = _meaning(inbound, said, table, declared, writes=writes)
    return Failure(kind, _told(error, said, table, answer, wait), wait)


def lost(error: TransportError, url: str, *, writes: bool) -> Failure:
    """The failure that a missing or broken answer means."""
    answer = ProviderAnswer(status=error.status or 0, url=url)
    if error.sent is Sent.NO:
        return _never_left(error, answer)
    if writes:
        return Failure(FailureKind.LOST, _unknown(error, answer))
    if error.kind == "too_large":
        step = "Ask for smaller pages with query.page_size, or for fewer fields with query.select."
        answer_error = ProviderAnswerError(f"The answer is too long: {error.detail}.", next_step=step, provider=answer)
        return Failure(FailureKind.UNREADABLE, answer_error)
    if error.kind == "timeout":
        return Failure(FailureKind.LOST, ProviderTimeoutError(provider=answer))
    return Failure(
        FailureKind.LOST, ProviderUnavailableError(f"The provider's answer broke off: {error.detail}.", provider=answer)
    )


def _never_left(error: TransportError, answer: ProviderAnswer) -> Failure:
    if error.kind == "refused":
        return Failure(
            FailureKind.BLOCKED, EgressRefusedError(f"The request was not sent: {error.detail}.", provider=answer)
        )
    unreachable = ProviderUnavailableError(f"The provider could not be reached: {error.detail}.", provider=answer)
    return Failure(FailureKind.BLOCKED if error.kind == "tls" else FailureKind.NOT_SENT, unreachable)


def unreadable(inbound: Inbound, url: str, *, writes: bool) -> Failure:
    """The failure of a 2xx answer that is no JSON object."""
    answer = ProviderAnswer(
        status=inbound.status, url=url, raw=_text(inbound.body), request_id=request_id_of(inbound.headers)
    )
    error: LinkspanError = ProviderAnswerError(provider=answer)
    if writes:
        error = WriteOutcomeUnknownError(
            f"The provider answered the write with status {inbound.status}, but not with a record.", provider=answer
        )
    return Failure(FailureKind.UNREADABLE, error)


def read_refusal(inbound: Inbound, table: FaultTable) -> Said:
    """Code, text and request id of an OData error body, or of whatever else came."""
    request_id = request_id_of(inbound.headers)
    try:
        body = parse(inbound.body)
    except ValueError:
        return Said(None, None, request_id, _text(inbound.body), is_json=False)
    error = body.get("error") if isinstance(body, dict) else None
    fields = error if isinstance(error, dict) else {}
    code, text = fields.get("code"), fields.get("message")
    text = text if isinstance(text, str) else None
    if text and table.correlation and (found := table.correlation.search(text)):
        request_id, text = request_id or found.group(1), text[: found.start()]
    return Said(code if isinstance(code, str) else None, text, request_id, body, is_json=True)


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """The provider's own id of a request, by which its support finds it."""
    for name in _REQUEST_IDS:
        if name in headers:
            return headers[name]
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait according to Retry-After (a number or a date), at most an hour; None without a readable one."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), _LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    seconds = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _meaning(
    inbound: Inbound, said: Said, table: FaultTable, declared: frozenset[str], *, writes: bool
) -> tuple[FailureKind, type[LinkspanError]]:
    if inbound.status == HTTPStatus.UNAUTHORIZED:
        return FailureKind.TOKEN_REFUSED, ProviderRefusedTokenError
    if inbound.status == HTTPStatus.SERVICE_UNAVAILABLE and said.code in declared:
        return FailureKind.DECLARED, ProviderUnavailableError
    named = _named(said, table)
    if named is not None:
        return _KIND_BY_ERROR.get(named, FailureKind.REFUSED), named
    return _meaning_of_status(inbound, said, writes=writes)


def _meaning_of_status(inbound: Inbound, said: Said, *, writes: bool) -> tuple[FailureKind, type[LinkspanError]]:
    status = inbound.status
    if status in _TIMED_OUT:
        return FailureKind.UNAVAILABLE, WriteOutcomeUnknownError if writes else ProviderTimeoutError
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not (status in _BY_STATUS and said.is_json):
        return FailureKind.UNAVAILABLE, WriteOutcomeUnknownError if writes else ProviderUnavailableError
    if status < HTTPStatus.BAD_REQUEST:
        unknown = writes and status not in _NOT_ACTED_UPON
        return FailureKind.UNREADABLE, WriteOutcomeUnknownError if unknown else ProviderAnswerError
    if _is_page(inbound) and status != HTTPStatus.TOO_MANY_REQUESTS:
        return FailureKind.UNREADABLE, ProviderAnswerError
    error = _BY_STATUS.get(status, ProviderRejectedError)
    return _KIND_BY_ERROR.get(error, FailureKind.REFUSED), error


def _named(said: Said, table: FaultTable) -> type[LinkspanError] | None:
    if said.code is not None and said.code in table.by_code:
        return table.by_code[said.code]
    text = (said.text or "").lower()
    return next((error for words, error in table.by_words.items() if words in text), None)


def _told(
    error: type[LinkspanError], said: Said, table: FaultTable, answer: ProviderAnswer, wait: float | None
) -> LinkspanError:
    first = error.default_message
    if said.text:
        message = f"{first} The provider says: {said.text}"
    elif not said.is_json:
        message = f"{first} It answered with status {answer.status} and no data."
    else:
        message = f"{first} It answered with status {answer.status}."
    return error(message, next_step=table.advice.get(said.code or ""), provider=answer, retry_after=wait)


def _unknown(error: TransportError, answer: ProviderAnswer) -> WriteOutcomeUnknownError:
    if error.status is not None and error.status < HTTPStatus.MULTIPLE_CHOICES:
        message = f"The provider accepted the write (status {error.status}), but its answer broke off: {error.detail}."
        return WriteOutcomeUnknownError(message, provider=answer)
    return WriteOutcomeUnknownError(f"The write left, but no answer arrived: {error.detail}.", provider=answer)


def _is_page(inbound: Inbound) -> bool:
    """Whether a web page came instead of data: then a gateway spoke, not the service."""
    return "html" in inbound.headers.get("content-type", "") or inbound.body[:200].lstrip()[:1] == b"<"


def _text(body: bytes) -> str:
    return body[:_SHOWN_TEXT].decode("utf-8", "replace")
