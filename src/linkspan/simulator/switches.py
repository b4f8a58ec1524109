"""Choices where Business Central's behaviour is not established: each a switch, with the likeliest answer as default."""

from dataclasses import dataclass
from typing import Literal

from linkspan.simulator.faults import BcFault
from linkspan.simulator.permissions import RefusalCode


@dataclass(frozen=True, slots=True)
class Switches:
    """What the simulator does where no document or observation decides.

    missing_record_code: code of the 404 for a record that does not exist.
    duplicate_key_status, invalid_relation_status: HTTP status of these refusals.
    retry_after_seconds: Retry-After of a 429; None sends none, since none is promised.
    quoted_guid_keys: take `customers('<guid>')` as a key. search: refuse `$search` with 501, or ignore it.
    al_filter_signs: take `..`, `|`, `&`, `<>` and a leading `@` in a text compared by eq as AL's filter signs;
    the wildcards `*` and `?` always count. oversized_page: hold a larger preferred page to the limit, or answer 413.
    atomicity_groups: let operations of a JSON batch with one atomicityGroup succeed or fail together.
    batch_references: replace `$<id>` at the start of a batch operation's address by what that operation created.
    relative_location: leave scheme and host out of the Location of what an action made.
    permission_refusal: code of the refusal of a caller without the permission (500, or 403 Authorization).
    property_order: check the properties of a body in the order sent, or in that of the entity's declaration.
    """

    missing_record_code: str = "Internal_RecordNotFound"
    duplicate_key_status: Literal[400, 409] = 400
    invalid_relation_status: Literal[400, 404, 409] = 400
    retry_after_seconds: int | None = None
    quoted_guid_keys: bool = False
    search: Literal["refuse", "ignore"] = "refuse"
    al_filter_signs: bool = False
    oversized_page: Literal["hold", "refuse"] = "hold"
    atomicity_groups: bool = True
    batch_references: bool = False
    relative_location: bool = False
    permission_refusal: RefusalCode = "Internal_ServerError"
    property_order: Literal["sent", "declared"] = "sent"

    def adjust(self, fault: BcFault) -> BcFault:
        """Return the fault as these switches want it answered."""
        if fault.code == "Internal_RecordNotFound":
            return self._changed(fault, code=self.missing_record_code)
        if fault.code == "Internal_EntityWithSameKeyExists":
            return self._changed(fault, status=self.duplicate_key_status)
        if fault.code == "Internal_InvalidTableRelation":
            return self._changed(fault, status=self.invalid_relation_status)
        if fault.code == "Application_TooManyRequests" and self.retry_after_seconds is not None:
            return self._changed(fault, retry_after=self.retry_after_seconds)
        return fault

    @staticmethod
    def _changed(
        fault: BcFault, *, status: int | None = None, code: str | None = None, retry_after: int | None = None
    ) -> BcFault:
        return BcFault(
            status or fault.status,
            code or fault.code,
            fault.message,
            gateway=fault.gateway,
            retry_after=retry_after if retry_after is not None else fault.retry_after,
        )


class SwitchBoard:
    """The switches of a running simulator, as they are set now."""

    def __init__(self) -> None:
        """Start with the defaults."""
        self.now = Switches()

    def reset(self) -> None:
        """Return to the defaults."""
        self.now = Switches()
