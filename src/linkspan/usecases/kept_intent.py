"""What a write sends, kept sealed while its outcome is open, so that any process can look for it at the provider."""

from collections.abc import Mapping
from typing import Any

from linkspan.engine import json_text
from linkspan.engine.call import Call, Target
from linkspan.errors import LinkspanError, ProviderAnswerError
from linkspan.journal_records import Write
from linkspan.model import Secret
from linkspan.usecases.hall import Hall

_FIELD = "intent"


class OtherPlaceError(ProviderAnswerError):
    """The account points to another place now than when the write was sent."""


async def seal_intent(hall: Hall, project_id: str, run_id: str, call: Call) -> bytes:
    """The sealed intent of a run's write."""
    kept = {"root": call.target.api_root, "path": call.path, "body": call.body, "if_match": call.if_match}
    return await hall.vault.seal(project_id, f"write:{run_id}", _FIELD, Secret(json_text.dump(kept).decode()))


async def open_intent(hall: Hall, line: Write, target: Target | None) -> Call | None:
    """The call that a line of the journal was for; None where it is not kept any more, or its action is gone.

    With `target`, where the account points now: raises OtherPlaceError when the write was sent elsewhere.
    """
    action = hall.catalog.actions.get(line.action)
    if line.sealed_intent is None or action is None:
        return None
    text = await hall.vault.open(line.project_id, f"write:{line.run_id}", _FIELD, line.sealed_intent)
    kept: Any = json_text.parse(text.reveal().encode())
    if target is not None and kept["root"] != target.api_root:
        raise OtherPlaceError
    there = target or Target(line.account_id, hall.catalog.connectors[action.connector], kept["root"], frozenset(), "")
    return Call(action, there, kept["path"], {}, kept["body"], kept["if_match"], digest=line.digest)


async def body_of(hall: Hall, line: Write) -> Mapping[str, object] | None:
    """The body of a line's write; None where it cannot be told."""
    try:
        call = await open_intent(hall, line, None)
    except LinkspanError:
        return None
    return call.body if call is not None else None
