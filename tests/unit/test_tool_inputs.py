"""Every action of every connector is a tool that models take, also in strict modes."""

import re

import pytest

from linkspan.connectors.action import Action
from linkspan.connectors.catalog import load_catalog
from linkspan.connectors.tool_schema import tool_input
from linkspan.doors.mcp.layout import schema_of
from linkspan.doors.mcp.visit import ParamStyle
from linkspan.sdk.toolset.strict import strict_schema

Schema = dict[str, object]
# OpenAI's limits of one strict schema: properties, nesting, choices of one value.
MOST_PROPERTIES, DEEPEST, MOST_CHOICES = 5000, 10, 1000


def faults(schema: Schema, depth: int = 1) -> list[str]:
    """What the APIs of models refuse: names of properties, types that are none, and what is too much."""
    properties = schema.get("properties", {})
    found = [name for name in properties if not re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", name)]
    found += [name for name, one in properties.items() if "type" not in one or len(one.get("enum", [])) > MOST_CHOICES]
    found += ["too deep"] if depth > DEEPEST or len(properties) > MOST_PROPERTIES else []
    inner = [*properties.values(), *([schema["items"]] if "items" in schema else [])]
    return found + [fault for one in inner for fault in faults(one, depth + 1)]


@pytest.mark.parametrize("connector", load_catalog().connectors)
@pytest.mark.parametrize("style", ParamStyle)
def test_every_action_is_a_tool_that_models_take(connector: str, style: ParamStyle) -> None:
    actions: list[Action] = list(load_catalog().connectors[connector].actions.values())
    refused = {
        action.id: found for action in actions if (found := faults(strict_schema(schema_of(tool_input(action), style))))
    }

    assert actions
    assert {} == refused


def test_a_single_record_made_with_another_is_an_object() -> None:
    user = tool_input(load_catalog().actions["entraid_create_user"]).properties["body"]["passwordProfile"]
    quote = tool_input(load_catalog().actions["dynamics365bc_create_sales_quote"]).properties["body"]["salesQuoteLines"]

    assert ("object", {"type": "string"}) == (user["type"], user["properties"]["password"])
    assert ("array", "object") == (quote["type"], quote["items"]["type"])
