"""What a person has chosen on the consent page so far: their accounts, areas, searches, and the button that was pressed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linkspan.doors.signin.forms import Pairs
from linkspan.model import Secret
from linkspan.usecases.give_permit import Consent
from linkspan.usecases.owner_page import LINK

_ACCOUNT = "account."
_LEVELS = {"read": False, "write": True}
BUTTONS = frozenset({"allow", "deny", "prove", "other", "search", "all-read", "all-write", "all-none"})


@dataclass(frozen=True, slots=True)
class Choices:
    """A form as it was sent; `untouched`: nothing was sent yet; `linked`: the proof is a link's token, no key. `accounts`, `areas`: id → whether it may write."""

    button: str = "search"
    form_token: str = ""
    proof: Secret = field(default_factory=lambda: Secret(""))
    linked: bool = False
    search: str = ""
    area_search: str = ""
    accounts: Mapping[str, bool] = field(default_factory=dict)
    areas: Mapping[str, bool] = field(default_factory=dict)
    some_areas: bool = False
    untouched: bool = False

    @property
    def consent(self) -> Consent:
        """What would be agreed to."""
        return Consent(self.accounts, self.areas if self.some_areas else None)


def read_choices(pairs: Pairs) -> Choices:
    """The choices in a form; what it does not know it leaves out. Without a button (Enter was pressed) it only searches."""
    said = dict(pairs)
    levels = {name.removeprefix(_ACCOUNT): value for name, value in pairs if name.startswith(_ACCOUNT)}
    button = said.get("do", "search")
    accounts = {name: _LEVELS[value] for name, value in levels.items() if value in _LEVELS}
    if button in {"all-read", "all-write", "all-none"}:
        accounts = {} if button == "all-none" else dict.fromkeys(levels, button == "all-write")
    _, link, proof = said.get("proof", "").strip().rpartition(LINK)
    areas = {value: False for name, value in pairs if name == "read"}
    areas |= {value: True for name, value in pairs if name == "write"}
    return Choices(
        button=button if button in BUTTONS else "search",
        form_token=said.get("form_token", ""),
        proof=Secret(proof),
        linked=bool(link),
        search=said.get("q", "").strip(),
        area_search=said.get("area", "").strip(),
        accounts=accounts,
        areas=areas,
        some_areas=said.get("actions") == "some",
    )
