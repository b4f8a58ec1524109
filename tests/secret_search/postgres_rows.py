"""Hands the rows of a PostgreSQL database to the search, before they are gone."""

from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from secret_watch.record import RECORD

_TABLES = """
    SELECT n.nspname, c.relname, (SELECT count(*) FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""


def database_name(address: str) -> str:
    """A PostgreSQL database by server and name."""
    parts = urlsplit(address)
    return f"{parts.query.replace('%2F', '/')} {parts.path.strip('/')}"


def tell_rows(url: str) -> None:
    """Say every row of every table, in the binary form of COPY: texts and binary columns alike stand in it as they are."""
    name = database_name(url)
    with psycopg.connect(url) as connection:
        for schema, table, columns in connection.execute(_TABLES).fetchall():
            statement = sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(sql.Identifier(schema, table))
            with connection.cursor().copy(statement) as copy:
                rows = b"".join(bytes(part) for part in copy)
            RECORD.said("rows", f"{name} {table}", rows, columns=columns, database=name)


def tell_server(url: str, folder: Path) -> None:
    """Say the rows of all databases that are left on a server, and the server's own log."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
    for (name,) in names:
        tell_rows(url.replace("/postgres?", f"/{name}?"))
    for log in folder.glob("log*"):
        RECORD.said("log", "of the PostgreSQL server", log.read_bytes())
