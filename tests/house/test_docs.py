"""Docs name only what exists: commands, options, settings, make targets, paths."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer

from linkspan.cli.app import app
from linkspan.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = typer.main.get_command(app)


def fenced_lines(page: Path) -> list[str]:
    blocks = re.findall(r"^```(?:sh|console|bash)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    joined = "\n".join(blocks).replace("\\\n", " ")
    return [line.removeprefix("$ ").strip() for line in joined.splitlines()]


def told(word: str) -> list[tuple[Path, str]]:
    """Each command line of the docs that starts with `word`, with or without variables set before it."""
    found = []
    for page in PAGES:
        for line in fenced_lines(page):
            bare = re.sub(r"^(?:[A-Z_]+=\S+ )+", "", line)
            if bare.split(" ", 1)[0] in {word, f".venv/bin/{word}"}:
                found.append((page, bare))
    return found


def told_in_prose(word: str) -> list[tuple[Path, str]]:
    """Each code span of the docs that starts with `word`, be it in a sentence or a table."""
    found = []
    for page in PAGES:
        prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose)
        found += [(page, span) for span in spans if re.match(rf"(?:[A-Z_]+=\S+ )*{word} ", span) and "|" not in span]
    return found


def resolve(words):
    command = COMMANDS
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize(
    ("page", "line"), told("linkspan"), ids=lambda value: value if isinstance(value, str) else value.name
)
def test_linkspan_commands_exist_with_their_options(page: Path, line: str) -> None:
    command, rest = resolve(
        shlex.split(line.split(" | ", maxsplit=1)[0].split(" > ", maxsplit=1)[0], comments=True)[1:]
    )
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {
        "--help"
    }
    used = [word.split("=")[0] for word in rest if word.startswith("--")]

    assert not hasattr(command, "commands") or used, f"{page.name}: {line}"
    assert [] == [word for word in used if word not in options]


@pytest.mark.parametrize(
    ("page", "span"), told_in_prose("linkspan"), ids=lambda value: value if isinstance(value, str) else value.name
)
def test_linkspan_commands_named_in_a_sentence_exist(page: Path, span: str) -> None:
    words = shlex.split(re.sub(r"^(?:[A-Z_]+=\S+ )+", "", span))[1:]
    command, rest = resolve(words)
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}

    assert rest != words or rest[0].startswith("--"), f"{page.name}: {span}"
    assert not hasattr(command, "commands") or not rest or rest[0].startswith("-"), f"{page.name}: {span}"
    assert [] == [word for word in rest if word.startswith("--") and word.split("=")[0] not in options]


@pytest.mark.parametrize(
    ("page", "line"), told("make"), ids=lambda value: value if isinstance(value, str) else value.name
)
def test_make_targets_exist(page: Path, line: str) -> None:
    target = shlex.split(line, comments=True)[1]

    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), f"{page.name}: {line}"


def test_readme_is_short_and_starts_with_two_commands() -> None:
    text = (ROOT / "README.md").read_text()
    first = fenced_lines(ROOT / "README.md")[:2]

    assert len(text.splitlines()) <= 120
    assert ["make demo", "make test"] == [re.split(r"\s+#", line)[0].strip() for line in first]


def test_every_setting_is_documented_and_no_other_is_named() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    table = set(re.findall(r"`(LINKSPAN_[A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))
    named = {word for page in PAGES for word in re.findall(r"\bLINKSPAN_[A-Z_]+\b", page.read_text())}

    assert known == table
    assert set() == named - known


def test_relative_links_lead_to_files() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]

    assert [] == broken


def test_paths_named_in_the_architecture_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = re.findall(r"`((?:src|tests|docs|benchmarks)/[\w./-]+)`", text)

    assert named
    assert [] == [path for path in named if not (ROOT / path).exists()]


def test_no_machine_path_or_registry_address_is_committed() -> None:
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    here = str(ROOT.parent) + "/"
    bad = []
    for name in files:
        path = ROOT / name
        if not path.is_file() or path.suffix in {".png", ".ico"}:
            continue
        text = path.read_text(errors="ignore")
        locked = re.search(r"(requirements[^/]*\.lock|package-lock\.json|-lock\.json)$", name)
        if here in text or (locked and re.search(r"https?://|index-url|-r /", text)):
            bad.append(name)

    assert [] == bad
