"""Finding things of a project by a few letters: accounts, connector profiles, actions, and one run by its id."""

from collections.abc import Sequence
from dataclasses import dataclass

from linkspan.connectors.action import Action
from linkspan.errors import NotFoundError
from linkspan.model import Account, Caller, KeyScope, Profile, Run
from linkspan.storage.account_store import AccountFilter
from linkspan.storage.run_order import PREFIX
from linkspan.usecases.access import has
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_accounts import list_accounts
from linkspan.usecases.read_profiles import list_profiles
from linkspan.usecases.read_runs import read_run

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Things:
    """What was found, the best first. What the caller may not read is not looked for."""

    accounts: Sequence[Account] = ()
    profiles: Sequence[Profile] = ()
    actions: Sequence[Action] = ()
    run: Run | None = None


async def find_in_project(hall: Hall, caller: Caller, words: str, *, limit: int = 6) -> Things:
    """Things of the caller's project that fit, at most `limit` of each kind; nothing for no words. Only the first 200 letters count."""
    words = "".join(letter for letter in words if letter.isprintable()).strip()[:LONGEST]
    if not words:
        return Things()
    reads, logs = has(caller, KeyScope.PLATFORM_READ), has(caller, KeyScope.LOGS_READ)
    return Things(
        accounts=await list_accounts(hall, caller, AccountFilter(search=words, page_size=limit)) if reads else (),
        profiles=await _profiles(hall, caller, words, limit) if reads else (),
        actions=() if words.startswith(PREFIX) else _actions(hall, words, limit),
        run=await _run(hall, caller, words) if logs else None,
    )


async def _profiles(hall: Hall, caller: Caller, words: str, limit: int) -> Sequence[Profile]:
    asked = words.casefold()
    found = await list_profiles(hall, caller)
    return [one for one in found if any(asked in text.casefold() for text in (one.name, one.id, one.connector))][:limit]


def _actions(hall: Hall, words: str, limit: int) -> Sequence[Action]:
    """Those whose id holds what was typed come first, as when an id is pasted; the others by what they are about."""
    asked = words.casefold().replace(" ", "_")
    exact = [
        one for connector in hall.catalog.connectors.values() for one in connector.actions.values() if asked in one.id
    ]
    exact.sort(key=lambda one: (one.id != asked, len(one.id), one.id))
    about = [found.action for found in hall.catalog.index.search(words, limit=limit)]
    return list({one.id: one for one in (*exact[:limit], *about)}.values())[:limit]


async def _run(hall: Hall, caller: Caller, words: str) -> Run | None:
    if not words.startswith(PREFIX):
        return None
    try:
        return await read_run(hall, caller, words)
    except NotFoundError:
        return None
