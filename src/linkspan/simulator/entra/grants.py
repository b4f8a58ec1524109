"""What the directory has handed out: authorization codes, refresh tokens, and which access tokens were cut short."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from linkspan.simulator.entra.errors import entra_error
from linkspan.simulator.entra.scopes import ScopeRequest

CODE_LIFETIME: Final = timedelta(minutes=10)
REFRESH_LIFETIME: Final = timedelta(days=90)
SINGLE_PAGE_LIFETIME: Final = timedelta(hours=24)
"""From the sign-in of a single-page application; renewing does not prolong it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Who let which application do what, where; `multifactor` tells of a second proof, `ends` of a fixed end.

    `since` is the moment of the sign-in.
    """

    client_id: UUID
    user_id: UUID
    tenant_id: UUID
    scopes: ScopeRequest
    multifactor: bool = False
    ends: datetime | None = None
    since: datetime | None = None

    def concerns(self, user_id: UUID | None, client_id: UUID | None) -> bool:
        """Tell whether this is a grant of that user and that application; None means any."""
        return user_id in {None, self.user_id} and client_id in {None, self.client_id}


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """A code waiting for redemption, with what it has to be redeemed with."""

    grant: Grant
    redirect_uri: str
    expires: datetime
    challenge: str | None = field(default=None, repr=False)
    challenge_method: str = "plain"
    nonce: str | None = None
    redeemed: bool = False


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token; `family` is shared by all that descend from one sign-in, `refusal` an AADSTS code or None."""

    grant: Grant
    expires: datetime
    family: UUID
    used: bool = False
    refusal: int | None = None


@dataclass(frozen=True, slots=True)
class IssuedAccess:
    """A note of an access token, by its uti, so that it can be cut short."""

    user_id: UUID | None
    client_id: UUID


class GrantBook:
    """Keeps codes and tokens in memory."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._codes: dict[str, AuthorizationCode] = {}
        self._refresh: dict[str, RefreshToken] = {}
        self._access: dict[str, IssuedAccess] = {}
        self._cut: set[str] = set()

    def issue_code(self, code: AuthorizationCode) -> str:
        """Keep `code` and return the text that stands for it."""
        value = "1." + secrets.token_urlsafe(480)
        self._codes[value] = code
        return value

    def look_up_code(self, value: str, now: datetime) -> AuthorizationCode:
        """Return the code behind `value`; raises EntraError 70000 (unknown), 54005 (used) or 70008 (expired)."""
        code = self._codes.get(value)
        if code is None:
            raise entra_error(70000, reason="the value of 'code' is not an authorization code of this directory")
        if code.redeemed:
            raise entra_error(54005)
        if now >= code.expires:
            raise entra_error(70008)
        return code

    def close_code(self, value: str) -> None:
        """Mark a code as redeemed; it stays known so that a replay is named."""
        self._codes[value] = replace(self._codes[value], redeemed=True)

    def issue_refresh(self, grant: Grant, now: datetime, family: UUID | None = None) -> str:
        """Keep a new refresh token for `grant` and return its text; `family` continues an earlier sign-in."""
        value = "1." + secrets.token_urlsafe(840)
        self._refresh[value] = RefreshToken(grant, grant.ends or now + REFRESH_LIFETIME, family or uuid4())
        return value

    def look_up_refresh(self, value: str, now: datetime) -> RefreshToken:
        """Return the token behind `value`; raises EntraError 70000 (unknown), 50173 (revoked) or 700082 (expired)."""
        token = self._refresh.get(value)
        if token is None:
            raise entra_error(70000, reason="the value of 'refresh_token' is not a refresh token of this directory")
        if token.refusal is not None:
            raise entra_error(token.refusal, reason="its family of tokens was revoked after one was used twice")
        if now >= token.expires:
            raise entra_error(700082 if token.grant.ends is None else 700084)
        return token

    def mark_used(self, value: str) -> None:
        """Note that a refresh token was exchanged for a newer one."""
        self._refresh[value] = replace(self._refresh[value], used=True)

    def revoke_family(self, family: UUID) -> None:
        """Refuse every refresh token that descends from one sign-in."""
        for value, token in self._refresh.items():
            if token.family == family:
                self._refresh[value] = replace(token, refusal=70000)

    def refuse_refresh(self, code: int, user_id: UUID | None, client_id: UUID | None) -> int:
        """Refuse the refresh tokens of a user and application (None: any) with AADSTS `code`; return how many."""
        concerned = {value: token for value, token in self._refresh.items() if token.grant.concerns(user_id, client_id)}
        for value, token in concerned.items():
            self._refresh[value] = replace(token, refusal=code)
        return len(concerned)

    def note_access(self, uti: str, note: IssuedAccess) -> None:
        """Remember an access token by its unique id."""
        self._access[uti] = note

    def cut_access(self, user_id: UUID | None, client_id: UUID | None) -> int:
        """Make the access tokens of a user and application (None: any) count as expired; return how many."""
        concerned = {
            uti
            for uti, note in self._access.items()
            if user_id in {None, note.user_id} and client_id in {None, note.client_id}
        }
        self._cut |= concerned
        return len(concerned)

    def is_cut(self, uti: str) -> bool:
        """Tell whether an access token was cut short."""
        return uti in self._cut
