"""A read of one record made ready: what an account and an action settle about it is worked out once, not for each call."""

from dataclasses import dataclass

from linkspan.engine.call import COMPANY, Call, Inputs, Result, StepSink, Target, TokenSource
from linkspan.engine.exchange import Exchange, Wiring
from linkspan.engine.shape import Shaper
from linkspan.engine.urls import PLAIN, action_path
from linkspan.engine.validate import PathInput, Plan
from linkspan.engine.values import GUID
from linkspan.errors import Mistake
from linkspan.model import Verb
from linkspan.transport.throttle import Pace

# Stands in a path where the record's key will be: percent-encoding leaves it as it is.
_KEY = "~key~"


@dataclass(frozen=True, slots=True)
class ReadyRead:
    """The short way of a call that names a record and asks for nothing else; every other call, and a wrong one, goes the long way.

    The record's URL is `before`, its key, `after`; the key is the path input `name`, which `key` reads.
    """

    before: str
    after: str
    name: str
    key: PathInput
    shape: Shaper
    wiring: Wiring
    target: Target
    pace: Pace

    def url_of(self, inputs: Inputs) -> str | None:
        """The record's URL; None: the call must go the long way, which also tells what is wrong with it."""
        path = inputs.path
        if len(path) != 1 or inputs.query or inputs.body or inputs.headers:
            return None
        value = path.get(self.name)
        if value is None:
            return None
        mistakes: list[Mistake] = []
        text = str(self.key.literal(self.key.read(value, self.name, mistakes)))
        return f"{self.before}{text}{self.after}" if not mistakes and PLAIN.fullmatch(text) else None

    async def read(self, url: str, tokens: TokenSource, steps: StepSink) -> Result:
        """The record. Raises the errors of faults.py."""
        record = await Exchange(self.wiring, self.target, self.pace, tokens, steps).ask("GET", url)
        return Result(self.shape(record or {}), rows=1)


def ready_read_of(plan: Plan, target: Target, shape: Shaper, wiring: Wiring, pace: Pace) -> ReadyRead | None:
    """The action's short way on an account; None where there is none: for other verbs, or when more than one input is the caller's."""
    asked = [name for name in plan.path if name not in target.defaults]
    company = target.defaults.get(COMPANY)
    named = company is not None and COMPANY in plan.path and not GUID.fullmatch(company)
    if plan.action.verb is not Verb.GET or len(asked) != 1 or named:
        return None
    path = {name: target.defaults[name] for name in plan.path if name in target.defaults}
    template = Call(plan.action, target, path | {asked[0]: _KEY}, {}, None)
    before, _, after = action_path(template, path.get(COMPANY)).partition(_KEY)
    return ReadyRead(f"{target.api_root}/{before}", after, asked[0], plan.path[asked[0]], shape, wiring, target, pace)
