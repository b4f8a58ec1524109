"""One file of a connector folder: its data, its lines, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from linkspan.connectors.mistakes import ConnectorMistake, unknown_name
from linkspan.connectors.yaml_lines import Lines, Path, path_text, read_lines

T = TypeVar("T")


@dataclass(slots=True)
class Document:
    """A file by the `name` to show, and the list of mistakes that all files of one folder share (the first at a place counts)."""

    name: str
    lines: Lines
    found: list[ConnectorMistake]

    def say(self, path: Path, remedy: str) -> None:
        """Note a mistake at `path`."""
        mistake = ConnectorMistake(self.name, self.lines.line(path), path_text(path), remedy)
        if not any((old.file, old.line, old.path) == (mistake.file, mistake.line, mistake.path) for old in self.found):
            self.found.append(mistake)

    def read(self, text: str, first_line: int = 1) -> None:
        """Take the YAML (or JSON) `text` as this file's data, and note what is wrong with its syntax."""
        self.lines = read_lines(text, first_line)
        for line, path, remedy in self.lines.mistakes:
            self.found.append(ConnectorMistake(self.name, line, path_text(path), remedy))

    @property
    def data(self) -> Mapping[str, object]:
        """The file's mapping; empty when the file holds something else."""
        return self.part(())

    def part(self, path: Path) -> Mapping[str, object]:
        """The mapping at `path`; empty when there is none."""
        value = self.value(path)
        return value if isinstance(value, Mapping) else {}

    def names(self, path: Path) -> list[tuple[Path, str]]:
        """The texts of the list at `path`, each with its own path; texts in lists inside that list count too."""
        value = self.value(path)
        found: list[tuple[Path, str]] = []
        for index, item in enumerate(value if isinstance(value, Sequence) and not isinstance(value, str) else ()):
            here = (*path, index)
            found += [(here, item)] if isinstance(item, str) else self.names(here)
        return found

    def text(self, path: Path) -> str | None:
        """The text at `path`, or None."""
        value = self.value(path)
        return value if isinstance(value, str) else None

    def value(self, path: Path) -> object:
        """Whatever is at `path`, or None."""
        value = self.lines.data
        for part in path:
            if isinstance(value, Mapping):
                value = value.get(part)
            elif isinstance(value, Sequence) and isinstance(part, int) and not isinstance(value, str):
                value = value[part]
            else:
                return None
        return value


def read_document(name: str, text: str, found: list[ConnectorMistake]) -> Document:
    """Read a YAML file's text; syntax mistakes go to `found`."""
    document = Document(name, Lines(lines={(): 1}), found)
    document.read(text)
    if not document.lines.mistakes and not isinstance(document.lines.data, Mapping):
        document.say((), "write keys and values here, as `key: value`")
    return document


def shape_of(document: Document, kind: TypeAdapter[T], annotation: object) -> T | None:
    """The file's data as `kind`, or None after noting every difference from it."""
    if not isinstance(document.lines.data, Mapping):
        return None
    try:
        return kind.validate_python(document.lines.data)
    except ValidationError as error:
        say_all(document, error.errors(include_url=False), annotation)
        return None


def say_all(document: Document, errors: Sequence[ErrorDetails], annotation: object) -> None:
    """Turn pydantic's errors into mistakes that say what to write; `annotation` is the type that was validated against."""
    for error in errors:
        loc = tuple(error["loc"])
        if error["type"] == "missing":
            declared = _declared(annotation, loc)
            document.say(loc, f"add {str(loc[-1])!r}: {declared.description if declared else 'it is required'}")
        elif error["type"] == "extra_forbidden":
            model = _reach(annotation, loc[:-1])
            known = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
            document.say(loc, unknown_name("key", str(loc[-1]), known))
        else:
            here = _in_file(document, loc)
            declared = _declared(annotation, here)
            wanted = f"write {declared.description}" if declared and declared.description else "correct the value"
            document.say(here, f"{wanted} ({error['msg'][0].lower()}{error['msg'][1:]})")


def _in_file(document: Document, loc: Path) -> Path:
    while loc and loc not in document.lines.lines:
        loc = loc[:-1]
    return loc


def _reach(annotation: object, loc: Path) -> object:
    """The type found by following `loc` from `annotation` through models, mappings and sequences."""
    for part in loc:
        annotation = _step(annotation, part)
    return _bare(annotation)


def _declared(annotation: object, loc: Path) -> FieldInfo | None:
    """The declaration of the model field at `loc`, or of the one around it."""
    while loc:
        model = _reach(annotation, loc[:-1])
        if isinstance(model, type) and issubclass(model, BaseModel) and loc[-1] in model.model_fields:
            return model.model_fields[str(loc[-1])]
        loc = loc[:-1]
    return None


def _step(annotation: object, part: str | int) -> object:
    bare = _bare(annotation)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        declared = bare.model_fields.get(str(part))
        return declared.annotation if declared else None
    inside = get_args(bare)
    if not inside:
        return None
    return inside[0] if isinstance(part, int) else inside[-1]


def _bare(annotation: object) -> object:
    """Without Annotated and without `| None`."""
    while hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    if get_origin(annotation) is not None and type(None) in get_args(annotation):
        return next(kind for kind in get_args(annotation) if kind is not type(None))
    return annotation
