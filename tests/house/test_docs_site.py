"""The documentation site: it builds strictly, every page can be reached and is there as Markdown, and references lack nothing."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from docs_shell import ROOT
from linkspan import sdk
from linkspan.cli.app import app
from linkspan.connectors.catalog import load_catalog
from linkspan.errors import all_errors
from linkspan.settings import PREFIX, Settings

BUILDER = ROOT / "docsite"
LINKED = "<html><body><h1 id='top'>Home</h1>{}</body></html>"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the site was built, once."""
    out = tmp_path_factory.mktemp("docs") / "out"
    done = subprocess.run(
        [sys.executable, str(BUILDER / "build.py"), str(out)], capture_output=True, text=True, timeout=240, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return out


def pages(built: Path) -> set[str]:
    return {path.relative_to(built / "source").as_posix() for path in (built / "source").rglob("*.md")}


def leaves(tree: object) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    for below in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from leaves(below)


def of(built: Path, folder: str) -> str:
    return "\n".join(path.read_text() for path in sorted((built / "site" / folder).rglob("*.md")))


# Building takes half a minute of a busy machine.
@pytest.mark.timeout(300)
def test_the_navigation_names_every_page_and_each_is_there_as_markdown(built: Path) -> None:
    navigation = list(leaves(tomllib.loads((built / "zensical.toml").read_text())["project"]["nav"]))
    site = built / "site"

    assert 200 < len(navigation)
    assert sorted(pages(built)) == sorted(navigation)
    assert [] == [name for name in navigation if not (site / name).with_suffix(".html").is_file()]
    assert [] == [name for name in navigation if (site / name).read_text() != (built / "source" / name).read_text()]


@pytest.mark.timeout(300)
def test_llms_txt_names_every_page(built: Path) -> None:
    index = (built / "site" / "llms.txt").read_text()
    named = re.findall(r"^- \[[^\]]+\]\(([^)]+)\)", index, re.MULTILINE)

    assert index.startswith("# Linkspan\n\n> ")
    assert sorted(pages(built)) == sorted(named)
    assert "# Concepts" in (built / "site" / "llms-full.txt").read_text()


@pytest.mark.timeout(300)
def test_the_action_reference_has_every_action_with_its_inputs_and_example(built: Path) -> None:
    catalog = load_catalog()
    for connector in catalog.connectors.values():
        text = of(built, f"actions/{connector.key}")
        parts = dict(re.findall(r"^## [^\n]*\{ #(\w+) \}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
        actions = connector.actions
        asked = {
            id_: {f"`{group}.{name}`" for group, inside in action.input_schema["properties"].items() for name in inside.get("properties", {})}
            for id_, action in actions.items()
        }  # fmt: skip
        examples = {id_: json.loads(re.findall(r"```json\n(.*?)```", parts[id_], re.DOTALL)[0]) for id_ in actions}

        assert set(actions) <= set(parts)
        assert {} == {
            id_: missing for id_ in actions if (missing := {name for name in asked[id_] if name not in parts[id_]})
        }
        assert {id_: json.loads(json.dumps(action.example)) for id_, action in actions.items()} == examples
        assert [] == [id_ for id_, one in actions.items() for scope in one.required_scopes if scope not in parts[id_]]


@pytest.mark.timeout(300)
def test_every_guide_is_a_page(built: Path) -> None:
    wanted = {
        f"guides/{connector.key}/{kind}.{method.key}.md"
        for connector in load_catalog().connectors.values()
        for method in connector.auth_methods.values()
        for kind in method.guides
    }

    assert 12 <= len(wanted)
    assert wanted == {name for name in pages(built) if name.startswith("guides/")}


@pytest.mark.timeout(300)
def test_the_rest_reference_has_every_route(built: Path) -> None:
    sys.path.insert(0, str(BUILDER))
    try:
        from assemble import openapi_document
    finally:
        sys.path.remove(str(BUILDER))
    document = openapi_document()
    text = of(built, "rest")
    routes = [f"`{method.upper()} /v1{path}`" for path, found in document["paths"].items() for method in found]

    assert 30 <= len(routes)
    assert [] == [route for route in routes if text.count(route) < 2]
    assert [] == [name for name in document["components"]["schemas"] if f"## {name} " not in text]


@pytest.mark.timeout(300)
def test_the_command_reference_has_every_command_and_option(built: Path) -> None:
    def walk(command: object, name: str) -> Iterator[tuple[str, object]]:
        yield name, command
        for word, below in getattr(command, "commands", {}).items():
            yield from walk(below, f"{name} {word}")

    text = of(built, "cli")
    known = list(walk(typer.main.get_command(app), "linkspan"))[1:]
    options = {
        option
        for _, command in known
        for one in command.params
        if one.param_type_name == "option" and not one.hidden
        for option in one.opts
    }

    assert 50 <= len(known)
    assert [] == [name for name, _ in known if not re.search(rf"^#+ {name}$", text, re.MULTILINE)]
    assert set() == {option for option in options if f"`{option}`" not in text}


@pytest.mark.timeout(300)
def test_settings_errors_and_sdk_names_are_there(built: Path) -> None:
    site = built / "site"
    settings, errors, names = (site / "settings.md").read_text(), (site / "errors.md").read_text(), of(built, "sdk")

    assert [] == [name for name in Settings.model_fields if f"`{PREFIX}{name.upper()}`" not in settings]
    assert [] == [row.code for row in all_errors() if f"`{row.code}`" not in errors]
    assert [] == [name for name in sdk.__all__ if f"## {name} " not in names]
    assert "### run { #boundaccount.run }" in names
    assert "### list { #accounts.list }" in names


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<a href='gone.html'>x</a>", "index.html links to gone.html: there is no such page"),
        ("<a href='#away'>x</a>", "index.html links to #away: there is no such place on the page"),
        ("<a href='other.html'>x</a><a href='other.html#a'>x</a>", "index.html links to other.html#a"),
        ("<img src='//cdn.example/x.png'>", "index.html loads //cdn.example/x.png"),
        ("<link rel='stylesheet' href='https://fonts.example/a.css'>", "index.html loads https://fonts.example/a.css"),
        ("<pre class='mermaid'>x</pre>", "index.html has a drawing"),
        ("<p>no link</p>", "nothing leads to other.html"),
    ],
)
def test_what_is_broken_in_a_built_site_is_found(tmp_path: Path, body: str, expected: str) -> None:
    (tmp_path / "index.html").write_text(LINKED.format(body))
    (tmp_path / "other.html").write_text(LINKED.format("<a href='./'>home</a>"))

    assert any(one.startswith(expected) for one in looked_over(tmp_path)), looked_over(tmp_path)


def test_a_whole_site_has_no_mistakes_and_styles_of_other_hosts_are_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        LINKED.format("<a href='other.html#top'>x</a><a href='https://away.example'>y</a>")
    )
    (tmp_path / "other.html").write_text(LINKED.format("<a href='index.html'>home</a>"))
    whole = looked_over(tmp_path)
    (tmp_path / "a.css").write_text("p { background: url(https://cdn.example/x.png) }")

    assert [] == whole
    assert ["a.css loads url(https://cdn.example/x.png"] == looked_over(tmp_path)


def looked_over(site: Path) -> list[str]:
    sys.path.insert(0, str(BUILDER))
    try:
        from links import mistakes_of
    finally:
        sys.path.remove(str(BUILDER))
    return mistakes_of(site)
