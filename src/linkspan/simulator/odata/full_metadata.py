"""The annotations that a client gets who asks for odata.metadata=full, and their removal for odata.metadata=none."""

from collections.abc import Mapping
from typing import Final

from linkspan.simulator.contract import Contract, Entity
from linkspan.simulator.odata.keys import write_key
from linkspan.simulator.odata.literals import EDM_TYPES

# JSON itself tells the type of these.
_PLAIN: Final = frozenset({"string", "boolean", "int32"})
_KEPT: Final = ("@odata.count", "@odata.nextLink")


def annotated(body: Mapping[str, object], entity: Entity, contract: Contract, root: str) -> dict[str, object]:
    """Return a record's body with its type, addresses, the types of its properties and the links of its navigations.

    `root` is the outside address of the company, or of the API where there is none.
    """
    address = f"{entity.set}({write_key(entity, body)})" if body.keys() >= {*entity.key} else entity.set
    full: dict[str, object] = {
        "@odata.type": f"#{contract.namespace}.{entity.name}",
        "@odata.id": f"{root}/{address}",
        "@odata.editLink": address,
    }
    for name, value in body.items():
        field = entity.fields.get(name)
        if field is not None and field.enum is not None:
            full[f"{name}@odata.type"] = f"#{contract.namespace}.{field.enum}"
        elif field is not None and field.type not in _PLAIN:
            full[f"{name}@odata.type"] = f"#{EDM_TYPES[field.type].removeprefix('Edm.')}"
        full[name] = value
    for link in entity.links.values():
        if link.entity in contract.entities:
            full[f"{link.name}@odata.associationLink"] = f"{root}/{address}/{link.name}/$ref"
            full[f"{link.name}@odata.navigationLink"] = f"{root}/{address}/{link.name}"
    return full


def bare(value: object) -> object:
    """Return a document without annotations; only counts and next links stay."""
    if isinstance(value, Mapping):
        kept = ((name, part) for name, part in value.items() if "@odata." not in name or name.endswith(_KEPT))
        return {name: bare(part) for name, part in kept}
    if isinstance(value, list):
        return [bare(part) for part in value]
    return value
