"""A dry run: what a write would send, what was checked for it, and the record as it is now; nothing is written."""

from linkspan.engine.call import Call, Result
from linkspan.engine.rehearsal import Rehearsal
from linkspan.errors import InvalidInputError, Mistake
from linkspan.usecases.admit_action import Admitted
from linkspan.usecases.hall import Hall
from linkspan.usecases.recording import Recording

_ETAG = "@odata.etag"


async def rehearse_write(hall: Hall, admitted: Admitted, call: Call, recording: Recording) -> Result:
    """The answer of a dry run. Raises InvalidInputError for an action that only reads, and what the reads before a write raise."""
    if not call.action.verb.writes:
        raise InvalidInputError(mistakes=[Mistake("dry_run", "is for actions that write")])
    found = await hall.engine.rehearse(call, admitted.tokens, recording)
    request: dict[str, object] = {"method": found.method, "url": found.url, "body": found.body}
    if found.if_match is not None:
        request["if_match"] = found.if_match
    told = {"dry_run": True, "request": request, "before": found.before, "checks": _checks(admitted, call, found)}
    return Result(told)


def _checks(admitted: Admitted, call: Call, found: Rehearsal) -> list[dict[str, object]]:
    """What stands between a caller and a write, in the order in which it is looked at; a write stops at the first that is not ok."""
    account, profile = admitted.account, admitted.tokens.profile
    checks: list[dict[str, object]] = [
        {"check": "key", "ok": True, "about": "The API key may run this action."},
        {"check": "account", "ok": True, "about": f"The account {account.id} is {account.state.value}."},
        {"check": "profile", "ok": True, "about": f"The connector profile {profile.name!r} enables {call.action.id}."},
        {"check": "input", "ok": True, "about": "The input fits the action."},
    ]
    if found.before is not None:
        checks.append({"check": "record", "ok": True, "about": "The record exists and can be read."})
    if call.if_match is not None and found.before is not None:
        current = found.before.get(_ETAG) == call.if_match
        about = (
            "The etag is the record's current one." if current else "The record was changed since its etag was read."
        )
        checks.append({"check": "etag", "ok": current, "about": about})
    return checks
