"""Business Central's whole API v2.0 as actions: the number comes from the contract, what is left out has its reason."""

import re
from collections import Counter

import pytest

from linkspan.connectors.action import Action, Connector
from linkspan.connectors.catalog import load_catalog, packaged_folders
from linkspan.connectors.contract import Entity
from linkspan.connectors.loader import read_connector
from linkspan.model import Verb

OFFERED = {"read": (Verb.LIST, Verb.GET), "create": (Verb.CREATE,), "update": (Verb.UPDATE,), "delete": (Verb.DELETE,)}
FOLDER = next(folder for folder in packaged_folders() if folder.name == "dynamics365bc")
LONGEST_TOOL_NAME = 64


@pytest.fixture(scope="module")
def connector() -> Connector:
    return load_catalog().connectors["dynamics365bc"]


def offered(entity: Entity) -> set[tuple[str, str]]:
    verbs = {(entity.name, verb.value) for offer in entity.verbs for verb in OFFERED[offer]}
    return verbs | {(entity.name, name) for name in entity.operations}


def made(action: Action) -> tuple[str, str]:
    return action.entity.name, action.operation or action.verb.value


def test_the_contract_offers_469_actions(connector: Connector) -> None:
    entities = connector.contract.entities.values()
    verbs = Counter(verb for entity in entities for offer in entity.verbs for verb in OFFERED[offer])

    assert 146 == len(entities)
    assert {Verb.LIST: 146, Verb.GET: 146, Verb.CREATE: 50, Verb.UPDATE: 54, Verb.DELETE: 52} == verbs
    assert 21 == sum(len(entity.operations) for entity in entities)
    assert 469 == sum(len(offered(entity)) for entity in entities)


def test_everything_offered_is_an_action_or_left_out_with_a_reason(connector: Connector) -> None:
    everything = {pair for entity in connector.contract.entities.values() for pair in offered(entity)}
    resources = read_connector(FOLDER).resources.values()
    left_out = {(one.entity, verb.value): why for one in resources for verb, why in one.left_out.items()}
    actions = [made(action) for action in connector.actions.values()]

    assert len(actions) == len(set(actions))
    assert everything == {*actions, *left_out}
    assert set() == {*actions} & left_out.keys()
    assert 466 == len(actions)
    assert {("customerSale", "get"), ("vendorPurchase", "get"), ("picture", "update")} == left_out.keys()


def test_ids_are_named_by_verb_and_entity_and_fit_a_tool_name(connector: Connector) -> None:
    for action in connector.actions.values():
        assert re.fullmatch(r"dynamics365bc_[a-z]+(_[a-z0-9]+)+", action.id)
        assert len(action.id) <= LONGEST_TOOL_NAME
        if action.verb is not Verb.ACT:
            assert action.id.startswith(f"dynamics365bc_{action.verb}_")


@pytest.mark.parametrize(
    ("name", "path", "makes"),
    [
        ("post_sales_invoice", "salesInvoices({id})/Microsoft.NAV.post", None),
        ("post_journal", "journals({id})/Microsoft.NAV.post", None),
        ("ship_and_invoice_sales_order", "salesOrders({id})/Microsoft.NAV.shipAndInvoice", None),
        ("receive_and_invoice_purchase_order", "purchaseOrders({id})/Microsoft.NAV.receiveAndInvoice", None),
        ("make_order_from_sales_quote", "salesQuotes({id})/Microsoft.NAV.makeOrder", "salesOrder"),
        ("make_invoice_from_sales_quote", "salesQuotes({id})/Microsoft.NAV.makeInvoice", "salesInvoice"),
        ("restart_job_queue_entry", "jobQueueEntries({id})/Microsoft.NAV.restart", None),
    ],
)
def test_operations_are_acts_that_write_and_are_not_allowed_by_default(
    connector: Connector, name: str, path: str, makes: str | None
) -> None:
    action = connector.actions[f"dynamics365bc_{name}"]

    assert (Verb.ACT, f"companies({{company_id}})/{path}") == (action.verb, action.path)
    assert makes == (action.makes.name if action.makes else None)
    assert (False, True, False) == (
        action.annotations.read_only,
        action.annotations.destructive,
        action.annotations.idempotent,
    )
    assert action.verb.writes
    assert not action.default
    assert "body" not in action.input_schema["properties"]  # type: ignore[operator]


def test_what_lies_below_many_kinds_of_record_names_the_set_and_the_record(connector: Connector) -> None:
    action = connector.actions["dynamics365bc_update_dimension_set_line"]

    assert "companies({company_id})/{parent}({parent_id})/dimensionSetLines({id})" == action.path
    assert action.parent is not None
    assert {"salesQuotes", "journalLines", "generalLedgerEntries"} <= action.parent.choice.keys()
    assert ["parent_id", "parent", "id"] == action.input_schema["properties"]["path"]["required"]  # type: ignore[index]
