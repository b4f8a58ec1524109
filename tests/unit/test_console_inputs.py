"""The tester's form says what the schema says: every action's example survives it, and what it cannot say it refuses to show."""

from decimal import Decimal

import pytest

from linkspan.connectors.catalog import load_catalog
from linkspan.doors.console.input_form import Part, draw
from linkspan.doors.console.input_values import (
    MOST_ROWS,
    NotOnFormError,
    compacted,
    indexes_of,
    kind_of,
    properties_of,
    read_values,
    values_of,
)
from linkspan.errors import InvalidInputError, Mistake

ACTIONS = load_catalog().actions
ORDER = ACTIONS["dynamics365bc_create_sales_order"]
LINES = "body.salesOrderLines"


def controls(parts: list[Part]) -> list[str]:
    return [
        name
        for part in parts
        for name in (*(one.name for one in (*part.first, *part.more)), *controls(list(part.parts)))
    ]


def numbers_as_text(value: object) -> object:
    if isinstance(value, dict):
        return {name: numbers_as_text(one) for name, one in value.items()}
    if isinstance(value, list):
        return [numbers_as_text(one) for one in value]
    return str(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.id)
def test_the_example_of_every_action_survives_the_form(action) -> None:
    example = {name: group for name, group in action.example.items() if group}
    values = values_of(action.input_schema, example)
    read, mistakes = read_values(action.input_schema, values)

    assert [] == mistakes
    assert numbers_as_text(example) == numbers_as_text(read)
    assert values.keys() <= set(controls(draw(action, values, [])))


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.id)
def test_every_input_of_every_action_has_one_control_or_part(action) -> None:
    places = controls(draw(action, {}, []))
    wanted = {
        f"{group}.{name}"
        for group, inside in properties_of(action.input_schema).items()
        for name, schema in properties_of(inside).items()
        if kind_of(schema) not in {"rows", "record"}
    }

    assert len(places) == len(set(places))
    assert wanted <= set(places)


@pytest.mark.parametrize(
    ("place", "text", "read"),
    [
        ("body.discountAmount", "0.10", "0.10"),
        ("body.discountAmount", "12,50", "12,50"),
        ("body.pricesIncludeTax", "true", True),
        ("body.pricesIncludeTax", "maybe", "maybe"),
        ("body.customerNumber", "007", "007"),
        (f"{LINES}[0].lineType", '"Item"', "Item"),
    ],
)
def test_texts_become_what_they_mean_and_else_stay_for_the_engine_to_refuse(
    place: str, text: str, read: object
) -> None:
    payload, mistakes = read_values(ORDER.input_schema, {place: text})
    body = payload["body"]

    assert [] == mistakes
    assert read == next(iter((body["salesOrderLines"][0] if LINES in place else body).values()))


def test_filters_are_text_or_json() -> None:
    schema = ACTIONS["dynamics365bc_list_customers"].input_schema
    text, _ = read_values(schema, {"query.filter": "city eq 'Bodø'"})
    record, _ = read_values(schema, {"query.filter": '{"balance": {"gt": 0.10}}'})
    _, mistakes = read_values(schema, {"query.filter": "{city"})

    assert {"query": {"filter": "city eq 'Bodø'"}} == text
    assert {"query": {"filter": {"balance": {"gt": Decimal("0.10")}}}} == record
    assert ["query.filter"] == [mistake.where for mistake in mistakes]


@pytest.mark.parametrize(
    "body",
    [
        {"customerNumber": ""},
        {"customerNumber": None},
        {"customerNumber": " x"},
        {"customerNumber": 7},
        {"customerNumber": "two\nlines"},
        {"unheardOf": "x"},
        {"salesOrderLines": []},
        {"salesOrderLines": [{}]},
        {"salesOrderLines": "x"},
        {"salesOrderLines": [{"description": "x"}] * (MOST_ROWS + 1)},
    ],
)
def test_what_the_form_cannot_say_stays_json(body: dict) -> None:
    with pytest.raises(NotOnFormError):
        values_of(ORDER.input_schema, {"body": body})


def test_rows_left_empty_are_dropped_and_the_others_move_up() -> None:
    given = {
        f"{LINES}[0].quantity": "",
        f"{LINES}[1].quantity": "2",
        f"{LINES}[7].quantity": "3",
        "body.email": "a@b.example",
    }
    values = compacted(given)
    payload, _ = read_values(ORDER.input_schema, values)

    assert [0, 1] == indexes_of(LINES, values)
    assert {"email": "a@b.example", "salesOrderLines": [{"quantity": "2"}, {"quantity": "3"}]} == payload["body"]


def test_what_is_no_input_is_told_and_a_flood_of_rows_refused() -> None:
    _, mistakes = read_values(ORDER.input_schema, {"body.nope": "1", "path.id.deeper": "2", "query.filter": "x"})
    flood = {f"{LINES}[{index}].quantity": "1" for index in range(MOST_ROWS + 1)}

    assert {"body.nope", "path.id.deeper", "query.filter"} == {mistake.where for mistake in mistakes}
    with pytest.raises(InvalidInputError, match=r"."):
        read_values(ORDER.input_schema, flood)


def test_mistakes_stand_beside_their_inputs_and_open_the_fold() -> None:
    place = f"{LINES}[0].unitPrice"
    parts = draw(ORDER, {place: "x"}, [Mistake(place, "must be a number"), Mistake("body.email", "is too long")])
    body = next(part for part in parts if part.name == "body")
    line = body.parts[-1].parts[0] if body.parts[-1].parts else next(one for one in body.parts if one.adds).parts[0]
    beside = {one.name: one.mistakes for one in (*body.first, *body.more, *line.first, *line.more) if one.mistakes}

    assert {place: ["must be a number"], "body.email": ["is too long"]} == beside
    assert body.more_open or any(one.name == "body.email" for one in body.first)
