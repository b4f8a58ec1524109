"""What the link pages show: the records that the linking use cases answer with."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from linkspan.connectors.action import AccountField, Connector
from linkspan.errors import LinkspanError
from linkspan.model import Account, ConnectSession, Profile


class LinkStage(enum.StrEnum):
    """How far a linking has come after the sign-in."""

    CORRECT_FIELDS = "correct_fields"
    CHOOSE_COMPANY = "choose_company"
    LINKED = "linked"


@dataclass(frozen=True, slots=True)
class SessionView:
    """An open connect session: what the first page asks (`fields`) and what it fills in already (`values`).

    `account` is set when the session relinks it.
    """

    session: ConnectSession
    connector: Connector
    profile: Profile
    fields: tuple[AccountField, ...]
    values: Mapping[str, str]
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """One company that the signed-in user may choose; choosing it sets the account fields of `sets`."""

    id: str
    name: str
    sets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkView:
    """A linking after the sign-in.

    `problem` (stage correct_fields) says what the person can put right without a new sign-in;
    `companies` (stage choose_company) are the choice; `account` (stage linked) is the result.
    """

    attempt_id: str
    stage: LinkStage
    session: ConnectSession
    connector: Connector
    values: Mapping[str, str]
    fields: tuple[AccountField, ...] = ()
    companies: tuple[Company, ...] = ()
    account: Account | None = None
    problem: LinkspanError | None = field(default=None)
