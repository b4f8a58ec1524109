"""The OpenAPI 3.1 document of /v1: what FastAPI knows, the hot route that it does not, and how to sign in."""

from fastapi import FastAPI

from linkspan.doors.rest.answers import ErrorAnswer

ABOUT = """Link business systems once, then run typed actions on them.

Send the API key as HTTP Basic user name (the password stays empty), as Bearer token, or bare in `Authorization`.
Every refusal has the same shape: a stable `code`, what happened, and the next step."""

SECURITY_SCHEMES: dict[str, object] = {
    "basic": {"type": "http", "scheme": "basic", "description": "The API key as user name; the password stays empty."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The API key as token."},
    "bare": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "The API key alone."},
}

_ACCOUNT = {
    "name": "x-account-id",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The linked account to run on; the query parameter `account_id` does the same.",
}
_ACTION = {
    "name": "action_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "example": "dynamics365bc_list_customers",
}
_GROUP = {"type": ["object", "null"], "additionalProperties": True}

RUN_OPERATION: dict[str, object] = {
    "tags": ["Actions"],
    "summary": "Run an action",
    "description": (
        "Runs the action on a linked account and answers `{data, next}`. `GET /actions/{action_id}` gives the schema of the four "
        "groups. With `Accept: application/x-ndjson` a list is streamed whole, one row a line; if it breaks midway, the last "
        'line is `{"error": …}`. Needs the key scope `actions`.'
    ),
    "operationId": "run_action",
    "parameters": [_ACTION, _ACCOUNT],
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "path": _GROUP,
                        "query": _GROUP,
                        "body": _GROUP,
                        "headers": _GROUP,
                        "idempotency_key": {
                            "type": "string",
                            "description": "Your own name for one write: it is done once, and a repetition gets the same answer. "
                            "The header Idempotency-Key says the same.",
                        },
                        "dry_run": {
                            "type": "boolean",
                            "description": "Tell what the write would send and the record as it is now; send nothing.",
                        },
                        "allow_duplicate": {
                            "type": "boolean",
                            "description": "Write although an equal write is running or in doubt.",
                        },
                    },
                },
                "example": {"query": {"top": 5, "filter": {"blocked": ""}}},
            }
        }
    },
    "responses": {
        "200": {
            "description": "The action ran.",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["data", "next", "run_id"],
                        "properties": {
                            "data": {"description": "A record, a list of records, or null."},
                            "next": {"type": ["string", "null"], "description": "Cursor of the following page."},
                            "run_id": {"type": "string"},
                            "count": {"type": "integer"},
                            "concurrency": {"type": "string", "enum": ["last_writer_wins"]},
                        },
                    }
                },
                "application/x-ndjson": {"schema": {"type": "string", "description": "One JSON record a line."}},
            },
        }
    },
}

_REFUSALS = {
    "400": "The request is wrong; `mistakes` lists everything.",
    "401": "No key, a key that is not accepted, or an account that must be linked again.",
    "403": "The key, the profile or the provider does not allow it.",
    "404": "There is no such thing in this project.",
    "409": "It exists already, or was changed meanwhile.",
    "412": "The profile is switched off or the account suspended.",
    "413": "The body is too large.",
    "422": "The idempotency key was used with another request.",
    "429": "The limit of the provider or of the API key is reached; see `Retry-After`.",
    "502": "The provider failed or could not be reached.",
    "503": "Too busy; repeat later.",
}


def describe(app: FastAPI) -> None:
    """Complete the app's document: servers, sign-in, the run operation, and the error shape everywhere."""
    built = app.openapi

    def whole() -> dict[str, object]:
        if app.openapi_schema is None:
            document = built()
            components = document.setdefault("components", {})
            components["securitySchemes"] = SECURITY_SCHEMES
            components.setdefault("schemas", {}).pop("HTTPValidationError", None)
            components["schemas"].pop("ValidationError", None)
            components["responses"] = {f"Refused{status}": _refusal(text) for status, text in _REFUSALS.items()}
            document["security"] = [{name: []} for name in SECURITY_SCHEMES]
            document["paths"]["/actions/{action_id}"]["post"] = RUN_OPERATION
            for path in document["paths"].values():
                for operation in path.values():
                    _refuse(operation["responses"])
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]  # FastAPI's documented way to complete the document


def _refusal(text: str) -> dict[str, object]:
    schema = {"$ref": f"#/components/schemas/{ErrorAnswer.__name__}"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _refuse(responses: dict[str, object]) -> None:
    # FastAPI documents its own 422 shape, which this door never answers.
    responses.pop("422", None)
    for status in _REFUSALS:
        responses.setdefault(status, {"$ref": f"#/components/responses/Refused{status}"})
