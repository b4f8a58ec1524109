"""A PostgreSQL server for the tests: from the pgserver wheel, or else an installed one; never silently none."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from secret_search.postgres_rows import tell_rows, tell_server

_SYSTEM = "/usr/lib/postgresql"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; `url(name)` is the address of one of its databases.

    What a database holds is told to the secrets search before it is dropped, and what is left when the server stops.
    """

    host: str
    user: str
    end: Callable[[], None]

    def url(self, database: str) -> str:
        return f"postgresql://{self.user}@/{database}?host={self.host}"

    def run(self, *statements: str) -> None:
        for dropped in re.findall(r"DROP DATABASE (\w+)", "\n".join(statements)):
            tell_rows(self.url(dropped))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def stop(self) -> None:
        tell_server(self.url("postgres"), Path(self.host))
        self.end()


def start_postgres() -> PostgresServer:
    """Start a server on a socket of its own. Raises RuntimeError, with both reasons, if there is no way to."""
    try:
        server = _from_wheel()
    except Exception as error:  # noqa: BLE001  whatever hinders the wheel, the installed server is the other way
        server = _installed(error)
    # The tests' data need not survive a power cut, and committing without waiting for the disk is many times quicker.
    server.run("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")
    return server


def _from_wheel() -> PostgresServer:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="linkspan-run-"))
    import pgserver

    folder = Path(tempfile.mkdtemp(prefix="linkspan-pg-"))
    server = pgserver.get_server(folder, cleanup_mode="delete")
    host = server.get_uri().partition("host=")[2]
    return PostgresServer(host, "postgres", server.cleanup)


def _installed(why: Exception) -> PostgresServer:
    programs = sorted(Path(_SYSTEM).glob("*/bin/initdb"))
    if not programs:
        message = f"no PostgreSQL: the pgserver wheel failed ({why!r}) and there is no server in {_SYSTEM}"
        raise RuntimeError(message) from why
    folder = Path(tempfile.mkdtemp(prefix="linkspan-pg-"))
    user = _other_user() if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if user is not None:
        shutil.chown(folder, user)
    folder.chmod(0o700)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs[-1].with_name(program)), "-D", str(folder / "data"), *arguments]
        # Its output goes to a file: the server keeps what it inherits open, and would keep us waiting for the end of a pipe.
        with (folder / "log").open("ab") as log:
            subprocess.run(command, user=user, check=True, cwd=folder, stdout=log, stderr=log, timeout=60)

    run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8")
    run("pg_ctl", "start", "-w", "-o", f"-c listen_addresses= -c unix_socket_directories={folder}")

    def stop() -> None:
        run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)

    return PostgresServer(str(folder), "postgres", stop)


def _other_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
