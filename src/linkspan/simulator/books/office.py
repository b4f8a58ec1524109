"""The tables of an environment that all its companies share: people, what they may do, groups, background jobs."""

from typing import Final

from linkspan.simulator.books.table import Layout, Table
from linkspan.simulator.books.write_log import WriteLog

OFFICE: Final[dict[str, Layout]] = {
    "user": Layout("User", ("userSecurityId",), ("User Security ID",), identity=("userSecurityId",), stamped=False),
    "accessControl": Layout(
        "Access Control",
        ("roleId", "company", "scope", "appId"),
        ("Role ID", "Company Name", "Scope", "App ID"),
        group="userSecurityId",
        stamped=False,
    ),
    "securityGroup": Layout("Security Group", ("code",), ("Code",), identity=("groupUserSecurityId",), stamped=False),
    "securityGroupMember": Layout(
        "Security Group Member Buffer", ("securityGroupCode",), ("Security Group Code",), group="userSecurityId",
        stamped=False,
    ),
    "job": Layout("Job Queue Entry Buffer", ("startDateTime", "id"), ("Start Date/Time", "Id"), stamped=False),
}  # fmt: skip
"""By name of the rows; all have an ``id`` besides their key."""


def open_office(log: WriteLog) -> dict[str, Table]:
    """Return the empty tables of a new environment."""
    return {name: Table(None, layout, log) for name, layout in OFFICE.items()}
