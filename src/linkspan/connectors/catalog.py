"""The catalog: every connector and action that this installation knows, compiled once at start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from linkspan.connectors.action import Action, Connector
from linkspan.connectors.compiler import compile_connector
from linkspan.connectors.loader import CONNECTOR_FILE, read_connector
from linkspan.connectors.mistakes import ConnectorInvalidError, ConnectorMistake
from linkspan.connectors.names import nearest
from linkspan.connectors.search import ActionIndex
from linkspan.errors import Mistake, NotFoundError, UnknownActionError


@dataclass(frozen=True)
class Catalog:
    """`connectors` by key and `actions` of all of them by id."""

    connectors: Mapping[str, Connector]
    actions: Mapping[str, Action]

    @cached_property
    def index(self) -> ActionIndex:
        """The index of all actions, made when it is first searched."""
        return ActionIndex(self.actions.values())

    def find(self, action_id: str) -> Action:
        """The action of that id. Raises UnknownActionError with the nearest known id."""
        action = self.actions.get(action_id)
        if action is None:
            near = self.nearest(action_id)
            mistake = Mistake("action", f"there is no action {action_id!r}", near)
            raise UnknownActionError(f"There is no action {action_id!r}.", mistakes=[mistake])
        return action

    def connector(self, key: str) -> Connector:
        """The connector of that key. Raises NotFoundError with the nearest known key."""
        connector = self.connectors.get(key)
        if connector is None:
            mistake = Mistake("connector", f"there is no connector {key!r}", nearest(key, self.connectors))
            raise NotFoundError(f"There is no connector {key!r}.", mistakes=[mistake])
        return connector

    def nearest(self, action_id: str) -> str | None:
        """The known action id most like `action_id`; its connector's key may be missing."""
        return nearest(action_id, self.actions) or next(
            (near for key in self.connectors if (near := self._below(key, action_id))), None
        )

    def _below(self, key: str, name: str) -> str | None:
        return nearest(f"{key}_{name}", self.connectors[key].actions)


def load_catalog(extra_dirs: Iterable[Path] = ()) -> Catalog:
    """All connectors: those of this package, then those in the operator's folders.

    Each of `extra_dirs` is a connector's folder or a folder of such folders. Raises ConnectorInvalidError with every mistake of every
    connector, a key that is used twice among them.
    """
    found: list[ConnectorMistake] = []
    connectors: dict[str, Connector] = {}
    for folder in [*packaged_folders(), *operator_folders(extra_dirs)]:
        try:
            connector = compile_connector(read_connector(folder))
        except ConnectorInvalidError as error:
            found += error.found
            continue
        if connector.key in connectors:
            where = str(folder.joinpath(CONNECTOR_FILE))
            found.append(
                ConnectorMistake(
                    where, 1, "key", f"write another key: {connector.key!r} is taken by a connector loaded before"
                )
            )
        connectors[connector.key] = connector
    if found:
        raise ConnectorInvalidError(found)
    actions = {action.id: action for connector in connectors.values() for action in connector.actions.values()}
    return Catalog(MappingProxyType(connectors), MappingProxyType(actions))


def packaged_folders() -> list[Traversable]:
    """The connector folders that come with Linkspan."""
    return _connector_folders(files("linkspan.connectors"))


def operator_folders(extra_dirs: Iterable[Path]) -> list[Traversable]:
    """The connector folders at or directly below each of `extra_dirs`. Raises ConnectorInvalidError for a folder that holds none."""
    folders: list[Traversable] = []
    empty: list[ConnectorMistake] = []
    for directory in extra_dirs:
        inside = [directory] if directory.joinpath(CONNECTOR_FILE).is_file() else _connector_folders(directory)
        folders += inside
        if not inside:
            empty.append(
                ConnectorMistake(
                    str(directory), 1, "", f"name a folder that holds {CONNECTOR_FILE}, or a folder of such folders"
                )
            )
    if empty:
        raise ConnectorInvalidError(empty)
    return folders


def _connector_folders(above: Traversable) -> list[Traversable]:
    if not above.is_dir():
        return []
    folders = [folder for folder in above.iterdir() if folder.is_dir() and folder.joinpath(CONNECTOR_FILE).is_file()]
    return sorted(folders, key=lambda folder: folder.name)
