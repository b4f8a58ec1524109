"""`make bench`: what one call costs, Linkspan beside the cheapest gateway, bare ASGI and FastMCP, all in one run.

Each server has one core, the load and the stub have the other. The machine's own speed swings, so only ratios of one run count:
the rounds are interleaved and each figure is the median of all rounds. Exits 1 if Linkspan misses a target, 2 if a program is missing.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from measuring import Measured, measure

HERE = Path(__file__).parent
# program → the Debian package that has it
PROGRAMS = {"nginx": "nginx", "wrk": "wrk", "taskset": "util-linux"}
CONCURRENCY = (1, 16, 64)
MOST_CPU_OF_BARE, LEAST_TIMES_FASTMCP, MOST_P99_OF_P50 = 2.5, 10.0, 4.0
MOST_CPU_OF_RPC = 1.7
BARE, FASTMCP, LINKSPAN = "bare ASGI (uvicorn, pyreqwest)", "FastMCP from_openapi", "Linkspan /actions/rpc"
LINKSPAN_MCP = "Linkspan tools/call"
Results = dict[tuple[str, int], list[Measured]]


def missing_packages() -> list[str]:
    """The Debian packages of programs that are not here."""
    # nginx is for administrators, so it may lie outside a user's PATH.
    path = os.pathsep.join(
        [os.environ.get("PATH", ""), *([] if os.environ.get("BENCH_PATH_ONLY") else ["/usr/sbin", "/sbin"])]
    )
    return [package for program, package in PROGRAMS.items() if shutil.which(program, path=path) is None]


def fastmcp_python() -> Path:
    """The Python of FastMCP's own environment, installed from its hashed lock when that is new here."""
    folder = HERE / "fastmcp"
    environment, lock, stamp = folder / "env", folder / "requirements.lock", folder / "env" / "installed.lock"
    python = environment / "bin" / "python"
    if not stamp.is_file() or stamp.read_bytes() != lock.read_bytes():
        print("installing FastMCP into benchmarks/fastmcp/env", flush=True)
        shutil.rmtree(environment, ignore_errors=True)
        venv.create(environment, with_pip=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
        subprocess.run([*pip, "install", "--require-hashes", "-r", str(lock)], check=True)
        shutil.copyfile(lock, stamp)
    return python


def run(rounds: int, seconds: float) -> Results:
    """Measure every row at every concurrency, `rounds` times over."""
    from servers import all_rows

    results: Results = {}
    with (
        tempfile.TemporaryDirectory(prefix="linkspan-bench-") as folder,
        all_rows(Path(folder), fastmcp_python()) as rows,
    ):
        for row in rows:
            measure(row.server, row.ask, concurrency=16, seconds=1)
        for number in range(1, rounds + 1):
            for concurrency in CONCURRENCY:
                for row in rows:
                    found = measure(row.server, row.ask, concurrency=concurrency, seconds=seconds)
                    results.setdefault((row.name, concurrency), []).append(found)
            print(f"round {number} of {rounds}", flush=True)
    return results


def middle(values: list[Measured]) -> Measured:
    """The median of each figure."""
    return Measured(
        *(statistics.median(getattr(value, name) for value in values) for name in ("per_second", "p50", "p99", "cpu"))
    )


def table(results: Results) -> str:
    """The measured figures, and beside them what they are in terms of bare ASGI and FastMCP."""
    found = {key: middle(values) for key, values in results.items()}
    names = list(dict.fromkeys(name for name, _ in found))
    head = (
        f"{'':32}{'at once':>8}{'calls/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms/call':>13}{'CPU : bare':>12}"
        f"{'calls/s : FastMCP':>19}{'p99 : p50':>11}"
    )
    lines = [head]
    for concurrency in CONCURRENCY:
        bare, fastmcp = found[BARE, concurrency], found[FASTMCP, concurrency]
        lines.append("")
        for name in names:
            it = found[name, concurrency]
            lines.append(
                f"{name:32}{concurrency:>8}{it.per_second:>10.0f}{it.p50:>9.2f}{it.p99:>9.2f}{it.cpu:>13.3f}{it.cpu / bare.cpu:>12.2f}"
                f"{it.per_second / fastmcp.per_second:>19.1f}{it.p99 / it.p50:>11.1f}"
            )
    return "\n".join(lines)


def targets_missed(results: Results) -> list[str]:
    """What Linkspan promises at 16 calls at once and does not keep."""
    ours, bare, fastmcp, tool = (middle(results[name, 16]) for name in (LINKSPAN, BARE, FASTMCP, LINKSPAN_MCP))
    by_mcp = tool.cpu / ours.cpu
    cpu, times, tail = ours.cpu / bare.cpu, ours.per_second / fastmcp.per_second, ours.p99 / ours.p50
    kept = {
        f"CPU is {cpu:.2f} times the bare ASGI's, at most {MOST_CPU_OF_BARE}": cpu <= MOST_CPU_OF_BARE,
        f"calls/s are {times:.1f} times FastMCP's, at least {LEAST_TIMES_FASTMCP:.0f}": times >= LEAST_TIMES_FASTMCP,
        f"CPU of a tools/call is {by_mcp:.2f} times that of /actions/rpc, at most {MOST_CPU_OF_RPC}": by_mcp
        <= MOST_CPU_OF_RPC,
        f"p99 is {tail:.1f} times p50, at most {MOST_P99_OF_P50:.0f}": tail <= MOST_P99_OF_P50,
    }
    for words, ok in kept.items():
        print(f"{'kept  ' if ok else 'MISSED'}  Linkspan at 16: {words}")
    return [words for words, ok in kept.items() if not ok]


def main() -> int:
    """Measure and print. The exit status is the verdict."""
    parser = argparse.ArgumentParser(description="Measure Linkspan beside its anchors.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of load for each figure")
    asked = parser.parse_args()
    if missing := missing_packages():
        print(
            f"make bench needs Debian packages that are missing: {' '.join(missing)}. Install them: apt-get install {' '.join(missing)}"
        )
        return 2
    if (os.cpu_count() or 1) < 2:  # noqa: PLR2004 - one core for the server, one for the load
        print("make bench needs two cores.")
        return 2
    results = run(asked.rounds, asked.seconds)
    print()
    print(table(results))
    print()
    return 1 if targets_missed(results) else 0


if __name__ == "__main__":
    sys.exit(main())
