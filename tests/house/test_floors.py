"""Import floors hold, and a planted import from above, beside or across the street is found."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source and its rules, where a violation can be planted."""
    root = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(
        ROOT / "src" / "linkspan",
        root / "linkspan",
        ignore=shutil.ignore_patterns("__pycache__", "*.json", "*.md", "*.svg"),
    )
    return root


def lint(root: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r}); from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def broken(told: str) -> set[str]:
    return set(re.findall(r"^(.*) BROKEN", told, re.MULTILINE))


def test_the_source_keeps_every_floor(copied_tree: Path) -> None:
    told = lint(copied_tree)

    assert set() == broken(told)
    assert " 0 broken" in told


@pytest.mark.parametrize(
    ("file", "planted", "contract"),
    [
        ("engine/shape.py", "from linkspan.usecases.hall import Hall", "Floors"),
        ("providerauth/timing.py", "from linkspan.engine.shape import Record", "Floors"),
        ("doors/guides/page.py", "from linkspan.doors.rest.errors import error_body", "Doors"),
        ("simulator/clock.py", "from linkspan.engine.shape import Record", "The simulator"),
        ("usecases/access.py", "from linkspan.simulator import Simulator", "Nothing but the CLI"),
        ("engine/shape.py", "import sqlalchemy", "The database driver"),
        ("usecases/access.py", "import pyreqwest", "The HTTP client"),
    ],
)
def test_a_planted_import_is_found(copied_tree: Path, file: str, planted: str, contract: str) -> None:
    path = copied_tree / "linkspan" / file
    text = path.read_text()
    path.write_text(f"{text}\n{planted}  # planted\n")
    try:
        told = lint(copied_tree)
    finally:
        path.write_text(text)

    assert any(name.startswith(contract) for name in broken(told)), told
