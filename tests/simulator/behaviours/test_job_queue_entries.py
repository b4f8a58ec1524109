"""Entries of the job queue: shown with their runs, and set going again after a failure."""


def test_JobQueueEntries__TestGetCorrespondingJobQueueLogEntryFromSubPage(desk):
    entry = desk.one("jobQueueEntries", "status eq 'Error'")
    below = desk.rows(f"jobQueueEntries({entry['id']})/jobQueueLogEntries")

    assert {entry["jobQueueEntryId"]} == {row["jobQueueEntryId"] for row in below}
    assert entry["errorMessage"] in {row["errorMessage"] for row in below}
    assert len(below) < len(desk.rows("jobQueueLogEntries"))
    assert below == desk.get(f"jobQueueEntries({entry['id']})?$expand=jobQueueLogEntries")["jobQueueLogEntries"]


def test_JobQueueEntries__TestRescheduleJobQueueEntry(desk):
    entry = desk.one("jobQueueEntries", "status eq 'Error'")
    assert entry["errorMessage"]
    desk.run(f"jobQueueEntries({entry['id']})/Microsoft.NAV.restart")

    found = desk.get(f"jobQueueEntries({entry['id']})")
    assert ("Ready", "") == (found["status"], found["errorMessage"])
    assert found["@odata.etag"] != entry["@odata.etag"]
