"""A contract out of a service's own $metadata: the round trip over the simulator's, drift with what it breaks, hostile documents."""

from pathlib import Path

import pytest

from linkspan.connectors.action import Connector
from linkspan.connectors.catalog import load_catalog
from linkspan.connectors.contract import Contract
from linkspan.connectors.contract_file import check_contract, contract_of
from linkspan.connectors.drift import drift
from linkspan.connectors.metadata import read_metadata
from linkspan.errors import ConfigurationError
from linkspan.simulator.odata.metadata import metadata_document

TEXT = metadata_document().decode()


@pytest.fixture(scope="module")
def connector() -> Connector:
    return load_catalog().connectors["dynamics365bc"]


def contract(tmp_path: Path, text: str) -> Contract:
    file = tmp_path / "metadata.xml"
    file.write_text(text)
    return contract_of(read_metadata(file))


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Contract:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return contract(tmp_path, text)


def test_the_simulators_own_metadata_is_the_shipped_contract(tmp_path: Path, connector: Connector) -> None:
    live = contract(tmp_path, TEXT)
    own = connector.contract

    assert [] == list(check_contract(live))
    assert own.entities.keys() == live.entities.keys()
    assert {name: (one.set, one.key, one.verbs, one.operations) for name, one in own.entities.items()} == {
        name: (one.set, one.key, one.verbs, one.operations) for name, one in live.entities.items()
    }
    for name, entity in own.entities.items():
        assert {one.name: (one.type, one.enum, one.max_length, one.read_only) for one in entity.fields.values()} == {
            one.name: (one.type, one.enum, one.max_length, one.read_only) for one in live.entities[name].fields.values()
        }
    assert {name: list(members) for name, members in own.enums.items()} == {
        name: list(members) for name, members in live.enums.items()
    }
    assert [] == drift(connector, live)


CUSTOMER = '<EntityType Name="customer">'


def test_what_is_gone_names_the_actions_that_it_breaks(tmp_path: Path, connector: Connector) -> None:
    live = changed(
        tmp_path,
        ('<Property Name="creditLimit"', '<Property Name="creditCeiling"'),
        ('<EntitySet Name="paymentTerms"', '<EntitySet Name="termsOfPayment"'),
        ('<Action Name="makeOrder"', '<Action Name="makeContract"'),
        ('<Member Name="Ship"', '<Member Name="Shipping"'),
    )
    found = {one.what: one for one in drift(connector, live)}

    assert {"dynamics365bc_create_customer", "dynamics365bc_update_customer"} == set(
        found["field creditLimit of customer"].breaks
    )
    assert "added" == found["field creditCeiling of customer"].kind
    assert "dynamics365bc_list_payment_terms" in found["entity set paymentTerms"].breaks
    assert ("dynamics365bc_make_order_from_sales_quote",) == found["operation makeOrder of salesQuotes"].breaks
    assert "dynamics365bc_update_customer" in found["member Ship of enum customerBlocked"].breaks


def test_other_types_lengths_and_rights_are_told(tmp_path: Path, connector: Connector) -> None:
    live = changed(
        tmp_path,
        ('<Property Name="creditLimit" Type="Edm.Decimal"', '<Property Name="creditLimit" Type="Edm.String"'),
        (
            '<Property Name="website" Type="Edm.String" MaxLength="255"',
            '<Property Name="website" Type="Edm.String" MaxLength="80"',
        ),
    )
    found = {one.what: one.breaks for one in drift(connector, live)}

    assert "dynamics365bc_get_customer" in found["field creditLimit of customer: decimal here, string there"]
    assert "dynamics365bc_create_vendor" in found["field website of vendor: length 255 here, 80 there"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<edmx/>",
        '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        '<?xml version="1.0" encoding="no-such"?><x/>',
        TEXT[: len(TEXT) // 2],
    ],
    ids=["empty", "text", "no sets", "entity", "external", "encoding", "half"],
)
def test_a_document_that_is_none_or_is_hostile_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError):
        contract(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_metadata(tmp_path / "none.xml")
