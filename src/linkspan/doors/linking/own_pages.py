"""Draws the end user's own page: each linked account with where it points and how it is."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from starlette.requests import Request
from starlette.responses import Response

from linkspan.connectors.action import Connector
from linkspan.doors.linking.pages import LinkPages
from linkspan.link_records import Brand
from linkspan.model import Account, AccountState
from linkspan.permit_records import Permit
from linkspan.usecases.hall import Hall

_STATES: Mapping[AccountState, tuple[str, str]] = {
    AccountState.NEEDS_REAUTH: ("warn", "You need to sign in again: link it again to go on."),
    AccountState.REVOKED: ("bad", "The access is taken back. Link it again to give it anew."),
    AccountState.SUSPENDED: ("warn", "Paused: nothing is read or written at the moment."),
}
_WORKS = ("good", "Linked and working.")
_READS = ("good", "Linked and working, for reading only: nothing can be changed through it.")


class Shown(TypedDict):
    """One account as the page shows it."""

    account: Account
    connector: Connector
    tone: str
    told: str
    revocable: bool


class OwnPages:
    """The pages of one person's linked accounts."""

    def __init__(self, hall: Hall, pages: LinkPages) -> None:
        self._hall = hall
        self._pages = pages

    def accounts(
        self, request: Request, accounts: Sequence[Account], permits: Sequence[Permit], brand: Brand
    ) -> Response:
        """The list, which may be empty, and the programs that were let in."""
        shown = [self._shown(account) for account in accounts if account.connector in self._hall.catalog.connectors]
        return self._pages.own(request, "mine.html", "Your linked accounts", brand, shown, permits=permits)

    def ask(self, request: Request, account: Account, brand: Brand) -> Response:
        """The question before the access is taken back."""
        return self._pages.own(request, "revoke.html", "Take the access back?", brand, [self._shown(account)])

    def _shown(self, account: Account) -> Shown:
        tone, told = _STATES.get(account.state, _READS if account.read_only else _WORKS)
        revocable = account.state is not AccountState.REVOKED
        connector = self._hall.catalog.connectors[account.connector]
        return Shown(account=account, connector=connector, tone=tone, told=told, revocable=revocable)
