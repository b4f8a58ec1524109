"""The end user's own page: what they have linked, linked again or revoked by themselves, behind a short-lived signed link."""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from linkspan.errors import ConnectSessionExpiredError, CursorInvalidError, InvalidInputError, Mistake, NotFoundError
from linkspan.model import Account, AccountState, Caller, KeyScope, Secret, StateReason
from linkspan.providerauth.vault import CursorSeal
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.create_connect_session import NewSession, OpenedSession, create_connect_session
from linkspan.usecases.hall import Hall

DEFAULT_SECONDS = 900
LONGEST_SECONDS = 24 * 3600
PAGE = "/connect/mine"
LINK = f"{PAGE}/s/"
"""What stands before the token in a link."""
AGENTS = ("", "read", "write")
_LONGEST = 2000
_SOURCE = "owner_page"


class OwnerPass(msgspec.Struct, frozen=True, array_like=True):
    """What a link of an owner's page permits: this owner's accounts, until a moment (seconds since 1970).

    `agents`: what the owner may let an MCP client do by it: nothing (""), read, or write.
    """

    project_id: str
    owner_id: str
    until: int
    agents: str = ""


@dataclass(frozen=True, slots=True)
class OwnerLink:
    """The link to an owner's page. It is not stored and cannot be taken back, so it is short-lived."""

    url: str
    expires_at: datetime


async def open_owner_page(
    hall: Hall, caller: Caller, owner_id: str, expires_in: int = DEFAULT_SECONDS, *, agents: str = ""
) -> OwnerLink:
    """A signed link to the page of one owner; `expires_in` in seconds, a minute to a day.

    `agents`: read or write lets the owner sign MCP clients in, to that much at most; nobody can give more than they have.
    Raises InvalidInputError, MissingScopeError.
    """
    require(caller, KeyScope.PLATFORM_WRITE)
    mistakes = []
    if agents not in AGENTS:
        mistakes.append(Mistake("agents", "must be read or write, or left out"))
    elif agents:
        require(caller, KeyScope.ACTIONS if agents == "write" else KeyScope.ACTIONS_READ)
    if not owner_id.strip() or len(owner_id) > _LONGEST:
        mistakes.append(Mistake("origin_owner_id", "is empty or too long"))
    if not 60 <= expires_in <= LONGEST_SECONDS:  # noqa: PLR2004  a minute, told above
        mistakes.append(Mistake("expires_in", f"must be between 60 and {LONGEST_SECONDS} seconds"))
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
    until = int(hall.clock().timestamp()) + expires_in
    text = _seal(hall).seal(msgspec.json.encode(OwnerPass(caller.project_id, owner_id, until, agents)))
    return OwnerLink(f"{hall.settings.base_url}{LINK}{text}", datetime.fromtimestamp(until, UTC))


def read_pass(hall: Hall, token: Secret) -> OwnerPass:
    """What a link permits. Raises ConnectSessionExpiredError when it is none of ours, or over."""
    try:
        found = msgspec.json.decode(_seal(hall).open(token.reveal()), type=OwnerPass)
    except (CursorInvalidError, msgspec.DecodeError, UnicodeError):
        raise ConnectSessionExpiredError("This link is not known here.") from None
    if found.until <= hall.clock().timestamp():
        raise ConnectSessionExpiredError(
            "This link has expired.", next_step="Open the page again from the product that sent you here."
        )
    return found


async def list_own(hall: Hall, allowed: OwnerPass) -> list[Account]:
    """The owner's accounts, oldest first, archived ones left out."""
    return await hall.accounts.list(allowed.project_id, AccountFilter(owner_ids=(allowed.owner_id,)))


async def find_own(hall: Hall, allowed: OwnerPass, account_id: str) -> Account:
    """One of the owner's accounts. Raises NotFoundError, for an archived one and anybody else's too."""
    account = await hall.accounts.read(allowed.project_id, account_id)
    if account is None or account.owner.id != allowed.owner_id or account.state is AccountState.ARCHIVED:
        raise NotFoundError("You have no such linked account.", next_step="Go back to your linked accounts.")
    return account


async def relink_own(hall: Hall, allowed: OwnerPass, account_id: str) -> OpenedSession:
    """A connect session that links this account again and leads back to the page. Raises NotFoundError, ProfileDisabledError."""
    account = await find_own(hall, allowed, account_id)
    new = NewSession(owner=account.owner, account_id=account.id, return_url=hall.settings.base_url + PAGE)
    return await create_connect_session(hall, _caller(allowed), new)


async def revoke_own(hall: Hall, allowed: OwnerPass, account_id: str) -> None:
    """Erase the account's tokens: nothing runs on it until it is linked again; a suspended one stays suspended. Raises NotFoundError."""
    account = await find_own(hall, allowed, account_id)
    now = hall.clock()
    reason = StateReason("revoked_by_owner", "Its user took the access back; the tokens were erased.", now)
    note = note_of(hall, _caller(allowed), "account.revoked", account.id, ("grant",))
    await hall.accounts.close((account.project_id, account.id), AccountState.REVOKED, reason, note)
    hall.warm.drop()
    hall.tokens.forget(account.id)


def _caller(allowed: OwnerPass) -> Caller:
    return Caller(allowed.project_id, frozenset({KeyScope.PLATFORM_WRITE}), source=_SOURCE)


def _seal(hall: Hall) -> CursorSeal:
    return CursorSeal(hall.vault.derive("owner-page"))
