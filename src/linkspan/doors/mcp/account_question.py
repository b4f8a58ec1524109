"""The one question that our tools ask: on which account a call shall act (2026-07-28, multi round-trip requests).

A client that declares form elicitation is asked where a call names no account and there are several; it comes again with the answer. Any
other client gets an error that lists the accounts. Nothing is kept between the rounds: the second is the same call with an answer beside it.
"""

from collections.abc import Sequence

from linkspan.doors.mcp.layout import account_label
from linkspan.doors.mcp.message import INVALID_PARAMS, ProtocolError
from linkspan.doors.mcp.source import Asked, InputRequired
from linkspan.engine import json_text
from linkspan.model import Account

_QUESTION, _ANSWER = "account", "account_id"


def can_be_asked(asked: Asked) -> bool:
    """Whether the client shows forms: the capability with nothing in it means just that."""
    declared = asked.message.capabilities.get("elicitation")
    return asked.stateless and isinstance(declared, dict) and (not declared or "form" in declared)


def account_question(tool: str, accounts: Sequence[Account]) -> InputRequired:
    """The result that asks."""
    choice = {
        "type": "string",
        "title": "Account",
        "oneOf": [{"const": account.id, "title": account_label(account)} for account in accounts],
    }
    schema = {"type": "object", "properties": {_ANSWER: choice}, "required": [_ANSWER]}
    params = {"mode": "form", "message": f"On which account shall {tool} act?", "requestedSchema": schema}
    return InputRequired(
        json_text.dump({"inputRequests": {_QUESTION: {"method": "elicitation/create", "params": params}}})
    )


def chosen_account(responses: object) -> str | None:
    """The account in the answers; None where the person declined. Raises ProtocolError for what is no answer to the question."""
    answer = responses.get(_QUESTION) if isinstance(responses, dict) else None
    content = answer.get("content") if isinstance(answer, dict) else None
    if isinstance(answer, dict) and answer.get("action") in ("decline", "cancel"):
        return None
    chosen = content.get(_ANSWER) if isinstance(content, dict) else None
    if not isinstance(answer, dict) or answer.get("action") != "accept" or not isinstance(chosen, str):
        raise ProtocolError(
            INVALID_PARAMS, f"params.inputResponses.{_QUESTION} is no answer to the question for the account."
        )
    return chosen
