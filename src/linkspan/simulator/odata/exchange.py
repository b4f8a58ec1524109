"""One request and one answer of the OData side, as plain values between the web framework and the books."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linkspan.simulator.books.world import Company, Environment, World
from linkspan.simulator.contract import Contract
from linkspan.simulator.faults import company_not_found
from linkspan.simulator.odata.address import Address
from linkspan.simulator.odata.literals import read_guid

JSON_TYPE = "application/json; odata.metadata=minimal; odata.streaming=true"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a caller asks of one environment.

    `root` is the outside address of the API, `here` that of the request without its query; `preferences` are the
    parts of the Prefer header by lower-case name.
    """

    method: str
    root: str
    here: str
    raw_query: str
    options: Mapping[str, str]
    preferences: dict[str, str]
    if_match: str | None
    body: bytes
    world: World
    environment: Environment
    contract: Contract
    address: Address

    def company(self) -> Company | None:
        """Return the company that the address or ``?company=`` names; None when it is about the companies themselves.

        Raises the company-not-found fault when none or an unknown one is named.
        """
        named = self.address.company
        if named is not None:
            return self._found(self.environment.find_company(named), str(named))
        if self.address.steps[0].entity.name == "company":
            return None
        text = self.options.get("company", "")
        return self._found(self._by_text(text), text)

    def _by_text(self, text: str) -> Company | None:
        try:
            return self.environment.find_company(read_guid(text))
        except ValueError:
            return self.environment.find_company(text) if text else None

    @staticmethod
    def _found(company: Company | None, shown: str) -> Company:
        if company is None:
            raise company_not_found(shown)
        return company


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: status, body, its content type and further headers."""

    status: int
    body: bytes = b""
    content_type: str | None = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


def read_preferences(header: str) -> dict[str, str]:
    """Return the preferences of a Prefer header by lower-case name."""
    pairs = (part.partition("=") for part in header.split(","))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs if name.strip()}
