"""Signing in at the console: the first owner, passwords, sessions, and what a session lets its person do in a project."""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from linkspan.errors import AccessError, InvalidInputError, Mistake, NotFoundError, SignInFailedError
from linkspan.model import Caller, KeyScope, Secret
from linkspan.people_records import ConsoleSession, Membership, Person, Role
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_person_id, new_token
from linkspan.usecases.passwords import check_rules, hash_password, is_password

LONGEST_SESSION: Final = timedelta(hours=12)
LONGEST_IDLE: Final = timedelta(hours=2)
SOURCE: Final = "console"
FOREIGN_FORM: Final = "The form did not come from a page that this browser was shown, or it is too old."
OPEN_AGAIN: Final = "Open the page again and send it from there."
_SEEN_EVERY: Final = timedelta(minutes=1)
_LONGEST_EMAIL, _LONGEST_NAME = 254, 80
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_READING: Final = frozenset({KeyScope.PLATFORM_READ, KeyScope.CONNECTORS_READ, KeyScope.LOGS_READ})
SCOPES_OF: Final = {
    Role.VIEWER: _READING,
    Role.DEVELOPER: _READING | {KeyScope.ACTIONS, KeyScope.ACTIONS_READ, KeyScope.PLATFORM_WRITE},
    Role.OWNER: ALL_SCOPES,
}
"""What a member of that role may do through the use cases that API keys use, too."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session with its person, and their projects by name."""

    session: ConsoleSession
    person: Person
    memberships: list[Membership]

    def membership(self, project_id: str) -> Membership:
        """Their membership of a project. Raises NotFoundError, for a project of others too."""
        for each in self.memberships:
            if each.project.id == project_id:
                return each
        raise NotFoundError("There is no such project, or you are no member of it.")


def first_owner_code(hall: Hall) -> Secret:
    """The code that the operator hands to whoever shall be the first owner: printed at the start while nobody can sign in."""
    digest = hmac.digest(hall.vault.derive("first-owner"), b"code", "sha256")
    text = base64.b32encode(digest[:10]).decode()
    return Secret("-".join(text[at : at + 4] for at in range(0, len(text), 4)))


async def awaits_first_owner(hall: Hall) -> bool:
    """Whether nobody can sign in yet."""
    return await hall.people.count() == 0


async def make_first_owner(hall: Hall, code: str, *, email: str, name: str, password: Secret) -> None:
    """Make the installation's first person, owner of every project there is.

    Raises SignInFailedError for a wrong code, InvalidInputError, and AccessError once there is somebody.
    """
    if not await awaits_first_owner(hall):
        raise AccessError("This installation has its first owner already.")
    given, wanted = code.strip().upper().encode(), first_owner_code(hall).reveal().encode()
    if not hmac.compare_digest(given, wanted):
        raise SignInFailedError("That is not the code that this installation printed at its start.")
    person = new_person(hall, email, name, has_password=True)
    check_rules(password)
    projects = await hall.projects.list()
    callers = [Caller(project.id, ALL_SCOPES, person.id, SOURCE) for project in projects]
    notes = [note_of(hall, caller, "member.added", person.id, ("email", "name", "role")) for caller in callers]
    if not await hall.people.add_first(person, await hash_password(password), notes):
        raise AccessError("This installation has its first owner already.")


def new_person(hall: Hall, email: str, name: str, *, has_password: bool) -> Person:
    """A person of that name and address, not stored yet. Raises InvalidInputError."""
    address, shown = email.strip().lower(), name.strip()
    mistakes = []
    if not _EMAIL.fullmatch(address) or len(address) > _LONGEST_EMAIL:
        mistakes.append(Mistake("email", "must be an e-mail address"))
    if not 1 <= len(shown) <= _LONGEST_NAME:
        mistakes.append(Mistake("name", f"must have 1 to {_LONGEST_NAME} characters"))
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
    return Person(new_person_id(), address, shown, has_password, 0, hall.clock())


async def sign_in(hall: Hall, email: str, password: Secret) -> tuple[ConsoleSession, Secret]:
    """Open a session and give its token, this once. Raises SignInFailedError, which does not tell whether the person exists."""
    found = await hall.people.find(email.strip().lower()[:_LONGEST_EMAIL])
    closed_until = await hall.people.take_attempt(found.person.id, hall.clock()) if found else None
    if closed_until is not None:
        seconds = max(1, round((closed_until - hall.clock()).total_seconds()))
        raise SignInFailedError(f"Too many tries. Wait {seconds} seconds, then try again.")
    fits = await is_password(found.password_hash if found else None, password)
    if found is None or not fits:
        raise SignInFailedError
    return await open_session(hall, found.person)


async def open_session(hall: Hall, person: Person) -> tuple[ConsoleSession, Secret]:
    """A new session of a person who has just proved who they are."""
    token, now = new_token(), hall.clock()
    session = ConsoleSession(_digest(hall, token), person.id, now, now, now + LONGEST_SESSION)
    await hall.console_sessions.add(session)
    return session, token


async def read_session(hall: Hall, token: Secret, *, seen: bool = True) -> SignedIn | None:
    """Who is signed in with that token; None: the session is over, or none of ours. `seen`: a person was there just now."""
    session = await hall.console_sessions.find(_digest(hall, token))
    now = hall.clock()
    if session is None or now >= session.expires_at or now - session.seen_at >= LONGEST_IDLE:
        return None
    found = await hall.people.read(session.person_id)
    if found is None or not found.person.may_enter:
        return None
    if seen and now - session.seen_at >= _SEEN_EVERY:
        await hall.console_sessions.see(session.digest, now)
    return SignedIn(session, found.person, await hall.people.memberships(session.person_id))


async def sign_out(hall: Hall, session: ConsoleSession) -> None:
    """End a session."""
    await hall.console_sessions.end(session.digest)


async def sign_out_token(hall: Hall, token: Secret) -> None:
    """End the session of a token, if there is one: of a browser that signs in anew, the old one must not live on."""
    await hall.console_sessions.end(_digest(hall, token))


async def other_sessions(hall: Hall, signed_in: SignedIn) -> list[datetime]:
    """When the person's other browsers were last used, newest first."""
    now = hall.clock()
    return await hall.console_sessions.others(signed_in.session, now, now - LONGEST_IDLE)


async def sign_out_elsewhere(hall: Hall, signed_in: SignedIn) -> None:
    """Sign the person out in every other browser."""
    await hall.console_sessions.end_others(signed_in.session)


def caller_of(signed_in: SignedIn, membership: Membership) -> Caller:
    """The person as a caller of use cases; log and audit name them as they name an API key."""
    return Caller(membership.project.id, SCOPES_OF[membership.role], signed_in.person.id, SOURCE)


def form_token(hall: Hall, session: ConsoleSession) -> str:
    """The value that each form of a session carries (against cross-site request forgery)."""
    return hmac.digest(hall.vault.derive("console-form"), session.digest.encode(), "sha256").hex()


def check_form(hall: Hall, session: ConsoleSession, given: str) -> None:
    """Raise AccessError unless a form came from a page of this session."""
    if not hmac.compare_digest(form_token(hall, session).encode(), given.encode()):
        raise AccessError(FOREIGN_FORM, next_step=OPEN_AGAIN)


async def change_password(hall: Hall, signed_in: SignedIn, old: Secret, new: Secret) -> None:
    """Change one's own password; every other session of the person ends. Raises SignInFailedError, InvalidInputError."""
    check_rules(new, field="new_password")
    person = signed_in.person
    found = await hall.people.read(person.id)
    if await hall.people.take_attempt(person.id, hall.clock()) is not None:
        raise SignInFailedError("Too many tries. Wait a minute, then try again.")
    if found is None or not await is_password(found.password_hash, old):
        raise SignInFailedError("The present password is another one.")
    if not await hall.people.set_password(person, await hash_password(new), keep=signed_in.session.digest):
        raise SignInFailedError("Your access was just changed by an owner of the project. Use the new invitation.")


def _digest(hall: Hall, token: Secret) -> str:
    return hall.vault.digest("console-session", token)
