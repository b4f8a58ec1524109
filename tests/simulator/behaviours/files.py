"""What every test of attached files does alike, for both kinds of attachment and any record that files hang on."""

from dataclasses import dataclass
from typing import Any

from http_desk import HttpDesk
from papers import draft

FIRST, SECOND = b"Lines of the first file\n", "Zweite Datei: \N{SAILBOAT}\n".encode() * 40


@dataclass(frozen=True)
class Place:
    """A record that files hang on: its address, and the type of parent that a file of it names."""

    url: str
    parent_type: str

    @property
    def id(self) -> str:
        return self.url.rpartition("(")[2].removesuffix(")")


def draft_place(desk: HttpDesk, kind: str, parent_type: str) -> Place:
    """Return a new draft of a kind of document."""
    return Place(draft(desk, kind).url, parent_type)


def posted_place(desk: HttpDesk, kind: str, parent_type: str) -> Place:
    """Return a posted document: of the demo company's past, or posted now where it has none of the kind."""
    past = desk.rows(f"{kind}?$filter=status eq 'Open'")
    if past:
        return Place(f"{kind}({past[0]['id']})", parent_type)
    paper = draft(desk, kind, vendorCreditMemoNumber="HL-C7")
    desk.run(f"{paper.url}/Microsoft.NAV.post")
    assert "Open" == desk.get(paper.url)["status"]
    return Place(paper.url, parent_type)


def first_place(desk: HttpDesk, entity_set: str, parent_type: str) -> Place:
    """Return the last record of a set that has been there all along."""
    return Place(f"{entity_set}({desk.rows(entity_set)[-1]['id']})", parent_type)


def journal_line_place(desk: HttpDesk) -> Place:
    """Return a new line of a journal."""
    journal = desk.rows("journals?$top=1")[0]["id"]
    account = desk.one("accounts", "number eq '5040'")["id"]
    line = desk.make(f"journals({journal})/journalLines", accountId=account, amount=12.5)
    return Place(f"journalLines({line['id']})", "Journal")


@dataclass
class Files:
    """The files of one kind at a desk."""

    desk: HttpDesk
    entity_set: str = "attachments"

    def add(self, place: Place, name: str, data: bytes) -> dict[str, Any]:
        """Attach a file with its content, and return its entry."""
        body = {"parentType": place.parent_type, "parentId": place.id, "fileName": name}
        made = self.desk.make(self.entity_set, **body)
        assert body.items() <= made.items()
        self.desk.upload(f"{self.url(made)}/attachmentContent", data)
        return self.desk.get(self.url(made))

    def url(self, entry: dict[str, Any]) -> str:
        return f"{self.entity_set}({entry['id']})"

    def of(self, place: Place) -> dict[str, dict[str, Any]]:
        """Return the entries below a record by file name, the same as those that its id filters."""
        below = self.desk.rows(f"{place.url}/{self.entity_set}")
        filtered = self.desk.rows(f"{self.entity_set}?$filter=parentId eq {place.id}")
        assert below == filtered
        return {row["fileName"]: row for row in below}

    def content(self, entry: dict[str, Any]) -> bytes:
        return self.desk.download(f"{self.url(entry)}/attachmentContent")

    def lists_two(self, place: Place) -> None:
        made = [self.add(place, "first.txt", FIRST), self.add(place, "zweite.txt", SECOND)]
        shown = self.of(place)

        for entry, data in zip(made, (FIRST, SECOND), strict=True):
            found = shown[entry["fileName"]]
            assert (entry["id"], place.id, place.parent_type, len(data)) == tuple(
                found[name] for name in ("id", "parentId", "parentType", "byteSize")
            )

    def reads_one(self, place: Place) -> None:
        made, _ = self.add(place, "first.txt", FIRST), self.add(place, "zweite.txt", SECOND)
        found = self.desk.get(self.url(made))

        assert ("first.txt", place.id, len(FIRST)) == tuple(
            found[name] for name in ("fileName", "parentId", "byteSize")
        )
        assert FIRST == self.content(found)
        below = self.desk.get(f"{place.url}/{self.entity_set}({made['id']})")
        assert (made["id"], made["@odata.etag"]) == (below["id"], below["@odata.etag"])

    def creates(self, place: Place) -> None:
        before = self.of(place)
        made = self.desk.make(f"{place.url}/{self.entity_set}", fileName="new.txt")

        assert (place.id, place.parent_type, 0) == tuple(made[name] for name in ("parentId", "parentType", "byteSize"))
        assert 204 == self.desk.send("GET", f"{self.url(made)}/attachmentContent").status_code
        self.desk.upload(f"{self.url(made)}/attachmentContent", SECOND)
        assert SECOND == self.content(made)
        assert {*before, "new.txt"} == set(self.of(place))

    def deletes(self, place: Place) -> None:
        before = self.of(place)
        made = self.add(place, "new.txt", FIRST)
        assert before != self.of(place)
        self.desk.drop(self.url(made))

        assert before == self.of(place)
        assert 404 == self.desk.send("GET", f"{self.url(made)}/attachmentContent").status_code

    def updates_content(self, place: Place) -> None:
        made = self.add(place, "first.txt", FIRST)
        self.desk.upload(f"{self.url(made)}/attachmentContent", SECOND)
        found = self.desk.get(self.url(made))

        assert SECOND == self.content(found)
        assert len(SECOND) == found["byteSize"]
        assert made["@odata.etag"] != found["@odata.etag"]
        assert found["id"] == self.of(place)["first.txt"]["id"]
