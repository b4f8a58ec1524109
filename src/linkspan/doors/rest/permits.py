"""Endpoints: permits, which people give to MCP clients that sign in."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, status
from pydantic import Field

from linkspan.doors.rest.access import CallerOf, HallOf
from linkspan.doors.rest.answers import Answer, Page
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.permit_records import Permit
from linkspan.usecases.keep_permits import list_permits, revoke_permit

router = APIRouter(route_class=BoundedRoute, tags=["MCP sign-in"])


class PermitAnswer(Answer):
    """What an MCP client may do."""

    id: str
    client_id: str
    client_name: str = Field(description="What the client calls itself; nobody has checked it.")
    redirect_host: str = Field(description="Where the client was answered.")
    scopes: list[str]
    accounts: dict[str, Literal["read", "write"]]
    actions: list[str] | None = Field(description="Null: every action that the accounts' profiles enable.")
    key_id: str | None = Field(description="The API key that it was given with, and that it ends with.")
    origin_owner_id: str | None = Field(description="The customer who gave it.")
    created_at: datetime
    expires_at: datetime = Field(description="Prolonged by use, to 180 days after it was given at most.")
    last_used_at: datetime | None

    @classmethod
    def of(cls, permit: Permit) -> "PermitAnswer":
        """The permit."""
        return cls(
            id=permit.id,
            client_id=permit.client_id,
            client_name=permit.client_name,
            redirect_host=permit.redirect_host,
            scopes=list(permit.scopes),
            accounts={account: "write" if writes else "read" for account, writes in permit.accounts.items()},
            actions=None if permit.actions is None else sorted(permit.actions),
            key_id=permit.key_id,
            origin_owner_id=permit.owner_id,
            created_at=permit.created_at,
            expires_at=permit.expires_at,
            last_used_at=permit.last_used_at,
        )


@router.get("/permits", summary="List permits")
async def list_all(hall: HallOf, caller: CallerOf) -> Page[PermitAnswer]:
    """Every permit of the project that is not over, oldest first. Needs `platform:read`."""
    return Page(data=[PermitAnswer.of(permit) for permit in await list_permits(hall, caller)])


@router.delete("/permits/{permit_id}", status_code=status.HTTP_204_NO_CONTENT, summary="Revoke a permit")
async def revoke(permit_id: str, hall: HallOf, caller: CallerOf) -> None:
    """End a permit: the client's tokens stop working at once. Needs `platform:write`."""
    await revoke_permit(hall, caller, permit_id)
