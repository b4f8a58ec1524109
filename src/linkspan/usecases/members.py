"""The members of a project: invited by a link that is handed over, given a role, taken out again. For owners."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from linkspan.errors import (
    AccessError,
    AlreadyExistsError,
    ConnectSessionExpiredError,
    CursorInvalidError,
    NotFoundError,
)
from linkspan.model import Caller, KeyScope, Secret
from linkspan.people_records import ConsoleSession, Member, Person, Role
from linkspan.providerauth.vault import CursorSeal
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.console_sign_in import new_person, open_session
from linkspan.usecases.hall import Hall
from linkspan.usecases.passwords import check_rules, hash_password

JOIN: Final = "/console/join"
_DAYS: Final = timedelta(days=7)
_NO_MEMBER: Final = "There is no such member in this project."


class _Invitation(msgspec.Struct, frozen=True, array_like=True):
    """Whom an invitation lets in until a moment (seconds since 1970), if it is the newest of that person."""

    person_id: str
    number: int
    until: int


@dataclass(frozen=True, slots=True)
class Invited:
    """A member, and the link with which they set a password; None: they can sign in already."""

    member: Member
    link: str | None
    expires_at: datetime | None = None


async def list_members(hall: Hall, caller: Caller) -> list[Member]:
    """The members of the caller's project, by name."""
    require(caller, KeyScope.PLATFORM_READ)
    return await hall.people.list(caller.project_id)


async def add_member(hall: Hall, caller: Caller, *, email: str, name: str, role: Role) -> Invited:
    """Add somebody to the project. Raises AlreadyExistsError for a member, InvalidInputError."""
    new = new_person(hall, email, name, has_password=False)
    found = await hall.people.find(new.email)
    person = found.person if found else new
    note = note_of(hall, caller, "member.added", person.id, ("email", "name", "role"))
    if not await hall.people.put_member(caller.project_id, person, role, note):
        raise AlreadyExistsError(f"{new.email} is a member of this project already.")
    return _invited(hall, Member(caller.project_id, person, role))


async def invite_again(hall: Hall, caller: Caller, person_id: str) -> Invited:
    """Void a member's password and sessions, and give a new link. Raises NotFoundError, AccessError for a member of other projects.

    Whoever belongs to other projects, too, sets their password anew by themselves: an owner here must not open a way into those.
    """
    if len(await hall.people.memberships(person_id)) > 1:
        raise AccessError("This person belongs to other projects, too, so their access cannot be given anew from here.")
    note = note_of(hall, caller, "member.invited_again", person_id)
    if not await hall.people.invite_again(caller.project_id, person_id, note):
        raise NotFoundError(_NO_MEMBER)
    return _invited(hall, await _member(hall, caller, person_id))


async def change_role(hall: Hall, caller: Caller, person_id: str, role: Role) -> None:
    """Give a member another role. Raises NotFoundError, AccessError if the project would lose its last owner."""
    await _member(hall, caller, person_id)
    note = note_of(hall, caller, "member.changed", person_id, ("role",))
    if not await hall.people.change_role(caller.project_id, person_id, role, note):
        raise AccessError("A project keeps at least one owner. Make somebody else owner first.")


async def remove_member(hall: Hall, caller: Caller, person_id: str) -> None:
    """Take a member out of the project, at once. Raises NotFoundError, AccessError for the last owner."""
    await _member(hall, caller, person_id)
    note = note_of(hall, caller, "member.removed", person_id)
    if not await hall.people.change_role(caller.project_id, person_id, None, note):
        raise AccessError("A project keeps at least one owner. Make somebody else owner first.")


async def find_member(hall: Hall, caller: Caller, email: str) -> Member:
    """The member of that e-mail address. Raises NotFoundError."""
    for member in await list_members(hall, caller):
        if member.person.email == email.strip().lower():
            return member
    raise NotFoundError(_NO_MEMBER)


async def read_invitation(hall: Hall, token: Secret) -> Person:
    """Whom an invitation is for. Raises ConnectSessionExpiredError when it is none of ours, used, void or over."""
    try:
        found = msgspec.json.decode(_seal(hall).open(token.reveal()), type=_Invitation)
    except (CursorInvalidError, msgspec.DecodeError, UnicodeError):
        raise ConnectSessionExpiredError("This invitation is not known here.", next_step=_NEXT) from None
    state = await hall.people.read(found.person_id)
    late = found.until <= hall.clock().timestamp()
    if late or state is None or state.person.may_enter or state.person.invitation != found.number:
        raise ConnectSessionExpiredError("This invitation was used, or it is over.", next_step=_NEXT)
    return state.person


async def accept_invitation(hall: Hall, token: Secret, password: Secret) -> tuple[ConsoleSession, Secret]:
    """Set the invited person's password and sign them in. Raises ConnectSessionExpiredError, InvalidInputError."""
    person = await read_invitation(hall, token)
    check_rules(password)
    if not await hall.people.set_password(person, await hash_password(password)):
        raise ConnectSessionExpiredError("This invitation was used, or it is over.", next_step=_NEXT)
    return await open_session(hall, person)


_NEXT: Final = "Ask an owner of the project for a new invitation, or sign in if you have a password."


async def _member(hall: Hall, caller: Caller, person_id: str) -> Member:
    for member in await hall.people.list(caller.project_id):
        if member.person.id == person_id:
            return member
    raise NotFoundError(_NO_MEMBER)


def _invited(hall: Hall, member: Member) -> Invited:
    if member.person.may_enter:
        return Invited(member, None)
    until = int((hall.clock() + _DAYS).timestamp())
    text = _seal(hall).seal(msgspec.json.encode(_Invitation(member.person.id, member.person.invitation, until)))
    return Invited(member, f"{hall.settings.base_url}{JOIN}/{text}", datetime.fromtimestamp(until, UTC))


def _seal(hall: Hall) -> CursorSeal:
    return CursorSeal(hall.vault.derive("console-invitation"))
