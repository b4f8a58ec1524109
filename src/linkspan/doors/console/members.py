"""The members of a project: who may do what, invited by a link that is handed over. For owners."""

from collections.abc import Sequence

from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.undo import Done
from linkspan.doors.console.visit import Visit
from linkspan.errors import AlreadyExistsError, InvalidInputError, LinkspanError, Mistake
from linkspan.people_records import Member, Role
from linkspan.usecases.members import add_member, change_role, invite_again, list_members, remove_member

ROLES = {
    Role.VIEWER: "Sees everything but secrets",
    Role.DEVELOPER: "Changes profiles, accounts, keys and webhooks, and runs actions",
    Role.OWNER: "Does everything, members and settings included",
}


class Members:
    """Endpoints of the members' page."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def list(self, visit: Visit) -> Response:
        """Everybody in the project."""
        return await self._page(visit)

    async def add(self, visit: Visit) -> Response:
        """Add somebody; whoever is new here gets a link."""
        form = visit.form
        try:
            invited = await add_member(
                visit.hall, visit.caller, email=form.get("email"), name=form.get("name"), role=_role(form.get("role"))
            )
        except (InvalidInputError, AlreadyExistsError) as error:
            return await self._page(visit, status=error.http_status, error=error)
        return self._pages.page(visit, "invited.html", "Added to the project", "members", invited=invited)

    async def change(self, visit: Visit) -> Response:
        """Give a member another role."""
        person_id = visit.path["person"]
        before = [one.role for one in await list_members(visit.hall, visit.caller) if one.person.id == person_id]
        await change_role(visit.hall, visit.caller, person_id, _role(visit.form.get("role")))
        return see_other(visit.to(f"members?changed={person_id}&was={before[0]}" if before else "members"))

    async def invite_again(self, visit: Visit) -> Response:
        """Void a member's access and give a new link."""
        invited = await invite_again(visit.hall, visit.caller, visit.path["person"])
        return self._pages.page(visit, "invited.html", "A new invitation", "members", invited=invited)

    async def remove(self, visit: Visit) -> Response:
        """Take a member out."""
        await remove_member(visit.hall, visit.caller, visit.path["person"])
        return see_other(visit.to("members"))

    async def _page(self, visit: Visit, *, status: int = 200, error: LinkspanError | None = None) -> Response:
        members = await list_members(visit.hall, visit.caller)
        return self._pages.page(
            visit,
            "members.html",
            "Members",
            "members",
            status=status,
            members=members,
            roles=ROLES,
            error=error,
            done=_changed(visit, members),
        )


def _changed(visit: Visit, members: Sequence[Member]) -> Done | None:
    """The member whose role was changed just now, with the way back."""
    was = visit.query.get("was", "")
    for member in members:
        if (
            member.person.id == visit.query.get("changed")
            and was in ROLES
            and was != member.role
            and visit.here.role is Role.OWNER
        ):
            return Done(f"{member.person.name} is {member.role} now.", f"members/{member.person.id}", {"role": was})
    return None


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise InvalidInputError(mistakes=[Mistake("role", f"is one of {', '.join(Role)}")]) from None
