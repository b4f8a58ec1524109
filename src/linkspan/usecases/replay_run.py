"""Asking a simulator what a run asked: never a real provider, always as a new run, and compared with what was answered then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from linkspan.connectors.action import Action
from linkspan.engine import json_text
from linkspan.engine.call import Inputs
from linkspan.errors import AccessError, InvalidInputError, LinkspanError, Mistake, NotFoundError
from linkspan.model import Account, Caller, Run
from linkspan.storage.account_store import AccountFilter
from linkspan.transport.egress import origin_of
from linkspan.transport.protocol import Outbound, TransportError
from linkspan.usecases.answer_differences import Differences, differences_of
from linkspan.usecases.body_log import HIDDEN, LEFT_OUT, redacted
from linkspan.usecases.hall import Hall
from linkspan.usecases.offer_actions import USABLE
from linkspan.usecases.read_accounts import list_accounts, read_account
from linkspan.usecases.read_runs import read_run
from linkspan.usecases.run_action import ActionRequest, run_action
from linkspan.usecases.run_bodies import read_bodies, told_of

_MOST_ACCOUNTS = 50
_LONGEST_STATE = 8 * 1024 * 1024
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ReplayOffer:
    """Where a run may be replayed: accounts whose profile names an address of its own, the run's own first; `why_not` if it cannot be."""

    action: Action | None
    accounts: Sequence[Account]
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay: the new run (`replayed`: it was sent by this form before), its error, and the differences; None: they cannot be told."""

    run_id: str | None
    replayed: bool
    error: LinkspanError | None
    differences: Differences | None


async def offer_replay(hall: Hall, caller: Caller, run: Run, bodies: Mapping[str, object] | None) -> ReplayOffer:
    """Whether and where a run can be replayed; no simulator is asked yet. Raises MissingScopeError."""
    action = hall.catalog.actions.get(run.action)
    if action is None:
        return ReplayOffer(None, (), "It ran no action of a connector.")
    if bodies is None:
        return ReplayOffer(
            action, (), "What it was asked was not kept: set LINKSPAN_BODIES_KEPT_DAYS for the runs to come."
        )
    if _is_partial(bodies.get("asked")):
        return ReplayOffer(action, (), "A part of what it was asked was hidden or left out when it was kept.")
    wanted = AccountFilter(connectors=(action.connector,), states=USABLE)
    found: list[Account] = []
    for account in await list_accounts(hall, caller, wanted):
        profile = await hall.warm.profile(caller.project_id, account.profile_id)
        if profile.provider_url is not None and profile.enabled:
            found.append(account)
    if not found:
        return ReplayOffer(action, (), "No account of this connector points at a simulator.")
    found.sort(key=lambda account: account.id != run.account_id)
    return ReplayOffer(action, found[:_MOST_ACCOUNTS])


async def replay_run(hall: Hall, caller: Caller, run_id: str, account_id: str, key: str) -> Replayed:
    """Ask a simulator what a run asked. `key`: the idempotency key of a write.

    Raises NotFoundError (run, account, or no bodies), InvalidInputError, MissingScopeError, and AccessError where no simulator answers at
    the account's address, or one that passes requests on to a real provider.
    """
    run = await read_run(hall, caller, run_id)
    action = hall.catalog.find(run.action)
    bodies = await read_bodies(hall, caller, run.id)
    inputs = _inputs_of(bodies.get("asked"))
    account = await read_account(hall, caller, account_id)
    if account.connector != action.connector:
        raise InvalidInputError(
            mistakes=[Mistake("account", f"is linked to {account.connector}, not {action.connector}")]
        )
    profile = await hall.warm.profile(caller.project_id, account.profile_id)
    origin = await simulator_at(hall, profile.provider_url)
    request = ActionRequest(
        action.id, account.id, inputs, "console", idempotency_key=key if action.verb.writes else None, only_at=origin
    )
    try:
        answer = await run_action(hall, caller, request)
    except LinkspanError as error:
        return Replayed(
            error.run_id, replayed=False, error=error, differences=_compared(hall, action, bodies, told_of(error))
        )
    compared = _compared(hall, action, bodies, answer.result.data)
    return Replayed(answer.run_id, answer.replayed, None, compared)


async def simulator_at(hall: Hall, provider_url: str | None) -> str:
    """The origin at which a simulator answers right now and answers out of its own books. Raises AccessError for anything else.

    An address in a profile may be that of a gateway to a real provider, and a simulator that records passes every request on to one:
    so it is asked who it is, and what its tape deck does.
    """
    origin = origin_of(provider_url or "")
    if not origin or urlsplit(origin).hostname is None:
        raise AccessError("Nothing was sent: the account's profile points at the provider itself.")
    request = Outbound(
        "GET", f"{origin}/_sim/state", {"accept": "application/json"}, None, _SECONDS, frozenset({origin}), _LONGEST_STATE
    )  # fmt: skip
    try:
        told = await hall.post.send(request)
        state = json_text.parse(told.body)
    except (TransportError, ValueError):
        state = None
    if not isinstance(state, dict) or not {"tape", "tenants", "clock"} <= state.keys():
        raise AccessError(f"Nothing was sent: no simulator answers at {origin}.", next_step="Start it: linkspan sim.")
    if state["tape"] == "recording":
        told_why = (
            f"Nothing was sent: the simulator at {origin} is recording, and passes requests on to a real provider."
        )
        raise AccessError(told_why, next_step="Stop the recording first.")
    return origin


def _inputs_of(asked: object) -> Inputs:
    if not isinstance(asked, dict) or _is_partial(asked):
        raise NotFoundError("A part of what the run was asked was hidden or left out when it was kept.")
    path, query, body, headers = (asked.get(name) for name in ("path", "query", "body", "headers"))
    return Inputs(path or {}, query or {}, body, headers or {})


def _is_partial(asked: object) -> bool:
    """Whether what was kept is not all that was asked."""
    if isinstance(asked, Mapping):
        return LEFT_OUT in asked or any(_is_partial(one) for one in asked.values())
    if isinstance(asked, list):
        return any(_is_partial(one) for one in asked)
    return asked == HIDDEN


def _compared(hall: Hall, action: Action, bodies: Mapping[str, object], answered: object) -> Differences | None:
    recorded = bodies.get("answered")
    if isinstance(recorded, Mapping) and recorded.keys() == {LEFT_OUT}:
        return None
    # As bodies are kept: without secrets, and through JSON.
    again = json_text.parse(json_text.dump(redacted(answered)))
    connector = hall.catalog.connectors[action.connector]
    return differences_of(recorded, again, modified_field=connector.modified_field)
