"""The tables of the console's people: who may sign in, in which projects they are, and where they are signed in."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from linkspan.storage.column_types import Moment
from linkspan.storage.tables import metadata


def _person_column(*, primary_key: bool = False) -> Column[str]:
    target = ForeignKey("people.id", ondelete="CASCADE")
    return Column("person_id", String(40), target, primary_key=primary_key, nullable=False)


# A person is known to the whole installation, as a project is. `email` is kept in small letters.
people = Table(
    "people",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("invitation", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("closed_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("last_sign_in", Moment),
    # Issuer and subject at the OpenID provider, with a blank between them, which neither has.
    Column("provider_subject", Text),
    Index("ix_people_provider_subject", "provider_subject", unique=True),
)

members = Table(
    "members",
    metadata,
    _person_column(primary_key=True),
    Column("project_id", String(64), ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True, nullable=False),
    Column("role", String(20), nullable=False),
    Index("ix_members_project", "project_id"),
)

console_sessions = Table(
    "console_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    _person_column(),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_console_sessions_person", "person_id"),
    Index("ix_console_sessions_expires", "expires_at"),
)

# The longest credential id has 1023 bytes (WebAuthn, section 4), which are 1364 characters.
passkeys = Table(
    "passkeys",
    metadata,
    Column("id", String(40), primary_key=True),
    _person_column(),
    Column("name", Text, nullable=False),
    Column("credential_id", String(1364), nullable=False, unique=True),
    Column("public_key", Text, nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("synced", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_used", Moment),
    Column("locked_at", Moment),
    Index("ix_passkeys_person", "person_id"),
)

# One-time values of sign-ins that were used: a second use finds the first one's row.
spent_values = Table(
    "spent_values",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("until", Moment, nullable=False),
    Index("ix_spent_values_until", "until"),
)
