"""How the compatible doors write moments: ISO 8601 with milliseconds and `Z`, which the clients' validation demands."""

from datetime import datetime


def moment(at: datetime) -> str:
    """The moment, which is in UTC, as `2024-01-15T10:30:00.000Z`."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
