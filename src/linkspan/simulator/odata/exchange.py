"""One request and one answer of the OData side, as plain values between the web framework and the books."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from linkspan.simulator.books.rules import standard
from linkspan.simulator.books.world import Company, Environment, World
from linkspan.simulator.contract import Contract
from linkspan.simulator.faults import company_not_found
from linkspan.simulator.limits import Limits
from linkspan.simulator.odata.address import Address
from linkspan.simulator.odata.fragments import PageStore, Pieces
from linkspan.simulator.odata.literals import read_guid
from linkspan.simulator.odata.shelf import Shelf
from linkspan.simulator.permissions import Access
from linkspan.simulator.switches import Switches

MetadataLevel = Literal["none", "minimal", "full"]
JSON_TYPE: Final = "application/json; odata.metadata=minimal; odata.streaming=true"
_LEVEL: Final = re.compile(r"odata\.metadata\s*=\s*(none|minimal|full)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Desk:
    """What all requests to the API of one environment share; `root` is the outside address of that API.

    `access` is what the caller may do, `shelf` keeps the records of the API.
    """

    world: World
    environment: Environment
    contract: Contract
    root: str
    switches: Switches
    limits: Limits
    pages: PageStore
    access: Access = field(default_factory=Access)
    shelf: Shelf = standard


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request, or one operation of a batch: `here` is its outside address without the query, header names are lower-case."""

    method: str
    here: str
    segments: tuple[str, ...]
    raw_query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Ask:
    """What a caller asks of one environment; `preferences` are the parts of the Prefer header by lower-case name."""

    desk: Desk
    incoming: Incoming
    options: Mapping[str, str]
    preferences: dict[str, str]
    address: Address

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.incoming.method

    @property
    def root(self) -> str:
        """The outside address of the API."""
        return self.desk.root

    @property
    def body(self) -> bytes:
        """The request's body."""
        return self.incoming.body

    @property
    def if_match(self) -> str | None:
        """The If-Match header."""
        return self.incoming.headers.get("if-match")

    @property
    def world(self) -> World:
        """All books."""
        return self.desk.world

    @property
    def environment(self) -> Environment:
        """The environment that the address names."""
        return self.desk.environment

    @property
    def contract(self) -> Contract:
        """The contract of all entities."""
        return self.desk.contract

    @property
    def level(self) -> MetadataLevel:
        """How many annotations the answer carries, as $format or the Accept header asks."""
        text = self.options.get("$format", self.incoming.headers.get("accept", ""))
        found = _LEVEL.search(text)
        if found is None:
            return "minimal"
        level = found[1].lower()
        return "none" if level == "none" else "full" if level == "full" else "minimal"

    def company(self) -> Company | None:
        """Return the company that the address, ``?company=`` or the Company header names.

        None when the address is about the companies themselves. Raises the company-not-found fault when none or an
        unknown one is named.
        """
        named = self.address.company
        if named is not None:
            return self._found(self.environment.find_company(named), str(named))
        if self.address.steps[0].entity.name == "company":
            return None
        text = self.options.get("company", self.incoming.headers.get("company", ""))
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
    """What goes back: status, body (in `pieces` where it is large), its content type and further headers."""

    status: int
    body: bytes = b""
    content_type: str | None = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Pieces | None = None

    @property
    def content(self) -> bytes:
        """The whole body."""
        return b"".join(self.pieces) if self.pieces is not None else self.body


def json_type(level: MetadataLevel) -> str:
    """Return the content type of a JSON answer with these annotations."""
    return JSON_TYPE.replace("minimal", level)


def read_preferences(header: str) -> dict[str, str]:
    """Return the preferences of a Prefer header by lower-case name."""
    pairs = (part.partition("=") for part in header.split(","))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs if name.strip()}
