"""The fixture's resources and prompts."""

from collections.abc import Mapping

from linkspan.doors.mcp.conformance.asking_tools import answers_of, required
from linkspan.doors.mcp.conformance.pieces import IMAGE, PNG, Json, embedded, form, said, text
from linkspan.doors.mcp.message import INVALID_PARAMS, ProtocolError
from linkspan.doors.mcp.source import Asked, InputRequired
from linkspan.engine import json_text

_PLAIN, _PICTURE, _WATCHED = "test://static-text", "test://static-binary", "test://watched-resource"
_HEAD, _TAIL = "test://template/", "/data"

RESOURCES: list[Json] = [
    {"uri": _PLAIN, "name": "timetable", "description": "A text.", "mimeType": "text/plain"},
    {"uri": _PICTURE, "name": "flag", "description": "A picture.", "mimeType": "image/png"},
    {"uri": _WATCHED, "name": "tide", "description": "A text to subscribe to.", "mimeType": "text/plain"},
]
TEMPLATES: list[Json] = [
    {"uriTemplate": f"{_HEAD}{{id}}{_TAIL}", "name": "berth", "description": "A berth.", "mimeType": "application/json"}
]
_QUESTION: Json = {
    "method": "elicitation/create",
    "params": form("What context should the prompt have?", {"context": {"type": "string"}}, ("context",)),
}
_ASKING = "test_input_required_result_prompt"


def read_resource(asked: Asked) -> bytes:
    """The contents of a resource. Raises ProtocolError."""
    uri = asked.message.params.get("uri")
    contents: dict[str, object] = {"uri": uri, "mimeType": "text/plain"}
    if uri in (_PLAIN, _WATCHED):
        contents["text"] = "The ferry leaves at six."
    elif uri == _PICTURE:
        contents |= {"mimeType": "image/png", "blob": PNG}
    elif isinstance(uri, str) and uri.startswith(_HEAD) and uri.endswith(_TAIL):
        berth = uri[len(_HEAD) : -len(_TAIL)]
        contents |= {"mimeType": "application/json", "text": said({"id": berth, "data": f"Berth {berth}"})}
    else:
        raise ProtocolError(INVALID_PARAMS, "There is no such resource.", {"uri": uri})
    return json_text.dump({"contents": [contents]})


def listed_prompts(*, stateless: bool) -> list[Json]:
    """The prompts of an era."""
    prompts = [_prompt("test_simple_prompt", "A prompt without arguments.")]
    prompts.append(_prompt("test_prompt_with_arguments", "A prompt with two arguments.", "arg1", "arg2"))
    prompts.append(_prompt("test_prompt_with_embedded_resource", "A prompt with a resource.", "resourceUri"))
    prompts.append(_prompt("test_prompt_with_image", "A prompt with a picture."))
    return [*prompts, _prompt(_ASKING, "A prompt that asks first.")] if stateless else prompts


def prompt(asked: Asked) -> bytes | InputRequired:
    """The messages of a prompt. Raises ProtocolError."""
    name, given = asked.message.params.get("name"), asked.message.params.get("arguments", {})
    arguments: Mapping[str, object] = given if isinstance(given, dict) else {}
    contents: list[Json]
    if name == "test_simple_prompt":
        contents = [text("Say when the next ferry leaves.")]
    elif name == "test_prompt_with_arguments":
        contents = [text(f"Prompt with arguments: arg1={arguments.get('arg1')!r}, arg2={arguments.get('arg2')!r}")]
    elif name == "test_prompt_with_embedded_resource":
        contents = [embedded(str(arguments.get("resourceUri")), "Cargo list"), text("Sum the cargo up.")]
    elif name == "test_prompt_with_image":
        contents = [IMAGE, text("Say what the picture shows.")]
    elif name == _ASKING and asked.stateless:
        answers = answers_of(asked)
        if not isinstance(answers.get("user_context"), dict):
            return required({"user_context": _QUESTION})
        contents = [text(f"With this context: {said(answers['user_context'])}")]
    else:
        raise ProtocolError(INVALID_PARAMS, f"There is no prompt {name!r}.")
    return json_text.dump({"messages": [{"role": "user", "content": content} for content in contents]})


def _prompt(name: str, description: str, *arguments: str) -> Json:
    wanted = [{"name": each, "description": "A text.", "required": True} for each in arguments]
    return {"name": name, "description": description, "arguments": wanted}
