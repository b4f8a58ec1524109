"""A connector of one's own out of a live $metadata: custom fields and custom APIs become actions."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from linkspan.cli.app import app
from linkspan.connectors.catalog import load_catalog, packaged_folders
from linkspan.connectors.compiler import compile_connector
from linkspan.connectors.derived import write_derived
from linkspan.connectors.loader import read_connector
from linkspan.connectors.metadata import read_metadata
from linkspan.errors import ConfigurationError
from linkspan.simulator.odata.metadata import metadata_document

BASE = next(folder for folder in packaged_folders() if folder.name == "dynamics365bc")
CUSTOM = """<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Microsoft.NAV" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="company"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.Guid" Nullable="false"/>
<Property Name="name" Type="Edm.String"/><Property Name="displayName" Type="Edm.String"/></EntityType>
<EntityType Name="mooring"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.Guid" Nullable="false">
<Annotation Term="NAV.AllowEdit" Bool="false"/></Property><Property Name="code" Type="Edm.String" MaxLength="20"/>
<Property Name="kind" Type="Microsoft.NAV.mooringKind"/><Property Name="rate" Type="Edm.Decimal"/></EntityType>
<EnumType Name="mooringKind"><Member Name="_x0020_" Value="0"/><Member Name="Swing_x0020_Buoy" Value="1"/></EnumType>
<Action Name="release" IsBound="true"><Parameter Name="bindingParameter" Type="Microsoft.NAV.mooring"/></Action>
<EntityContainer Name="NAV"><EntitySet Name="companies" EntityType="Microsoft.NAV.company"/>
<EntitySet Name="moorings" EntityType="Microsoft.NAV.mooring"><Annotation Term="Org.OData.Capabilities.V1.DeleteRestrictions">
<Record><PropertyValue Property="Deletable" Bool="false"/></Record></Annotation></EntitySet></EntityContainer></Schema>
</edmx:DataServices></edmx:Edmx>"""


def saved(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "metadata.xml"
    file.write_text(text)
    return file


def with_a_custom_field() -> str:
    plain = metadata_document().decode()
    start = plain.index('<EntityType Name="customer">')
    at = plain.index("<NavigationProperty", start)
    return f'{plain[:at]}<Property Name="loyaltyTier" Type="Edm.String" MaxLength="12"/>{plain[at:]}'


def test_a_custom_field_becomes_part_of_the_actions(tmp_path: Path) -> None:
    folder = tmp_path / "holmvik-bc"
    write_derived(BASE, read_metadata(saved(tmp_path, with_a_custom_field())), folder)
    connector = compile_connector(read_connector(folder))
    create = connector.actions["holmvik-bc_create_customer"]

    assert 466 == len(connector.actions)
    assert {"type": "string", "maxLength": 12} == create.input_schema["properties"]["body"]["properties"]["loyaltyTier"]  # type: ignore[index]
    assert create.entity.fields["displayName"].about
    assert load_catalog().actions["dynamics365bc_create_customer"].rights == create.rights
    assert 70 == sum(action.default for action in connector.actions.values())


def test_what_the_service_lacks_is_left_out(tmp_path: Path) -> None:
    text = metadata_document().decode().replace('<EntitySet Name="workflows"', '<EntitySet Name="flows"')
    text = text.replace('<Property Name="creditLimit"', '<Property Name="creditCeiling"')
    folder = tmp_path / "older-bc"
    write_derived(BASE, read_metadata(saved(tmp_path, text)), folder)
    actions = compile_connector(read_connector(folder)).actions

    assert "older-bc_list_flows" in actions
    assert "older-bc_list_workflows" not in actions
    assert "creditLimit" not in actions["older-bc_get_customer"].entity.fields


def test_a_custom_api_becomes_actions_at_its_own_address(tmp_path: Path) -> None:
    folder = tmp_path / "harbour-moorings"
    write_derived(BASE, read_metadata(saved(tmp_path, CUSTOM)), folder, api="holmvik/harbour/v1.0")
    connector = compile_connector(read_connector(folder))
    names = {name.removeprefix("harbour-moorings_") for name in connector.actions}

    assert connector.api_root.endswith("/{environment}/api/holmvik/harbour/v1.0")
    assert {
        "list_companies",
        "list_moorings",
        "get_mooring",
        "create_mooring",
        "update_mooring",
        "release_mooring",
    } <= names
    assert "delete_mooring" not in names
    assert {"list_companies", "get_company"} == {
        name.removeprefix("harbour-moorings_") for name, action in connector.actions.items() if action.default
    }
    assert "Swing Buoy" == connector.contract.enums["mooringKind"]["Swing_x0020_Buoy"]


@pytest.mark.parametrize(
    ("name", "api"), [("Bad Name", None), ("good-name", "no api"), ("good-name", "../../v1"), ("full", None)]
)
def test_a_wrong_target_is_refused(tmp_path: Path, name: str, api: str | None) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    live = read_metadata(saved(tmp_path, CUSTOM))

    with pytest.raises(ConfigurationError):
        write_derived(BASE, live, tmp_path / name, api=api)


def test_the_command_tells_drift_and_ends_with_one_if_an_action_breaks(tmp_path: Path) -> None:
    same = CliRunner().invoke(app, ["connector", "contract", "--from", str(saved(tmp_path, with_a_custom_field()))])
    text = metadata_document().decode().replace('<Property Name="creditLimit"', '<Property Name="creditCeiling"')
    other = CliRunner().invoke(app, ["connector", "contract", "--from", str(saved(tmp_path, text))])
    none = CliRunner().invoke(app, ["connector", "contract", "--from", str(saved(tmp_path, "<x/>"))])

    assert (0, 1, 1) == (same.exit_code, other.exit_code, none.exit_code)
    assert "field loyaltyTier of customer" in same.output
    assert "dynamics365bc_create_customer" in other.output
    assert "field creditLimit of customer" in other.output


def test_the_command_writes_a_connector(tmp_path: Path) -> None:
    into = tmp_path / "moorings"
    source = saved(tmp_path, CUSTOM)
    result = CliRunner().invoke(
        app, ["connector", "contract", "--from", str(source), "--into", str(into), "--api", "holmvik/harbour/v1.0"]
    )

    assert 0 == result.exit_code, result.output
    assert "7 actions" in result.output
    assert 7 == len(compile_connector(read_connector(into)).actions)
