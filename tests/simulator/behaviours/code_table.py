"""What every small table of codes does alike: rows with an id and a moment of change, made, read, changed, deleted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from http_desk import HttpDesk


@dataclass
class CodeTable:
    """One entity set at a desk; `name` is the field that carries a row's words."""

    desk: HttpDesk
    entity_set: str
    name: str = "displayName"
    code: str = "code"
    more: dict[str, object] = field(default_factory=dict)

    def add(self, code: str, words: str = "Of our own") -> dict[str, Any]:
        return self.desk.make(self.entity_set, **{self.code: code, self.name: words, **self.more})

    def url(self, row: dict[str, Any]) -> str:
        return f"{self.entity_set}({row['id']})"

    def bears_id_and_moment(self) -> None:
        row = self.add("OWN1")

        assert UUID(row["id"]).int
        assert datetime.fromisoformat(row["lastModifiedDateTime"]).year > 2000
        again = self.desk.get(self.url(row))
        assert (row["id"], row["lastModifiedDateTime"]) == (again["id"], again["lastModifiedDateTime"])

    def lists_two(self) -> None:
        before = len(self.desk.rows(self.entity_set))
        made = [self.add("OWN1", "The first"), self.add("OWN2", "The second")]
        rows = self.desk.rows(self.entity_set)

        assert before + 2 == len(rows)
        for row in made:
            (found,) = [one for one in rows if one["id"] == row["id"]]
            assert (row[self.code], row[self.name]) == (found[self.code], found[self.name])

    def reads_one(self) -> None:
        row = self.add("OWN1", "The one")

        found = self.desk.one(self.entity_set, f"{self.code} eq 'OWN1'")
        assert (row["id"], "The one") == (found["id"], found[self.name])
        assert found["@odata.etag"] == self.desk.get(self.url(row))["@odata.etag"]

    def creates(self) -> None:
        row = self.add(" own1 ", "Øre & Åre's")

        assert ("OWN1", "Øre & Åre's") == (row[self.code], row[self.name])
        found = self.desk.get(self.url(row))
        assert {**self.more, self.code: "OWN1", self.name: "Øre & Åre's"}.items() <= found.items()
        twin = {self.code: "OWN1", self.name: "Again"}
        assert "already exists" in self.desk.refused("POST", self.entity_set, {**self.more, **twin})

    def changes(self, **more: object) -> None:
        row = self.add("OWN1")
        changed = self.desk.change(self.url(row), **{self.name: "In other words", **more})

        assert {self.name: "In other words", **more}.items() <= changed.items()
        assert (row["id"], "OWN1") == (changed["id"], changed[self.code])
        renamed = self.desk.change(self.url(row), **{self.code: "OWN2"})
        assert (row["id"], "OWN2") == (renamed["id"], renamed[self.code])
        assert [] == self.desk.rows(f"{self.entity_set}?$filter={self.code} eq 'OWN1'")

    def deletes(self) -> None:
        before = self.desk.rows(self.entity_set)
        self.desk.drop(self.url(self.add("OWN1")))

        assert before == self.desk.rows(self.entity_set)
