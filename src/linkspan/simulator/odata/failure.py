"""Writes refusals as the service does: JSON with code and message, the correlation id behind application errors."""

from uuid import UUID

import orjson

from linkspan.simulator.faults import BcFault
from linkspan.simulator.odata.exchange import Answer


def render_fault(fault: BcFault, correlation: UUID) -> Answer:
    """Return the answer for a fault; those of the gateway carry no CorrelationId suffix."""
    suffix = "" if fault.gateway else f"  CorrelationId:  {correlation}."
    body = orjson.dumps({"error": {"code": fault.code, "message": f"{fault.message}{suffix}"}})
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    kind = "application/json; charset=utf-8" if fault.gateway else "application/json; odata.metadata=minimal"
    return Answer(fault.status, body, kind, headers)
