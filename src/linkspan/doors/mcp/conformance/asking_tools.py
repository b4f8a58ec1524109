"""Tools that ask the client while they work (handshake era), and tools whose result asks it to come again (stateless era)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from linkspan.doors.mcp.conformance.pieces import Json, Tool, form, model_said, said, sampled, text, told
from linkspan.doors.mcp.message import INVALID_PARAMS, ProtocolError
from linkspan.doors.mcp.source import Asked, InputRequired
from linkspan.engine import json_text

_TEXT: Json = {"type": "string"}
_ONE_TEXT: Json = {"type": "object", "properties": {"prompt": _TEXT, "message": _TEXT}}
NAME: Json = {"method": "elicitation/create", "params": form("What is your name?", {"name": _TEXT}, ("name",))}
_CAPITAL: Json = {"method": "sampling/createMessage", "params": sampled("What is the capital of France?")}
_ROOTS: Json = {"method": "roots/list", "params": {}}
_CONFIRM: Json = {
    "method": "elicitation/create",
    "params": form("Shall it go on?", {"ok": {"type": "boolean"}}, ("ok",)),
}
_COLOUR: Json = {"method": "elicitation/create", "params": form("Which colour?", {"color": _TEXT}, ("color",))}
# The capability that a client must declare to be asked.
_NEEDS = {"elicitation/create": "elicitation", "sampling/createMessage": "sampling", "roots/list": "roots"}
# Default values of every primitive type, and every form of a choice, as the suite wants to see them pass.
_DEFAULTS: Json = {
    "name": {"type": "string", "default": "John Doe"},
    "age": {"type": "integer", "default": 30},
    "score": {"type": "number", "default": 95.5},
    "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
    "verified": {"type": "boolean", "default": True},
}
_OPTIONS = ["option1", "option2", "option3"]
_TITLED = [{"const": f"value{number}", "title": f"Choice {number}"} for number in (1, 2, 3)]
_CHOICES: Json = {
    "untitledSingle": {"type": "string", "enum": _OPTIONS},
    "titledSingle": {"type": "string", "oneOf": _TITLED},
    "legacyEnum": {"type": "string", "enum": ["opt1", "opt2"], "enumNames": ["Option one", "Option two"]},
    "untitledMulti": {"type": "array", "items": {"type": "string", "enum": _OPTIONS}},
    "titledMulti": {"type": "array", "items": {"anyOf": _TITLED}},
}


@dataclass(frozen=True, slots=True)
class Rounds:
    """A tool whose result asks, round by round, until everything is answered; then `done` is its text.

    `sealed`: what was answered so far travels with the client, under a seal that shows whether it was changed.
    """

    rounds: tuple[Mapping[str, Json], ...]
    done: str
    sealed: bool = False

    async def __call__(self, asked: Asked, arguments: Json) -> InputRequired | bytes:
        """The next questions, or the result."""
        del arguments
        state = asked.message.params.get("requestState")
        turn = _opened(state) if self.sealed and state is not None else 0
        answers = answers_of(asked)
        if (state is not None or not self.sealed) and all(
            _fits(question, answers.get(key)) for key, question in self.rounds[turn].items()
        ):
            turn += 1
        if turn == len(self.rounds):
            return told(text(f"{self.done} {said(answers)}"))
        return required(self.rounds[turn], _sealed(turn) if self.sealed else None)


def required(questions: Mapping[str, Json], state: str | None = None) -> InputRequired:
    """The result that asks."""
    fields: dict[str, object] = {"inputRequests": questions}
    if state is not None:
        fields["requestState"] = state
    return InputRequired(json_text.dump(fields))


def answers_of(asked: Asked) -> Mapping[str, object]:
    """The answers that a request brings. Raises ProtocolError for what is no object."""
    found = asked.message.params.get("inputResponses", {})
    if not isinstance(found, dict):
        raise ProtocolError(INVALID_PARAMS, "params.inputResponses must be an object.")
    return found


def asking_tools() -> list[Tool]:
    """The tools of both ways to ask."""
    greeting = {"method": "sampling/createMessage", "params": sampled("Write a greeting.", 50)}
    everything = {"user_name": NAME, "greeting": greeting, "client_roots": _ROOTS}
    turns = {
        "elicitation": Rounds(({"user_name": NAME},), "Hello!"),
        "sampling": Rounds(({"capital_question": _CAPITAL},), "The model said:"),
        "list_roots": Rounds(({"client_roots": _ROOTS},), "Roots:"),
        "request_state": Rounds(({"confirm": _CONFIRM},), "state-ok", sealed=True),
        "multiple_inputs": Rounds((everything,), "All answered:", sealed=True),
        "multi_round": Rounds(({"step1": NAME}, {"step2": _COLOUR}), "Both rounds:", sealed=True),
        "tampered_state": Rounds(({"confirm": _CONFIRM},), "The state is whole.", sealed=True),
    }
    about = "Answers once the client has come again with what it asks for."
    return [
        *(Tool(f"test_input_required_result_{name}", about, run, handshake=False) for name, run in turns.items()),
        Tool("test_input_required_result_capabilities", "Asks only for what the client can.", _able, handshake=False),
        Tool("test_streaming_elicitation", "Tells its progress, then asks.", _stream_then_ask, handshake=False),
        Tool("test_sampling", "Has the client's model answer.", _sample, _ONE_TEXT, stateless=False),
        Tool("test_elicitation", "Asks the person at the client.", _elicit, _ONE_TEXT, stateless=False),
        Tool("test_elicitation_sep1034_defaults", "Asks with defaults.", _Form(_DEFAULTS), stateless=False),
        Tool("test_elicitation_sep1330_enums", "Asks with choices.", _Form(_CHOICES), stateless=False),
    ]


@dataclass(frozen=True, slots=True)
class _Form:
    properties: Json

    async def __call__(self, asked: Asked, arguments: Json) -> bytes:
        del arguments
        result = await asked.talk.ask("elicitation/create", form("Please fill this in.", self.properties))
        return told(text(f"Answered: action={result.get('action')}, content={said(result.get('content'))}"))


async def _sample(asked: Asked, arguments: Json) -> bytes:
    result = await asked.talk.ask("sampling/createMessage", sampled(str(arguments.get("prompt"))))
    return told(text(f"The model said: {model_said(result)}"))


async def _elicit(asked: Asked, arguments: Json) -> bytes:
    wanted = form(str(arguments.get("message")), {"username": _TEXT, "email": _TEXT}, ("username", "email"))
    result = await asked.talk.ask("elicitation/create", wanted)
    return told(text(f"The person said: action={result.get('action')}, content={said(result.get('content'))}"))


async def _able(asked: Asked, arguments: Json) -> InputRequired | bytes:
    del arguments
    questions = {"user_name": NAME, "capital_question": _CAPITAL, "client_roots": _ROOTS}
    possible = {key: one for key, one in questions.items() if _NEEDS[str(one["method"])] in asked.message.capabilities}
    if not possible or set(possible) <= set(answers_of(asked)):
        return told(text("Nothing is left to ask."))
    return required(possible)


async def _stream_then_ask(asked: Asked, arguments: Json) -> InputRequired | bytes:
    del arguments
    if _fits(NAME, answers_of(asked).get("user_name")):
        return told(text("Thank you."))
    await asked.talk.notify("notifications/progress", {"progressToken": str(asked.message.id), "progress": 1})
    return required({"user_name": NAME})


def _fits(question: Json, answer: object) -> bool:
    """Whether an answer has the form that its question asks for."""
    if not isinstance(answer, dict):
        return False
    if question["method"] == "elicitation/create":
        return answer.get("action") in ("accept", "decline", "cancel")
    return isinstance(answer.get("content" if question["method"] == "sampling/createMessage" else "roots"), dict | list)


_SEAL = secrets.token_bytes(32)


def _sealed(turn: int) -> str:
    raw = f"turn {turn}".encode()
    return base64.urlsafe_b64encode(raw + hmac.digest(_SEAL, raw, hashlib.sha256)).decode()


def _opened(state: object) -> int:
    """The turn in a state. Raises ProtocolError for one that is not ours as we gave it."""
    for turn in range(3):
        if isinstance(state, str) and hmac.compare_digest(state.encode(), _sealed(turn).encode()):
            return turn
    raise ProtocolError(INVALID_PARAMS, "params.requestState is not what this server gave.")
