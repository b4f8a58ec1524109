"""What a typed client is written from may be called anything; where it is written, nothing of anybody's is lost."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from linkspan.cli.app import app
from linkspan.cli.typed_client.module import Wanted, client_text
from linkspan.cli.typed_client.names import Names, method_name, parameter_name, text_literal, type_name
from linkspan.cli.typed_client.prose import docstring
from linkspan.cli.typed_client.types import Place, Types
from linkspan.cli.typed_client.written import odd_keys
from linkspan.connectors.catalog import load_catalog, packaged_folders
from linkspan.connectors.compiler import compile_connector
from linkspan.connectors.derived import write_derived
from linkspan.connectors.loader import read_connector
from linkspan.connectors.metadata import read_metadata
from linkspan.simulator.odata.metadata import metadata_document

ACTIONS = ["dynamics365bc_list_customers", "dynamics365bc_get_customer"]


@pytest.mark.parametrize(
    "name", ["class", "id", "filter", "self", "1st", "a-b", "å", "", "___", "print", "None", "a b", "match", "ﬁlter"]
)
def test_parameters_are_identifiers(name: str) -> None:
    made = parameter_name(name)

    ast.parse(f"def f(self, {made}): pass")
    assert made not in {"filter", "id", "print"}


def test_names_of_types_methods_and_texts() -> None:
    assert ["SalesQuote", "SalesQuote", "TNone", "Record", "T1st"] == [
        type_name(name) for name in ("salesQuote", "sales-quote", "none", "-", "1st")
    ]
    assert "make_order_from_x" == method_name("holm-bc_make_order_from_x", "holm-bc")
    names = Names("a")
    assert ["b", "a2", "a3"] == [names.free("a", "b"), names.free("a"), names.free("a")]


@pytest.mark.parametrize("text", ['"', "'", "\\", "a\"b'c", "\n", "x\x00y", '"""', "\u2028", "å"])
def test_texts_stay_what_they_are(text: str) -> None:
    assert text == ast.literal_eval(text_literal(text))


@pytest.mark.parametrize(
    "text",
    [
        'Ends with "',
        'Has """ inside',
        "Back\\slash\\",
        "\\",
        '"',
        "a" * 500,
        "Two.\n\nParts",
        "",
        " ",
        '"""; import os; """',
        "Long. " * 60,
    ],
)
def test_no_description_ends_its_docstring(text: str) -> None:
    told = "\n".join(docstring(text, "    "))
    (function,) = ast.parse(f"def f():\n{told}\n    pass").body

    assert isinstance(function, ast.FunctionDef)
    assert 2 == len(function.body)
    assert ast.get_docstring(function) is not None


def test_keys_that_are_no_names_and_values_of_every_kind() -> None:
    types = Types(load_catalog().connectors["dynamics365bc"].contract, Names())
    schema = {
        "description": 'Odd """ record',
        "properties": {
            "@odata.etag": {"type": "string"}, "class": {"type": "integer"}, "plain": {"type": ["number", "null"]},
            "inner": {"type": "array", "items": {"type": "object", "properties": {"a-b": {"type": "number"}}}},
            "ﬁeld": {"type": "string"}, "bool": {"type": "string"}, "Decimal": {"type": "string"},
            "__dunder": {"type": "boolean"}, "open": {"type": "object"}, "any": {}, "kind": {"enum": ["a", None]},
        },
    }  # fmt: skip
    name = types.annotation({**schema, "type": "object"}, Place(("Odd",), None, reads=True))
    odd = [line for members, base in types.odd.items() for line in odd_keys(base, members)]
    text = "\n".join(
        [
            "from decimal import Decimal",
            "from typing import TypedDict",
            *odd,
            *(line for one in types.made.values() for line in one.lines()),
        ]
    )
    made: dict[str, object] = {}
    exec(compile(text, "made", "exec"), made)  # noqa: S102 - what we have just written

    assert set(schema["properties"]) == set(made[name].__annotations__)
    assert "Decimal | None" in text
    assert {"plain"} == set(types.made[name].amounts)
    assert {"inner": "Inner"} == types.made[name].linked


def test_a_profile_may_be_called_anything() -> None:
    connector = load_catalog().connectors["dynamics365bc"]
    name = 'My """ profile\\ \n"""; import os; """ ﬁn\u2028'
    text = client_text(Wanted(connector, name, [connector.actions[ACTIONS[0]]]))
    tree = ast.parse(text)

    assert "linkspan.sdk.typed" in [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))


def test_custom_fields_are_typed(tmp_path: Path) -> None:
    base = next(folder for folder in packaged_folders() if folder.name == "dynamics365bc")
    plain = metadata_document().decode()
    at = plain.index("<NavigationProperty", plain.index('<EntityType Name="customer">'))
    own = '<Property Name="loyaltyTier" Type="Edm.String" MaxLength="12"/><Property Name="bonus" Type="Edm.Decimal"/>'
    (tmp_path / "metadata.xml").write_text(plain[:at] + own + plain[at:])
    write_derived(base, read_metadata(tmp_path / "metadata.xml"), tmp_path / "holmvik-bc")
    connector = compile_connector(read_connector(tmp_path / "holmvik-bc"))
    text = client_text(Wanted(connector, "Own", [one for one in connector.actions.values() if one.default]))
    classes = {node.name: ast.unparse(node) for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}

    assert {"HolmvikBc", "AsyncHolmvikBc"} <= classes.keys()
    assert "loyaltyTier: str" in classes["Customer"]
    assert "bonus: Decimal" in classes["Customer"]
    assert "bonus: Amount" in classes["NewCustomer"]
    assert "loyaltyTier: str" in classes["CustomerChange"]
    assert "holmvik-bc_list_customers" in text


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)

    def linkspan(*words: str) -> Result:
        return CliRunner().invoke(app, ["--data-dir", str(tmp_path / "data"), *words])

    made = create(linkspan, "c", *options(ACTIONS))
    assert 0 == made.exit_code, made.output
    return linkspan


def create(linkspan: Callable[..., Result], client_id: str, *more: str) -> Result:
    secret = Path("data", "secret")
    secret.parent.mkdir(exist_ok=True)
    secret.write_text("s")
    words = ("--name", "Main", "--client-id", client_id, "--secret-file", str(secret), *more)
    return linkspan("profile", "create", *words)


def options(actions: list[str]) -> list[str]:
    return [word for action in actions for word in ("--action", action)]


def test_a_changed_profile_is_told(run, tmp_path: Path) -> None:
    first = run("sdk", "generate", "--profile", "Main")
    same = run("sdk", "generate", "--profile", "Main", "--check")
    profile = run("profile", "list", "--json").output
    profile_id = ast.literal_eval(profile.replace("null", "None").replace("true", "True").replace("false", "False"))[0][
        "id"
    ]
    run("profile", "update", profile_id, *options([ACTIONS[0], "dynamics365bc_create_customer"]))
    check = run("sdk", "generate", "--profile", "Main", "--check")
    again = run("sdk", "generate", "--profile", profile_id)

    assert (0, 0, 1, 0) == (first.exit_code, same.exit_code, check.exit_code, again.exit_code), again.output
    assert "+ dynamics365bc_create_customer  (new)" in check.output
    assert "- dynamics365bc_get_customer  (gone)" in check.output
    assert "+ dynamics365bc_create_customer  (new)" in again.output
    text = (tmp_path / "dynamics365bc_client.py").read_text()
    assert "def create_customer(" in text
    assert "def get_customer(" not in text


def test_an_action_that_became_another_is_told(run, tmp_path: Path) -> None:
    run("sdk", "generate", "--profile", "Main", "--output", "mine.py")
    text = (tmp_path / "mine.py").read_text()
    digest = text.partition('"dynamics365bc_get_customer": "')[2][:12]
    (tmp_path / "mine.py").write_text(text.replace(digest, "0" * 12))
    told = run("sdk", "generate", "--profile", "Main", "--output", "mine.py", "--check")

    assert 1 == told.exit_code
    assert "~ dynamics365bc_get_customer  (changed)" in told.output


@pytest.mark.parametrize("content", ["print('mine')\n", "", "# Written by `linkspan sdk generate`, digest x\n", None])
def test_a_file_of_somebody_elses_is_left_alone(run, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "mine.py"
    path.mkdir() if content is None else path.write_text(content)
    refused = run("sdk", "generate", "--profile", "Main", "--output", "mine.py")
    check = run("sdk", "generate", "--profile", "Main", "--output", "mine.py", "--check")

    assert (1, 1) == (refused.exit_code, check.exit_code)
    assert "--force" in refused.output
    assert content is None or content == path.read_text()
    forced = run("sdk", "generate", "--profile", "Main", "--output", "mine.py", "--force")
    assert (1 if content is None else 0) == forced.exit_code
    assert ["data", "mine.py"] == sorted(one.name for one in tmp_path.iterdir())


def test_what_was_changed_by_hand_is_left_alone(run, tmp_path: Path) -> None:
    run("sdk", "generate", "--profile", "Main", "--output", "mine.py")
    path = tmp_path / "mine.py"
    path.write_text(path.read_text() + "# my own line\n")
    refused = run("sdk", "generate", "--profile", "Main", "--output", "mine.py")

    assert 1 == refused.exit_code
    assert "was changed since it was written" in refused.output
    assert path.read_text().endswith("# my own line\n")
    assert 0 == run("sdk", "generate", "--profile", "Main", "--output", "mine.py", "--force").exit_code
    assert "my own line" not in path.read_text()


def test_profiles_are_found_by_id_or_one_name(run) -> None:
    other = create(run, "d", "--connector", "entraid")
    twice = run("sdk", "generate", "--profile", "Main")
    missing = run("sdk", "generate", "--profile", "Other")
    nowhere = run("sdk", "generate", "--profile", "Main", "--output", "no/such/folder.py")

    assert 0 == other.exit_code, other.output
    assert [1, 1, 1] == [done.exit_code for done in (twice, missing, nowhere)]
    assert "Name one by its id" in twice.output
    assert "no connector profile 'Other'" in missing.output
