"""People who use the console, as frozen records: who they are, what they may do in a project, and where they are signed in."""

import enum
from dataclasses import dataclass
from datetime import datetime

from linkspan.model import Project


class Role(enum.StrEnum):
    """What a person may do in a project; each may do all that the ones before may."""

    VIEWER = "viewer"
    DEVELOPER = "developer"
    OWNER = "owner"

    def reaches(self, other: "Role") -> bool:
        """Whether this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is invited, or has a way to sign in; `invitation` counts invitations, so that an older one is void.

    `at_provider`: they sign in at the OpenID provider, where they are known by a subject.
    """

    id: str
    email: str
    name: str
    has_password: bool
    invitation: int
    created_at: datetime
    last_sign_in: datetime | None = None
    at_provider: bool = False

    @property
    def may_enter(self) -> bool:
        """Whether they have a way to sign in; otherwise an invitation waits."""
        return self.has_password or self.at_provider


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a project."""

    project_id: str
    person: Person
    role: Role


@dataclass(frozen=True, slots=True)
class Membership:
    """A project as one of its members has it."""

    project: Project
    role: Role


@dataclass(frozen=True, slots=True)
class ConsoleSession:
    """One browser in which a person is signed in, found by the digest of its token; it ends at `expires_at`, or when it is idle too long."""

    digest: str
    person_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of a person. `credential_id` and `public_key` are base64url; `counter` is the authenticator's count of its signatures.

    `synced`: its maker may copy it to other devices. `locked_at`: since then it is refused, for its counter went back: there may be a copy.
    """

    id: str
    person_id: str
    name: str
    credential_id: str
    public_key: str
    counter: int
    synced: bool
    created_at: datetime
    last_used: datetime | None = None
    locked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """A one-time value that was just used, by its digest; kept until it would be refused as too old anyway."""

    digest: str
    until: datetime
