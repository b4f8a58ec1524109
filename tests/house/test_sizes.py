"""Files and functions stay small: a limit that only prints is no limit."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "linkspan"
FILE_LIMIT = 300
# A larger file needs a decision record, and never passes 500.
LARGER_BY_DECISION = {"src/linkspan/errors.py": "docs/decisions/0001-one-file-of-errors.md"}
HARD_FILE_LIMIT = 500
FUNCTION_LIMIT, FUNCTION_LONG, LONG_SHARE = 60, 50, 0.02
POSITIONAL_LIMIT, NESTING_LIMIT = 5, 3
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "service", "misc"}


def python_files(root: Path = SOURCE) -> list[Path]:
    return sorted(path for path in root.rglob("*.py") if "__pycache__" not in path.parts)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def nesting(node: ast.AST) -> int:
    blocks = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        chained = (
            isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse and len(node.orelse) == 1
        )
        deepest = max(deepest, nesting(child) + (isinstance(child, blocks) and not chained))
    return deepest


def mistakes_in(root: Path) -> list[str]:
    """Every breach below `root`, as `file:line: what`."""
    found: list[str] = []
    total = long = 0
    for path in python_files(root):
        name = path.relative_to(root.parents[1]).as_posix() if root == SOURCE else path.name
        lines = len(path.read_text().splitlines())
        limit = HARD_FILE_LIMIT if name in LARGER_BY_DECISION else FILE_LIMIT
        if lines > limit:
            found.append(f"{name}: {lines} lines, at most {limit}")
        if path.stem in FORBIDDEN_NAMES:
            found.append(f"{name}: a file of that name tells nobody what it is for")
        if path.name == "__init__.py" and lines and path.parent.name not in {"sdk", "simulator"}:
            found.append(f"{name}: __init__.py stays empty")
        # A framework calls what these rooms declare by name; every parameter there is an option of a person or client.
        declared = path.parent.name in {"cli", "rest"}
        for node in functions(path):
            total += 1
            long += length(node) > FUNCTION_LONG
            found.extend(f"{name}:{node.lineno}: {node.name} {what}" for what in breaches(node, declared=declared))
    if total and long / total > LONG_SHARE:
        found.append(f"{long} of {total} functions have over {FUNCTION_LONG} lines, at most {LONG_SHARE:.0%}")
    return found


def breaches(node: ast.FunctionDef | ast.AsyncFunctionDef, *, declared: bool = False) -> Iterator[str]:
    if length(node) > FUNCTION_LIMIT:
        yield f"has {length(node)} lines, at most {FUNCTION_LIMIT}"
    positional = [arg for arg in node.args.posonlyargs + node.args.args if arg.arg not in {"self", "cls"}]
    if len(positional) > POSITIONAL_LIMIT and not declared:
        yield f"takes {len(positional)} positional parameters, at most {POSITIONAL_LIMIT}"
    if nesting(node) > NESTING_LIMIT:
        yield f"is nested {nesting(node)} deep, at most {NESTING_LIMIT}"


def test_source_keeps_the_sizes() -> None:
    assert [] == mistakes_in(SOURCE)


def test_larger_files_have_a_decision_record() -> None:
    missing = [record for record in LARGER_BY_DECISION.values() if not (ROOT / record).is_file()]

    assert [] == missing


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("rooms.py", "x = 1\n" * 301, "301 lines"),
        ("helpers.py", "x = 1\n", "tells nobody"),
        ("rooms.py", "def f():\n" + "    x = 1\n" * 60, "f has 61 lines"),
        ("rooms.py", "def f(a, b, c, d, e, g): ...\n", "6 positional"),
        ("rooms.py", "def f():\n if a:\n  if b:\n   if c:\n    if d:\n     pass\n", "nested 4 deep"),
    ],
)
def test_planted_violations_are_found(tmp_path: Path, file: str, text: str, expected: str) -> None:
    (tmp_path / file).write_text(text)

    assert any(expected in mistake for mistake in mistakes_in(tmp_path))
