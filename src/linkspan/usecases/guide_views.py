"""What a guide shows: the one record from which the page, the Markdown, the JSON and the CLI are all drawn."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action in the selector: `shown` tells whether it fits the search, `chosen` whether it is ticked."""

    id: str
    label: str
    verb: str
    read_only: bool
    scopes: tuple[str, ...]
    chosen: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class ActionGroup:
    """The actions of one resource."""

    resource: str
    label: str
    rows: tuple[ActionRow, ...]

    @property
    def shown(self) -> bool:
        """Whether any of its rows fits the search."""
        return any(row.shown for row in self.rows)


@dataclass(frozen=True, slots=True)
class CopyText:
    """A text to copy, and what it is."""

    label: str
    text: str


class StepState(enum.StrEnum):
    """How a step of a profile that exists is known. `proved` and `failed` by an event, never by configuration; `stated` by a person."""

    PROVED = "proved"
    FAILED = "failed"
    STATED = "stated"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class StepProof:
    """How a step is known, what tells it and when; for a failure its code, who must act and what to do next."""

    state: StepState
    what: str
    at: datetime | None = None
    code: str | None = None
    next_step: str | None = None


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as it is shown.

    `markdown` has every placeholder filled in; `enables` names the chosen actions it is needed for;
    `warnings` tell what in this installation stands in its way; `proof` how it is known, in the guide of a profile that exists.
    """

    number: int
    id: str
    title: str
    markdown: str
    older: str | None
    copies: tuple[CopyText, ...]
    scopes: tuple[str, ...]
    enables: tuple[ActionRow, ...]
    warnings: tuple[str, ...] = ()
    proved_by: str | None = None
    proof: StepProof | None = None


@dataclass(frozen=True, slots=True)
class TableRight:
    """Rights on one table of the provider: letters of RIMD (read, insert, modify, delete) and the table's object id."""

    table: str
    id: int | None
    rights: str


@dataclass(frozen=True, slots=True)
class GuideAddresses:
    """Where this guide is: `plain` without the selection, `dynamic` with it; the same with `.md` and `.json`; and its neighbours."""

    plain: str
    dynamic: str
    markdown: str
    json: str
    profile_guide: str
    link_guide: str
    rights_xml: str
    rights_al: str


@dataclass(frozen=True, slots=True)
class GuideView:
    """A guide with a selection: everything that any form of it prints.

    `scopes_text` is `scopes` joined by the chosen separator; `selection` is the short text in the address; `options` are the
    values of the form fields; `everything` tells that nothing is chosen, so that the guide speaks of the `usual` many that a new profile allows.
    """

    connector: str
    connector_name: str
    kind: str
    method: str
    method_label: str
    title: str
    intro: str
    needs: tuple[str, ...]
    notices: tuple[str, ...]
    groups: tuple[ActionGroup, ...]
    chosen: tuple[ActionRow, ...]
    everything: bool
    usual: int
    selection: str
    scopes: tuple[str, ...]
    scopes_text: str
    separator: str
    audience: str
    audiences: Mapping[str, str]
    steps: tuple[StepView, ...]
    rights: tuple[TableRight, ...]
    addresses: GuideAddresses
    options: Mapping[str, str]

    @property
    def has_selector(self) -> bool:
        """Whether the guide depends on chosen actions: the profile guide does, the link guide does not."""
        return self.kind == "connector-profile"

    @property
    def total(self) -> int:
        """How many actions the connector has."""
        return sum(len(group.rows) for group in self.groups)
