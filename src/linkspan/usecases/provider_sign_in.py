"""Signing in at the OpenID provider: for people who are members already; who they are there is bound to them the first time.

Bound is by the link of an invitation, by a person who has just signed in, or by an e-mail address that the provider says it has verified.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from linkspan.audit_records import AuditNote
from linkspan.errors import AccessError, NotFoundError, SignInFailedError
from linkspan.model import Caller, Secret
from linkspan.people_records import ConsoleSession, Membership, Person
from linkspan.providerauth.id_token import Identity
from linkspan.providerauth.oidc import OidcProvider, Question
from linkspan.providerauth.pkce import new_verifier
from linkspan.usecases.audit import note_of
from linkspan.usecases.console_sign_in import SOURCE, SignedIn, open_session
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_token
from linkspan.usecases.members import read_invitation
from linkspan.usecases.one_time import LONGEST, Kept, bring_back, keep, passed
from linkspan.usecases.passkeys import is_fresh

_PURPOSE: Final = "provider"
_ME: Final = "/console/me"
_ASK: Final = "Ask an owner of the project for an invitation, open its link, and go on to the provider from there."


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and what it keeps meanwhile."""

    address: str
    kept: Kept


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brings back: the provider's answer, as the address has it."""

    state: str
    code: Secret
    error: str = ""
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """Whom the provider brought: a new session and its token (None: the session that there was stays), and the page to go to."""

    back: str
    session: tuple[ConsoleSession, Secret] | None


def provider_of(hall: Hall) -> OidcProvider:
    """The provider. Raises NotFoundError where none is configured."""
    if hall.provider is None:
        raise NotFoundError(
            "This installation has no provider to sign in at.", next_step="Sign in with your password or a passkey."
        )
    return hall.provider


async def begin_at_provider(hall: Hall, back: str) -> Begun:
    """Sign in, and go on to a page of the console. Raises NotFoundError, ProviderUnavailableError."""
    return await _begin(hall, back)


async def begin_joining(hall: Hall, token: Secret) -> Begun:
    """Accept an invitation by signing in at the provider in place of a password. Raises ConnectSessionExpiredError and as above."""
    person = await read_invitation(hall, token)
    return await _begin(hall, "/console", person_id=person.id, invitation=str(person.invitation))


async def begin_binding(hall: Hall, signed_in: SignedIn) -> Begun:
    """Let the person who is signed in sign in at the provider, too. Raises AccessError without a fresh sign-in, and as above."""
    if not is_fresh(hall, signed_in):
        raise AccessError("To do this, sign in anew.", next_step="Sign out, sign in, and do it within minutes.")
    return await _begin(hall, _ME, person_id=signed_in.person.id, session=signed_in.session.digest)


async def return_from_provider(hall: Hall, kept: str, returned: Returned, signed_in: SignedIn | None) -> Entered:
    """What comes of a sign-in at the provider, once. Raises SignInFailedError, NotFoundError, ProviderUnavailableError."""
    provider = provider_of(hall)
    values, spent = bring_back(hall, kept, _PURPOSE)
    state, nonce, verifier, back, person_id, invitation, session = values
    if not hmac.compare_digest(state.encode(), returned.state.encode()) or not await hall.passkeys.spend(spent):
        raise passed()
    if returned.issuer is not None and returned.issuer != provider.app.issuer:
        raise SignInFailedError("The answer came from another provider.", next_step="Begin again.")
    if returned.error or not returned.code.reveal():
        msg = f"Nobody was signed in at {provider.app.name}: {returned.error or 'no code'}."
        raise SignInFailedError(msg, next_step="Try again, or sign in with your password.")
    identity = await provider.redeem(returned.code, Question(Secret(state), nonce, Secret(verifier)))
    if session:
        if signed_in is None or signed_in.session.digest != session:
            raise passed()
        await _bind(hall, signed_in.person, identity)
        return Entered(f"{back}?done=bound", None)
    person = await _invited(hall, person_id, invitation, identity) if person_id else await _known(hall, identity)
    return Entered(back, await open_session(hall, person))


async def unbind(hall: Hall, signed_in: SignedIn) -> None:
    """Sign in at the provider no longer. Raises AccessError for somebody who has no password."""
    notes = _notes(hall, signed_in.memberships, signed_in.person, "member.provider_unbound")
    if not await hall.people.unbind_subject(signed_in.person.id, notes):
        raise AccessError("You have no other way to sign in.", next_step="Ask an owner for a new invitation.")


async def _begin(hall: Hall, back: str, *, person_id: str = "", invitation: str = "", session: str = "") -> Begun:
    question = Question(new_token(), _new_nonce(), new_verifier())
    values = (
        question.state.reveal(), question.nonce, question.verifier.reveal(), back, person_id, invitation, session
    )  # fmt: skip
    address = await provider_of(hall).authorize_url(question)
    return Begun(address, keep(hall, _PURPOSE, values, seconds=LONGEST))


async def _known(hall: Hall, identity: Identity) -> Person:
    """The member whom the provider knows by this subject, or has verified to have this e-mail address."""
    person = await hall.people.find_subject(identity.subject)
    if person is None and identity.email is not None:
        found = await hall.people.find(identity.email)
        if found is not None and not found.person.at_provider and await hall.people.memberships(found.person.id):
            person = await _bind(hall, found.person, identity)
    if person is None or not await hall.people.memberships(person.id):
        raise SignInFailedError("You are not known here: only members can sign in.", next_step=_ASK)
    return person


async def _invited(hall: Hall, person_id: str, invitation: str, identity: Identity) -> Person:
    state = await hall.people.read(person_id)
    if state is None or state.person.may_enter or str(state.person.invitation) != invitation:
        raise passed()
    return await _bind(hall, state.person, identity)


async def _bind(hall: Hall, person: Person, identity: Identity) -> Person:
    notes = _notes(hall, await hall.people.memberships(person.id), person, "member.provider_bound")
    if not await hall.people.bind_subject(person, identity.subject, notes):
        msg = "This sign-in belongs to another member, or you have another one already."
        raise SignInFailedError(msg, next_step="Sign in with it, or remove it on your own page first.")
    return person


def _notes(hall: Hall, memberships: Sequence[Membership], person: Person, event: str) -> list[AuditNote]:
    callers = [Caller(one.project.id, frozenset(), person.id, SOURCE) for one in memberships]
    return [note_of(hall, caller, event, person.id) for caller in callers]


def _new_nonce() -> str:
    return secrets.token_urlsafe(32)
