"""Every sealed text of the database, whatever table it lies in: for sealing them anew under a new data key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, LargeBinary, Table, func, literal_column, select, update

from linkspan.storage.database import Database
from linkspan.storage.event_tables import webhooks
from linkspan.storage.house_tables import run_bodies
from linkspan.storage.tables import grants, link_attempts, profiles, writes

BATCH = 200


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed texts: whose they are (`owner` and the row's key) and for what `field` the vault sealed them."""

    table: Table
    key: str
    column: str
    owner: str
    field: str

    @property
    def name(self) -> str:
        """Table and column."""
        return f"{self.table.name}.{self.column}"

    @property
    def cells(self) -> Column[bytes]:
        """The column itself."""
        return self.table.c[self.column]


@dataclass(frozen=True, slots=True)
class SealedText:
    """One sealed text, and where it lies."""

    place: SealedColumn
    project_id: str
    key: str
    sealed: bytes

    @property
    def owner(self) -> str:
        """Whose it is, as the vault names it."""
        return f"{self.place.owner}:{self.key}"


COLUMNS = (
    SealedColumn(profiles, "id", "secret", "profile", "client_secret"),
    SealedColumn(profiles, "id", "old_secret", "profile", "old_client_secret"),
    SealedColumn(profiles, "id", "certificate_key", "profile", "certificate_key"),
    SealedColumn(grants, "account_id", "access", "account", "access_token"),
    SealedColumn(grants, "account_id", "refresh", "account", "refresh_token"),
    SealedColumn(link_attempts, "id", "verifier", "link", "verifier"),
    SealedColumn(link_attempts, "id", "access", "link", "access_token"),
    SealedColumn(link_attempts, "id", "refresh", "link", "refresh_token"),
    SealedColumn(run_bodies, "run_id", "sealed", "run", "bodies"),
    SealedColumn(webhooks, "id", "secret", "webhook", "secret"),
    SealedColumn(webhooks, "id", "previous_secret", "webhook", "secret"),
    SealedColumn(writes, "run_id", "sealed_answer", "write", "answer"),
    SealedColumn(writes, "run_id", "sealed_intent", "write", "intent"),
)
"""A test compares them with the tables: no binary column is forgotten."""


class SealedStore:
    """Reads and replaces sealed texts, a batch at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def batch(self, place: SealedColumn, after: str, project_id: str | None = None) -> Sequence[SealedText]:
        """The next texts of a column (of one project), in the order of their rows' keys, from behind `after`."""
        key = place.table.c[place.key]
        query = (
            select(place.table.c.project_id, key, place.cells)
            .where(place.cells.is_not(None), key > after)
            .order_by(key)
            .limit(BATCH)
        )
        if project_id is not None:
            query = query.where(place.table.c.project_id == project_id)
        async with self._database.read() as connection:
            return [SealedText(place, row[0], row[1], bytes(row[2])) for row in await connection.execute(query)]

    async def count(self) -> int:
        """How many sealed texts there are in all, over every project and column."""
        async with self._database.read() as connection:
            counted = [
                await connection.scalar(select(func.count()).select_from(place.table).where(place.cells.is_not(None)))
                for place in COLUMNS
            ]
        return sum(one or 0 for one in counted)

    async def heads(self, place: SealedColumn, project_id: str, length: int) -> Mapping[bytes, int]:
        """How many texts of a project's column begin with which bytes."""
        head = func.substr(place.cells, literal_column("1"), literal_column(str(length)), type_=LargeBinary).label(
            "head"
        )
        query = select(head, func.count()).where(place.table.c.project_id == project_id, place.cells.is_not(None))
        async with self._database.read() as connection:
            return {bytes(row[0]): row[1] for row in await connection.execute(query.group_by(literal_column("head")))}

    async def replace(self, before: SealedText, sealed: bytes) -> bool:
        """Put another sealing of the same text in its place; False: somebody has written a new text meanwhile, which stays."""
        place = before.place
        here = update(place.table).where(
            place.table.c.project_id == before.project_id,
            place.table.c[place.key] == before.key,
            place.cells == before.sealed,
        )
        async with self._database.begin() as connection:
            return (await connection.execute(here.values({place.column: sealed}))).rowcount == 1
