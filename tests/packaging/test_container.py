"""The container file: checked by hadolint, and every step of it run on this machine, without an engine and its base image."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import typer
from containerfile import Instruction, read_containerfile, variables

from linkspan.cli.app import app

ROOT = Path(__file__).parents[2]
WHEELHOUSE = ROOT / "tests" / "clients" / "wheelhouse" / "wheels"
STEPS = read_containerfile(ROOT / "Containerfile")
LAST = STEPS[-1].stage
pytestmark = pytest.mark.timeout(240)


def of(word: str, stage: int | None = None) -> list[Instruction]:
    return [one for one in STEPS if one.word == word and stage in {None, one.stage}]


def option_variables() -> set[str]:
    command = typer.main.get_command(app).commands["sim"]
    return {str(one.envvar) for one in command.params if getattr(one, "envvar", None)}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the build copies, installed by the build's own command into an environment of its own."""
    source = tmp_path_factory.mktemp("source")
    for step in of("COPY", 0):
        *names, target = step.rest.split()
        for name in names:
            place = source / target if target.endswith("/") or len(names) > 1 else source
            copied = place / name if (ROOT / name).is_file() else source / target
            copied.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_file():
                shutil.copy(ROOT / name, copied)
            else:
                shutil.copytree(ROOT / name, copied, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    place = tmp_path_factory.mktemp("opt") / "linkspan"
    for step in of("RUN", 0):
        run(step.rest.replace("/opt/linkspan", str(place)), source)
    (site,) = (place / "lib").glob("python*/site-packages")
    assert (site / "linkspan").is_dir()
    return place


def run(command: str, folder: Path) -> None:
    """Run a step of the build with this Python and, instead of a registry, the wheels that `make clients` has kept."""
    assert WHEELHOUSE.is_dir(), "the wheels are not there: run make clients"
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / "python").unlink(missing_ok=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    own = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELHOUSE)}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    done = subprocess.run(
        ["sh", "-euc", command], cwd=folder, capture_output=True, text=True, timeout=110, env=clean | own, check=False
    )
    assert 0 == done.returncode, f"{command}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def container(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The process that the container would run, with its variables and some that a person gives; yields all of them."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    given = {
        "SIM_PORT": str(port),
        "SIM_CUSTOMERS": "1500",
        "SIM_FAIL": "throttle,path=/vendors,times=2 refusal,code=Internal_ServerError,path=/items",
        "SIM_LIMIT": "requests=50 concurrent=2",
        "SIM_SWITCH": "quoted_guid_keys=true retry_after_seconds=7",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINKSPAN_", "SIM_", "PYTHON"))}
    own = {name: value.replace("/opt/linkspan", str(installed)) for name, value in variables(STEPS).items()}
    # Its user has no home.
    environment = kept | own | given | {"PATH": own["PATH"].replace("$PATH", kept["PATH"]), "HOME": "/nonexistent"}
    folder = tmp_path_factory.mktemp("run")
    program = shutil.which(of("ENTRYPOINT")[-1].argv()[0], path=environment["PATH"])
    assert program is not None
    assert Path(program).is_relative_to(installed)
    process = subprocess.Popen(
        of("ENTRYPOINT")[-1].argv(), executable=program, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = process.stdout.readline()
    assert told.startswith("simulator"), told
    yield environment
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode in {0, -signal.SIGTERM, 128 + signal.SIGTERM}


def ask(environment: dict[str, str], name: str) -> object:
    return httpx2.get(f"http://127.0.0.1:{environment['SIM_PORT']}/_sim/{name}").json()


def healthy(environment: dict[str, str]) -> int:
    argv = of("HEALTHCHECK")[-1].argv()
    return subprocess.run(argv, env=environment, capture_output=True, timeout=20, check=False).returncode


def test_what_is_copied_exists_and_is_let_through() -> None:
    ignore = (ROOT / ".dockerignore").read_text().split()
    for step in of("COPY", 0):
        for name in step.rest.split()[:-1]:
            assert (ROOT / name).exists(), name
            assert f"!{name}" in ignore, name
    assert "*" == ignore[0]
    assert ["--from=build /opt/linkspan /opt/linkspan"] == [step.rest for step in of("COPY", LAST)]


def lint(file: Path) -> subprocess.CompletedProcess[str]:
    program = ROOT / "tests" / "clients" / "hadolint" / "env" / "bin" / "hadolint"
    assert program.is_file(), "hadolint is not installed: run make clients"
    return subprocess.run(
        [program, "--no-color", file], capture_output=True, text=True, timeout=50, check=False
    )  # fmt: skip


def test_an_independent_linter_finds_nothing_wrong() -> None:
    done = lint(ROOT / "Containerfile")

    assert (0, "") == (done.returncode, done.stdout + done.stderr)


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("--from=build", "--from=bild", "DL3022"),
        ("HEALTHCHECK --interval=10s", "HEALTHCHECK --often=10s", "invalid flag"),
        ("EXPOSE 8790", "EXPOSE 87900", "DL3011"),
        ("WORKDIR /source", "WORKDIR source", "DL3000"),
        (" && /opt", " && [ -z $x = y && /opt", "SC"),
        ("ENTRYPOINT", "ENTRYPONT", "unexpected"),
    ],
)
def test_the_linter_would_tell(tmp_path: Path, right: str, wrong: str, rule: str) -> None:
    text = (ROOT / "Containerfile").read_text()
    (tmp_path / "Containerfile").write_text(text.replace(right, wrong, 1))
    done = lint(tmp_path / "Containerfile")

    assert right in text
    assert 0 != done.returncode
    assert rule in done.stdout + done.stderr


def test_the_user_it_runs_as_is_the_one_it_makes(tmp_path: Path) -> None:
    (step,) = of("RUN", LAST)
    (tmp_path / "etc").mkdir()
    for name, line in (("passwd", "root:x:0:0::/root:/bin/sh"), ("group", "root:x:0:"), ("shadow", "root:*:1::::::")):
        (tmp_path / "etc" / name).write_text(f"{line}\n")
    # As in the base image.
    (tmp_path / "etc" / "login.defs").write_text("UID_MIN 1000\nUID_MAX 60000\nGID_MIN 1000\nGID_MAX 60000\n")
    program, *words = shlex.split(step.rest)
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    assert found is not None
    root = [] if os.geteuid() == 0 else ["unshare", "--map-root-user"]
    done = subprocess.run(
        [*root, found, "--prefix", tmp_path, *words], capture_output=True, text=True, timeout=50, check=False
    )
    users = [line.split(":") for line in (tmp_path / "etc" / "passwd").read_text().splitlines()]

    assert (0, "") == (done.returncode, done.stderr)
    assert [of("USER", LAST)[-1].rest] == [user[2] for user in users[1:]]


def test_it_runs_as_nobody_special_and_names_no_registry() -> None:
    assert ["10001"] == [step.rest for step in of("USER", LAST)]
    assert STEPS.index(of("USER")[-1]) < STEPS.index(of("ENTRYPOINT")[-1])
    for step in of("FROM"):
        assert re.fullmatch(r"python:3\.\d+-slim( AS build)?", step.rest), step.rest


def test_its_variables_are_options_of_the_command() -> None:
    own = {name for name in variables(STEPS) if name.startswith("SIM_")}

    assert {"SIM_CUSTOMERS", "SIM_SEED", "SIM_FAIL", "SIM_LIMIT", "SIM_SWITCH", "SIM_HOST", "SIM_PORT"} <= own
    assert own <= option_variables()
    assert variables(STEPS)["SIM_PORT"] == of("EXPOSE")[-1].rest


def test_its_process_has_the_seed_and_the_failures_of_the_environment(container: dict[str, str]) -> None:
    state = ask(container, "state")
    assert isinstance(state, dict)
    first = state["tenants"][0]["environments"][0]["companies"][0]

    assert first["records"]["customer"] > 1_500
    assert [("throttle", "/vendors", 2), ("refusal", "/items", 1)] == [
        (one["kind"], one["path"], one["times"]) for one in state["failures"]
    ]
    assert {"requests": 50, "concurrent": 2}.items() <= ask(container, "limits").items()
    assert {"quoted_guid_keys": True, "retry_after_seconds": 7}.items() <= ask(container, "switches").items()


def test_a_reset_returns_to_what_the_environment_said(container: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{container['SIM_PORT']}/_sim"
    for name, body in (("clear_failures", {}), ("set_limits", {"requests": 9}), ("reset", {})):
        assert 200 == httpx2.post(f"{url}/{name}", json=body, timeout=20).status_code
    state = ask(container, "state")
    assert isinstance(state, dict)

    assert state["tenants"][0]["environments"][0]["companies"][0]["records"]["customer"] > 1_500
    assert ["throttle", "refusal"] == [one["kind"] for one in state["failures"]]
    assert 50 == ask(container, "limits")["requests"]


def test_its_health_check_tells_life_from_death(container: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        nobody = str(probe.getsockname()[1])

    assert 0 == healthy(container)
    assert 0 != healthy({**container, "SIM_PORT": nobody})


def test_a_mistake_in_an_option_is_explained(installed: Path) -> None:
    done = subprocess.run(
        [installed / "bin" / "linkspan", "sim", "--port", "0", "--fail", "refusal,code=Made_Up"],
        capture_output=True, text=True, timeout=50, check=False, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip

    assert 0 != done.returncode
    assert "Application_DialogException" in done.stderr
    assert "Traceback" not in done.stderr
