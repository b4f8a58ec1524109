"""The people, applications and groups of an environment: how they get in from Entra, and which sets they hold."""

from collections.abc import Iterable, Iterator
from typing import Final, Protocol
from uuid import UUID, uuid5

from linkspan.simulator.administration.permission_sets import (
    AUTOMATION,
    FULL_ACCESS,
    SUPER,
    Held,
    PermissionSet,
    find_sets,
)
from linkspan.simulator.books.fields import NO_ID, NO_MOMENT, guid, moment, text
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Environment
from linkspan.simulator.entra.directory import AppRegistration, Directory, User
from linkspan.simulator.faults import invalid_credentials

USER_JOB: Final = "APIUSERJOB"
"""The category of the jobs that fetch users."""

PERSON, APPLICATION, GROUP = "Full User", "Application", "AAD Group"
_PEOPLE: Final = UUID("3d0f2c5e-6a0b-4c1b-8f53-9f1f4a7b2c60")
_LONGEST_NAME: Final = 50


class Visitor(Protocol):
    """Who a token speaks for."""

    @property
    def user_id(self) -> UUID | None:
        """The user's object id, None for an application on its own."""
        ...

    @property
    def app_id(self) -> UUID:
        """The application's id."""
        ...


def security_id(environment: Environment, entra_id: UUID) -> UUID:
    """Return the id that an environment gives to a user, application or group of Entra."""
    return uuid5(_PEOPLE, f"{environment.tenant.id} {environment.name} {entra_id}")


def sign_in(environment: Environment, visitor: Visitor, directory: Directory) -> None:
    """Let somebody in; the first time they become a user of the environment, with the sets that their kind begins with.

    Raises 401 for a user who is disabled or whose time is over.
    """
    known = environment.office["user"].get(security_id(environment, visitor.user_id or visitor.app_id))
    if known is None:
        known = _welcome(environment, visitor, directory)
    ends = moment(known, "expiryDate")
    over = ends != NO_MOMENT and ends <= environment.tenant.world.log.clock.now()
    if known["state"] != "Enabled" or over:
        raise invalid_credentials()


def _welcome(environment: Environment, visitor: Visitor, directory: Directory) -> Record:
    person = None if visitor.user_id is None else directory.user(visitor.user_id)
    app = directory.find_app(str(visitor.app_id))
    if person is not None:
        return enrol(environment, person)
    if app is None:
        raise invalid_credentials()
    return enrol_app(environment, app)


def enrol(environment: Environment, person: User) -> Record:
    """Make a user of a person: administrators hold SUPER, others everything that belongs to the business."""
    row = _row(environment, person.id, person.upn.partition("@")[0], person.name, PERSON)
    made = environment.office["user"].insert({**row, "contactEmail": person.upn, "authenticationEmail": person.upn})
    _begin_with(environment, made, SUPER if person.administrator else FULL_ACCESS)
    return made


def enrol_app(environment: Environment, app: AppRegistration) -> Record:
    """Make a user of an application, as on the page of Microsoft Entra applications; SUPER is not for these."""
    row = _row(environment, app.client_id, app.name, app.name, APPLICATION)
    made = environment.office["user"].insert({**row, "applicationId": app.client_id})
    _begin_with(environment, made, AUTOMATION, FULL_ACCESS)
    return made


def enrol_group(environment: Environment, group_id: UUID, code: str, name: str) -> Record:
    """Make a security group of a group of Entra, and the user that its permissions hang on."""
    row = _row(environment, group_id, code, name, GROUP)
    user = environment.office["user"].insert(row)
    group: Record = {"id": str(group_id), "groupId": str(group_id), "code": code, "groupName": name}
    return environment.office["securityGroup"].insert(
        {**group, "groupUserSecurityId": guid(user, "userSecurityId"), "retrievedSuccessfully": True}
    )


def join(environment: Environment, group: Record, user: Record) -> None:
    """Make a user a member of a security group."""
    member: Record = {"id": environment.tenant.world.log.new_id(), "userSecurityId": user["userSecurityId"]}
    environment.office["securityGroupMember"].insert({**member, "securityGroupCode": group["code"]})


def fetch_new(environment: Environment, directory: Directory) -> int:
    """Make users of the licensed people of the tenant who are none yet; return how many."""
    known = environment.office["user"]
    new = [
        person
        for person in directory.users
        if person.tenant_id == environment.tenant.id
        and person.licensed
        and known.get(security_id(environment, person.id)) is None
    ]
    for person in new:
        enrol(environment, person)
    return len(new)


def assign(environment: Environment, owner: UUID, chosen: PermissionSet, company: str = "") -> Record:
    """Give a permission set to a user, application or group, in one company or in all."""
    row: Record = {"id": environment.tenant.world.log.new_id(), "userSecurityId": owner, "roleId": chosen.role_id}
    scope: Record = {"company": company, "scope": chosen.scope, "appId": chosen.app_id}
    return environment.office["accessControl"].insert({**row, **scope})


def enrolled(environment: Environment, entra_id: UUID) -> Record:
    """Return the user that somebody of Entra is here; raises KeyError for somebody who is none."""
    found = environment.office["user"].get(security_id(environment, entra_id))
    if found is None:
        raise KeyError(entra_id)
    return found


def held_by(environment: Environment, entra_id: UUID) -> tuple[Held, ...]:
    """Return the sets that a user or application of Entra holds, its own and those of its groups."""
    return tuple(held for _, held in assignments(environment, security_id(environment, entra_id)))


def assignments(environment: Environment, user_id: UUID) -> Iterator[tuple[tuple[Record, Record | None], Held]]:
    """Yield what a user holds: the assignment with the group that it comes by, and the set."""
    groups = [group_of(environment, text(row, "securityGroupCode")) for row in _memberships(environment, user_id)]
    owners: list[tuple[UUID, Record | None]] = [(user_id, None)]
    owners += [(guid(group, "groupUserSecurityId"), group) for group in groups if group is not None]
    for owner, group in owners:
        for row in environment.office["accessControl"].group(owner):
            for one in find_sets(text(row, "roleId"), guid(row, "appId"), text(row, "scope")):
                yield (row, group), Held(one, text(row, "company"))


def group_of(environment: Environment, code: str) -> Record | None:
    """Return the security group with this code."""
    return environment.office["securityGroup"].find(code)


def has_other_super(environment: Environment, *, beside: UUID) -> bool:
    """Tell whether another enabled person than `beside` (an assignment's or a user's id) holds SUPER everywhere."""
    users = environment.office["user"]
    for user in users.all():
        own = guid(user, "userSecurityId")
        if user["licenseType"] != PERSON or user["state"] != "Enabled" or own == beside:
            continue
        for (row, _), held in assignments(environment, own):
            if held.permission_set.role_id == SUPER and not held.company and row["id"] != beside:
                return True
    return False


def _memberships(environment: Environment, user_id: UUID) -> Iterable[Record]:
    return environment.office["securityGroupMember"].group(user_id)


def _begin_with(environment: Environment, user: Record, *roles: str) -> None:
    for role in roles:
        assign(environment, guid(user, "userSecurityId"), find_sets(role)[0])


def _row(environment: Environment, entra_id: UUID, name: str, full_name: str, kind: str) -> Record:
    taken = {row["userName"] for row in environment.office["user"].all()}
    wanted = name.upper()[:_LONGEST_NAME]
    free = next(one for one in (wanted, *(f"{wanted[:47]}{n:03d}" for n in range(1, 1000))) if one not in taken)
    own = security_id(environment, entra_id)
    return {
        "id": uuid5(own, "row"),
        "userSecurityId": own,
        "userName": free,
        "displayName": full_name,
        "state": "Enabled",
        "expiryDate": NO_MOMENT,
        "contactEmail": "",
        "licenseType": kind,
        "authenticationEmail": "",
        "applicationId": NO_ID,
        "jobCategory": USER_JOB,
    }
