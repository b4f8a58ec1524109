"""Registered MCP clients, of no project: whoever signs in with one says for which project it is."""

from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select, update

from linkspan.permit_records import McpClient
from linkspan.storage.database import Database
from linkspan.storage.permit_tables import mcp_clients


class ClientStore:
    """Reads and writes registrations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, client: McpClient, *, most_unused: int) -> None:
        """Store a registration; of those that nobody has signed in with, only the newest `most_unused` stay."""
        unused = select(mcp_clients.c.id).where(mcp_clients.c.used.is_(False))
        beyond = unused.order_by(mcp_clients.c.created_at.desc(), mcp_clients.c.id).offset(most_unused).limit(100)
        async with self._database.begin() as connection:
            await connection.execute(
                insert(mcp_clients).values(
                    id=client.id,
                    name=client.name,
                    redirect_uris=list(client.redirect_uris),
                    auth_method=client.auth_method,
                    secret_digest=client.secret_digest,
                    refreshes=client.refreshes,
                    used=False,
                    created_at=client.created_at,
                    expires_at=client.expires_at,
                )
            )
            old = list((await connection.execute(beyond)).scalars())
            if old:
                await connection.execute(delete(mcp_clients).where(mcp_clients.c.id.in_(old)))

    async def find(self, client_id: str) -> McpClient | None:
        """The registration of that id."""
        async with self._database.read() as connection:
            row = (
                (await connection.execute(select(mcp_clients).where(mcp_clients.c.id == client_id))).mappings().first()
            )
        return _client(row) if row else None

    async def keep(self, client_id: str, until: datetime) -> None:
        """Somebody signed in with it: it stays until then, or longer if it would anyway."""
        here = update(mcp_clients).where(mcp_clients.c.id == client_id, mcp_clients.c.expires_at < until)
        async with self._database.begin() as connection:
            await connection.execute(here.values(used=True, expires_at=until))

    async def prune(self, before: datetime) -> None:
        """Delete registrations that ended before a moment."""
        async with self._database.begin() as connection:
            await connection.execute(delete(mcp_clients).where(mcp_clients.c.expires_at < before))


def _client(row: RowMapping) -> McpClient:
    return McpClient(
        id=row["id"],
        name=row["name"],
        redirect_uris=tuple(row["redirect_uris"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        auth_method=row["auth_method"],
        secret_digest=row["secret_digest"],
        refreshes=row["refreshes"],
    )
