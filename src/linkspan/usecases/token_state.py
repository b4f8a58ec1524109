"""How an account's token stood when a run used it, and how it stands now. No token is read for it, only what is written about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from linkspan.model import Caller, KeyScope, Run
from linkspan.storage.grant_log import GrantKind, GrantNote
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall

_NEW_TOKEN = (GrantKind.LINKED, GrantKind.RELINKED, GrantKind.REFRESHED)


@dataclass(frozen=True, slots=True)
class TokenState:
    """`state`: fresh, refreshed (during the run), expired, failed (to be refreshed), refused, ended or unknown; `code`: why it failed.

    `got_at` and `ends_at` are those of the last token, None where that is not known.
    """

    state: str
    got_at: datetime | None = None
    ends_at: datetime | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class TokenStates:
    """At the time of a run, and now."""

    then: TokenState
    now: TokenState


async def read_token_states(hall: Hall, caller: Caller, run: Run) -> TokenStates | None:
    """The token of a run's account then and now; None for a run without an account. Raises MissingScopeError."""
    require(caller, KeyScope.LOGS_READ)
    if run.account_id is None:
        return None
    ended = run.started_at + timedelta(milliseconds=run.duration_ms)
    notes = await hall.grant_log.until(caller.project_id, run.account_id, ended)
    return TokenStates(_then(notes, run.started_at), await _now(hall, caller.project_id, run.account_id))


def _then(notes: list[GrantNote], began: datetime) -> TokenState:
    """The state by the notes up to the end of a run, newest first."""
    token = next((note for note in notes if note.kind in _NEW_TOKEN and note.expires_at is not None), None)
    last = notes[0] if notes else None
    if last is not None and last.kind in (GrantKind.ENDED, GrantKind.REFUSED):
        return TokenState(last.kind.value, token.at if token else None, token.expires_at if token else None, last.code)
    if token is None or token.expires_at is None:
        return TokenState("unknown")
    state, code = "fresh", None
    if token.kind is GrantKind.REFRESHED and token.at >= began:
        state = "refreshed"
    elif token.expires_at <= began:
        state = "expired"
    if state != "refreshed" and last is not None and last.kind is GrantKind.FAILED:
        state, code = ("failed" if state == "expired" else state), last.code
    return TokenState(state, token.at, token.expires_at, code)


async def _now(hall: Hall, project_id: str, account_id: str) -> TokenState:
    grant = await hall.grants.read(project_id, account_id)
    if grant is None:
        return TokenState("ended")
    code = grant.failure.code if grant.failure else None
    if grant.refused:
        state = "refused"
    elif grant.expires_at > hall.clock():
        state = "fresh"
    else:
        state = "failed" if code else "expired"
    return TokenState(state, grant.obtained_at, grant.expires_at, code)
