"""The connector room's small parts: YAML with lines, names, guides, permission sets, the editor schema."""

from pathlib import Path
from xml.etree.ElementTree import XML, Element

import pytest
import yaml
from jsonschema import Draft202012Validator

from linkspan.connectors import vocabulary
from linkspan.connectors.catalog import Catalog, load_catalog
from linkspan.connectors.loader import read_connector
from linkspan.connectors.names import nearest, snake_case, title
from linkspan.connectors.permissions import merged_rights, permission_set, permission_set_al, permission_set_xml
from linkspan.connectors.spec import editor_schema
from linkspan.connectors.yaml_lines import path_text, read_lines


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def parsed(text: str) -> Element:
    """Our own text, so the standard reader will do."""
    return XML(text.encode())


def test_yaml_keeps_words_dates_and_amounts_as_text() -> None:
    found = read_lines("a: no\nb: 2026-10-31\nc: 189.90\nd: 12\ne: true\nf:\ng: 007\n")

    assert {"a": "no", "b": "2026-10-31", "c": "189.90", "d": 12, "e": True, "f": None, "g": "007"} == found.data
    assert [] == found.mistakes


def test_yaml_remembers_lines() -> None:
    found = read_lines("a: 1\nb:\n  - x\n  - {c: 1,\n     d: 2}\n", first_line=10)

    assert [10, 11, 12, 14] == [found.line(path) for path in (("a",), ("b",), ("b", 0), ("b", 1, "d"))]
    assert 13 == found.line(("b", 1, "nothing"))


@pytest.mark.parametrize("text", ["a: &x [1]\nb: *x\n", "a: !!python/object:os.system x\n", "? [1]\n: 2\n? [3]\n: 4\n"])
def test_yaml_that_is_more_than_data_is_a_mistake(text: str) -> None:
    assert 1 == len(read_lines(text).mistakes)


def test_nested_aliases_do_not_grow() -> None:
    text = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )

    found = read_lines(text)

    assert 16 == len(found.mistakes)


def test_a_path_reads_as_in_the_file() -> None:
    assert "customers.expand[2]" == path_text(("customers", "expand", 2))


@pytest.mark.parametrize(
    ("name", "snake"),
    [("generalLedgerEntry", "general_ledger_entry"), ("company", "company"), ("irs1099Code", "irs1099_code")],
)
def test_names_become_snake_case(name: str, snake: str) -> None:
    assert snake == snake_case(name)


def test_a_name_becomes_a_label() -> None:
    assert "List Bank Accounts" == title("list_bank_accounts")


def test_nearest_ignores_case_and_gives_up() -> None:
    assert ("displayName", None) == (nearest("DisplayNme", ["displayName", "number"]), nearest("xyz", ["displayName"]))


def test_a_guide_is_read_into_steps(toybooks: Path) -> None:
    guide = read_connector(toybooks).guides["connector-profile.oauth-2-0"]
    register, allow = guide.steps

    assert ("connector-profile", "oauth-2-0", "Set up Toybooks") == (guide.kind, guide.method, guide.title)
    assert ("Register an application.\n\nWelcome.", ("A Toybooks licence.",)) == (guide.intro, guide.before)
    assert ("register", "one_tenant", "redirect_uri", "Menu > Apps") == (
        register.id,
        register.audience,
        register.copy,
        register.older,
    )
    assert "Open `{redirect_uri}`." == register.body
    assert (("books.write",), True, ("selector",)) == (allow.scopes, allow.lists_actions, allow.shows)


def test_a_step_without_attributes_gets_an_id_from_its_title(toybooks: Path) -> None:
    file = toybooks / "guides" / "connector-profile.oauth-2-0.md"
    file.write_text("---\ntitle: T\n---\n## Find the tenant ID\nText.\n")

    assert "find_the_tenant_id" == read_connector(toybooks).guides["connector-profile.oauth-2-0"].steps[0].id


def test_separators_reach_the_connector_as_characters(toybooks: Path) -> None:
    assert "," == load_catalog([toybooks]).connectors["toybooks"].auth_methods["oauth-2-0"].scope_separator


def test_rights_add_up_in_order() -> None:
    assert {"A": "RMD", "B": "R"} == merged_rights([{"B": "R", "A": "D"}, {"A": "RM"}])


def test_three_actions_need_exactly_their_tables(toybooks: Path) -> None:
    actions = load_catalog([toybooks]).connectors["toybooks"].actions
    chosen = [actions[f"toybooks_{name}"] for name in ("create_order", "get_shop", "create_order_line")]

    assert {"Order Header": "RI", "Order Line": "RIM", "Shop": "R"} == permission_set(chosen)


def test_reading_needs_reading_only(catalog: Catalog) -> None:
    reading = [action for action in catalog.actions.values() if action.annotations.read_only]

    assert {"R"} == set(permission_set(reading).values())
    assert "R" == permission_set([catalog.find("dynamics365bc_list_sales_quotes")])["Sales Header"]
    assert "RIM" == permission_set([catalog.find("dynamics365bc_create_sales_quote")])["Sales Header"]


def test_the_xml_names_tables_by_object_id(catalog: Catalog) -> None:
    tables = catalog.connectors["dynamics365bc"].tables
    chosen = [catalog.find("dynamics365bc_delete_customer")]

    root = parsed(permission_set_xml(chosen, tables, role_id="HOLM", role_name='Holm & "Vik"'))

    permissions = {one.findtext("ObjectID"): one for one in root.iter("Permission")}
    assert {str(tables[table]) for table in permission_set(chosen)} == set(permissions)
    assert ["1", "0", "0", "1", "0"] == [
        permissions["18"].findtext(f"{right}Permission") for right in ("Read", "Insert", "Modify", "Delete", "Execute")
    ]
    assert ("HOLM", 'Holm & "Vik"') == (root[0].get("RoleID"), root[0].get("RoleName"))


def test_a_table_without_id_becomes_a_comment(catalog: Catalog) -> None:
    text = permission_set_xml([catalog.find("dynamics365bc_list_companies")], {})

    assert "<!-- Add the table Company with R:" in text
    assert [] == list(parsed(text).iter("Permission"))


def test_the_al_text_quotes_names(catalog: Catalog) -> None:
    text = permission_set_al([catalog.find("dynamics365bc_list_tax_areas")], object_id=70000, role_name="Holm's")

    assert text.startswith('permissionset 70000 "LINKSPAN"\n{\n')
    assert "Caption = 'Holm''s', Locked = true;" in text
    assert '        tabledata "Tax Area" = R,\n        tabledata "VAT Business Posting Group" = R;\n' in text


@pytest.mark.parametrize("role_id", ["", "X" * 21])
def test_a_role_id_has_one_to_twenty_characters(role_id: str) -> None:
    with pytest.raises(ValueError, match="1 to 20 characters"):
        permission_set_al([], role_id=role_id)


def test_the_editor_schema_takes_our_files_and_refuses_unknown_keys(toybooks: Path) -> None:
    schema = editor_schema()
    Draft202012Validator.check_schema(schema)
    data = {
        name: yaml.safe_load((toybooks / name).read_text())
        for name in ("connector.yaml", "resources.yaml", "permissions.yaml")
    }
    for field in ("ordered",):
        data["resources.yaml"]["orders"]["example"].pop(field)
    validator = Draft202012Validator(schema)

    assert [] == [error.message for error in validator.iter_errors(data)]

    data["connector.yaml"]["nmae"] = "x"

    assert not validator.is_valid(data)


def test_every_separator_of_the_vocabulary_is_one_character() -> None:
    assert {" ", ",", "\n", "+"} == set(vocabulary.SEPARATORS.values())
