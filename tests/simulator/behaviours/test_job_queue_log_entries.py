"""Runs of the job queue: read only."""


def test_JobQueueLogEntries__TestGetJobQueueLogEntry(desk):
    rows = desk.rows("jobQueueLogEntries")

    assert rows
    for row in rows:
        found = desk.get(f"jobQueueLogEntries({row['id']})")
        assert row == {name: value for name, value in found.items() if name != "@odata.context"}
        assert all(row[name] for name in ("description", "userId", "status"))
    first = rows[0]["description"]
    assert rows[0]["id"] in {row["id"] for row in desk.rows(f"jobQueueLogEntries?$filter=description eq '{first}'")}
    assert 405 == desk.send("POST", "jobQueueLogEntries", {}).status_code
