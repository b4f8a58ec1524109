"""The engine: checks one action's inputs, and carries the call out by the protocol that the connector names."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from linkspan.connectors.action import Action, Connector, ProviderLimits
from linkspan.engine.call import Call, Inputs, Result, Seal, StepSink, Target, TokenSource, WriteNotes
from linkspan.engine.cursor import open_cursor
from linkspan.engine.exchange import Exchange, Wiring
from linkspan.engine.odata_v4 import ODataV4
from linkspan.engine.proxy import ProxyCall, ProxyExchange, pass_on
from linkspan.engine.readback import Doubt, Sighting
from linkspan.engine.ready_read import ReadyRead, ready_read_of
from linkspan.engine.rehearsal import Rehearsal, RehearsalExchange
from linkspan.engine.retry import Patience
from linkspan.engine.shape import Record
from linkspan.engine.target import Targets
from linkspan.engine.validate import Plan, plan_of
from linkspan.errors import ConfigurationError, InvalidInputError, Mistake
from linkspan.model import Account, Profile, Verb
from linkspan.transport.protocol import Transport
from linkspan.transport.throttle import Pace, Throttle

_LOOK_TIMEOUT = 20.0
_LOOK_BUDGET = 5.0


class Engine:
    """Runs actions. Plans are compiled at an action's first call and kept."""

    def __init__(
        self,
        transport: Transport,
        seal: Seal,
        throttle: Throttle,
        clock: Callable[[], datetime],
        *,
        patience: Patience | None = None,
        settles: float | None = None,
    ) -> None:
        self._wiring = Wiring(transport, throttle, patience or Patience(), clock, settles=settles)
        self._seal = seal
        self._protocols: Mapping[str, ODataV4] = {"odata_v4": ODataV4(seal)}
        self._plans: dict[str, Plan] = {}
        self._paces: dict[str, tuple[ProviderLimits, Pace]] = {}
        self._targets = Targets()

    def target(self, connector: Connector, profile: Profile, account: Account) -> Target:
        """Where an account's requests go. Raises ConfigurationError if the account lacks a field that the address needs."""
        return self._targets.of(connector, profile, account)

    def prepare(self, action: Action, target: Target, inputs: Inputs) -> Call:
        """The validated call. Raises InvalidInputError with every mistake and the nearest known names, or CursorInvalidError."""
        plan = self._plan(action, target)
        cursor = inputs.query.get("cursor") if action.verb is Verb.LIST else None
        position = open_cursor(self._seal, action, target, cursor) if isinstance(cursor, str) and cursor else None
        return plan.check(target, inputs, position)

    def execute(
        self, call: Call | ProxyCall, tokens: TokenSource, steps: StepSink, notes: WriteNotes | None = None
    ) -> Coroutine[Any, Any, Result]:
        """Run a call. Raises the error that the provider's refusal means, WriteOutcomeUnknownError where a write may have happened.

        What is learned of a write on the way is put into `notes`.
        """
        exchange = self._exchange(call, tokens, steps)
        exchange.notes = notes
        if isinstance(call, ProxyCall):
            return pass_on(call, ProxyExchange(exchange.wiring, exchange.target, exchange.pace, tokens, steps))
        return self._protocol(call.target).run(call, exchange)

    def ready_read(self, action: Action, target: Target) -> ReadyRead | None:
        """The short way of plain reads; None where the action has none on this account."""
        if action.verb is not Verb.GET:
            return None
        shape = self._protocol(target).shaper(action)
        return ready_read_of(self._plan(action, target), target, shape, self._wiring, self._pace(target.connector))

    def settles(self, connector: Connector) -> float:
        """Seconds after which a connector's provider can no longer be at a write whose connection was lost."""
        own = self._wiring.settles
        return connector.limits.settles if own is None else own

    def provider_time(self, target: Target) -> datetime | None:
        """The time at the provider, by the answers that it gave this process; None before the first."""
        return self._wiring.provider_clocks.now(target.api_root)

    async def look(self, call: Call, doubt: Doubt, tokens: TokenSource, steps: StepSink) -> Sighting:
        """What the provider shows of a write whose answer was lost. Raises what reads raise."""
        exchange = self._exchange(call, tokens, steps)
        # Somebody waits behind a write that may have waited long already.
        patience = self._wiring.patience
        brief = replace(patience, timeout=min(patience.timeout, _LOOK_TIMEOUT), tries=2, budget=_LOOK_BUDGET)
        exchange.wiring = replace(exchange.wiring, patience=brief)
        return await self._protocol(call.target).look(call, exchange, doubt)

    async def rehearse(self, call: Call, tokens: TokenSource, steps: StepSink) -> Rehearsal:
        """What a write would send, without sending it. Raises what the reads before it raise."""
        asked = self._exchange(call, tokens, steps)
        exchange = RehearsalExchange(asked.wiring, asked.target, asked.pace, tokens, steps)
        return await self._protocol(call.target).rehearse(call, exchange)

    def stream(self, call: Call, tokens: TokenSource, steps: StepSink) -> AsyncGenerator[Sequence[Record], None]:
        """All rows of a list, page by page, behind people who wait. Raises InvalidInputError for other verbs."""
        if call.action.verb is not Verb.LIST:
            raise InvalidInputError(mistakes=[Mistake("action", "only lists can be streamed")])
        return self._protocol(call.target).stream(call, self._exchange(call, tokens, steps, bulk=True))

    def _exchange(
        self, call: Call | ProxyCall, tokens: TokenSource, steps: StepSink, *, bulk: bool = False
    ) -> Exchange:
        return Exchange(self._wiring, call.target, self._pace(call.target.connector), tokens, steps, bulk)

    def _plan(self, action: Action, target: Target) -> Plan:
        plan = self._plans.get(action.id)
        if plan is None or plan.action is not action:
            plan = self._plans[action.id] = plan_of(action, target.connector)
        return plan

    def _pace(self, connector: Connector) -> Pace:
        limits, pace = self._paces.get(connector.key, (None, None))
        if pace is None or limits is not connector.limits:
            limits = connector.limits
            pace = Pace(limits.concurrent, limits.requests, limits.window)
            self._paces[connector.key] = (limits, pace)
        return pace

    def _protocol(self, target: Target) -> ODataV4:
        name = target.connector.protocol
        protocol = self._protocols.get(name)
        if protocol is None:
            message = (
                f"The connector {target.connector.key} names the protocol {name!r}, which this engine does not speak."
            )
            raise ConfigurationError(message)
        return protocol
