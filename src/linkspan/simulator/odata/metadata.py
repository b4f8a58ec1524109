"""Describes the API: the service document and the $metadata document (CSDL 4.0) of the contract's entities."""

from functools import lru_cache
from typing import Final
from xml.sax.saxutils import quoteattr

from linkspan.simulator.contract import Contract, Entity, Field, Link, load_contract
from linkspan.simulator.odata.literals import EDM_TYPES
from linkspan.simulator.odata.representation import encode

_EDMX: Final = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM: Final = "http://docs.oasis-open.org/odata/ns/edm"
_CAPABILITIES: Final = "Org.OData.Capabilities.V1"
_RESTRICTIONS: Final = (
    ("InsertRestrictions", "Insertable", "create"),
    ("UpdateRestrictions", "Updatable", "update"),
    ("DeleteRestrictions", "Deletable", "delete"),
)
_CONTAINER: Final = "NAV"


def service_document(root: str, contract: Contract) -> bytes:
    """Return the list of entity sets; `root` is the address of the API."""
    sets = sorted(contract.by_set)
    value = [{"name": name, "kind": "EntitySet", "url": name} for name in sets]
    return encode({"@odata.context": f"{root}/$metadata", "value": value})


@lru_cache(maxsize=1)
def metadata_document() -> bytes:
    """Return the CSDL of the whole contract, made once."""
    return describe(load_contract())


def describe(contract: Contract) -> bytes:
    """Return the CSDL of a contract."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<edmx:Edmx Version="4.0" xmlns:edmx="{_EDMX}">',
        "<edmx:DataServices>",
        f'<Schema Namespace="{contract.namespace}" xmlns="{_EDM}">',
    ]
    for entity in contract.entities.values():
        lines += _entity_type(entity, contract)
    for name, members in contract.enums.items():
        lines.append(f"<EnumType Name={quoteattr(name)}>")
        lines += [f'<Member Name={quoteattr(wire)} Value="{rank}"/>' for rank, wire in enumerate(members)]
        lines.append("</EnumType>")
    for entity in contract.entities.values():
        lines += _actions(entity, contract)
    lines += _container(contract)
    lines += ["</Schema>", "</edmx:DataServices>", "</edmx:Edmx>"]
    return "\n".join(lines).encode()


def _entity_type(entity: Entity, contract: Contract) -> list[str]:
    lines = [f'<EntityType Name="{entity.name}">', "<Key>"]
    lines += [f'<PropertyRef Name="{name}"/>' for name in entity.key]
    lines.append("</Key>")
    for field in entity.fields.values():
        lines += _property(field, entity, contract)
    for link in entity.links.values():
        lines += _navigation(link, entity, contract)
    if entity.name == "company":
        others = (one for one in contract.entities.values() if one.name != "company")
        lines += [
            f'<NavigationProperty Name="{one.set}" Type="Collection({contract.namespace}.{one.name})"'
            ' ContainsTarget="true"/>'
            for one in others
        ]
    lines.append("</EntityType>")
    return lines


def _property(field: Field, entity: Entity, contract: Contract) -> list[str]:
    kind = f"{contract.namespace}.{field.enum}" if field.enum is not None else EDM_TYPES[field.type]
    text = f'<Property Name="{field.name}" Type="{kind}"'
    if field.name in entity.key:
        text += ' Nullable="false"'
    if field.max_length is not None:
        text += f' MaxLength="{field.max_length}"'
    if field.type == "decimal":
        text += ' Scale="Variable"'
    editable = "false" if field.read_only else "true"
    return [
        f"{text}>",
        f'<Annotation Term="NAV.LabelId" String="{field.name}"/>',
        f'<Annotation Term="NAV.AllowEdit" Bool="{editable}"/>',
        f'<Annotation Term="NAV.AllowEditOnCreate" Bool="{editable}"/>',
        "</Property>",
    ]


def _navigation(link: Link, entity: Entity, contract: Contract) -> list[str]:
    """Write a navigation to an entity that is present; one to an absent entity would make the document invalid."""
    target = contract.entities.get(link.entity)
    if target is None:
        return []
    kind = f"{contract.namespace}.{target.name}"
    text = f'<NavigationProperty Name="{link.name}" Type="{f"Collection({kind})" if link.many else kind}"'
    partner = next((back.name for back in target.links.values() if back.entity == entity.name and not back.many), None)
    if partner is not None and link.contained:
        text += f' Partner="{partner}"'
    if link.contained:
        text += ' ContainsTarget="true"'
    constraint = f'<ReferentialConstraint Property="{link.own_field}" ReferencedProperty="{link.target_field}"/>'
    # A part that is found by a fixed value, and not by a property of its parent, has no constraint to tell.
    inner = [constraint] if link.own_field in entity.fields else []
    return [f"{text}>", *inner, "</NavigationProperty>"]


def _actions(entity: Entity, contract: Contract) -> list[str]:
    lines: list[str] = []
    for operation in entity.operations:
        lines += [
            f'<Action Name="{operation}" IsBound="true">',
            f'<Parameter Name="bindingParameter" Type="{contract.namespace}.{entity.name}"/>',
            "</Action>",
        ]
    return lines


def _container(contract: Contract) -> list[str]:
    lines = [f'<EntityContainer Name="{_CONTAINER}">']
    for entity in contract.entities.values():
        lines.append(f'<EntitySet Name="{entity.set}" EntityType="{contract.namespace}.{entity.name}">')
        for link in entity.links.values():
            target = contract.entities.get(link.entity)
            if target is not None and not link.contained:
                lines.append(f'<NavigationPropertyBinding Path="{link.name}" Target="{target.set}"/>')
        for term, name, verb in _RESTRICTIONS:
            allowed = "true" if verb in entity.verbs else "false"
            lines += [
                f'<Annotation Term="{_CAPABILITIES}.{term}">',
                f'<Record><PropertyValue Property="{name}" Bool="{allowed}"/></Record>',
                "</Annotation>",
            ]
        lines.append("</EntitySet>")
    lines.append("</EntityContainer>")
    return lines
