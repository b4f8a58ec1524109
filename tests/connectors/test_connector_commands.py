"""`linkspan connector`: what it prints and how it ends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linkspan.cli.connector import app


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("LINKSPAN_CONNECTOR_DIRS", raising=False)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_check_passes_the_packaged_connectors(run) -> None:
    result = run("check")

    assert 0 == result.exit_code
    assert "ok dynamics365bc 1.0.0: 466 actions, 146 entities" in result.output


def test_check_prints_each_mistake_and_ends_with_one(run, toybooks: Path) -> None:
    text = (toybooks / "resources.yaml").read_text()
    (toybooks / "resources.yaml").write_text(text.replace("number, total", "numbr, totl"))

    result = run("check", str(toybooks))

    assert 1 == result.exit_code
    assert f"{toybooks / 'resources.yaml'}:10: orders.filter_by[0]: there is no field of order 'numbr'" in result.output
    assert "orders.filter_by[1]" in result.output
    assert "2 mistakes" in result.output


def test_check_of_an_empty_folder_ends_with_one(run, tmp_path: Path) -> None:
    assert 1 == run("check", str(tmp_path)).exit_code


def test_list_knows_the_operators_connectors(run, toybooks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKSPAN_CONNECTOR_DIRS", str(toybooks))

    result = run("list", "--json")

    assert {"dynamics365bc": 466, "entraid": 12, "toybooks": 9} == {
        one["key"]: len(one["actions"]) for one in json.loads(result.output)
    }


def test_show_tells_an_action_with_input_and_example(run) -> None:
    result = run("show", "dynamics365bc_create_journal_line")

    assert 0 == result.exit_code
    for word in ("Create Journal Line", "path.journal_id", "body.amount", "number or text", '"amount"'):
        assert word in result.output


def test_show_as_json_holds_the_schemas(run) -> None:
    facts = json.loads(run("show", "dynamics365bc_get_customer", "--json").output)

    assert ["path"] == facts["input_schema"]["required"]
    assert facts["annotations"] == {"read_only": True, "destructive": False, "idempotent": True}


def test_show_of_a_connector_names_all_actions_whole(run) -> None:
    result = run("show", "dynamics365bc")

    assert 466 == sum(line.startswith("dynamics365bc_") for line in result.output.splitlines())
    assert "dynamics365bc_list_customer_payment_journals " in result.output


def test_show_of_an_unknown_action_names_the_nearest(run) -> None:
    result = run("show", "dynamics365bc_list_custmers")

    assert 1 == result.exit_code
    assert "dynamics365bc_list_customers" in result.output


def test_schema_is_json(run) -> None:
    files = json.loads(run("schema").output)["properties"]

    assert {"connector.yaml", "resources.yaml", "permissions.yaml"} == set(files)
