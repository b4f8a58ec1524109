"""Permits as those see them who gave them: listed, and taken back."""

from linkspan.errors import NotFoundError
from linkspan.model import Caller, KeyScope, Secret
from linkspan.permit_records import Permit
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.owner_page import OwnerPass


async def list_permits(hall: Hall, caller: Caller) -> list[Permit]:
    """Every permit of the caller's project that is not over, oldest first."""
    require(caller, KeyScope.PLATFORM_READ)
    return await hall.permits.list(caller.project_id, hall.clock())


async def revoke_permit(hall: Hall, caller: Caller, permit_id: str) -> None:
    """End a permit: its tokens stop working here at once and in other processes within a second. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    await _end(hall, caller, permit_id)


async def list_own_permits(hall: Hall, allowed: OwnerPass) -> list[Permit]:
    """The permits that an owner has given, oldest first."""
    return await hall.permits.list(allowed.project_id, hall.clock(), owner_id=allowed.owner_id)


async def revoke_own_permit(hall: Hall, allowed: OwnerPass, permit_id: str) -> None:
    """End a permit that the owner has given. Raises NotFoundError, for anybody else's too."""
    permit = await hall.permits.read(allowed.project_id, permit_id)
    if permit is None or permit.owner_id != allowed.owner_id:
        raise NotFoundError("There is no such program.", next_step="Go back to your linked accounts.")
    await _end(hall, Caller(allowed.project_id, frozenset(), source="owner_page"), permit_id)


async def revoke_token(hall: Hall, text: Secret, client_id: str) -> None:
    """What a client does that signs its user out (RFC 7009): the permit behind a token ends; unknown tokens and others' are no failure."""
    found = await hall.permits.find_token(hall.vault.digest("mcp-token", text))
    if found is None or found[0].client_id != client_id:
        return
    permit = found[0]
    caller = Caller(permit.project_id, frozenset(), permit.id, "mcp_sign_in")
    await hall.permits.remove(permit.project_id, permit.id, note_of(hall, caller, "permit.revoked", permit.id))
    hall.warm.drop()


async def _end(hall: Hall, caller: Caller, permit_id: str) -> None:
    note = note_of(hall, caller, "permit.revoked", permit_id)
    if not await hall.permits.remove(caller.project_id, permit_id, note):
        raise NotFoundError("There is no such permit in this project.")
    hall.warm.drop()
