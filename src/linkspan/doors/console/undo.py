"""After a deed that can be taken back: what was done, and the button that undoes it. Works without JavaScript: it is a form of the next page."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Done:
    """What a page says was done. `undo_at`: the deed's page below the project's address, posted with `form`; None: it cannot be undone."""

    text: str
    undo_at: str | None = None
    form: Mapping[str, str] = field(default_factory=dict)


def switched(name: str, page: str, *, enabled: bool) -> Done:
    """Something was switched on or off."""
    text = f"{name} is switched {'on' if enabled else 'off'}."
    return Done(text, page, {"enabled": "no" if enabled else "yes"})
