"""A request of the caller's own through an account's connection: admitted by a right of its own, journalled if it writes, and logged."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from linkspan.engine.call import Inputs, Result
from linkspan.engine.proxy import ProxyCall, ProxyWish, proxy_action, proxy_call
from linkspan.engine.urls import shown_url
from linkspan.errors import InvalidInputError, LinkspanError, Mistake, ProfileDisabledError
from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import check_read_only, require
from linkspan.usecases.admit_action import AccountTokens, AdmittedProxy
from linkspan.usecases.hall import Hall
from linkspan.usecases.journalled_write import JournalledWrite, WriteWish
from linkspan.usecases.recording import Recording
from linkspan.usecases.run_action import Answer
from linkspan.usecases.run_bodies import note_bodies
from linkspan.usecases.wire_state import closing_error


class ProxyRequest(msgspec.Struct, frozen=True, gc=False):
    """What a door asks to pass on; the other fields as in ActionRequest."""

    account_id: str | None
    wish: ProxyWish
    door: str
    dry_run: bool = False
    idempotency_key: str | None = None
    allow_duplicate: bool = False
    caller_gone: Callable[[], Awaitable[bool]] | None = None
    repeated_by_clients: bool = False


async def proxy_request(hall: Hall, caller: Caller, request: ProxyRequest) -> Answer:
    """Pass a request on. The profile's choice of actions does not hold here: that is what the scope `proxy` is for.

    The result's data is `{status, data, headers}` of the provider's answer. Every LinkspanError that it raises has `run_id`.
    """
    try:
        answer = await _run(hall, caller, request)
    except LinkspanError as error:
        _note(hall, caller, error.run_id, request, error)
        raise
    if not answer.replayed:
        _note(hall, caller, answer.run_id, request, answer.result.data)
    return answer


async def _run(hall: Hall, caller: Caller, request: ProxyRequest) -> Answer:
    await hall.run_log.ready()
    with Recording(hall, caller, "proxy", request.door) as recording:
        admitted, call = await _admit(hall, caller, request, recording)
        if request.dry_run:
            return Answer(Result(_rehearsed(call)), recording.run_id)
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


async def _admit(
    hall: Hall, caller: Caller, request: ProxyRequest, recording: Recording
) -> tuple[AdmittedProxy, ProxyCall]:
    """Scopes, project, states, and the request itself. Raises the errors of `admit_action`, but for those of actions."""
    require(caller, KeyScope.PROXY)
    if not request.account_id:
        raise InvalidInputError(mistakes=[Mistake("headers.x-account-id", "is missing: name the linked account")])
    account = await hall.warm.account(caller.project_id, request.account_id)
    action = proxy_action(account.connector, request.wish.method)
    recording.about(action, account)
    require(caller, KeyScope.ACTIONS if action.verb.writes else KeyScope.ACTIONS_READ)
    profile = await hall.warm.profile(caller.project_id, account.profile_id)
    if (closed := closing_error(account, lambda: hall.tokens.facts(profile, account.fields))) is not None:
        raise closed
    check_read_only(account, writes=action.verb.writes)
    if not profile.enabled:
        raise ProfileDisabledError
    target = hall.engine.target(hall.catalog.connectors[account.connector], profile, account)
    call = proxy_call(action, target, request.wish)
    return AdmittedProxy(account, target, AccountTokens(hall, account, profile, recording)), call


def _rehearsed(call: ProxyCall) -> Mapping[str, object]:
    """What would be sent."""
    if not call.action.verb.writes:
        raise InvalidInputError(mistakes=[Mistake("dry_run", "is for requests that write")])
    sent = {"method": call.method, "url": shown_url(call.url), "headers": call.headers, "body": call.body}
    return {"dry_run": True, "request": sent}


def _note(hall: Hall, caller: Caller, run_id: str | None, request: ProxyRequest, answered: object) -> None:
    if hall.settings.bodies_kept_days and run_id is not None:
        wish = request.wish
        place = {"method": wish.method, "path": wish.path, "url": wish.url}
        body = wish.body if isinstance(wish.body, dict) else None
        headers = wish.headers if isinstance(wish.headers, dict) else {}
        note_bodies(hall, caller, (run_id, request.account_id), Inputs(place, {}, body, headers), answered)
