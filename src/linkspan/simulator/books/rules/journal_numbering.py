"""Line numbers, dates and document numbers of journal lines that do not give their own."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from linkspan.simulator.books.fields import NO_DAY, ZERO, day, guid, number, text, whole
from linkspan.simulator.books.series import peek_number, step_up
from linkspan.simulator.books.table import Record, Table
from linkspan.simulator.books.world import Company
from linkspan.simulator.faults import same_key_exists

_STEP = 10_000


def line_number(table: Table, journal: Record, values: Mapping[str, object]) -> int:
    """Return the number of a new line: the given one if it is free, else the last plus 10000."""
    lines = table.group(guid(journal))
    wanted = cast("int", values.get("lineNumber", 0))
    if not wanted:
        return (whole(lines[-1], "lineNumber") if lines else 0) + _STEP
    if table.find(guid(journal), wanted) is not None:
        template = journal.get("templateDisplayName", "CASHRCPT")
        keys = f"Journal Template Name='{template}',Journal Batch Name='{journal['code']}',Line No.='{wanted}'"
        raise same_key_exists(table.layout.caption, keys)
    return wanted


def posting_date(company: Company, lines: Sequence[Record], values: Mapping[str, object]) -> date:
    """Return the posting date of a new line: the given one, else the line's before it, else the work date."""
    wanted = values.get("postingDate", NO_DAY)
    if isinstance(wanted, date) and wanted != NO_DAY:
        return wanted
    return day(lines[-1], "postingDate") if lines else company.today


def document_number(company: Company, series: str, lines: Sequence[Record], values: Mapping[str, object]) -> str:
    """Return the document number of a new line.

    Without a given one it is that of the line before, raised by one when that document already balances or its
    external number is another; the first line takes the next number of the series, which posting uses up later.
    """
    if values.get("documentNumber"):
        return str(values["documentNumber"])
    if not lines:
        return peek_number(company, series)
    last = lines[-1]
    known = text(last, "documentNumber")
    external = values.get("externalDocumentNumber", text(last, "externalDocumentNumber"))
    if _balances(lines, known) or external != last["externalDocumentNumber"]:
        return step_up(known)
    return known


def _balances(lines: Sequence[Record], document: str) -> bool:
    own = [line for line in lines if line["documentNumber"] == document]
    loose = [line for line in own if not line.get("balancingAccountNumber", "")]
    return sum((number(line, "amount") for line in loose), ZERO) == 0
