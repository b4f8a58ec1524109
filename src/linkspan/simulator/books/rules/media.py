"""Pictures, attached files and printed documents: their records, and the bytes behind their stream fields."""

from collections.abc import Mapping, Sequence
from typing import Final, cast
from uuid import UUID, uuid5

from linkspan.simulator.books.fields import NO_ID, blank, guid, settled
from linkspan.simulator.books.pdf import document_pdf
from linkspan.simulator.books.pictures import picture_facts
from linkspan.simulator.books.rules.kinds import KINDS
from linkspan.simulator.books.rules.posted import is_posted
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, Field, load_contract
from linkspan.simulator.faults import data_not_found, dialog, required_parameter

PARTS: Final = frozenset({"picture", "pdfDocument"})
"""Entities of which every parent has exactly one record, with the parent's id, whether or not anything is stored."""

FILES: Final = ("attachment", "documentAttachment")
"""Entities for files that are attached to a record."""

_UNSUPPORTED: Final = {
    "Employee": "Employee",
    "Job": "Project",
    "Item": "Item",
    "Customer": "Customer",
    "Vendor": "Vendor",
}
_PRINTED_WHEN_POSTED: Final = frozenset({"salesCreditMemo", "purchaseInvoice", "purchaseCreditMemo"})
_FIXED: Final = ("parentId", "parentType")


def part_of(company: Company, entity: Entity, parent_id: UUID) -> Record | None:
    """Return the picture or the printed form of the record with this id, None when there is no such record."""
    parent = _parent_name(company, entity, parent_id)
    if parent is None:
        return None
    stored = company.tables[entity.name].get(parent_id)
    if stored is not None:
        return stored
    row = {**blank(entity), "id": parent_id, "parentType": _parent_type(entity, parent)}
    return {**row, "parentId": parent_id} if "parentId" in row else row


def _parent_type(entity: Entity, parent: str) -> str:
    """Return the member of the entity's parentType that stands for records of ``parent``, the blank one if none does."""
    contract = load_contract()
    members = contract.enums[entity.fields["parentType"].enum or ""]
    wanted = _kind_words(contract.entities[parent].label)
    return next((wire for wire, text in members.items() if _kind_words(text) == wanted), "_x0020_")


def _kind_words(label: str) -> frozenset[str]:
    """Return the words of a kind of record without abbreviations, order and words that only some lists use."""
    whole = label.replace("Phys.", "Physical").replace("Purch.", "Purchase")
    return frozenset(whole.split()) - {"Order", "Line"}


def create_file(
    company: Company, entity: Entity, payload: Mapping[str, object], parent: Record | None = None
) -> Record:
    """Create the entry of an attached file, still without content; its parent is given by address or by parentId."""
    values = settled(entity, payload)
    owner = values.get("parentId", NO_ID)
    if parent is not None:
        if owner not in {NO_ID, guid(parent)}:
            raise _fixed_fault(entity, "parentId")
        owner = guid(parent)
    if not isinstance(owner, UUID) or owner == NO_ID:
        raise required_parameter("parentId")
    wanted = str(values.get("parentType", "_x0020_"))
    if wanted in _UNSUPPORTED and "ParentTypeNotSupportedErr" in entity.errors:
        raise dialog(entity.errors["ParentTypeNotSupportedErr"].replace("%1", _UNSUPPORTED[wanted]))
    name = _parent_name(company, entity, owner)
    if name is None:
        raise data_not_found("Document")
    own: Record = {
        "id": company.log.new_id(),
        "parentId": owner,
        "parentType": _parent_type(entity, name),
        "byteSize": 0,
    }
    return company.tables[entity.name].insert({**blank(entity), **values, **own})


def update_file(company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Change the entry of an attached file; its parent stays, and its length is that of its content."""
    table = company.tables[entity.name]
    before = table.get(guid(record)) or record
    values = settled(entity, changes)
    for name in _FIXED:
        if name in values and values[name] != before[name]:
            raise _fixed_fault(entity, name)
    row = {**before, **values, "byteSize": before["byteSize"]}
    return before if row == before else table.replace(row)


def update_part(company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Return a picture as it is: all that it has but its content is read from the content."""
    del company, entity, changes
    return record


def delete_file(company: Company, entity: Entity, record: Record) -> None:
    """Delete an attached file, or empty a picture."""
    for field in entity.fields.values():
        if field.type == "stream":
            _drop(company, content_key(entity, field, guid(record)))
    if company.tables[entity.name].get(guid(record)) is not None:
        company.tables[entity.name].remove(guid(record))


def delete_media(company: Company, entities: Mapping[str, Entity], owner: UUID) -> None:
    """Delete the picture and the attached files of a record that is being deleted."""
    for name in FILES:
        for row in list(company.tables[name].group(owner)):
            delete_file(company, entities[name], row)
    picture = company.tables["picture"].get(owner)
    if picture is not None:
        delete_file(company, entities["picture"], picture)


def move_files(company: Company, entities: Mapping[str, Entity], *, source: UUID, target: Record, name: str) -> None:
    """Hand the attached files of one document to another, the entity of which is `name`; their ids stay."""
    for kind in FILES:
        if name not in entities[kind].parents:
            continue
        table = company.tables[kind]
        for row in list(table.group(source)):
            table.replace({**row, "parentId": guid(target), "parentType": _parent_type(entities[kind], name)})


def read_content(company: Company, entity: Entity, record: Record, field: Field) -> bytes:
    """Return the bytes of a stream field, empty when there are none; some drafts refuse to be printed."""
    if entity.name == "pdfDocument":
        return _printed(company, entity, guid(record))
    stored = company.internal["content"].get(content_key(entity, field, guid(record)))
    return cast("bytes", stored["data"]) if stored else b""


def write_content(company: Company, entity: Entity, record: Record, *, field: Field, data: bytes) -> None:
    """Replace the bytes of a stream field, and write into the record what they say of themselves."""
    table, contents = company.tables[entity.name], company.internal["content"]
    row: Record = {"id": content_key(entity, field, guid(record)), "data": data}
    known = contents.get(guid(row)) is not None
    contents.replace(row) if known else contents.insert(row)
    fresh = dict(table.get(guid(record)) or record)
    if entity.name == "picture":
        facts = picture_facts(data)
        fresh.update(width=facts.width, height=facts.height, contentType=facts.media_type)
    if "byteSize" in entity.fields:
        fresh["byteSize"] = len(data)
    stored = table.get(guid(record)) is not None
    table.replace(fresh) if stored else table.insert(fresh)


def content_key(entity: Entity, field: Field, record_id: UUID) -> UUID:
    """Return the id under which the bytes of a record's stream field are kept."""
    return uuid5(record_id, f"{entity.name}.{field.name}")


def _printed(company: Company, entity: Entity, document_id: UUID) -> bytes:
    name = _parent_name(company, entity, document_id)
    if name is None:
        return b""
    header = cast("Record", company.tables[name].get(document_id))
    title = load_contract().entities[name].label
    if name in _PRINTED_WHEN_POSTED and not is_posted(KINDS[name], header):
        message = f"Post {title.lower()} {header['number']} first: only then can it be printed."
        raise dialog(message)
    return document_pdf(title, header, _lines_of(company, name, header), company.display_name)


def _lines_of(company: Company, name: str, header: Record) -> Sequence[Record]:
    """Return the lines of a document; a record without lines has none."""
    link = load_contract().entities[name].links.get(f"{name}Lines")
    if link is None:
        return ()
    table = company.tables[link.entity]
    if table.layout.group == link.target_field:
        return table.group(guid(header))
    pairs = {link.own_field: link.target_field, **link.also}
    return [row for row in table.all() if all(row[target] == header[own] for own, target in pairs.items())]


def _parent_name(company: Company, entity: Entity, parent_id: UUID) -> str | None:
    return next((name for name in entity.parents if company.tables[name].get(parent_id) is not None), None)


def _drop(company: Company, key: UUID) -> None:
    if company.internal["content"].get(key) is not None:
        company.internal["content"].remove(key)


def _fixed_fault(entity: Entity, field: str) -> Exception:
    return dialog(entity.errors["CannotModifyKeyFieldErr"].replace("%1", field))
