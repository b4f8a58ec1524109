"""Finding actions by what people say, among all of the catalog or those that some accounts' profiles enable."""

from collections.abc import Collection, Sequence

from linkspan.connectors.search import Found
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall
from linkspan.usecases.offer_actions import offers_of, open_accounts

MOST_FOUND = 50
_LONGEST = 500
# Of so many that fit, those that are not offered are left out.
_LOOKED_AT = 400


async def find_actions(
    hall: Hall,
    caller: Caller,
    question: str,
    *,
    connector: str | None = None,
    limit: int = 5,
    account_ids: Sequence[str] | None = None,
) -> list[Found]:
    """The actions that fit a question best, best first; with `account_ids` (which may be empty: all) only what those accounts offer.

    Raises MissingScopeError, InvalidInputError for a question without a word or too long, NotFoundError for an unknown account.
    """
    require(caller, KeyScope.ACTIONS_READ)
    mistakes = []
    if not question.strip() or len(question) > _LONGEST:
        mistakes.append(Mistake("query", f"must be a question of 1 to {_LONGEST} characters"))
    if not 1 <= limit <= MOST_FOUND:
        mistakes.append(Mistake("top_k", f"must be a whole number from 1 to {MOST_FOUND}"))
    if mistakes:
        raise InvalidInputError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
    if account_ids is None:
        return hall.catalog.index.search(question, limit=limit, connector=connector)
    openings = await open_accounts(hall, caller, account_ids)
    offered = {offer.action.id for offer in offers_of(hall, caller, openings)}
    return find_among(hall, question, offered, connector, limit)


def find_among(hall: Hall, question: str, offered: Collection[str], connector: str | None, limit: int) -> list[Found]:
    """The actions of those offered (their ids) that fit a question best, best first. Raises InvalidInputError for a question too long."""
    if len(question) > _LONGEST:
        raise InvalidInputError(mistakes=[Mistake("query", f"must be a question of 1 to {_LONGEST} characters")])
    found = hall.catalog.index.search(question, limit=_LOOKED_AT, connector=connector)
    return [one for one in found if one.action.id in offered][:limit]
