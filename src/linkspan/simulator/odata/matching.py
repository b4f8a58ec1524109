"""The check of If-Match: a write goes through only on the version of the record that its sender knows."""

import re
from typing import Final

from linkspan.simulator.books.table import Record
from linkspan.simulator.faults import entity_changed, invalid_token
from linkspan.simulator.odata.address import Step
from linkspan.simulator.odata.exchange import Ask
from linkspan.simulator.odata.navigation import Navigator

_ETAG: Final = re.compile(r'(?:W/)?"[^"]*"')


def check_match(ask: Ask, navigator: Navigator, step: Step, record: Record) -> None:
    """Compare the If-Match header, if sent, with the record's etag; raises 400 if malformed, 409 if stale."""
    sent = ask.if_match
    if sent is None or sent.strip() == "*":
        return
    if _ETAG.fullmatch(sent.strip()) is None:
        raise invalid_token()
    if sent.strip().removeprefix("W/") != navigator.etag_of(step.entity, record).removeprefix("W/"):
        raise entity_changed()
