"""What resources.yaml and permissions.yaml must say right beyond their shape: every name is in the contract or declared."""

from collections.abc import Collection, Mapping

from linkspan.connectors.contract import Contract, Entity, FieldType
from linkspan.connectors.document import Document
from linkspan.connectors.example_check import check_body
from linkspan.connectors.mistakes import unknown_name
from linkspan.connectors.names import snake_case
from linkspan.connectors.vocabulary import VERBS_OFFERED
from linkspan.connectors.yaml_lines import Path


def check_resources(document: Document, contract: Contract, scopes: Collection[str]) -> None:
    """Note every mistake of resources.yaml that its shape cannot show."""
    ids: dict[str, str] = {}
    for key in document.data:
        _check_resource(document, key, contract, scopes)
        for path, verb in document.names((key, "verbs")):
            name = key if verb == "list" else snake_case(document.text((key, "entity")) or key)
            _claim(document, path, f"{verb}_{name}", key, ids)
        for operation in document.part((key, "operations")):
            here: Path = (key, "operations", operation)
            entity = snake_case(document.text((key, "entity")) or key)
            _claim(document, here, document.text((*here, "name")) or f"{snake_case(operation)}_{entity}", key, ids)


def _claim(document: Document, path: Path, action: str, key: str, ids: dict[str, str]) -> None:
    """Note an action id that a verb or operation before has taken."""
    if action in ids:
        document.say(path, f"{action} is made by {ids[action]} already; remove it here or there, or give another name")
    ids[action] = key


def _check_resource(document: Document, key: str, contract: Contract, scopes: Collection[str]) -> None:
    name = document.text((key, "entity"))
    entity = contract.entities.get(name or "")
    if name is not None and entity is None:
        document.say((key, "entity"), unknown_name("entity", name, contract.entities))
    _check_scopes(document, key, scopes)
    _check_verbs(document, key, entity)
    if entity is not None:
        _check_names(document, key, entity)
        _check_links(document, key, entity, contract)
        _check_parent(document, key, entity, contract)
        _check_operations(document, key, entity, contract)
        _check_example(document, key, entity, contract)


def _check_scopes(document: Document, key: str, scopes: Collection[str]) -> None:
    """Scopes stand in one list, or in one for each verb."""
    by_verb = document.part((key, "scopes"))
    verbs = {verb for _, verb in document.names((key, "verbs"))} | ({"act"} & set(by_verb))
    for verb in by_verb:
        if verb not in verbs:
            document.say((key, "scopes", verb), unknown_name("verb of this resource", verb, verbs))
    places: list[Path] = [(key, "scopes", verb) for verb in by_verb] or [(key, "scopes")]
    for path, scope in (named for place in places for named in document.names(place)):
        if scope not in scopes:
            document.say(path, unknown_name("scope", scope, scopes))


def _check_verbs(document: Document, key: str, entity: Entity | None) -> None:
    seen: set[str] = set()
    for path, verb in document.names((key, "verbs")):
        if entity is not None and len(entity.key) != 1 and verb in {"get", "update", "delete"}:
            document.say(
                path, f"remove {verb!r}: {entity.name} has {len(entity.key)} key fields, and one record is named by one"
            )
        if verb not in VERBS_OFFERED:
            document.say(path, unknown_name("verb", verb, VERBS_OFFERED))
        elif verb in seen:
            document.say(path, f"remove the second {verb!r}")
        elif entity is not None and VERBS_OFFERED[verb] not in entity.verbs:
            document.say(
                path, f"remove {verb!r}: the contract offers {', '.join(sorted(entity.verbs))} of {entity.name}"
            )
        seen.add(verb)
    for verb in document.part((key, "left_out")):
        if verb in seen or (entity is not None and VERBS_OFFERED.get(verb) not in entity.verbs):
            document.say(
                (key, "left_out", verb), f"remove {verb!r}: it is among verbs, or the contract does not offer it"
            )
    for verb in document.part((key, "notes")):
        if verb in VERBS_OFFERED and verb not in seen:
            document.say((key, "notes", verb), f"remove this note or add {verb!r} to verbs")


def _check_names(document: Document, key: str, entity: Entity) -> None:
    for path, name in document.names((key, "filter_by")):
        field = entity.fields.get(name)
        if field is None:
            document.say(path, unknown_name(f"field of {entity.name}", name, entity.fields))
        elif field.computed or field.type is FieldType.STREAM:
            document.say(path, f"remove {name!r}: the provider works it out on reading and cannot filter by it")
    for path, name in document.names((key, "columns")):
        if name not in entity.fields:
            document.say(path, unknown_name(f"field of {entity.name}", name, entity.fields))
    nested = {name for _, name in document.names((key, "nested"))}
    for path, name in document.names((key, "required")):
        field = entity.fields.get(name)
        if field is None and name not in nested:
            document.say(path, unknown_name(f"field of {entity.name}", name, [*entity.fields, *nested]))
        elif field is not None and field.read_only:
            document.say(path, f"remove {name!r}: the contract marks it read-only")
    _check_identity(document, key, entity)


def _check_identity(document: Document, key: str, entity: Entity) -> None:
    for what in ("identified_by", "told_apart_by"):
        for path, name in document.names((key, what)):
            field = entity.fields.get(name)
            if field is None:
                document.say(path, unknown_name(f"field of {entity.name}", name, entity.fields))
            elif field.read_only:
                document.say(path, f"remove {name!r}: the contract marks it read-only")


def _check_links(document: Document, key: str, entity: Entity, contract: Contract) -> None:
    for what in ("expand", "nested"):
        for path, name in document.names((key, what)):
            link = entity.links.get(name)
            if link is None:
                document.say(path, unknown_name(f"link of {entity.name}", name, entity.links))
            elif link.entity not in contract.entities:
                document.say(path, f"remove {name!r}: its entity {link.entity} is not in the contract")
            elif what == "nested" and not link.contained:
                document.say(path, f"remove {name!r}: only what is contained can be created together with a record")


def _check_parent(document: Document, key: str, entity: Entity, contract: Contract) -> None:
    alone = document.text((key, "parent"))
    named = [((key, "parent"), alone)] if alone is not None else document.names((key, "parent"))
    for path, parent in named:
        above = contract.entities.get(document.text((parent, "entity")) or "")
        if parent not in document.data:
            document.say(path, unknown_name("resource", parent, document.data))
        elif above and not any(link.many and link.entity == entity.name for link in above.links.values()):
            document.say(path, f"name a resource whose entity has a list of {entity.name}; {above.name} has none")


def _check_operations(document: Document, key: str, entity: Entity, contract: Contract) -> None:
    verbs = [verb for _, verb in document.names((key, "verbs"))]
    for operation in document.part((key, "operations")):
        here: Path = (key, "operations", operation)
        if operation not in entity.operations:
            document.say(here, unknown_name(f"operation of {entity.name}", operation, entity.operations))
        makes = document.text((*here, "makes"))
        if makes is not None and makes not in contract.entities:
            document.say((*here, "makes"), unknown_name("entity", makes, contract.entities))
        _check_seen_by(document, (*here, "seen_by"), entity, contract)
    for path, verb in document.names((key, "default")):
        if verb not in verbs and not (verb == "act" and document.part((key, "operations"))):
            document.say(path, f"remove {verb!r} or add it to verbs: only actions that exist can be allowed")


def _check_seen_by(document: Document, here: Path, entity: Entity, contract: Contract) -> None:
    """The values must be those that a record shows, so that a misspelt one cannot make a write look undone."""
    name = document.text((*here, "field"))
    field = entity.fields.get(name or "")
    if name is not None and field is None:
        document.say((*here, "field"), unknown_name(f"field of {entity.name}", name, entity.fields))
    known = list(contract.enums.get(field.enum or "", {}).values()) if field else []
    for what in ("done", "not_done"):
        for path, value in document.names((*here, what)):
            if known and value not in known:
                document.say(path, unknown_name(f"value of {name}", value, known))


def _check_example(document: Document, key: str, entity: Entity, contract: Contract) -> None:
    verbs = {verb for _, verb in document.names((key, "verbs"))}
    here: Path = (key, "example")
    example = document.part(here)
    if verbs & {"create", "update"} and not example:
        document.say(here, "add 'example': the body of a valid create or update, with invented values")
    check_body(document, here, entity, contract, [name for _, name in document.names((key, "nested"))])
    if "create" not in verbs or not example:
        return
    required = document.value((key, "required"))
    for group in required if isinstance(required, list) else []:
        names = [group] if isinstance(group, str) else group
        if not any(name in example for name in names):
            document.say(here, f"add {' or '.join(map(repr, names))}, which a create needs")


def check_permissions(document: Document, resources: Mapping[str, object]) -> None:
    """Note unknown resources and tables of permissions.yaml."""
    tables = document.part(("tables",))
    for key in document.part(("resources",)):
        if key not in resources:
            document.say(("resources", key), unknown_name("resource", key, resources))
        here: Path = ("resources", key)
        named = [(*here, verb, table) for verb in document.part(here) for table in document.part((*here, verb))]
        for path in named:
            if path[-1] not in tables:
                document.say(path, unknown_name("table under tables", str(path[-1]), tables))
