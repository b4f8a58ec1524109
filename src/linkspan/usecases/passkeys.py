"""Passkeys at the console: added by a person who has just signed in, used in place of a password, removed."""

import base64
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from linkspan.audit_records import AuditNote
from linkspan.errors import AccessError, InvalidInputError, Mistake, NotFoundError, SignInFailedError
from linkspan.model import Caller, Secret
from linkspan.people_records import ConsoleSession, Membership, Passkey
from linkspan.usecases.audit import note_of
from linkspan.usecases.console_sign_in import SOURCE, SignedIn, open_session
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_passkey_id
from linkspan.usecases.one_time import Kept, bring_back, keep, passed
from linkspan.usecases.passkey_proof import (
    Site,
    check_claim,
    check_new,
    not_proved,
    options_to_add,
    options_to_sign_in,
    read_claim,
    site_of,
)

MOST: Final = 20
FRESH: Final = timedelta(minutes=15)
_ADD, _SIGN_IN = "add-passkey", "passkey"
_LONGEST_NAME: Final = 60
_NO_SITE: Final = "Passkeys need an address with a name; this console's is a number."
_SET_URL: Final = (
    "Ask the operator to set LINKSPAN_PUBLIC_URL to an address with a name, such as http://localhost:8700."
)
_COPIED: Final = "This passkey is locked: its counter went back, so there may be a copy of it."
_REPLACE: Final = "Sign in with your password, remove this passkey and add a new one."


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser's authenticator is asked (JSON), and what the browser keeps until it answers."""

    options: str
    kept: Kept


def passkey_site(hall: Hall) -> Site | None:
    """What passkeys of this installation are made for; None: it has no address that could have any."""
    return site_of(hall.settings.base_url)


def is_fresh(hall: Hall, signed_in: SignedIn) -> bool:
    """Whether the person proved who they are within the last minutes: whoever finds an open browser later adds no way in of their own."""
    return timedelta(0) <= hall.clock() - signed_in.session.created_at < FRESH


async def list_passkeys(hall: Hall, signed_in: SignedIn) -> list[Passkey]:
    """One's own passkeys, oldest first."""
    return await hall.passkeys.list(signed_in.person.id)


async def begin_adding(hall: Hall, signed_in: SignedIn) -> Asked:
    """Ask for a new passkey. Raises AccessError without a fresh sign-in, or where the installation's address is a number."""
    site = _may_add(hall, signed_in)
    challenge = secrets.token_urlsafe(32)
    known = await hall.passkeys.list(signed_in.person.id)
    options = options_to_add(site, signed_in.person, _handle(hall, signed_in.person.id), known, challenge)
    return Asked(options, keep(hall, _ADD, (challenge,), bound=signed_in.session.digest))


async def add_passkey(hall: Hall, signed_in: SignedIn, name: str, kept: str, answer: str) -> None:
    """Take the passkey that an authenticator made.

    Raises SignInFailedError for an answer to another challenge, InvalidInputError, and AccessError without a fresh sign-in.
    """
    site = _may_add(hall, signed_in)
    if not 1 <= len(name.strip()) <= _LONGEST_NAME:
        raise InvalidInputError(mistakes=[Mistake("name", f"must have 1 to {_LONGEST_NAME} characters")])
    (challenge,), spent = bring_back(hall, kept, _ADD, bound=signed_in.session.digest)
    fresh = check_new(site, challenge, answer)
    passkey = Passkey(
        new_passkey_id(), signed_in.person.id, name.strip(), fresh.credential_id, fresh.public_key, fresh.counter,
        fresh.synced, hall.clock(),
    )  # fmt: skip
    notes = _notes(hall, signed_in.memberships, "member.passkey_added", passkey, ("name",))
    if not await hall.passkeys.add(passkey, spent, notes, most=MOST):
        raise InvalidInputError(
            f"This passkey was added already, or you have {MOST} of them.", next_step="Remove one that you do not use."
        )


async def remove_passkey(hall: Hall, signed_in: SignedIn, passkey_id: str) -> None:
    """Remove one of one's own passkeys: it opens nothing from now on. Raises NotFoundError."""
    mine = {one.id: one for one in await hall.passkeys.list(signed_in.person.id)}
    if passkey_id not in mine:
        raise NotFoundError("You have no such passkey.")
    notes = _notes(hall, signed_in.memberships, "member.passkey_removed", mine[passkey_id])
    if not await hall.passkeys.remove(signed_in.person.id, passkey_id, notes):
        raise NotFoundError("You have no such passkey.")


def begin_sign_in(hall: Hall) -> Asked:
    """Ask for any passkey. Raises AccessError where the installation's address is a number."""
    site = _site(hall)
    challenge = secrets.token_urlsafe(32)
    return Asked(options_to_sign_in(site, challenge), keep(hall, _SIGN_IN, (challenge,)))


async def sign_in_by_passkey(hall: Hall, kept: str, answer: str) -> tuple[ConsoleSession, Secret]:
    """Open a session for whoever's passkey signed the challenge that this browser keeps, once. Raises SignInFailedError, AccessError."""
    site = _site(hall)
    (challenge,), spent = bring_back(hall, kept, _SIGN_IN)
    claimed = read_claim(answer)
    passkey = await hall.passkeys.find(claimed.credential_id)
    if passkey is None or claimed.handle != _handle(hall, passkey.person_id):
        raise not_proved()
    counter = check_claim(site, challenge, claimed, passkey)
    await _check_counter(hall, passkey, counter)
    found = await hall.people.read(passkey.person_id)
    if found is None or not found.person.may_enter:
        raise not_proved()
    if not await hall.passkeys.use(passkey, counter, spent, hall.clock()):
        raise passed()
    return await open_session(hall, found.person)


async def _check_counter(hall: Hall, passkey: Passkey, counter: int) -> None:
    """A counter that did not grow tells of a second authenticator with the same key (WebAuthn, section 6.1.1); one that stays 0 counts nothing."""
    if passkey.locked_at is None and (counter > passkey.counter or counter == passkey.counter == 0):
        return
    memberships = await hall.people.memberships(passkey.person_id)
    await hall.passkeys.lock(passkey, hall.clock(), _notes(hall, memberships, "member.passkey_locked", passkey))
    raise SignInFailedError(_COPIED, next_step=_REPLACE)


def _handle(hall: Hall, person_id: str) -> str:
    """What authenticators know a person by: it tells nothing about them, and another installation's would be another."""
    digest = hmac.digest(hall.vault.derive("passkey-person"), person_id.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _may_add(hall: Hall, signed_in: SignedIn) -> Site:
    if not is_fresh(hall, signed_in):
        raise AccessError("To add a passkey, sign in anew.", next_step="Sign out, sign in, and add it within minutes.")
    return _site(hall)


def _site(hall: Hall) -> Site:
    site = passkey_site(hall)
    if site is None:
        raise AccessError(_NO_SITE, next_step=_SET_URL)
    return site


def _notes(
    hall: Hall, memberships: Sequence[Membership], event: str, passkey: Passkey, fields: Iterable[str] = ()
) -> list[AuditNote]:
    """A note in each project of the passkey's person, who is named as the one who did it."""
    callers = [Caller(one.project.id, frozenset(), passkey.person_id, SOURCE) for one in memberships]
    return [note_of(hall, caller, event, passkey.id, fields) for caller in callers]
