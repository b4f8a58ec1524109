"""The simulator at scale, measured by the benchmark: seeding, memory, and pages of 20,000 customers beside nginx."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sizes import size

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "simulator_page.py"


@pytest.mark.timeout(540)
def test_a_page_of_twenty_thousand_never_read_before_in_at_most_three_times_nginx(
    capsys: pytest.CaptureFixture[str],
) -> None:
    customers, rounds = size("scale_customers"), size("scale_rounds")
    done = subprocess.run(
        [sys.executable, BENCHMARK, "--customers", str(customers), "--rounds", str(rounds)],
        capture_output=True,
        text=True,
        timeout=520,
        check=False,
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{done.stdout}")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert f"{rounds} rounds, each with a page never read before" in done.stdout
    seeded = re.search(r"'customers': (\d+), 'seconds': ([\d.]+)", done.stdout)
    assert seeded is not None
    assert int(seeded[1]) >= customers
    assert re.search(r"memory    \d+ MB for the customers", done.stdout)
    unread = re.search(r"pages     ([\d, ]+) ms, in turn", done.stdout)
    assert unread is not None
    assert rounds == len(unread[1].split(","))
