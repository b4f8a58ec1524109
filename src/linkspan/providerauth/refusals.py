"""The provider said no: its OAuth error answers as Linkspan's errors, its own text attached and marked as the provider's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from linkspan.errors import LinkingError, ProviderAnswer
from linkspan.providerauth.entra import Blame, Row, code_in, row_of
from linkspan.providerauth.remedies import link_of, next_step_of
from linkspan.transport.protocol import Inbound

_KEPT = frozenset({"error", "error_codes", "error_uri", "suberror", "timestamp", "trace_id", "correlation_id"})
_SHOWN_TEXT = 2000
_TRACE = re.compile(r"Trace ID:\s*([0-9a-fA-F-]{36})")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One OAuth error answer, understood: the row of its meaning, the provider's own words, and the facts that a remedy names."""

    row: Row
    answer: ProviderAnswer
    facts: Mapping[str, str]

    @property
    def blame(self) -> Blame:
        """Whose refusal it is when a token is refreshed; a server error is always passing."""
        return Blame.PASSING if self.answer.status >= 500 or self.answer.status == 429 else self.row.blame  # noqa: PLR2004

    @property
    def text(self) -> str:
        """What to tell people: our words, and the provider's code."""
        known = self.row.message or self.row.linking.default_message
        return f"{known} ({self.answer.code})" if self.answer.code else known

    def error(self) -> LinkingError:
        """The refusal as the error of a linking."""
        return self.row.linking(
            self.text,
            next_step=next_step_of(self.row, self.facts),
            provider=self.answer,
            who=self.row.who,
            link=link_of(self.row, self.facts),
        )


def refusal_of(inbound: Inbound, url: str, facts: Mapping[str, str]) -> Refusal:
    """Understand a token endpoint's error answer; a body that is no OAuth error is a passing trouble. `facts`: see remedies.py."""
    body = json_object(inbound.body)
    error, description = _text(body.get("error")), _text(body.get("error_description"))
    codes = body.get("error_codes")
    first = codes[0] if isinstance(codes, list) and codes and isinstance(codes[0], int) else None
    code = first if first is not None else code_in(description)
    answer = ProviderAnswer(
        status=inbound.status,
        url=url,
        code=f"AADSTS{code}" if code else error or None,
        message=description[:_SHOWN_TEXT] or None,
        request_id=_text(body.get("trace_id")) or inbound.headers.get("x-ms-request-id"),
        raw={name: value for name, value in body.items() if name in _KEPT},
    )
    return Refusal(row_of(error, code), answer, facts)


def authorize_refusal(params: Mapping[str, str], facts: Mapping[str, str]) -> LinkingError:
    """The error that the sign-in page sent back in the callback's parameters."""
    error, description = params.get("error", ""), params.get("error_description", "")
    code = code_in(description)
    trace = _TRACE.search(description)
    answer = ProviderAnswer(
        status=400,
        url="",
        code=f"AADSTS{code}" if code else error or None,
        message=description[:_SHOWN_TEXT] or None,
        request_id=trace.group(1) if trace else None,
        raw={name: params[name] for name in ("error", "error_subcode") if name in params},
    )
    return Refusal(row_of(error, code), answer, facts).error()


def json_object(body: bytes) -> dict[str, object]:
    """A JSON object; anything else is an empty one."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
