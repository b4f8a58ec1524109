"""Draws the console's pages: the frame with the project's menu, and the form token that each form carries."""

from dataclasses import dataclass
from pathlib import Path

from starlette.responses import RedirectResponse, Response

from linkspan.doors.console.visit import Visit
from linkspan.doors.look.pages import OURS, Pages
from linkspan.doors.look.problem import Link, problem_of
from linkspan.errors import LinkspanError
from linkspan.people_records import Role
from linkspan.usecases.hall import Hall


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of a project's menu: the page below the project's address, its name, and the role that sees it."""

    page: str
    name: str
    role: Role = Role.VIEWER


MENU = (
    MenuEntry("", "Start"),
    MenuEntry("connectors", "Connectors"),
    MenuEntry("profiles", "Connector profiles"),
    MenuEntry("accounts", "Accounts"),
    MenuEntry("tester", "Action tester"),
    MenuEntry("logs", "Logs"),
    MenuEntry("keys", "API keys"),
    MenuEntry("webhooks", "Webhooks"),
    MenuEntry("simulator", "Simulator"),
    MenuEntry("members", "Members"),
    MenuEntry("settings", "Settings", Role.OWNER),
)
"""In the order of the pages' first use."""


class ConsolePages:
    """The pages of this door."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._pages = Pages(hall.settings, Path(__file__).with_name("templates"))

    def open(self, template: str, title: str, *, status: int = 200, **context: object) -> Response:
        """A page for somebody who is not signed in."""
        return self._pages.page(template, status=status, title=title, here="", names=context, **OURS)

    def page(
        self, visit: Visit, template: str, title: str, here: str = "", *, status: int = 200, **context: object
    ) -> Response:
        """A page of the project in the address, in the frame with its menu; `here` is the menu's entry."""
        membership = visit.membership
        return self._pages.page(
            template,
            status=status,
            title=title,
            here=here,
            visit=visit,
            person=visit.signed_in.person,
            memberships=visit.signed_in.memberships,
            project=membership.project if membership else None,
            role=membership.role if membership else None,
            is_owner=membership is not None and membership.role is Role.OWNER,
            may_change=membership is not None and membership.role.reaches(Role.DEVELOPER),
            menu=[entry for entry in MENU if membership is not None and membership.role.reaches(entry.role)],
            form_token=visit.form_token,
            to=visit.to,
            base_url=self._hall.settings.base_url,
            names=context,
            **OURS,
        )

    def problem(self, error: LinkspanError) -> Response:
        """The page that a failure ends on."""
        problem = problem_of(error, at=self._hall.clock(), links=[Link("Back to the console", "/console")])
        return self.open("problem.html", problem.what.removesuffix("."), status=error.http_status, problem=problem)


def see_other(address: str) -> Response:
    """After a deed, the page that shows it: loading that again repeats nothing."""
    return RedirectResponse(address, 303, headers={"cache-control": "no-store"})
