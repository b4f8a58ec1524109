"""One refusal for each documented error code, so that a test can ask for any of them whatever the books hold."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from linkspan.simulator import faults
from linkspan.simulator.faults import BcFault

_SOME_ID: Final = UUID("3f0d7a52-6f0b-4c39-9a1e-5b7c2d8e4f60")

REFUSALS: Final[Mapping[str, BcFault]] = {
    fault.code: fault
    for fault in (
        faults.bad_request("The request body is not valid JSON."),
        faults.invalid_request_url("An incompatible property definition already exists."),
        faults.query_syntax(),
        faults.resource_not_found("unknownThings"),
        faults.read_only_control("lastModifiedDateTime"),
        faults.invalid_token(),
        faults.required_parameter("displayName"),
        faults.entity_changed(),
        faults.method_not_allowed("POST", "companies"),
        faults.modifying_not_supported(),
        faults.skip_token_gone(),
        faults.data_not_found("Cust. Ledger Entry"),
        faults.record_not_found("Customer", _SOME_ID),
        faults.invalid_relation("Account No.", "Gen. Journal Line", "XYZ", "Vendor"),
        faults.server_error("An unexpected error occurred."),
        faults.same_key_exists("Customer", "No.='10000'"),
        faults.company_not_found("Nowhere"),
        faults.tenant_unavailable(),
        faults.dialog("The record cannot be changed now."),
        faults.not_evaluated("Depreciation", "Option"),
        faults.too_long("x" * 57, 50),
        faults.invalid_guid("10000"),
        faults.callback_not_allowed(),
        faults.filter_error("The filter is not valid for the No. field on the Item table."),
        faults.must_have_value("Customer Posting Group", "Customer", "No.=C00690"),
        faults.invalid_credentials(),
        faults.forbidden("RequestDenied", "The caller is not allowed to do this."),
        faults.too_many_requests(101, 100),
        faults.not_an_option("Sometimes", ("Never", "Always")),
        faults.no_environment(),
        faults.operation_timeout(),
        faults.gateway_timeout(),
        faults.body_too_large(),
        faults.service_unavailable(),
    )
}
"""By code; a refusal put in as a failure has the status and the kind of text that the service would use."""
