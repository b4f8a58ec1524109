"""The types of the SDK are what its users' checkers see."""

import subprocess
import sys
from pathlib import Path

CASES = Path(__file__).with_name("typing_cases.py")
ROOT = CASES.parents[2]


def test_types_hold_for_both_clients(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        str(tmp_path),
        "--follow-imports=silent",
        str(CASES),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "Success" in done.stdout, done.stdout + done.stderr
