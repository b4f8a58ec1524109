"""What somebody does next at a project: the way to the first action, and what needs a look afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from linkspan.doors.console.visit import Visit
from linkspan.model import AccountState, KeyScope, Profile
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.access import has
from linkspan.usecases.expiry import expiries
from linkspan.usecases.keep_webhooks import list_webhooks
from linkspan.usecases.read_accounts import list_accounts

ILL = (AccountState.NEEDS_REAUTH, AccountState.REVOKED, AccountState.DEGRADED)
"""The states in which an account's calls fail, or will."""
_NAMED = 5


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do until the first action runs. `address`: where it is done, in the words of `button`; `done`: whether it is.

    `guide`: an address to read first, empty for none.
    """

    title: str
    text: str
    address: str
    button: str
    done: bool
    guide: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that needs a look: what, and the places to look at (name, address). `tone`: bad now, warn later."""

    what: str
    places: Sequence[tuple[str, str]]
    tone: str = "bad"


def way_to_the_first_action(visit: Visit, *, profiles: int, accounts: int, keys: int, ran: bool) -> Sequence[NextStep]:
    """The steps, in the order in which they are done; the numbers are of what the project has."""
    return (
        NextStep(
            "Make a connector profile", "It holds the application that your customers agree to. The guide tells what to register at the provider.",
            visit.to("profiles"), "To the profiles", profiles > 0, guide="/connectors",
        ),
        NextStep(
            "Link an account", "An account links one customer to their business system. Make a link page for a customer, or try it yourself.",
            visit.to("accounts"), "Make a link page", accounts > 0,
        ),
        NextStep(
            "Run an action", "Try one here, with a form that is made of its schema. What it asks the provider is in the log.",
            visit.to("tester"), "Open the action tester", ran,
        ),
        NextStep(
            "Take an API key", "Your application and its agents ask with it, over REST, MCP or the SDK.",
            visit.to("keys"), "Make a key", keys > 0,
        ),
    )  # fmt: skip


async def troubles(visit: Visit, states: Mapping[AccountState, int], profiles: Sequence[Profile]) -> Sequence[Trouble]:
    """What needs a look, worst first."""
    found = [*await _ill_accounts(visit, states), *_expiring(visit, profiles)]
    if has(visit.caller, KeyScope.PLATFORM_READ):
        failing = [one for one in await list_webhooks(visit.hall, visit.caller) if one.health == "failing" or one.dead]
        if failing:
            places = [(one.webhook.url, visit.to(f"webhooks/{one.webhook.id}")) for one in failing[:_NAMED]]
            found.append(
                Trouble(_counted(len(failing), "webhook does", "webhooks do") + " not answer as it should.", places)
            )
    return found


async def _ill_accounts(visit: Visit, states: Mapping[AccountState, int]) -> list[Trouble]:
    count = sum(states.get(state, 0) for state in ILL)
    if not count:
        return []
    some = await list_accounts(visit.hall, visit.caller, AccountFilter(states=ILL, page_size=_NAMED))
    places = [(one.label or one.owner.name, visit.to(f"accounts/{one.id}")) for one in some]
    return [Trouble(_counted(count, "account needs", "accounts need") + " a look.", places)]


def _expiring(visit: Visit, profiles: Sequence[Profile]) -> Iterator[Trouble]:
    for profile in profiles:
        for one in expiries(profile, visit.hall.clock()):
            what, days = one.code.replace("_", " ").capitalize(), max(one.days_left, 0)
            when = "has expired" if one.over else f"expires in {_counted(days, 'day', 'days')}"
            place = (profile.name, visit.to("profiles"))
            yield Trouble(f"{what} {when}. {one.next_step}", [place], "bad" if one.over else "warn")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
