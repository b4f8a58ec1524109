"""One description per action, in plain sentences: what it does, what the records are, and what to mind."""

from collections.abc import Sequence

from linkspan.connectors.contract import Entity
from linkspan.connectors.names import words
from linkspan.connectors.spec import ResourceSpec
from linkspan.model import Verb


def action_description(verb: Verb, key: str, resource: ResourceSpec, entity: Entity) -> str:
    """Sentences that end in full stops: the verb's own, then the resource's `about`, what a create needs, and its note."""
    many, one = words(key), words(entity.name)
    sentences = [_verb_sentence(verb, many, one), resource.about or entity.about]
    if verb is Verb.LIST and resource.parent is not None:
        above = words(resource.parent) if isinstance(resource.parent, str) else "records that have them"
        sentences.append(f"The list is asked below one of the {above}.")
    if verb in {Verb.LIST, Verb.GET} and resource.expand:
        sentences.append(f"Linked records that may come along: {', '.join(resource.expand)}.")
    if verb is Verb.CREATE:
        needed = [group if isinstance(group, str) else " or ".join(group) for group in resource.required]
        sentences += [f"Needs {_and(needed)}."] if needed else []
    note = resource.notes.get(verb)
    return " ".join([*sentences, note] if note else sentences)


def action_brief(verb: Verb, key: str, resource: ResourceSpec, entity: Entity) -> str:
    """The description in as few words as a language model needs: what the records are is said once, with their list."""
    many, one = words(key), words(entity.name)
    note = resource.notes.get(verb)
    match verb:
        case Verb.LIST:
            sentences = [f"List {many}.", resource.about or entity.about]
        case Verb.CREATE:
            needed = [group if isinstance(group, str) else " or ".join(group) for group in resource.required]
            sentences = [f"Create one {one}" + (f"; needs {_and(needed)}." if needed else ".")]
        case Verb.GET:
            sentences = [f"Read one {one} by id."]
        case _:
            sentences = [f"{'Change' if verb is Verb.UPDATE else 'Delete'} one {one}."]
    return " ".join([*sentences, note] if note else sentences)


_NAMING = ("number", "code", "displayName", "documentNumber", "description")


def list_columns(resource: ResourceSpec, entity: Entity) -> tuple[str, ...]:
    """The fields of a list that people use: those the resource names, else its key, what names a record, and its filters."""
    wanted = resource.columns or (*entity.key, *_NAMING, *resource.filter_by)
    return tuple(dict.fromkeys(name for name in wanted if name in entity.fields and name != "lastModifiedDateTime"))


def _verb_sentence(verb: Verb, many: str, one: str) -> str:
    """A name without a plural (`company information`) stands for the one record there is."""
    single = f"the {one}" if one == many else f"one {one}"
    match verb:
        case Verb.LIST:
            return f"List {many}, page by page, with filter, order and choice of fields."
        case Verb.GET:
            return f"Read {single} by its id."
        case Verb.CREATE:
            return f"Create a new {one} and answer it with everything the provider filled in."
        case Verb.UPDATE:
            return f"Change the given fields of {single} and leave the others as they are."
        case _:
            return f"Delete {single} for good."


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
