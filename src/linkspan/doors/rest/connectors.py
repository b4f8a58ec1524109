"""Endpoints: connectors and their actions."""

from typing import Annotated

from fastapi import APIRouter, Query

from linkspan.connectors.action import Action
from linkspan.doors.rest.access import HallOf, LibraryReader
from linkspan.doors.rest.answers import Page
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.doors.rest.catalog_answers import ActionAnswer, ActionSummary, ConnectorAnswer
from linkspan.model import Verb

router = APIRouter(route_class=BoundedRoute)


@router.get("/connectors", tags=["Connectors"], summary="List connectors")
async def list_connectors(hall: HallOf, _: LibraryReader) -> Page[ConnectorAnswer]:
    """Every provider that this installation can link."""
    base_url = hall.settings.base_url
    return Page(data=[ConnectorAnswer.of(connector, base_url) for connector in hall.catalog.connectors.values()])


@router.get("/connectors/{key}", tags=["Connectors"], summary="Get a connector")
async def get_connector(key: str, hall: HallOf, _: LibraryReader) -> ConnectorAnswer:
    """One connector with its guides."""
    return ConnectorAnswer.of(hall.catalog.connector(key), hall.settings.base_url)


@router.get("/actions", tags=["Actions"], summary="List actions")
async def list_actions(
    hall: HallOf,
    _: LibraryReader,
    connector: Annotated[str | None, Query(description="Only this connector's actions.")] = None,
    verb: Annotated[Verb | None, Query()] = None,
    resource: Annotated[str | None, Query(examples=["customers"])] = None,
    search: Annotated[str | None, Query(description="Words that id, label and description hold.")] = None,
) -> Page[ActionSummary]:
    """The actions that fit every given filter, without their schemas."""
    connectors = [hall.catalog.connector(connector)] if connector else hall.catalog.connectors.values()
    words = (search or "").lower().split()
    return Page(
        data=[
            ActionSummary.of(action)
            for one in connectors
            for action in one.actions.values()
            if (verb is None or action.verb is verb)
            and (resource is None or action.resource == resource)
            and _holds(action, words)
        ]
    )


@router.get("/actions/{action_id}", tags=["Actions"], summary="Get an action with its schemas")
async def get_action(action_id: str, hall: HallOf, _: LibraryReader) -> ActionAnswer:
    """Everything needed to call an action: input and output schema, example, scopes, permissions."""
    return ActionAnswer.of(hall.catalog.find(action_id))


def _holds(action: Action, words: list[str]) -> bool:
    text = f"{action.id} {action.label} {action.description}".lower()
    return all(word in text for word in words)
