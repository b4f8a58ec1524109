"""Who approves what in a demo company, what waits for approval, and the jobs that run in the background."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from linkspan.simulator.books.fields import number, text
from linkspan.simulator.books.seed.masters import plant
from linkspan.simulator.books.seed.reading import codes_of
from linkspan.simulator.books.world import Company

_CLERK, _HEAD = "UNA.SHORE", "ADA.QUAY"
_NAMES = {_CLERK: "Una Shore", _HEAD: "Ada Quay"}
_SALES_HEADER, _PURCHASE_HEADER = 36, 38


def plant_approvals(company: Company, today: date) -> None:
    """Fill the tables of approvals, workflows and the job queue."""
    morning = datetime.combine(today, time(7, 30), UTC)
    _plant_users(company)
    _plant_workflows(company)
    _plant_requests(company, today, morning)
    _plant_jobs(company, morning)


def _plant_users(company: Company) -> None:
    for user, above, limit in ((_CLERK, _HEAD, 1000), (_HEAD, "", 0)):
        free = not limit
        plant(
            company,
            "approvalUserSetup",
            {
                "userId": user,
                "userFullName": _NAMES[user],
                "approverId": above,
                "salesAmountApprovalLimit": limit,
                "unlimitedSalesApproval": free,
                "purchaseAmountApprovalLimit": limit,
                "unlimitedPurchaseApproval": free,
                "email": f"{user.lower()}@tidewater.example",
                "approvalAdmin": free,
            },
        )


def _plant_workflows(company: Company) -> None:
    for code, words, category, enabled in codes_of("workflow"):
        plant(company, "workflow", {"code": code, "description": words, "category": category, "enabled": enabled})
        plant(
            company,
            "workflowApprover",
            {
                "workflowCode": code,
                "workflowDescription": words,
                "category": category,
                "enabled": enabled,
                "workflowStepId": 3,
                "approverType": "Approver",
                "userName": _HEAD,
                "sequence": 1,
            },
        )


def _plant_requests(company: Company, today: date, morning: datetime) -> None:
    """Let drafts of invoices wait for approval, and some posted ones have had it."""
    tables = (("salesInvoice", _SALES_HEADER), ("purchaseInvoice", _PURCHASE_HEADER))
    for entity, table_id in tables:
        rows = company.tables[entity].all()
        for at, row in enumerate([*rows[:2], *rows[-2:]], start=1):
            draft = row["status"] == "Draft"
            values = {
                "entryNumber": table_id * 100 + at,
                "tableId": table_id,
                "documentNumber": row["number"],
                "sequenceNumber": 1,
                "senderId": _CLERK,
                "senderName": _NAMES[_CLERK],
                "approvalCode": text(row, "number"),
                "approverId": _HEAD,
                "approverName": _NAMES[_HEAD],
                "status": "Open" if draft else "Approved",
                "dateTimeSentForApproval": morning,
                "lastDateTimeModified": morning,
                "dueDate": today + timedelta(days=7),
                "amount": number(row, "totalAmountExcludingTax"),
                "amountLCY": number(row, "totalAmountExcludingTax"),
                "availableCreditLimitLCY": Decimal(0),
            }
            kind = {"documentType": "Invoice"} if draft else {}
            plant(company, "approvalEntry" if draft else "postedApprovalEntry", {**values, **kind})


def _plant_jobs(company: Company, morning: datetime) -> None:
    for words, codeunit, status, failure in codes_of("jobQueueEntry"):
        entry_id = company.log.new_id()
        common = {
            "jobQueueEntryId": entry_id,
            "userId": _HEAD,
            "objectTypeToRun": "Codeunit",
            "objectIdToRun": codeunit,
            "description": words,
            "errorMessage": failure,
        }
        plan = {"earliestStartDateTime": morning, "recurringJob": True, "numberOfMinutesBetweenRuns": 60}
        plant(company, "jobQueueEntry", {**common, **plan, "id": entry_id, "status": status})
        runs = (("Success", ""), ("Error", failure)) if failure else (("Success", ""),)
        for at, (outcome, why) in enumerate(runs):
            started = morning + timedelta(hours=at)
            times = {"startDateTime": started, "endDateTime": started + timedelta(seconds=12)}
            plant(company, "jobQueueLogEntry", {**common, **times, "status": outcome, "errorMessage": why})
