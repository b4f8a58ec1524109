"""The built wheel in a new environment, outside the repository: a pytest file with the fixture, and the command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(240)
WHEELHOUSE = ROOT / "tests" / "clients" / "wheelhouse" / "wheels"
TEN_LINES = """\
import json
from urllib.request import Request, urlopen

from linkspan.simulator import business_central  # the fixture


def test_customers_can_be_read(business_central):
    asked = Request(f"{business_central.company_url}/customers?$top=3")
    asked.add_header("Authorization", f"Bearer {business_central.issue_token()}")
    assert len(json.load(urlopen(asked))["value"]) == 3
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=55, check=False)
    assert 0 == done.returncode, done.stderr
    (found,) = folder.glob("linkspan-*.whl")
    return found


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel, its locked dependencies and pytest, and nothing of this environment."""
    place = tmp_path_factory.mktemp("elsewhere") / "env"
    subprocess.run([sys.executable, "-m", "venv", place], check=True, timeout=55)
    own = place / "bin" / "python"
    for lock in (ROOT / "requirements.lock", WHEELHOUSE.parent / "requirements-wheels.lock"):
        install(own, "--require-hashes", "-r", lock)
    # With its dependencies: what the wheel asks for must be what the lock has.
    install(own, wheel)
    return own


def install(python: Path, *what: str | Path) -> None:
    assert WHEELHOUSE.is_dir(), "the wheels are not there: run make clients"
    command = [
        python,
        "-m",
        "pip",
        "--isolated",
        "install",
        "--no-compile",
        "--no-index",
        "--find-links",
        WHEELHOUSE,
        *what,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=55, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr


def outside(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "LINKSPAN_"))
    }
    return subprocess.run(
        [python, *arguments], cwd=folder, env=clean, capture_output=True, text=True, timeout=55, check=False
    )


def test_the_fixture_works_in_a_pytest_file_of_ten_lines(python: Path, tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TEN_LINES)
    done = outside(python, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py")

    assert len(TEN_LINES.splitlines()) <= 10
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_it_is_the_wheel_and_not_the_repository(python: Path, tmp_path: Path) -> None:
    done = outside(python, tmp_path, "-c", "import linkspan.simulator as one; print(one.__file__)")

    assert done.stdout.startswith(str(python.parents[1])), done.stderr


def test_nothing_of_this_environment_is_in_the_new_one(python: Path, tmp_path: Path) -> None:
    paths = outside(python, tmp_path, "-c", "import sys; print(*sys.path, sep='\\n')").stdout.splitlines()
    here = {path for path in sys.path if path.endswith("site-packages")}

    assert str(python.parents[1]) in {str(Path(path).parents[2]) for path in paths if path.endswith("site-packages")}
    assert set() == here & set(paths)
    assert 0 != outside(python, tmp_path, "-c", "import playwright").returncode


def test_the_wheel_holds_templates_contract_and_no_tests(wheel: Path, python: Path, tmp_path: Path) -> None:
    done = outside(python, tmp_path, "-m", "zipfile", "-l", str(wheel))

    for name in ("dynamics365bc/contract.json", "state.html", "linkspan/simulator/serve.py"):
        assert name in done.stdout
    assert "tests/" not in done.stdout


def test_the_command_of_the_wheel_runs(python: Path, tmp_path: Path) -> None:
    done = outside(python, tmp_path, "-m", "linkspan.cli.app", "sim", "--help")

    assert 0 == done.returncode, done.stderr
    assert "--customers" in done.stdout
