"""Pages that are made from code or data equal what they are made from."""

import json
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from docs_shell import ROOT
from linkspan.connectors.compiler import compile_connector
from linkspan.connectors.loader import read_connector
from linkspan.connectors.spec import ResourceSpec

HARBOUR = ROOT / "tests" / "connectors" / "folders" / "harbour"
CONNECTOR_PAGE = ROOT / "docs" / "add-a-connector.md"
ACTION_PAGE = ROOT / "docs" / "add-an-action.md"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def test_the_error_reference_is_what_the_command_prints() -> None:
    command = [sys.executable, "-m", "linkspan.cli.app", "errors"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert printed == (ROOT / "docs" / "errors.md").read_text(), "run: linkspan errors > docs/errors.md"


@pytest.mark.parametrize("snippet", blocks(CONNECTOR_PAGE, "yaml"), ids=lambda text: text.split(":")[0])
def test_yaml_of_the_connector_page_is_the_running_connectors_own(snippet: str) -> None:
    data = yaml.safe_load((HARBOUR / "connector.yaml").read_text()) | yaml.safe_load(
        (HARBOUR / "resources.yaml").read_text()
    )
    shown = yaml.safe_load(snippet)

    assert shown == {key: data[key] for key in shown}


@pytest.mark.parametrize("snippet", blocks(CONNECTOR_PAGE, "json"), ids=lambda text: text.split(":")[0])
def test_json_of_the_connector_page_is_in_its_contract(snippet: str) -> None:
    contract = json.loads((HARBOUR / "contract.json").read_text())
    known = contract["entities"] | contract["enums"]
    shown = json.loads("{" + snippet + "}")

    assert shown == {key: known[key] for key in shown}


def test_the_new_action_of_the_page_compiles_with_its_rights(tmp_path: Path) -> None:
    resources, permissions = blocks(ACTION_PAGE, "yaml")
    folder = tmp_path / "dynamics365bc"
    shutil.copytree(str(files("linkspan.connectors") / "dynamics365bc"), folder)
    with (folder / "resources.yaml").open("a") as file:
        file.write("\n" + resources)
    named = yaml.safe_load(permissions)
    known = yaml.safe_load((folder / "permissions.yaml").read_text())
    merged = {part: known[part] | named[part] for part in known}
    (folder / "permissions.yaml").write_text(yaml.safe_dump(merged, sort_keys=False))

    actions = compile_connector(read_connector(folder)).actions
    made = actions["dynamics365bc_list_due_rules"]

    assert ("code", "displayName") == made.filter_fields
    assert not made.default
    assert {"Payment Terms": "R", "Payment Term Translation": "R"} == made.rights


def test_the_action_page_explains_every_word_of_a_resource() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", ACTION_PAGE.read_text(), re.MULTILINE))

    assert set(ResourceSpec.model_fields) == told
