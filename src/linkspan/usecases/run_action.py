"""The main job: one action, run for a caller against one linked account, journalled if it writes, and logged whatever happens."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec

from linkspan.engine.call import Inputs, Result
from linkspan.errors import AccessError, LinkspanError
from linkspan.model import Caller
from linkspan.usecases.admit_action import admit_action
from linkspan.usecases.hall import Hall
from linkspan.usecases.journalled_write import JournalledWrite, WriteWish
from linkspan.usecases.recording import Recording
from linkspan.usecases.rehearse_write import rehearse_write
from linkspan.usecases.run_bodies import note_bodies


class ActionRequest(msgspec.Struct, frozen=True, gc=False):
    """What a door asks for. `door`: rest, rpc, mcp, cli; `profile_id` asks for another profile's rules than the account's own.

    `dry_run`: tell what a write would send, and send nothing. `idempotency_key`: the caller's own name for one write, which is then done once. `allow_duplicate`: run a write although an equal one is running or in doubt. `caller_gone` tells whether the caller has hung up, so
    that a write's answer will not reach it; `repeated_by_clients`: the door's clients ask again by themselves when an answer is lost. `only_at`: the one origin that the run may reach; an account that
    points anywhere else is refused.
    """

    action: str
    account_id: str | None
    inputs: Inputs
    door: str
    profile_id: str | None = None
    dry_run: bool = False
    idempotency_key: str | None = None
    allow_duplicate: bool = False
    caller_gone: Callable[[], Awaitable[bool]] | None = None
    repeated_by_clients: bool = False
    only_at: str | None = None


class Answer(msgspec.Struct, frozen=True, gc=False):
    """An action's result, and the id under which the log has it; `replayed`: a write of before with the same idempotency key answers."""

    result: Result
    run_id: str
    replayed: bool = False


def run_action(hall: Hall, caller: Caller, request: ActionRequest) -> Coroutine[Any, Any, Answer]:
    """Run an action. Every LinkspanError that it raises has `run_id`, under which the log tells what happened."""
    return (_run_and_note if hall.settings.bodies_kept_days else _run)(hall, caller, request)


async def _run_and_note(hall: Hall, caller: Caller, request: ActionRequest) -> Answer:
    """Run an action, and keep what it was asked and answered."""
    try:
        answer = await _run(hall, caller, request)
    except LinkspanError as error:
        if error.run_id is not None:
            note_bodies(hall, caller, (error.run_id, request.account_id), request.inputs, error)
        raise
    if not answer.replayed:
        note_bodies(hall, caller, (answer.run_id, request.account_id), request.inputs, answer.result.data)
    return answer


async def _run(hall: Hall, caller: Caller, request: ActionRequest) -> Answer:
    if not hall.run_log.has_room:
        await hall.run_log.ready()
    with Recording(hall, caller, request.action, request.door) as recording:
        admitted = await admit_action(
            hall, caller, request.action, recording, account_id=request.account_id, profile_id=request.profile_id
        )
        if request.only_at is not None and admitted.target.allowed != {request.only_at}:
            raise AccessError(f"Nothing was sent: the account does not point at {request.only_at}.")
        ready = admitted.ready
        if ready is not None and not request.dry_run and (url := ready.url_of(request.inputs)) is not None:
            result = await ready.read(url, admitted.tokens, recording)
            recording.succeeded(result.rows)
            return Answer(result, recording.run_id)
        call = hall.engine.prepare(admitted.action, admitted.target, request.inputs)
        if request.dry_run:
            return Answer(await rehearse_write(hall, admitted, call, recording), recording.run_id)
        if call.action.verb.writes:
            wish = WriteWish(
                request.idempotency_key, request.allow_duplicate, request.caller_gone, request.repeated_by_clients
            )
            written = await JournalledWrite(hall, admitted, call, recording, wish).run()
            recording.succeeded(written.result.rows)
            return Answer(written.result, written.run_id, replayed=written.replayed)
        result = await hall.engine.execute(call, admitted.tokens, recording)
        recording.succeeded(result.rows)
        return Answer(result, recording.run_id)
