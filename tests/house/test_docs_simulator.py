"""docs/simulator.md names every command, option, variable, failure, limit and switch of the simulator, and no other."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import httpx2
import pytest
import typer

from linkspan.cli.app import app
from linkspan.simulator import Simulator
from linkspan.simulator.command import COMMANDS
from linkspan.simulator.failures import FailureKind
from linkspan.simulator.limits import Limits
from linkspan.simulator.switches import Switches

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"
TEXT = PAGE.read_text()


def table(heading: str) -> list[list[str]]:
    """The cells of the rows under a heading."""
    part = TEXT.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in rows]


def named(cell: str) -> list[str]:
    return re.findall(r"`([\w-]+)`", cell)


def test_every_command_is_told_with_its_verb() -> None:
    told = {name: bool(verb) for row in table("## Control") for name, verb in re.findall(r"`(\w+)`( \(GET\))?", row[0])}
    commands = {name: known.reads for name, known in COMMANDS.items()}

    assert commands == {name: reads for name, reads in told.items() if name in commands}
    assert set(commands) == {name for row in table("## Control") for name in named(row[0])}


def test_every_failure_limit_and_switch_is_told() -> None:
    limits = TEXT.split("### Limits\n", 1)[1].split("\n#", 1)[0]
    start = Switches()

    assert set(get_args(FailureKind)) == {name for row in table("### Failures") for name in named(row[0])}
    assert {one.name for one in fields(Limits)} == set(named(limits))
    assert {one.name for one in fields(Switches)} == {name for row in table("### Switches") for name in named(row[0])}
    for row in table("### Switches"):
        value = getattr(start, named(row[0])[0])
        shown = "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        assert shown == row[1].strip("`"), row


def test_every_option_is_told_with_its_variable() -> None:
    command = typer.main.get_command(app).commands["sim"]
    options = {name for one in command.params for name in one.opts}
    variables = {str(one.envvar) for one in command.params if one.envvar}
    rows = table("## Options and variables")

    assert options - {"--help"} == {name for row in rows for name in named(row[0])}
    assert variables == {name for row in rows for name in named(row[1])}


@pytest.mark.parametrize("number", [0, 1])
def test_python_of_the_page_runs(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    code = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)[number]
    space: dict[str, object] = {}
    exec(compile(code, str(PAGE), "exec"), space)  # noqa: S102 - the page's own example
    if number == 0:
        with Simulator.start() as simulator:
            test = space["test_customers"]
            assert callable(test)
            test(simulator)
            assert 2 == len([seen for seen in simulator.requests() if "customers" in seen.path])
    else:
        assert "http://127.0.0.1:" in capsys.readouterr().out


def test_the_list_of_commands_is_served() -> None:
    with Simulator.start() as simulator:
        listed = httpx2.get(f"{simulator.url}/_sim/commands").json()

    assert set(COMMANDS) == {one["name"] for one in listed}
