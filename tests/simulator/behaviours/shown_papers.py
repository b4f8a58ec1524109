"""What every test of a document that the API only shows does alike: listed, read, and shown with what hangs on it."""

from dataclasses import dataclass, field
from typing import Any

from http_desk import HttpDesk


@dataclass
class ShownPapers:
    """One kind of document of the demo company's past; `record` is the first of them."""

    desk: HttpDesk
    entity_set: str
    record: dict[str, Any] = field(init=False)
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.record = self.desk.rows(f"{self.entity_set}?$top=1")[0]
        self.url = f"{self.entity_set}({self.record['id']})"

    def expanded(self, link: str) -> Any:
        return self.desk.get(f"{self.url}?$expand={link}")[link]

    def are_listed(self) -> None:
        rows = self.desk.rows(self.entity_set)
        numbers = [row["number"] for row in rows]

        assert self.record in rows
        assert sorted(set(numbers)) == sorted(numbers)
        assert self.record["id"] == self.desk.one(self.entity_set, f"number eq '{self.record['number']}'")["id"]
        assert 405 == self.desk.send("POST", self.entity_set, {}).status_code

    def is_read_by_id(self) -> None:
        for row in self.desk.rows(self.entity_set):
            found = self.desk.get(f"{self.entity_set}({row['id']})")
            assert row == {name: value for name, value in found.items() if name != "@odata.context"}
        assert 404 == self.desk.send("GET", f"{self.entity_set}(00000000-0000-0000-0000-000000000001)").status_code

    def show_dimension_set_lines(self) -> None:
        (line,) = self.expanded("dimensionSetLines")

        assert ("DEPARTMENT", self.record["id"]) == (line["code"], line["parentId"])
        below = self.desk.rows(f"{self.url}/dimensionSetLines")
        assert [line] == below

    def show_files(self, link: str) -> None:
        assert [] == self.expanded(link)
        made = self.desk.make(f"{self.url}/{link}", fileName="terms.txt")
        self.desk.upload(f"{link}({made['id']})/attachmentContent", b"As agreed.")

        (shown,) = self.expanded(link)
        assert (made["id"], self.record["id"], "terms.txt", 10) == tuple(
            shown[name] for name in ("id", "parentId", "fileName", "byteSize")
        )
        assert "_x0020_" != shown["parentType"]

    def show_attachments(self) -> None:
        self.show_files("attachments")

    def show_document_attachments(self) -> None:
        self.show_files("documentAttachments")

    def show_a_pdf_document(self) -> None:
        shown = self.expanded("pdfDocument")

        assert self.record["id"] == shown["parentId"]
        data = self.desk.download(f"{self.url}/pdfDocument/pdfDocumentContent")
        assert data.startswith(b"%PDF-")
        assert self.record["number"].encode() in data

    def show_lines(self) -> None:
        link = f"{self.entity_set[:-1]}Lines"
        shown = self.expanded(link)

        assert shown
        assert {self.record["number"]} == {line["documentNumber"] for line in shown}
        assert all(line["quantity"] > 0 and line["description"] for line in shown)
        assert shown == self.desk.rows(f"{self.url}/{link}")
        for line in shown:
            assert line["id"] == self.desk.get(f"{link}({line['id']})")["id"]
