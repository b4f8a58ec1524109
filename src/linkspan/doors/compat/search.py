"""`/actions/search` and `/actions/build`: finding actions as the published clients ask for it (wire contract 2.7)."""

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.compat.asked import answer_of, caller_of
from linkspan.doors.compat.given import Given
from linkspan.doors.porch.body import read_object
from linkspan.model import KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.find_actions import MOST_FOUND, find_actions
from linkspan.usecases.hall import Hall

_DEFAULT_LIMIT = 10


class CompatSearch:
    """The endpoints of search."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def search(self, request: Request) -> Response:
        """The actions that fit; an unknown connector has none, for clients ask for pseudo connectors too."""
        caller, given = await caller_of(self._hall, request), Given(await read_object(request))
        question, connector = given.text("query", needed=True) or "", given.text("connector")
        limit = given.whole("top_k", _DEFAULT_LIMIT)
        least = _similarity(given)
        given.check()
        found = await find_actions(
            self._hall, caller, question, connector=connector, limit=max(1, min(limit, MOST_FOUND))
        )
        results = [
            {
                "id": one.action.id,
                "similarity_score": one.score,
                "action_name": one.action.id,
                "connector_key": one.action.connector,
                "description": one.action.description,
                "label": one.action.label,
                "project_id": caller.project_id,
            }
            for one in found
            if one.score >= least
        ]
        told: dict[str, object] = {"results": results, "total_count": len(results), "query": question}
        # Newer clients refuse a null here, so what was not asked for is left out.
        if connector is not None:
            told["connector_filter"] = connector
        if (project := given.text("project_id")) is not None:
            told["project_filter"] = project
        return answer_of(told)

    async def build(self, request: Request) -> Response:
        """The index is made when it is first needed and never stale, so there is nothing to wait for."""
        require(await caller_of(self._hall, request), KeyScope.ACTIONS_READ)
        given = Given(await read_object(request))
        connector = given.text("connector_key")
        given.flag("force_refresh")
        given.check()
        actions = [one for one in self._hall.catalog.actions.values() if connector in {None, one.connector}]
        told: dict[str, object] = {"status": "success", "actions_indexed": len(actions)}
        return answer_of(told | ({"connector_filter": connector} if connector is not None else {}))


def _similarity(given: Given) -> float:
    """`min_similarity`, from 0 to 1; nothing is left out without it, for a client that looks for the best wants something to look at."""
    value = given.number("min_similarity")
    if not 0 <= value <= 1:
        given.wrong("min_similarity", "must be from 0 to 1")
    return value
