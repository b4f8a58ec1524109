"""The token endpoint's stories: a code becomes tokens, and a refresh token becomes newer ones; both work once.

What comes twice may be in two hands, so it ends the permit and every token of it (OAuth 2.1, 4.1.3 and 4.3.1; RFC 9700, 4.14).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkspan.errors import LinkspanError
from linkspan.model import Caller, Secret
from linkspan.permit_records import Permit, PermitToken, TokenKind
from linkspan.providerauth.pkce import challenge_of
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_token
from linkspan.usecases.name_grantor import living
from linkspan.usecases.oauth_refusal import OAuthRefusedError

ACCESS_LIFETIME = timedelta(minutes=15)
IDLE_LIFETIME = timedelta(days=30)
LONGEST_LIFETIME = timedelta(days=180)
_CLIENT_KEPT = timedelta(days=30)
_SKEW = timedelta(minutes=1)
_VERIFIER = range(43, 129)


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """What a client gets; `expires_in` in seconds. Without `refresh`, its user signs in again."""

    access: Secret
    refresh: Secret | None
    expires_in: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeAsk:
    """A code with all that proves who sends it; `resource` None: what was agreed to."""

    code: Secret
    client_id: str
    verifier: Secret
    redirect_uri: str | None
    resource: str | None


async def redeem_code(hall: Hall, ask: CodeAsk) -> IssuedTokens:
    """Tokens for a code. Raises OAuthRefusedError (invalid_grant), which tells nobody what exactly was wrong."""
    digest = hall.vault.digest("mcp-token", ask.code)
    code = await hall.permits.find_code(digest)
    now = hall.clock()
    if code is None:
        raise _refused("code")
    note = note_of(hall, _nobody(code.project_id), "permit.revoked", code.permit_id, ("code_used_twice",))
    if code.used_at is not None:
        await hall.permits.remove(code.project_id, code.permit_id, note)
        hall.warm.drop()
        raise _refused("code")
    verifier = ask.verifier.reveal()
    fits = len(verifier) in _VERIFIER and verifier.isascii()
    proved = fits and secrets.compare_digest(challenge_of(ask.verifier), code.challenge)
    here = code.client_id == ask.client_id and ask.redirect_uri in (None, code.redirect_uri)
    if not proved or not here or not code.issued_at - _SKEW <= now < code.expires_at:
        raise _refused("code")
    permit = await hall.permits.read(code.project_id, code.permit_id)
    if permit is None:
        raise _refused("code")
    _check_resource(permit, ask.resource)
    issued, stored, until = _tokens(hall, permit, now)
    if not await hall.permits.redeem(code, digest, stored, until=until, reused=note):
        hall.warm.drop()
        raise _refused("code")
    await hall.clients.keep(permit.client_id, now + LONGEST_LIFETIME + _CLIENT_KEPT)
    return issued


async def refresh_tokens(hall: Hall, text: Secret, client_id: str, *, resource: str | None) -> IssuedTokens:
    """New tokens for a refresh token, which is used up. Raises OAuthRefusedError (invalid_grant)."""
    digest = hall.vault.digest("mcp-token", text)
    found = await hall.permits.find_token(digest)
    if found is None or found[1].kind is not TokenKind.REFRESH or found[0].client_id != client_id:
        raise _refused("refresh token")
    permit, token = found
    now = hall.clock()
    note = note_of(hall, _nobody(permit.project_id), "permit.revoked", permit.id, ("refresh_token_used_twice",))
    if token.used_at is not None:
        await hall.permits.remove(permit.project_id, permit.id, note)
        hall.warm.drop()
        raise _refused("refresh token")
    if token.expires_at <= now or permit.expires_at <= now or not await _still_given(hall, permit, now):
        raise _refused("refresh token")
    _check_resource(permit, resource)
    issued, stored, until = _tokens(hall, permit, now)
    if not await hall.permits.rotate(permit, digest, stored, until=until, reused=note):
        hall.warm.drop()
        raise _refused("refresh token")
    return issued


def _tokens(hall: Hall, permit: Permit, now: datetime) -> tuple[IssuedTokens, list[PermitToken], datetime]:
    """New tokens, as they are told and as they are stored, and until when the permit lives with them."""
    last = permit.created_at + LONGEST_LIFETIME
    access = Secret("mcp_at_" + new_token().reveal())
    ends = min(now + ACCESS_LIFETIME, last)
    stored = [PermitToken(hall.vault.digest("mcp-token", access), TokenKind.ACCESS, now, ends)]
    refresh, until = None, ends
    if permit.refreshes:
        refresh = Secret("mcp_rt_" + new_token().reveal())
        until = max(ends, min(now + IDLE_LIFETIME, last))
        stored.append(PermitToken(hall.vault.digest("mcp-token", refresh), TokenKind.REFRESH, now, until))
    return IssuedTokens(access, refresh, max(1, int((ends - now).total_seconds())), permit.scopes), stored, until


async def _still_given(hall: Hall, permit: Permit, now: datetime) -> bool:
    """Whether the key that gave a permit can still be used; an owner's permit goes with the owner."""
    if permit.key_id is None:
        return True
    try:
        living(await hall.keys.read(permit.project_id, permit.key_id), now)
    except LinkspanError:
        return False
    return True


def _check_resource(permit: Permit, asked: str | None) -> None:
    if asked not in (None, permit.resource):
        raise OAuthRefusedError("invalid_target", "The person agreed to another resource.")


def _nobody(project_id: str) -> Caller:
    return Caller(project_id, frozenset(), source="mcp_sign_in")


def _refused(what: str) -> OAuthRefusedError:
    return OAuthRefusedError(
        "invalid_grant", f"The {what} is not valid: it is unknown, over, used already or another client's."
    )
