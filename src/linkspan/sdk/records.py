"""What the client answers: frozen records with the fields of the REST API. Times are aware datetimes; words may grow, so they are str."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

Record = dict[str, object]
ItemT = TypeVar("ItemT")


class Answer(msgspec.Struct, frozen=True):
    """What an action answered.

    `data` is a record, a list of records, or None after a delete; `next` is the cursor of the following page; `count` is there when it
    was asked for; `concurrency` is `last_writer_wins` when a change was made without an etag; `replayed` tells
    that an earlier write with the same idempotency key is answered; `run_id` is the run's id in the log.
    """

    data: Record | list[Record] | None
    run_id: str
    next: str | None = None
    count: int | None = None
    concurrency: str | None = None
    replayed: bool = False

    @property
    def record(self) -> Record:
        """The one record. Raises TypeError if the answer is a list or empty."""
        if not isinstance(self.data, dict):
            raise TypeError("This answer is not one record: use `rows` for a list.")
        return self.data

    @property
    def rows(self) -> list[Record]:
        """The records of a list. Raises TypeError if the answer is no list."""
        if not isinstance(self.data, list):
            raise TypeError("This answer is not a list: use `record`.")
        return self.data


class Page(msgspec.Struct, Generic[ItemT], frozen=True):
    """Part of a list; `next` is the `cursor` of the following page, None at the end."""

    data: Sequence[ItemT]
    next: str | None = None


class Connector(msgspec.Struct, frozen=True):
    """A provider that can be linked."""

    key: str
    name: str
    version: str
    about: str
    auth_methods: Sequence[str]
    scopes: Sequence[str]
    action_count: int
    logo_url: str


class ActionSummary(msgspec.Struct, frozen=True):
    """One thing a connector can do."""

    id: str
    label: str
    description: str
    connector: str
    resource: str
    verb: str
    read_only: bool
    destructive: bool
    idempotent: bool
    required_scopes: Sequence[str]


class Action(ActionSummary, frozen=True, kw_only=True):
    """An action with all that is needed to call it; schemas are JSON Schema 2020-12."""

    input_schema: Mapping[str, object]
    output_schema: Mapping[str, object]
    example: Mapping[str, object]
    notes: str | None
    permissions: Mapping[str, str]


class Certificate(msgspec.Struct, frozen=True):
    """What may be told of a profile's certificate."""

    thumbprint: str
    subject: str
    expires_at: datetime


class ExpiryWarning(msgspec.Struct, frozen=True):
    """A credential of a profile that expires within 30 days, or has expired (then `days_left` is negative)."""

    code: str
    expires_at: datetime
    days_left: int
    message: str
    next_step: str


class Profile(msgspec.Struct, frozen=True):
    """A project's OAuth client for one connector; its secret is never answered."""

    id: str
    connector: str
    name: str
    auth_method: str
    client_id: str
    has_secret: bool
    scopes: Sequence[str]
    enabled_actions: Sequence[str] | None
    provider_url: str | None
    enabled: bool
    is_default: bool
    guide_url: str
    redirect_uri: str
    admin_consent_url: str
    audience: str
    tenant: str | None
    client_secret_expires_at: datetime | None
    has_old_secret: bool
    old_client_secret_expires_at: datetime | None
    certificate: Certificate | None
    warnings: Sequence[ExpiryWarning]
    created_at: datetime
    updated_at: datetime


class StateReason(msgspec.Struct, frozen=True):
    """Why an account is in its state."""

    code: str
    description: str
    at: datetime


class Account(msgspec.Struct, frozen=True):
    """One customer's link; `fields` tells where it points (tenant, environment, company)."""

    id: str
    connector: str
    profile_id: str
    state: str
    state_reasons: Sequence[StateReason]
    origin_owner_id: str
    origin_owner_name: str
    origin_username: str | None
    fields: Mapping[str, str]
    label: str | None
    type: str
    metadata: Mapping[str, object]
    read_only: bool
    last_success_at: datetime | None
    warnings: Sequence[ExpiryWarning]
    created_at: datetime
    updated_at: datetime


class Check(msgspec.Struct, frozen=True):
    """One thing that the doctor looked at; `state` is ok, warning, failed or not_tried."""

    name: str
    state: str
    what: str
    next_step: str | None
    who: str | None
    link: str | None
    code: str | None


class CheckUp(msgspec.Struct, frozen=True):
    """The doctor's findings in the order in which things are needed; `first_to_fix` is None when all is well."""

    account_id: str
    first_to_fix: Check | None
    checks: Sequence[Check]


class ConnectSession(msgspec.Struct, frozen=True):
    """Short-lived permission to link or relink one account."""

    id: int
    connector: str
    profile_id: str
    account_id: str | None
    origin_owner_id: str
    origin_owner_name: str
    origin_username: str | None
    multiple: bool
    label: str | None
    type: str
    metadata: Mapping[str, object]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    read_only: bool


class OpenedSession(ConnectSession, frozen=True, kw_only=True):
    """A new session: `token` and `link_url` (send the customer there) are answered this once."""

    token: str
    link_url: str


class Step(msgspec.Struct, frozen=True):
    """One request to the provider, its URL without secrets."""

    index: int
    method: str
    url: str
    status: int | None
    duration_ms: float
    started_at: datetime
    request_id: str | None
    error: str | None


class Run(msgspec.Struct, frozen=True):
    """One call of an action, as the log has it."""

    id: str
    action: str
    verb: str
    connector: str
    account_id: str | None
    profile_id: str | None
    door: str
    key_id: str | None
    status: int
    error_code: str | None
    error_message: str | None
    rows: int | None
    started_at: datetime
    duration_ms: float
    steps: Sequence[Step]
